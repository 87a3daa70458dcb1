"""Two requests in one message: of the same kind, or with nothing to do with each other.

- `pair(w)` asks for the same thing of two subjects; `two(w, names)` joins any two requests for listed tools.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from llmasos.models.nano import chain_phrases as phrases
from llmasos.models.nano import requests_files, requests_other, slots, sums
from llmasos.models.nano.chain import Chain, Step, paths, say
from llmasos.models.nano.chain_phrases import take as _from
from llmasos.models.nano.phrase import expand
from llmasos.models.nano.requests import FAILED, core
from llmasos.models.nano.singles import single
from llmasos.models.nano.words import Words

_SINGLE = (*requests_files.PATTERNS, "calculate", *requests_other.PATTERNS)


def pair(w: Words) -> Chain:
    """One verb with two objects."""
    tool = w.pick(tuple(phrases.PAIRS))
    values: list[Any]
    if tool == "calculate":
        (a, x), (b, y) = _expression(w), _expression(w)
        values = [x, y]
    elif tool in ("kill", "wait"):
        (a, first), (b, second) = slots.pid(w), slots.pid(w)
        values = [first, second]
    else:
        (a, x), (b, y) = paths(w)
        values = [x, y]
    key = {"calculate": "expression", "kill": "pid", "wait": "pid"}.get(tool, "path")
    steps, answers = [], []
    for value in values:
        arguments = {key: value}
        result, answer = _outcome(w, tool, arguments)
        steps.append((tool, arguments, result))
        answers.append(answer)
    form, pattern = _from(w, phrases.PAIRS[tool])
    text = say(w, pattern, a=a, b=b)
    return Chain(form, text, tuple(steps), " ".join(answers))


def _expression(w: Words) -> tuple[str, str]:
    while True:
        typed, exact = sums.expression(w)
        if not sums.value(exact).startswith(FAILED):
            return typed, exact


def _outcome(w: Words, tool: str, arguments: dict[str, Any]) -> tuple[str, str]:
    if tool == "calculate":
        result = sums.result_of(w, arguments["expression"])
        return result, f"The result is {result}."
    if tool in ("kill", "wait"):
        return requests_other.outcome(w, tool, arguments, "")
    result = requests_files.result_of(w, tool, arguments)
    return result, requests_files.answer_of(tool, arguments, result, "size")


def two(w: Words, names: Collection[str]) -> Chain:
    """Two requests that have nothing to do with each other, in one message."""
    usable = [name for name in names if name in _SINGLE]
    for tries in range(40):
        first, second = (single(w, w.pick(usable), failures=0.02) for _ in range(2))
        if tries == 39:
            return Chain(
                first.form, first.text, ((first.tool, first.arguments, first.result),), first.answer, first.open_end
            )
        if first.form == "do" and second.form == "do" and not first.open_end:
            joint = expand(w.random, phrases.JOINTS)[0]
            text, form = f"{first.text}{'' if joint[0] in ',.;' else ' '}{joint} {second.text}", "do"
            break
        one, other, asks = core(w, first), core(w, second), ("noun", "question", "nouns")
        if first.form in ("say", *asks) and second.form in asks and not first.open_end and not second.open_end:
            joint = w.pick([" and ", ", and ", " and also ", " and then "])
            if one.endswith("?") and (first.form == "say" or w.chance(0.4)):
                joint = expand(w.random, "? " + phrases.AFTER_QUESTION)[0] + " "
            elif first.form == "say":
                joint = " " if one.endswith((".", "!")) else ". "
            text, form = one.rstrip("?") + joint + other, "say"
            break
        if "do" in (first.form, second.form) and first.form != second.form and not first.open_end and w.chance(0.5):
            one += "" if one.endswith((".", "?", "!")) else "."
            text, form = f"{one} {'' if second.form == 'say' else w.pick(phrases.LINKS)}{other}", "say"
            break
    steps: list[Step] = [(first.tool, first.arguments, first.result)]
    if first.result.startswith(FAILED):
        return Chain(form, text, tuple(steps), first.answer, second.open_end)
    steps.append((second.tool, second.arguments, second.result))
    return Chain(form, text, tuple(steps), f"{first.answer} {second.answer}", second.open_end)
