"""Dialogues to measure nano on: phrasings, names, values and tools that training never shows.

- `heldout("single", count, seed)`: one request, one call; also "steps", "unseen", "none", "conversation".
- Values come from the held-out part of every list (`Words(held_out=True)`), phrasings from heldout_phrases.py,
  heldout_none.txt, tools from heldout_tools.txt.

The results and canonical answers are made by the same functions as in training: they are the rule to be learned.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from llmasos.models.nano import requests_files, requests_other, slots, sums, talk
from llmasos.models.nano.dialogue import (
    BUILTIN_TOOLS,
    Dialogue,
    Message,
    Tool,
    name_of,
    tool,
)
from llmasos.models.nano.heldout_phrases import REFERENCES, SINGLES, SUMS
from llmasos.models.nano.heldout_steps import operands, steps_turn, turn, write
from llmasos.models.nano.invented import Family, ask_family, read_families
from llmasos.models.nano.phrase import expand, fill
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.requests import Request
from llmasos.models.nano.scene import SYSTEM
from llmasos.models.nano.words import Words

SETS = ("single", "steps", "unseen", "none", "conversation")


def heldout(set_name: str, count: int, seed: int) -> list[Dialogue]:
    """The set's first `count` dialogues for this seed."""
    makers: dict[str, Callable[[Words], Dialogue]] = {
        "single": _single_dialogue,
        "steps": _steps_dialogue,
        "unseen": _unseen_dialogue,
        "none": _none_dialogue,
        "conversation": _conversation_dialogue,
    }
    return [makers[set_name](Words(seed * 7_919 + number, held_out=True)) for number in range(count)]


def _dialogue(kind: str, turns: list[list[Message]], tools: tuple[Tool, ...]) -> Dialogue:
    messages = [{"role": "system", "content": SYSTEM}, *(message for turn in turns for message in turn)]
    return Dialogue(tuple(messages), tools, kind)


def _of_request(request: Request) -> list[Message]:
    steps = ((request.tool, request.arguments, request.result),) if request.tool else ()
    return turn(request.text, steps, request.answer)


def _tools(w: Words, needed: str | None = None) -> tuple[Tool, ...]:
    """All built-ins, or a part that has the one needed."""
    if w.chance(0.6):
        return BUILTIN_TOOLS
    return tuple(item for item in BUILTIN_TOOLS if name_of(item) == needed or w.chance(0.5))


# one call


def single_request(w: Words, name: str | None = None) -> Request:
    name = name or w.pick([*SINGLES, "calculate", "calculate"])
    if name == "calculate":
        form, text, expression = sums.from_pattern(w, "say", *w.pick(SUMS))
        value = sums.value(expression)
        answer_text = (
            f"The result is {value}."
            if not value.startswith("error ")
            else f"That did not work: {value.split(': ', 1)[1]}"
        )
        return Request(form, text, name, {"expression": expression}, value, answer_text)
    pattern = w.pick(SINGLES[name])
    if name in requests_files.PATTERNS:
        return _file_request(w, name, pattern)
    return requests_other.from_pattern(w, name, "say", pattern)


def _file_request(w: Words, name: str, pattern: str) -> Request:
    """As requests_files does it, with quoted content (<q>) besides."""
    text, implied = expand(w.random, pattern)
    shown: dict[str, str] = {}
    values: dict[str, Any] = {}
    for slot in slots_of(text):
        if slot == "q":
            values["text"] = w.content()
            shown[slot] = slots.quoted(w, values["text"])
        else:
            shown[slot], values[slot] = requests_files.value(w, slot)
    if "content" in implied:
        values["text"] = implied["content"].replace("$name", values["name"])
    arguments = requests_files.arguments_of(name, values, implied)
    back = requests_files.result_of(w, name, arguments)
    reply = requests_files.answer_of(name, arguments, back, implied.get("d", "all"))
    return Request("say", fill(text, shown), name, arguments, back, reply)


def _single_dialogue(w: Words) -> Dialogue:
    request = single_request(w)
    return _dialogue("single", [_of_request(request)], _tools(w, request.tool))


# two and three calls


def _steps_dialogue(w: Words) -> Dialogue:
    return _dialogue("steps", [steps_turn(w)], BUILTIN_TOOLS)


# tools never seen, and none that fits


@cache
def unseen_families() -> tuple[Family, ...]:
    return read_families("heldout_tools.txt")


def _listed(family: Family) -> Tool:
    required = {p.name: p.schema() for p in family.parameters if p.required}
    optional = {p.name: p.schema() for p in family.parameters if not p.required}
    return tool(family.name, family.description, required, optional)


def unseen_turn(w: Words, family: Family) -> list[Message]:
    request = ask_family(w, family, {p.name: p.name for p in family.parameters}, family.name)
    return _of_request(request)


def _unseen_dialogue(w: Words) -> Dialogue:
    families = w.random.sample(unseen_families(), w.integer(2, 6))
    tools = [_listed(family) for family in families]
    if w.chance(0.3):
        tools = [*BUILTIN_TOOLS, *tools]
    return _dialogue("unseen", [unseen_turn(w, families[w.integer(0, len(families) - 1)])], tuple(tools))


@cache
def none_patterns() -> tuple[str, ...]:
    return tuple(
        resources.files("llmasos.models.nano").joinpath("heldout_none.txt").read_text("utf-8").strip().split("\n")
    )


def none_turn(w: Words) -> list[Message]:
    text, _ = expand(w.random, w.pick(none_patterns()))
    return turn(fill(text, {slot: slots.make(w, slot)[0] for slot in slots_of(text)}), (), talk.REFUSAL)


def _none_dialogue(w: Words) -> Dialogue:
    if w.chance(0.6):
        return _dialogue("none", [none_turn(w)], BUILTIN_TOOLS)
    if w.chance(0.5):
        request = single_request(w)
        tools = tuple(item for item in BUILTIN_TOOLS if name_of(item) != request.tool)
        return _dialogue("none", [turn(request.text, (), talk.REFUSAL)], tools)
    asked, *others = w.random.sample(unseen_families(), 5)
    text = unseen_turn(w, asked)[0]["content"]
    return _dialogue("none", [turn(text, (), talk.REFUSAL)], tuple(_listed(family) for family in others))


# conversations


def _conversation_dialogue(w: Words) -> Dialogue:
    """A few plain turns, some followed by one that refers to them."""
    turns: list[list[Message]] = []
    for _ in range(w.integer(2, 4)):
        turns.extend(_pair(w) if w.chance(0.7) else [w.any_of(lambda: steps_turn(w), lambda: none_turn(w))])
    return _dialogue("conversation", turns, BUILTIN_TOOLS)


def _pair(w: Words) -> list[list[Message]]:
    """A turn and one that refers to it."""
    plan, pattern = w.pick(REFERENCES)
    if plan in ("times", "plus", "minus", "keep"):
        return _about_number(w, plan, pattern)
    if plan in ("wait", "kill"):
        return _about_agent(w, plan, pattern)
    first = single_request(w, w.pick(["read_file", "stat_file"]) if plan != "other" else "read_file")
    path = first.arguments["path"]
    content = w.content()
    shown, other = slots.path(w)
    name, arguments = {
        "read": ("read_file", {"path": path}),
        "remove": ("remove_file", {"path": path}),
        "size": ("stat_file", {"path": path}),
        "append": ("append_file", {"path": path, "content": content}),
        "other": ("read_file", {**first.arguments, "path": other}),
    }[plan]
    back = requests_files.result_of(w, name, arguments)
    reply = requests_files.answer_of(name, arguments, back, "size")
    text = fill(pattern, {"q": slots.quoted(w, content), "path": shown})
    return [_of_request(first), turn(text, ((name, arguments, back),), reply)]


def _about_number(w: Words, plan: str, pattern: str) -> list[list[Message]]:
    x, y = operands(w)
    value = sums.value(f"{x}*{y}")
    first = turn(
        f"Do you happen to know the value of {x} times {y}?",
        (("calculate", {"expression": f"{x}*{y}"}, value),),
        f"The result is {value}.",
    )
    n = str(w.integer(2, 99))
    if plan == "keep":
        shown, path = slots.path(w)
        last, reply = write(path, value)
        return [first, turn(fill(pattern, {"path": shown}), (last,), reply)]
    expression = value + {"times": "*", "plus": "+", "minus": "-"}[plan] + n
    final = sums.value(expression)
    return [
        first,
        turn(fill(pattern, {"n": n}), (("calculate", {"expression": expression}, final),), f"The result is {final}."),
    ]


def _about_agent(w: Words, plan: str, pattern: str) -> list[list[Message]]:
    first = single_request(w, "spawn")
    arguments = {"pid": int(first.result.rsplit(" ", 1)[1])}
    back, reply = requests_other.outcome(w, plan, dict(arguments), "")
    return [_of_request(first), turn(pattern, ((plan, dict(arguments), back),), reply)]
