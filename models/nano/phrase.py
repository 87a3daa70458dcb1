"""Phrasings as small grammars: many sentences from one line.

- `[a|b|]` chooses one of its parts (nested, empty allowed); `<slot>` is left for a value; `{key=value}` is an
  argument that the chosen words imply.
- `expand(rng, pattern)` gives one sentence, its slots still in it, and what its braces said.
- `table(file)` and `sections(file)` are the patterns of a text file of this package.
- `fill(text, values)` puts values in, each between GUARD characters, so that later noise cannot touch them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from random import Random
from typing import TypeAlias

OPEN, CLOSE = "\x01", "\x02"  # around a value; taken out by `bare`
Node: TypeAlias = "str | tuple[tuple[Node, ...], ...]"
Table = tuple[tuple[str, str], ...]  # (grammatical form, pattern)

_SLOT = re.compile(r"<(\w+)>")
_IMPLIED = re.compile(r"\s?\{(\w+)=([^}]*)\}")
_SPACES = re.compile(r" {2,}")
_GAPS = re.compile(r" +([,.?!;:])(?=\s|$)")
_TOKENS = re.compile(r"[\[\]|]|[^\[\]|]+")


@cache
def parse(pattern: str) -> tuple[Node, ...]:
    """A pattern as a tree: strings, and tuples of alternatives."""
    stack: list[list[list[Node]]] = [[[]]]
    for token in _TOKENS.findall(pattern):
        if token == "[":
            stack.append([[]])
        elif token == "|" and len(stack) > 1:
            stack[-1].append([])
        elif token == "]":
            done = stack.pop()
            stack[-1][-1].append(tuple(tuple(part) for part in done))
        else:
            stack[-1][-1].append(token)
    assert len(stack) == 1, f"unbalanced brackets: {pattern}"
    return tuple(stack[0][0])


def _choose(random: Random, nodes: tuple[Node, ...], out: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        else:
            _choose(random, node[int(random.random() * len(node))], out)


def expand(random: Random, pattern: str) -> tuple[str, dict[str, str]]:
    """One sentence of the pattern and the arguments that its words imply."""
    out: list[str] = []
    _choose(random, parse(pattern), out)
    text = "".join(out)
    implied: dict[str, str] = {}
    if "{" in text:
        implied = dict(_IMPLIED.findall(text))
        text = _IMPLIED.sub("", text)
    return _GAPS.sub(r"\1", _SPACES.sub(" ", text)).strip(), implied


def slots(text: str) -> list[str]:
    return _SLOT.findall(text)


def fill(text: str, values: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda match: f"{OPEN}{values[match[1]]}{CLOSE}", text)


def bare(text: str) -> str:
    """The text without its guards."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def table(file: str) -> Table:
    """The patterns of a text file of this package, one a line: the grammatical form, a colon, the pattern."""
    lines = resources.files("llmasos.models.nano").joinpath(file).read_text("utf-8").splitlines()
    return tuple((form, pattern) for form, _, pattern in (line.partition(": ") for line in lines))


def sections(file: str) -> dict[str, tuple[str, ...]]:
    """The lines of a text file of this package by section: its name, ` - ` and what it is for; its lines are indented."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in resources.files("llmasos.models.nano").joinpath(file).read_text("utf-8").splitlines():
        if line.startswith("  "):
            lines.append(line.strip())
        else:
            name = line.partition(" - ")[0]
            assert name and name not in found, f"{file}: {line}"
            found[name] = lines = []
    return {name: tuple(held) for name, held in found.items()}
