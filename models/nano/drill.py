"""The first lesson: short dialogues that teach nothing but copying (and numbers in words), before the real mix begins.

- `drill(seed)` gives dialogues for ever, like `generate`: one to four invented tools, a request that names one of
  them and its values, the call with those values, a result, and the answer that repeats it.

Copying comes late and all at once in a small transformer; in short prompts it comes after a fraction of the tokens.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from llmasos.models.nano.dialogue import Dialogue, Message, Tool, answer, call, result, tool, user
from llmasos.models.nano.words import Words

SYSTEM = "You are nano, a small assistant that acts through tools."


def _tool(w: Words) -> Tool:
    name = "_".join(w.word() for _ in range(w.integer(1, 2)))
    parameters = {w.word(): w.pick(["string", "string", "integer"]) for _ in range(w.integer(1, 2))}
    return tool(name, f"{name.replace('_', ' the ').capitalize()}.", parameters)


def _echo(w: Words) -> str:
    """Few words many times over: what followed a word before does not tell what follows it now, two words do."""
    words = [w.any_of(w.any_word, w.code, w.number) for _ in range(w.integer(2, 4))]
    return w.pick([" ", " ", ", ", "\n", "/"]).join(w.pick(words) for _ in range(w.integer(3, 10)))


def _number(w: Words) -> tuple[str, int]:
    """(as typed, its value): half of them in words, which must be turned to digits one by one."""
    if w.chance(0.5):
        value = w.integer(0, w.pick([19, 99, 999]))
        return w.in_words(value), value
    value = w.integer(0, 9999)
    return str(value), value


def _turn(w: Words, tools: list[Tool]) -> Iterator[Message]:
    function = w.pick(tools)["function"]
    arguments: dict[str, int | str] = {}
    words = [function["name"].replace("_", " ")]
    for key, schema in function["parameters"]["properties"].items():
        if schema["type"] == "integer":
            shown, arguments[key] = _number(w)
        else:
            shown = arguments[key] = w.any_of(w.path, w.phrase, w.code, w.note, lambda: _echo(w))
        words.append(w.pick([f"{key} {shown}", f'{key} "{shown}"', f'"{shown}" as {key}']))
    yield user(" ".join(words))
    yield call(function["name"], arguments)
    said = w.any_of(w.phrase, w.note, w.number, w.path, lambda: _echo(w))
    yield result(said)
    yield answer(f"Here is the result: {said}")


def drill(seed: int) -> Iterator[Dialogue]:
    """Dialogues for ever; the same seed gives the same ones."""
    for number in itertools.count():
        w = Words(seed * 1_000_003 + number)
        tools = [_tool(w) for _ in range(w.integer(1, 4))]
        messages: list[Message] = [{"role": "system", "content": SYSTEM}]
        for _ in range(w.integer(1, 3)):
            messages += _turn(w, tools)
        yield Dialogue(tuple(messages), tuple(tools), "drill")
