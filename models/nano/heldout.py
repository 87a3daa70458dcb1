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
from llmasos.models.nano.chain import Step
from llmasos.models.nano.dialogue import (
    BUILTIN_TOOLS,
    Dialogue,
    Message,
    Tool,
    answer,
    call,
    name_of,
    result,
    tool,
    user,
)
from llmasos.models.nano.heldout_phrases import REFERENCES, SINGLES, STEPS, SUMS
from llmasos.models.nano.invented import Family, ask_family, read_families
from llmasos.models.nano.phrase import bare, expand, fill
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


def _turn(text: str, steps: tuple[Step, ...], reply: str) -> list[Message]:
    middle = [message for name, given, back in steps for message in (call(name, given), result(back))]
    return [user(bare(text)), *middle, answer(reply)]


def _of_request(request: Request) -> list[Message]:
    steps = ((request.tool, request.arguments, request.result),) if request.tool else ()
    return _turn(request.text, steps, request.answer)


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


def steps_turn(w: Words, plan: str | None = None) -> list[Message]:
    plan = plan or w.pick(tuple(STEPS))
    shown, steps, reply = _PLANS[plan](w)
    text = shown.pop("pattern", None) or w.pick(STEPS[plan])
    return _turn(fill(text, {slot: shown[slot] for slot in slots_of(text)}), steps, reply)


Plan = tuple[dict[str, str], tuple[Step, ...], str]


def _write(path: str, content: str) -> tuple[Step, str]:
    step = ("write_file", {"path": path, "content": content}, f"wrote {len(content.encode())} bytes to {path}")
    return step, f"I wrote it to {path}."


def _append(path: str, content: str) -> tuple[Step, str]:
    return ("append_file", {"path": path, "content": content}, f"added 1 line to {path}"), f"I added it to {path}."


def _copy(w: Words, limited: bool, put: Callable[[str, str], tuple[Step, str]]) -> Plan:
    (a, from_), (b, to), (n, most) = slots.path(w), slots.path(w), slots.count(w)
    content = w.document()
    arguments = {"path": from_, "max_words": most} if limited else {"path": from_}
    last, reply = put(to, content)
    return {"a": a, "b": b, "n": n}, (("read_file", arguments, content), last), reply


def _operands(w: Words) -> tuple[str, str]:
    return str(w.integer(2, 999)), str(w.integer(2, 99))


_OPERATORS = {"times": "*", "*": "*", "plus": "+", "minus": "-"}


def _sum(w: Words, patterns: tuple[str, ...]) -> tuple[dict[str, str], Step, str]:
    """A sum whose operator is the pattern's: every pattern of a plan is rewritten to one operator."""
    x, y = _operands(w)
    pattern = w.pick(patterns)
    operator = next(sign for word, sign in _OPERATORS.items() if f"<x>{word}<y>" in pattern.replace(" ", ""))
    expression = f"{x}{operator}{y}"
    value = sums.value(expression)
    return {"x": x, "y": y, "pattern": pattern}, ("calculate", {"expression": expression}, value), value


def _sum_put(w: Words, plan: str, put: Callable[[str, str], tuple[Step, str]]) -> Plan:
    shown, step, value = _sum(w, STEPS[plan])
    shown["b"], path = slots.path(w)
    last, reply = put(path, value)
    return shown, (step, last), reply


def _sum_remember(w: Words) -> Plan:
    shown, step, value = _sum(w, STEPS["sum_remember"])
    shown["t"] = w.topic()[1]
    text = f"the {shown['t']} is {value}"
    return shown, (step, ("remember", {"text": text}, "remembered")), f"The result is {value}. I will remember that."


def _recall_write(w: Words) -> Plan:
    full, query = w.topic()
    b, path = slots.path(w)
    fact = f"the {query} is {w.note()}"
    last, reply = _write(path, fact)
    return {"f": full, "b": b}, (("recall", {"query": query}, fact), last), reply


def _clock_write(w: Words) -> Plan:
    b, path = slots.path(w)
    now, _ = requests_other.clock(w, "both")
    last, reply = _write(path, now)
    return {"b": b}, (("clock", {}, now), last), reply


def _names_write(w: Words, find: bool) -> Plan:
    b, path = slots.path(w)
    names = requests_files.names(w)
    last, reply = _write(path, ", ".join(names))
    folder, extension = w.folder(), w.from_list("ext")
    name = "find_files" if find else "list_files"
    arguments = {"pattern": f"*.{extension}"} if find else {"path": folder}
    return {"b": b, "d": folder, "e": extension}, ((name, arguments, "\n".join(names)), last), reply


def _sum_file(w: Words, write: bool) -> Plan:
    (a, from_), (b, to) = slots.path(w), slots.path(w)
    numbers = [str(w.integer(0, 999)) for _ in range(w.integer(2, 4))]
    expression = "+".join(numbers)
    value = sums.value(expression)
    steps: tuple[Step, ...] = (
        ("read_file", {"path": from_}, "\n".join(numbers)),
        ("calculate", {"expression": expression}, value),
    )
    last, reply = _write(to, value)
    return {"a": a, "b": b}, (*steps, last) if write else steps, reply if write else f"The result is {value}."


def _write_read(w: Words) -> Plan:
    b, path = slots.path(w)
    content = w.content()
    last, _ = _write(path, content)
    return (
        {"b": b, "q": slots.quoted(w, content)},
        (last, ("read_file", {"path": path}, content)),
        f"{path} says: {content}",
    )


def _ask_write(w: Words) -> Plan:
    b, path = slots.path(w)
    question = requests_other.indirect(w)
    while question.startswith(("for ", "about ")):
        question = requests_other.indirect(w)
    reply_text = w.thing()
    last, reply = _write(path, reply_text)
    return {"b": b, "q": question}, (("ask", {"question": question}, reply_text), last), reply


def _sum_sum(w: Words) -> Plan:
    x, y = _operands(w)
    z = str(w.integer(2, 99))
    pattern = w.pick(STEPS["sum_sum"])
    one, two = ("*", "-") if pattern.startswith("Multiply") else ("+", "/")
    value = sums.value(f"{x}{one}{y}")
    final = sums.value(f"{value}{two}{z}")
    steps: tuple[Step, ...] = (
        ("calculate", {"expression": f"{x}{one}{y}"}, value),
        ("calculate", {"expression": f"{value}{two}{z}"}, final),
    )
    return {"x": x, "y": y, "z": z, "pattern": pattern}, steps, f"The result is {final}."


def _spawn_wait(w: Words) -> Plan:
    task, number, said = requests_other.task(w), w.integer(2, 99), w.note()
    steps: tuple[Step, ...] = (
        ("spawn", {"request": task}, f"started process {number}"),
        ("wait", {"pid": number}, said),
    )
    return {"k": task}, steps, f"Process {number} says: {said}"


def _two_removes(w: Words) -> Plan:
    (a, x), (b, y) = slots.path(w), slots.path(w)
    steps: tuple[Step, ...] = tuple(("remove_file", {"path": path}, f"removed {path}") for path in (x, y))
    return {"a": a, "b": b}, steps, f"I removed {x}. I removed {y}."


def _find_read(w: Words) -> Plan:
    file = w.file()
    path, content = f"{w.folder()}/{file}", w.document()
    steps: tuple[Step, ...] = (("find_files", {"pattern": file}, path), ("read_file", {"path": path}, content))
    return {"g": file}, steps, f"{path} says: {content}"


_PLANS: dict[str, Callable[[Words], Plan]] = {
    "copy": lambda w: _copy(w, False, _write),
    "copy_limited": lambda w: _copy(w, True, _write),
    "copy_append": lambda w: _copy(w, False, _append),
    "sum_write": lambda w: _sum_put(w, "sum_write", _write),
    "sum_append": lambda w: _sum_put(w, "sum_append", _append),
    "sum_remember": _sum_remember,
    "recall_write": _recall_write,
    "clock_write": _clock_write,
    "list_write": lambda w: _names_write(w, False),
    "find_write": lambda w: _names_write(w, True),
    "sum_file": lambda w: _sum_file(w, False),
    "sum_file_write": lambda w: _sum_file(w, True),
    "write_read": _write_read,
    "ask_write": _ask_write,
    "sum_sum": _sum_sum,
    "spawn_wait": _spawn_wait,
    "two_removes": _two_removes,
    "find_read": _find_read,
}


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
    return _turn(fill(text, {slot: slots.make(w, slot)[0] for slot in slots_of(text)}), (), talk.REFUSAL)


def _none_dialogue(w: Words) -> Dialogue:
    if w.chance(0.6):
        return _dialogue("none", [none_turn(w)], BUILTIN_TOOLS)
    if w.chance(0.5):
        request = single_request(w)
        tools = tuple(item for item in BUILTIN_TOOLS if name_of(item) != request.tool)
        return _dialogue("none", [_turn(request.text, (), talk.REFUSAL)], tools)
    asked, *others = w.random.sample(unseen_families(), 5)
    text = unseen_turn(w, asked)[0]["content"]
    return _dialogue("none", [_turn(text, (), talk.REFUSAL)], tuple(_listed(family) for family in others))


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
    return [_of_request(first), _turn(text, ((name, arguments, back),), reply)]


def _about_number(w: Words, plan: str, pattern: str) -> list[list[Message]]:
    x, y = _operands(w)
    value = sums.value(f"{x}*{y}")
    first = _turn(
        f"Do you happen to know the value of {x} times {y}?",
        (("calculate", {"expression": f"{x}*{y}"}, value),),
        f"The result is {value}.",
    )
    n = str(w.integer(2, 99))
    if plan == "keep":
        shown, path = slots.path(w)
        last, reply = _write(path, value)
        return [first, _turn(fill(pattern, {"path": shown}), (last,), reply)]
    expression = value + {"times": "*", "plus": "+", "minus": "-"}[plan] + n
    final = sums.value(expression)
    return [
        first,
        _turn(fill(pattern, {"n": n}), (("calculate", {"expression": expression}, final),), f"The result is {final}."),
    ]


def _about_agent(w: Words, plan: str, pattern: str) -> list[list[Message]]:
    first = single_request(w, "spawn")
    arguments = {"pid": int(first.result.rsplit(" ", 1)[1])}
    back, reply = requests_other.outcome(w, plan, dict(arguments), "")
    return [_of_request(first), _turn(pattern, ((plan, dict(arguments), back),), reply)]
