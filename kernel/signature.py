"""What a Python function takes, as its model is told and as the gate checks it: read from its typed signature.

- `Signature(name, handler, skipped)` gives `description`, `parameters` (a JSON schema) and `validate(arguments)`.
- Pydantic does the work, strictly; no argument beyond those named.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from llmasos.errors import BadArguments


@dataclass(frozen=True)
class Signature:
    """`skipped` is how many of its first parameters nobody gives but the gate."""

    name: str
    handler: Callable[..., Any]
    skipped: int = 0

    @cached_property
    def description(self) -> str:
        """First paragraph of the docstring, on one line."""
        paragraph = (inspect.getdoc(self.handler) or self.name).split("\n\n")[0]
        return " ".join(paragraph.split())

    @cached_property
    def _model(self) -> Any:
        parameters, kinds = list(inspect.signature(self.handler).parameters.values()), hints(self.handler)
        fields: dict[str, Any] = {}
        for parameter in parameters[self.skipped :]:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (kinds.get(parameter.name, str), default)
        return create_model(self.name, __config__=ConfigDict(extra="forbid", strict=True), **fields)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """JSON schema of the arguments, titles left out, no extra properties."""
        schema: dict[str, Any] = _without_titles(self._model.model_json_schema())
        schema.pop("description", None)
        schema.setdefault("properties", {})
        return schema

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as the handler takes them. Raises BadArguments that names each wrong one."""
        try:
            checked = self._model.model_validate(arguments)
        except ValidationError as error:
            problems = "; ".join(_problem(dict(e)) for e in error.errors())
            raise BadArguments(f"{self.name}: {problems}") from None
        return {name: getattr(checked, name) for name in type(checked).model_fields if name in checked.model_fields_set}


def hints(handler: Callable[..., Any]) -> dict[str, Any]:
    """The types of a function's parameters, by name."""
    function = inspect.unwrap(handler)
    return get_type_hints(getattr(function, "__func__", function), include_extras=True)


def _problem(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "arguments"
    return f"{where}: {error['msg'].lower()}"


def _without_titles(node: Any) -> Any:
    """A schema without what costs tokens and says nothing: pydantic's titles, and null where leaving out says it.

    A property that is named title stays.
    """
    if isinstance(node, list):
        return [_without_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = _without_null(node)
    return {
        key: {name: _without_titles(p) for name, p in value.items()} if key == "properties" else _without_titles(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    """`X | None = None` as an optional X."""
    choices = [c for c in node.get("anyOf", []) if c != {"type": "null"}]
    if len(choices) != 1 or "default" not in node or node["default"] is not None:
        return node
    return {**{k: v for k, v in node.items() if k not in ("anyOf", "default")}, **choices[0]}
