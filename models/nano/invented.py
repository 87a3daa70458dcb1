"""Tools that nano has never seen: taken from lists (FILES) with changed names, or put together from parts.

- `offer(w, count)` gives that many tools whose purposes differ, each with a way to ask for it.
- A tool from a list keeps its meaning while its name, its parameters' names and its description vary.

A list holds one tool a paragraph: its signature with the kind of every value, then patterns of requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from llmasos.models.nano import slots
from llmasos.models.nano.dialogue import Tool, name_of, tool
from llmasos.models.nano.phrase import expand, fill
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.requests import Request, failing
from llmasos.models.nano.words import Words

FILES = tuple(
    f"tools{part}.txt"
    for part in ("", "_home", "_work", "_life", "_tech", "_world", "_assist", "_town", "_desk", "_gadget")
)
_SIGNATURE = re.compile(r"(\w+)\((.*)\) - (.*)")
_PARAMETER = re.compile(r"(\w+)(\??): (\w+)(?:=([^,]*))?")
_ASKING = frozenset(
    "were was shall should why which what how when where who whose whom do does did is are am can has have had will heads "
    "any would could won couldn wouldn isn aren doesn".split()
)


@dataclass(frozen=True)
class Parameter:
    name: str
    required: bool
    type: str
    kind: str  # the kind of its values (slots.py), or its choices with | between

    @property
    def choices(self) -> list[str]:
        return self.kind.split("|") if "|" in self.kind else []

    def schema(self) -> dict[str, Any]:
        return {"type": self.type, **({"enum": self.choices} if self.choices else {})}


@dataclass(frozen=True)
class Family:
    """One kind of tool: what it is and the ways to ask for it. `topic` keeps look-alikes out of one prompt."""

    name: str
    parameters: tuple[Parameter, ...]
    description: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Invented:
    """A tool as listed in a prompt, and a function that makes requests for it."""

    tool: Tool
    purpose: str
    ask: Callable[[Words], Request]


def read_families(file: str) -> tuple[Family, ...]:
    """The families of a text file of this package."""
    text = resources.files("llmasos.models.nano").joinpath(file).read_text("utf-8")
    families: list[Family] = []
    for block in re.split(r"\n(?=\S)", text.strip()):
        head, *patterns = block.split("\n")
        match = _SIGNATURE.fullmatch(head)
        assert match is not None, head
        found = _PARAMETER.findall(match[2])
        written = [Parameter(name, not mark, type_, kind) for name, mark, type_, kind in found]
        parameters = tuple(sorted(written, key=lambda parameter: not parameter.required))  # as a schema lists them
        families.append(Family(match[1], parameters, match[3], tuple(line.strip() for line in patterns)))
    return tuple(families)


@cache
def families() -> tuple[Family, ...]:
    return tuple(family for file in FILES for family in read_families(file))


def value(w: Words, parameter: Parameter) -> tuple[str, Any]:
    if parameter.choices:
        chosen = w.pick(parameter.choices)
        return chosen, chosen
    shown, made = slots.make(w, parameter.kind or "word")
    return shown, made


def _implied(parameter: Parameter, text: str) -> Any:
    return text == "true" if parameter.type == "boolean" else text


@cache
def _verbs() -> frozenset[str]:
    return frozenset(resources.files("llmasos.models.nano").joinpath("verbs.txt").read_text("utf-8").split())


def form_of(text: str) -> str:
    """The grammatical form of a pattern by its first word: what begins with no verb is left as it is."""
    first = re.split(r"[ ,':]", text, maxsplit=1)[0].lower()
    if first in _ASKING or text.lower().startswith(("in which ", "in what ")):
        return "question"
    return "do" if first in _verbs() else "say"


def ask_family(w: Words, family: Family, names: dict[str, str], called: str) -> Request:
    """A request for a tool of this family that is listed as `called`, with its parameters renamed."""
    by_name = {parameter.name: parameter for parameter in family.parameters}
    needed = {parameter.name for parameter in family.parameters if parameter.required}
    while True:
        text, implied = expand(w.random, w.pick(family.patterns))
        implied = {key: said for key, said in implied.items() if said}
        if needed <= set(slots_of(text)) | set(implied):
            break
    shown: dict[str, str] = {}
    values: dict[str, Any] = {key: _implied(by_name[key], said) for key, said in implied.items()}
    for slot in slots_of(text):
        shown[slot], values[slot] = value(w, by_name[slot])
    arguments = {names[p.name]: values[p.name] for p in family.parameters if p.name in values}
    last = re.search(r"<(\w+)>$", text)
    open_end = bool(last) and by_name[last[1]].kind in ("text", "tail", "line") if last else False
    result = outcome(w)
    return Request(
        form_of(text), fill(text, shown), called, arguments, result, f"Here is the result: {result}", open_end
    )


def outcome(w: Words) -> str:
    """What an unknown tool may return: words, numbers, JSON, lines."""
    style = w.random.random()
    if style < 0.3:
        return w.phrase(1, 5)
    if style < 0.4:
        return w.pick(["done", "ok", "success", "true", "false", "none", "sent", "created", "accepted", "not found"])
    if style < 0.55:
        return w.pick([w.number, w.code, w.time, w.date, w.stamp])()
    if style < 0.7:
        values: list[Callable[[], str]] = [
            w.number,
            lambda: json.dumps(w.word()),
            lambda: "true",
            lambda: json.dumps(w.phrase(1, 3)),
        ]
        return "{" + ", ".join(f'"{w.word()}": {w.pick(values)()}' for _ in range(w.integer(1, 3))) + "}"
    if style < 0.8:
        return "\n".join(w.note() for _ in range(w.integer(2, 4)))
    return w.sentence() if style < 0.9 else f"{w.from_list('adjective')}, {w.number()} {w.word()}"


def restyle(w: Words, name: str) -> str:
    """A name in another convention."""
    words = name.split("_")
    style = w.random.random()
    if style < 0.6:
        return name
    if style < 0.75:
        return words[0] + "".join(word.capitalize() for word in words[1:])
    if style < 0.82:
        return ".".join([words[-1], *words[:-1]]) if len(words) > 1 else name
    if style < 0.9 and len(words) > 1:
        return "_".join([*words[1:], words[0]])
    return w.pick(
        ["-".join(words), "".join(word.capitalize() for word in words), f"{w.made_up()}_{name}", f"{name}_tool"]
    )


def from_family(w: Words, family: Family) -> Invented:
    """A tool of the family, differently named."""
    called = w.made_up() + w.pick(["", "_" + w.made_up()]) if w.chance(0.12) else restyle(w, family.name)
    names = {
        p.name: (w.made_up() if w.chance(0.04) else restyle(w, p.name) if w.chance(0.3) else p.name)
        for p in family.parameters
    }
    if len(set(names.values())) < len(names):
        names = {p.name: p.name for p in family.parameters}
    required = {names[p.name]: p.schema() for p in family.parameters if p.required}
    optional = {names[p.name]: p.schema() for p in family.parameters if not p.required}
    listed = tool(called, describe(w, family.description), required, optional)
    return Invented(listed, family.name, lambda source: ask_family(source, family, names, called))


def describe(w: Words, description: str) -> str:
    share = w.random.random()
    if share < 0.7:
        return description
    if share < 0.85:
        return description.rstrip(".")
    return w.pick(["Use this to {}", "Can {}", "A tool to {}", "This tool can {}", "Call it to {}"]).replace(
        "{}", description[0].lower() + description[1:]
    )


def offer(w: Words, count: int) -> list[Invented]:
    """That many tools of different purposes and names."""
    from llmasos.models.nano.composed import compose, compose_alike

    made: dict[str, Invented] = {}
    while len(made) < count:
        if w.chance(0.65):
            new = [from_family(w, w.pick(families()))]
        else:
            new = compose_alike(w, w.integer(1, 3)) if w.chance(0.5) else [compose(w)]
        for item in new:
            if item.purpose not in {other.purpose for other in made.values()}:
                made.setdefault(name_of(item.tool), item)
    return list(made.values())[:count]


def request(w: Words, invented: Invented, failures: float = 0.05) -> Request:
    asked = invented.ask(w)
    return failing(w, asked) if w.chance(failures) else asked
