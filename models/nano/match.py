"""The second lesson: short dialogues that teach nothing but finding the tool that a request means.

- `match(seed)` gives dialogues for ever, like `generate`: two to seven tools whose names and descriptions are words
  without sense, and requests that share a word or two with one of them and none with the others.
- What is shared stands in the description, in the name or among the parameters; the rest of the request is noise.

To choose a tool by its line, a model must gather what a line says at its end, gather what the request says, compare,
and go back to the line's name. In the long dialogues of the real mix that was still chance after 14M tokens.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmasos.models.nano.dialogue import Dialogue, Message, Tool, answer, call, result, tool, user
from llmasos.models.nano.words import Words

SYSTEM = "You are nano, a small assistant that acts through tools."
_FRAMES = (
    "{}|{} please|please {}|can you {}?|i want {}|i need {}|{} now|what about {}?|could you do {}?|{}, thanks|"
    "is there {}?|my {} |the {}|give me {}|let me have {}|i'd like {}|how about {}|{}!|we want {} today|show {}|"
    "the {} is what i want|do something about {}|it is time for {}|somebody should {}|{} for me|start with {}"
).split("|")
_FILLERS = "the a my our this that some any one please now today again here really".split()
_KINDS = ("path", "code", "name", "number", "word", "phrase", "city", "date")
_INTEGER = ("number",)


@dataclass(frozen=True)
class Meant:
    """A tool, the words by which it can be known, and its parameters' kinds."""

    tool: Tool
    name: str
    keys: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]


def _tool(w: Words, taken: set[str]) -> Meant:
    def fresh() -> str:
        while True:
            word = w.word()
            if word not in taken and len(word) > 2:
                taken.add(word)
                return word

    named = [fresh() for _ in range(w.pick([1, 1, 2, 2, 3]))]
    described = [fresh() for _ in range(w.integer(1, 4))]
    if w.chance(0.5):
        described += w.random.sample(named, 1)
    w.random.shuffle(described)
    parameters = tuple((fresh(), w.pick(_KINDS)) for _ in range(w.pick([0, 0, 1, 1, 1, 2])))
    text = " ".join(f"{w.pick(_FILLERS)} {word}" if w.chance(0.35) else word for word in described)
    schema = {key: "integer" if kind in _INTEGER else "string" for key, kind in parameters}
    name = "_".join(named)
    keys = (*described, *named) if w.chance(0.5) else tuple(described)
    return Meant(tool(name, text.capitalize() + ".", schema), name, keys, parameters)


def _value(w: Words, kind: str) -> Any:
    if kind in _INTEGER:
        return w.integer(0, w.pick([99, 999, 9999]))
    made: dict[str, Any] = {"path": w.path, "code": w.code, "name": w.name, "word": w.word, "city": w.city}
    return w.phrase(1, 3) if kind == "phrase" else w.date() if kind == "date" else made[kind]()


def _request(w: Words, meant: Meant) -> tuple[str, dict[str, Any]]:
    shared = w.random.sample(meant.keys, min(len(meant.keys), w.pick([1, 1, 2, 2, 3])))
    noise = [w.word() for _ in range(w.pick([0, 0, 1, 2]))]
    words = shared + noise
    w.random.shuffle(words)
    said = " ".join(f"{w.pick(_FILLERS)} {word}" if w.chance(0.3) else word for word in words)
    arguments: dict[str, Any] = {}
    pieces = []
    for key, kind in meant.parameters:
        value = arguments[key] = _value(w, kind)
        typed = w.in_words(value) if kind in _INTEGER and value < 1000 and w.chance(0.4) else str(value)
        shown = f'"{typed}"' if w.chance(0.5) or " " in typed else typed
        alone = len(meant.parameters) == 1 and w.chance(0.5)
        pieces.append(f"{w.pick(['with', 'for', 'to', 'at', 'of', ''])} {shown}".strip() if alone else f"{key} {shown}")
    w.random.shuffle(pieces)
    text = w.pick(_FRAMES).replace("{}", " ".join([said, *pieces]))
    return text[0].upper() + text[1:] if w.chance(0.3) else text, arguments


def _turn(w: Words, meant: Meant) -> Iterator[Message]:
    text, arguments = _request(w, meant)
    yield user(text)
    yield call(meant.name, arguments)
    said = w.any_of(w.word, w.number, w.code)
    yield result(said)
    yield answer(f"Here is the result: {said}")


def _easy(w: Words) -> Dialogue:
    """Few tools, each asked for by every one of its words once: nothing is to be had from the turns before."""
    taken: set[str] = set()
    tools, asked = [], []
    for _ in range(w.integer(2, 4)):
        words = [w.from_list("word") for _ in range(1 + w.integer(1, 3))]
        if taken & set(words) or len(set(words)) < len(words):
            continue
        taken |= set(words)
        name, *keys = words
        tools.append(tool(name, " ".join(keys).capitalize() + ".", {}))
        asked += [(key, name) for key in keys]
    w.random.shuffle(asked)
    messages: list[Message] = [{"role": "system", "content": SYSTEM}]
    whole = w.chance(0.5)
    for key, name in asked:
        messages += [user(w.pick(_FRAMES).replace("{}", key) if w.chance(0.5) else key), call(name, {})]
        if whole:
            said = w.word()
            messages += [result(said), answer(f"Here is the result: {said}")]
    return Dialogue(tuple(messages), tuple(tools), "match")


def _hard(w: Words) -> Dialogue:
    taken: set[str] = set()
    tools = [_tool(w, taken) for _ in range(w.integer(2, 7))]
    messages: list[Message] = [{"role": "system", "content": SYSTEM}]
    for meant in w.random.sample(tools, w.integer(2, len(tools))):
        messages += _turn(w, meant)
    return Dialogue(tuple(messages), tuple(each.tool for each in tools), "match")


def match(seed: int) -> Iterator[Dialogue]:
    """Dialogues for ever; the same seed gives the same ones."""
    for number in itertools.count():
        w = Words(seed * 1_000_003 + number)
        made = _easy(w) if w.chance(0.6) else _hard(w)
        if made.tools and len(made.messages) > 1:
            yield made
