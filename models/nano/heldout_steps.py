"""The plans of nano's held-out requests of two and three calls: values, calls and results, answers.

- `steps_turn(words)` is one request with its calls and its answer; `write`, `operands` and `turn` serve conversations, too.
- The results are made by the same functions as in training; the phrasings are heldout_phrases.py's.
"""

from __future__ import annotations

from collections.abc import Callable

from llmasos.models.nano import requests_files, requests_other, slots, sums
from llmasos.models.nano.chain import Step
from llmasos.models.nano.dialogue import Message, answer, call, result, user
from llmasos.models.nano.heldout_phrases import STEPS
from llmasos.models.nano.phrase import bare, fill
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.words import Words

Plan = tuple[dict[str, str], tuple[Step, ...], str]


def turn(text: str, steps: tuple[Step, ...], reply: str) -> list[Message]:
    middle = [message for name, given, back in steps for message in (call(name, given), result(back))]
    return [user(bare(text)), *middle, answer(reply)]


def steps_turn(w: Words, plan: str | None = None) -> list[Message]:
    plan = plan or w.pick(tuple(STEPS))
    shown, steps, reply = _PLANS[plan](w)
    text = shown.pop("pattern", None) or w.pick(STEPS[plan])
    return turn(fill(text, {slot: shown[slot] for slot in slots_of(text)}), steps, reply)


def write(path: str, content: str) -> tuple[Step, str]:
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


def operands(w: Words) -> tuple[str, str]:
    return str(w.integer(2, 999)), str(w.integer(2, 99))


_OPERATORS = {"times": "*", "*": "*", "plus": "+", "minus": "-"}


def _sum(w: Words, patterns: tuple[str, ...]) -> tuple[dict[str, str], Step, str]:
    """A sum whose operator is the pattern's: every pattern of a plan is rewritten to one operator."""
    x, y = operands(w)
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
    last, reply = write(path, fact)
    return {"f": full, "b": b}, (("recall", {"query": query}, fact), last), reply


def _clock_write(w: Words) -> Plan:
    b, path = slots.path(w)
    now, _ = requests_other.clock(w, "both")
    last, reply = write(path, now)
    return {"b": b}, (("clock", {}, now), last), reply


def _names_write(w: Words, find: bool) -> Plan:
    b, path = slots.path(w)
    names = requests_files.names(w)
    last, reply = write(path, ", ".join(names))
    folder, extension = w.folder(), w.from_list("ext")
    name = "find_files" if find else "list_files"
    arguments = {"pattern": f"*.{extension}"} if find else {"path": folder}
    return {"b": b, "d": folder, "e": extension}, ((name, arguments, "\n".join(names)), last), reply


def _sum_file(w: Words, kept: bool) -> Plan:
    (a, from_), (b, to) = slots.path(w), slots.path(w)
    numbers = [str(w.integer(0, 999)) for _ in range(w.integer(2, 4))]
    expression = "+".join(numbers)
    value = sums.value(expression)
    steps: tuple[Step, ...] = (
        ("read_file", {"path": from_}, "\n".join(numbers)),
        ("calculate", {"expression": expression}, value),
    )
    last, reply = write(to, value)
    return {"a": a, "b": b}, (*steps, last) if kept else steps, reply if kept else f"The result is {value}."


def _write_read(w: Words) -> Plan:
    b, path = slots.path(w)
    content = w.content()
    last, _ = write(path, content)
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
    last, reply = write(path, reply_text)
    return {"b": b, "q": question}, (("ask", {"question": question}, reply_text), last), reply


def _sum_sum(w: Words) -> Plan:
    x, y = operands(w)
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
    "copy": lambda w: _copy(w, False, write),
    "copy_limited": lambda w: _copy(w, True, write),
    "copy_append": lambda w: _copy(w, False, _append),
    "sum_write": lambda w: _sum_put(w, "sum_write", write),
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
