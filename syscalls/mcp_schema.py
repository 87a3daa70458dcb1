"""The arguments of an MCP server's tool, made of a JSON schema that a stranger wrote.

- `plain(schema)` is it without references, of bounded size: so no reader of it takes longer than its size.
- `told(schema)` is what of that a grammar can hold a model to; the rest is only checked.
- `harmless(text)` is a stranger's text as a model may be told it.
- `Arguments` is a call's `Shape`: it checks with jsonschema-rs, whose patterns take linear time.

Where a schema goes into itself it allows anything: the server checks its arguments, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from llmasos.errors import BadArguments, GrammarError

# How models' control tokens are spelled: <|im_start|>, </s>, <start_of_turn>, [INST], <<SYS>>, ...
_CONTROL = re.compile(r"<(?=[|｜/!<A-Za-z_])|\[(?=/?[A-Z_]{2,}\])")
MAX_NODES, MAX_DEPTH = 4000, 48
_ELSEWHERE = ("$dynamicRef", "$recursiveRef")
_NAMES = ("$defs", "definitions", "$id", "$anchor", "$comment", "$schema", "x-guidance", "title", "examples")
_NOTES = frozenset(("description", "default", "deprecated", "readOnly", "writeOnly"))
_MAPS = ("properties", "patternProperties", "dependentSchemas")
_DATA = ("const", "enum", "default", "required", "type", "dependentRequired")
# What no grammar knows, or not every one: checked, and not told.
_ONLY_CHECKED = (
    *("pattern", "format", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies"),
    *("patternProperties", "propertyNames", "contains", "minContains", "maxContains", "uniqueItems"),
    *("unevaluatedProperties", "unevaluatedItems", "minProperties", "maxProperties", "contentMediaType"),
)


class BadSchema(Exception):
    """Why a schema is not used. Caught where tools are pinned."""


@dataclass(frozen=True)
class Arguments:
    """What one tool takes: `checks` is the whole of it, `parameters` what a grammar holds a model to."""

    name: str
    description: str
    parameters: dict[str, Any]
    checks: dict[str, Any]

    @cached_property
    def _validator(self) -> Any:
        return validator(self.checks)

    def check(self) -> None:
        """Raises BadSchema where nothing can be checked by it."""
        _ = self._validator

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Raises BadArguments that names the first wrong one."""
        try:
            error = next(self._validator.iter_errors(dict(arguments)), None)
        except ValueError as problem:  # what is no JSON
            raise BadArguments(f"{self.name}: {problem}") from None
        if error is not None:
            where = ".".join(map(str, error.instance_path)) or "arguments"
            raise BadArguments(f"{self.name}: {where}: {' '.join(error.message.split())[:300]}")
        return dict(arguments)


def validator(schema: dict[str, Any]) -> Any:
    """Raises BadSchema."""
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(
            schema, retriever=_nothing, pattern_options=jsonschema_rs.RegexOptions(), validate_formats=False
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise BadSchema(f"its schema cannot be checked: {' '.join(str(error).split())[:160]}") from None


def _nothing(address: str) -> Any:
    raise ValueError(f"{address} is elsewhere")


def told(schema: dict[str, Any]) -> dict[str, Any]:
    """Raises BadSchema where no grammar can be made of it."""
    from llmasos.drivers.grammar import check

    try:
        check(schema)
        return schema
    except GrammarError:
        looser: dict[str, Any] = _without(schema, _ONLY_CHECKED)
    try:
        check(looser)
        return looser
    except GrammarError as error:
        raise BadSchema(str(error)) from None


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """An object's schema with every reference put in its place. Raises BadSchema."""
    inlined = _Inlined(schema).node(schema, (), MAX_DEPTH)
    if not isinstance(inlined, dict) or inlined.get("type", "object") != "object":
        raise BadSchema("its schema is not that of an object")
    if not isinstance(inlined.setdefault("properties", {}), dict):
        raise BadSchema("its properties are not an object")
    closed = {} if inlined.keys() & {"allOf", "anyOf", "oneOf"} else {"additionalProperties": False}
    return {"type": "object", **closed, **inlined}


def harmless(text: str) -> str:
    """One line for a model's prompt, in which nothing steers a terminal, ends a turn or speaks as somebody else."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _CONTROL.sub(lambda found: f"{found[0]} ", line)


def _check_harmless(text: str) -> str:
    """For what has to stay as it is. Raises BadSchema."""
    if harmless(text) != " ".join(text.split()):
        raise BadSchema(f"its schema has a word that a model could take for a control token: {harmless(text)[:40]!r}")
    return text


class _Inlined:
    """One walk through a schema, which ends."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MAX_NODES

    def node(self, node: Any, inside: tuple[str, ...], depth: int) -> Any:
        """A schema, or whatever else stands under a keyword. `inside` are the references it came by."""
        self._left -= 1
        if self._left < 0 or not depth:
            raise BadSchema(f"its schema has more than {MAX_NODES} parts, or is deeper than {MAX_DEPTH}")
        if isinstance(node, list):
            return [self.node(part, inside, depth - 1) for part in node]
        if not isinstance(node, Mapping):
            return _check_harmless(node) if isinstance(node, str) else node
        if strange := [key for key in _ELSEWHERE if key in node]:
            raise BadSchema(f"its schema has {strange[0]}, which is not supported")
        beside = {key: self._part(key, value, inside, depth) for key, value in node.items() if key not in _NAMES}
        reference = beside.pop("$ref", None)
        if reference is None:
            return beside
        if reference in inside:
            return {}
        found = self.node(self._target(reference), (*inside, reference), depth - 1)
        if not isinstance(found, dict) or found.keys() & beside.keys() - _NOTES:
            return {"allOf": [found, beside]} if beside else found
        return {**found, **beside}

    def _part(self, key: str, value: Any, inside: tuple[str, ...], depth: int) -> Any:
        """What properties are called is no keyword, and what they may be is no schema."""
        if key == "description":
            return harmless(str(value))
        _check_harmless(key)
        if key in _DATA or key == "$ref":
            _check_harmless(json.dumps(value, ensure_ascii=False))
            self._left -= len(value) if isinstance(value, list) else 1
            return value
        if key in _MAPS and isinstance(value, Mapping):
            return {_check_harmless(name): self.node(part, inside, depth - 1) for name, part in value.items()}
        return self.node(value, inside, depth - 1)

    def _target(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise BadSchema(f"its schema refers to {str(reference)[:60]!r}, which is not in it")
        node = self._root
        for word in reference.split("/")[1:]:
            word = word.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(word)] if isinstance(node, list) else node[word]
            except (KeyError, IndexError, ValueError, TypeError):
                raise BadSchema(f"its schema refers to {reference[:60]!r}, which is not in it") from None
        return node


def _without(node: Any, keywords: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_without(part, keywords) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without(part, keywords) for name, part in value.items()}
        if key == "properties"
        else value
        if key in _DATA
        else _without(value, keywords)
        for key, value in node.items()
        if key not in keywords
    }
