"""What an MCP server answered, as text: a model reads nothing else, and nothing is left out without a word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from llmasos.errors import SyscallError

if TYPE_CHECKING:
    from mcp_types import CallToolResult


def text_of(result: CallToolResult, name: str) -> str:
    """What a tool answered. Raises SyscallError where it says that it failed."""
    parts = [_part(block) for block in result.content]
    if not parts and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    text = "\n".join(parts) or "(no output)"
    if result.is_error:
        raise SyscallError(f"{name}: {text}")
    return text


def _part(block: Any) -> str:
    """Text as it is; of anything else what it is."""
    match block.type:
        case "text":
            return str(block.text)
        case "resource" if hasattr(block.resource, "text"):
            return f"({block.resource.uri})\n{block.resource.text}"
        case "resource":
            return f"({block.resource.uri}: {_kind(block.resource)}, not shown)"
        case "resource_link":
            return f"(link: {block.uri})"
    return f"({block.type}: {_kind(block)}, not shown)"


def _kind(block: Any) -> str:
    data = str(getattr(block, "data", None) or getattr(block, "blob", ""))
    return f"{block.mime_type or 'of unknown type'}, {len(data) * 3 // 4} bytes"
