"""What the OpenAPI document says of `/mcp`, which is the mcp package's route and none of FastAPI's.

- `describe(document, calls)` adds the path, the messages that may be posted there, and the arguments of each tool: the
  calls' own schemas, so that it says what is checked.
- `POST` alone: there are no sessions, so a `GET` or `DELETE` of one is 405.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MCP = "/mcp"
_ID = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
_VERSION = {"type": "string", "const": "2.0"}
_STATUSES = {
    "202": "A notification or a response: taken, and there is nothing to say.",
    "400": "No JSON, or no message of JSON-RPC.",
    "406": "The Accept header has not both application/json and text/event-stream.",
    "413": "More than 8 MiB.",
}


def describe(document: dict[str, Any], calls: Mapping[str, Any]) -> None:
    """In place. `calls` are syscall.py's, by name."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, call in calls.items():
        schemas[_arguments(name)] = call.parameters
    schemas["McpMessage"] = {"anyOf": [*map(_tool_call, calls), _request(), _notification()]}
    schemas["McpAnswer"] = _answer()
    document["paths"][MCP] = {"post": _operation(calls)}


def _operation(calls: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"schema": _reference("McpAnswer")}
    answered = {
        "description": "The answer, as JSON or as the one event of a stream.",
        "content": {"application/json": answer, "text/event-stream": answer},
    }
    told = f"A message for the MCP server that llmasos is: streamable HTTP without sessions. Tools: {', '.join(calls)}."
    return {
        "summary": "Model Context Protocol",
        "description": told,
        "operationId": "mcp",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _reference("McpMessage")}}},
        "responses": {"200": answered, **{status: {"description": text} for status, text in _STATUSES.items()}},
    }


def _tool_call(name: str) -> dict[str, Any]:
    params = _object({"name": {"type": "string", "const": name}, "arguments": _reference(_arguments(name))}, "name")
    return _object(
        {"jsonrpc": _VERSION, "id": _ID, "method": {"type": "string", "const": "tools/call"}, "params": params}
    )


def _request() -> dict[str, Any]:
    method = {"type": "string", "examples": ["initialize", "ping", "tools/list"]}
    message = {"jsonrpc": _VERSION, "id": _ID, "method": method, "params": {"type": "object"}}
    return _object(message, "jsonrpc", "id", "method")


def _notification() -> dict[str, Any]:
    method = {"type": "string", "pattern": "^notifications/"}
    return _object({"jsonrpc": _VERSION, "method": method, "params": {"type": "object"}}, "jsonrpc", "method")


def _answer() -> dict[str, Any]:
    error = _object({"code": {"type": "integer"}, "message": {"type": "string"}, "data": {}}, "code", "message")
    fields = {"jsonrpc": _VERSION, "id": {}, "result": {"type": "object"}, "error": error}
    return _object(fields, "jsonrpc")


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """All are required where none is named."""
    return {"type": "object", "properties": properties, "required": list(required or properties)}


def _arguments(name: str) -> str:
    return f"Mcp{name.capitalize()}"


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
