"""The generator of nano's dialogues: seeded, well formed, true to the tools' schemas; held-out sets are held out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from llmasos.models.nano import requests, requests_files, requests_other, sums, talk
from llmasos.models.nano.dialogue import BUILTIN_TOOLS, Dialogue, name_of
from llmasos.models.nano.drill import drill
from llmasos.models.nano.generate import MIX, generate
from llmasos.models.nano.heldout import SETS, heldout, none_patterns, unseen_families
from llmasos.models.nano.heldout_phrases import REFERENCES, SINGLES, STEPS, SUMS
from llmasos.models.nano.invented import families, form_of
from llmasos.models.nano.match import match
from llmasos.models.nano.phrase import Node, expand, parse
from llmasos.models.nano.plain import PLAIN
from llmasos.models.nano.words import Words, entries

TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
COMMON = {"the", "that", "this", "our", "some", "any", "one", "now", "today", "again", "here", "really", "name"}
COMMON |= {"description", "parameters", "type", "object", "properties", "required", "string", "integer", "function"}
COMMON |= {"please", "what", "about", "with", "for"}
LISTS = ("word", "first", "last", "city", "country", "thing", "adjective", "topic", "task")


@cache
def some() -> tuple[Dialogue, ...]:
    return tuple(itertools.islice(generate(7), 400))


def calls(dialogue: Dialogue) -> Iterable[dict[str, Any]]:
    for message in dialogue.messages:
        for call in message.get("tool_calls", ()):
            yield call["function"]


def check_call(dialogue: Dialogue, function: dict[str, Any]) -> None:
    listed = {name_of(item): item["function"]["parameters"] for item in dialogue.tools}
    schema = listed[function["name"]]
    arguments = function["arguments"]
    assert set(schema["required"]) <= set(arguments) <= set(schema["properties"])
    assert list(arguments) == [key for key in schema["properties"] if key in arguments]
    for key, value in arguments.items():
        wanted = schema["properties"][key]
        assert isinstance(value, TYPES[wanted["type"]]), (function, wanted)
        assert isinstance(value, bool) == (wanted["type"] == "boolean")
        assert "enum" not in wanted or value in wanted["enum"]


def check_form(dialogue: Dialogue) -> None:
    """system, then turns: user, any number of (call, result), answer."""
    roles = "".join("c" if m.get("tool_calls") else m["role"][0] for m in dialogue.messages)
    assert re.fullmatch(r"s(u(ct)*a)+", roles), roles
    assert all("\x01" not in m["content"] and "\x02" not in m["content"] for m in dialogue.messages)
    assert all(m["content"].strip() for m in dialogue.messages[1:] if not m.get("tool_calls"))
    assert not any(re.search(r"<\w+>|\{\w+=", m["content"]) for m in dialogue.messages if m["role"] == "user")
    assert len({name_of(item) for item in dialogue.tools}) == len(dialogue.tools)


def test_same_seed_same_dialogues() -> None:
    assert list(itertools.islice(generate(7), 50)) == list(some()[:50])
    assert next(generate(8)) != next(generate(7))


def test_every_kind_and_every_tool_comes() -> None:
    assert {d.kind for d in some()} == {entry[0] for entry in MIX}
    assert {name_of(item) for item in BUILTIN_TOOLS} <= {f["name"] for d in some() for f in calls(d)}


def test_dialogues_are_well_formed_and_calls_fit_their_schemas() -> None:
    for dialogue in some():
        check_form(dialogue)
        for function in calls(dialogue):
            check_call(dialogue, function)


@pytest.mark.parametrize("lesson", [drill, match])
def test_lessons_call_what_is_listed(lesson: Callable[[int], Iterator[Dialogue]]) -> None:
    for dialogue in itertools.islice(lesson(7), 200):
        assert any(calls(dialogue))
        for function in calls(dialogue):
            check_call(dialogue, function)


def test_a_match_shares_its_words_with_the_tool_it_means_and_no_other() -> None:
    for dialogue in itertools.islice(match(8), 200):
        lines = {name_of(item): set(_words(str(item["function"]))) for item in dialogue.tools}
        for said, called in zip(dialogue.messages, dialogue.messages[1:], strict=False):
            if said["role"] != "user":
                continue
            values = called["tool_calls"][0]["function"]["arguments"].values()
            told = said["content"]
            for value in values:
                told = told.replace(str(value), "")
            shared = {name: len(line & set(_words(told))) for name, line in lines.items()}
            name = called["tool_calls"][0]["function"]["name"]
            assert shared[name] == max(shared.values()) > 0, (told, lines)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in COMMON]


def test_dialogues_are_short_enough() -> None:
    assert max(sum(len(m["content"].split()) for m in d.messages) for d in some()) < 1100


@pytest.mark.parametrize("name", SETS)
def test_held_out_dialogues_are_well_formed(name: str) -> None:
    dialogues = heldout(name, 60, 3)
    assert dialogues == heldout(name, 60, 3)
    for dialogue in dialogues:
        check_form(dialogue)
        for function in calls(dialogue):
            check_call(dialogue, function)


@pytest.mark.parametrize("name", LISTS)
def test_names_and_words_are_held_out(name: str) -> None:
    kept, shown = entries(name, True), entries(name, False)
    assert kept and shown and not set(kept) & set(shown)
    assert Words(1, held_out=True).from_list(name) in kept


def _plain(text: str) -> str:
    return re.sub(r"<\w+>", "§", re.sub(r"\{\w+=[^}]*\}", "", text)).lower().strip(" .!?")


def _pattern(nodes: tuple[Node, ...]) -> str:
    """A training pattern as a regular expression over sentences whose slots are §."""
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(" *".join(re.escape(piece) for piece in _plain_node(node).split(" ")))
        else:
            parts.append("(?:" + "|".join(_pattern(each) for each in node) + ")")
    return "".join(parts)


def _plain_node(text: str) -> str:
    return re.sub(r"<\w+>", "§", re.sub(r"\{\w+=[^}]*\}", "", text)).lower()


def _framed(form: str, pattern: str) -> re.Pattern[str]:
    """The pattern in every frame of its form, with any opener and closer."""
    frames = {"do": requests._DO, "noun": requests._NOUN, "nouns": requests._NOUNS}.get(form, ("{}",))
    body = _pattern(parse(pattern))
    framed = "|".join(re.escape(frame.rstrip("?")).replace(r"\{\}", body) for frame in sorted({"{}", *frames}))
    openers = "|".join(re.escape(text) for text in requests._OPENERS)
    closers = "|".join(re.escape(text) for text in requests._CLOSERS)
    return re.compile(rf"(?:{openers})? *(?:{framed}) *[.?!]*(?:{closers})?[.?!]*")


def _check_disjoint(training: Iterable[tuple[str, str]], kept: Iterable[str]) -> None:
    sentences = [_plain(text) for text in kept]
    for form, pattern in training:
        body = re.compile(_pattern(parse(pattern)))  # much shorter than the pattern in all its frames
        if not any(body.search(text) for text in sentences):
            continue
        compiled = _framed(form, pattern)
        assert not [text for text in sentences if compiled.fullmatch(text)], pattern


@pytest.mark.parametrize("name", sorted(SINGLES))
def test_no_training_pattern_makes_a_held_out_request(name: str) -> None:
    training = (requests_files.PATTERNS | requests_other.PATTERNS)[name]
    _check_disjoint([*training, *PLAIN[name]], SINGLES[name])


def test_no_training_pattern_makes_a_held_out_sum() -> None:
    training = [(form, pattern) for form, pattern, _ in sums.PATTERNS]
    kept = [pattern for pattern, _ in SUMS]
    _check_disjoint(training, kept)
    operator = r" ?(?:plus|times|multiplied by|[-+*/]) ?"
    whole = re.compile(rf"sqrt\(<a>\)|\(?<a>{operator}<b>\)?(?:{operator}<c>)?")
    free = [(form, pattern) for form, pattern in sums._FREE]
    _check_disjoint(free, [whole.sub("<e>", pattern) for pattern in kept])


def test_no_training_pattern_makes_a_held_out_impossible_request() -> None:
    _check_disjoint([(form_of(expand(Words(1).random, line)[0]), line) for line in talk.impossible()], none_patterns())


@pytest.mark.timeout(600)  # 60 s alone on one core
def test_held_out_tools_and_their_requests_are_new() -> None:
    assert not {family.name for family in families()} & {family.name for family in unseen_families()}
    assert not {family.description for family in families()} & {family.description for family in unseen_families()}
    training = [("do", pattern) for family in families() for pattern in family.patterns]
    _check_disjoint(training, [pattern for family in unseen_families() for pattern in family.patterns])


def test_held_out_steps_and_references_never_come_in_training() -> None:
    """Chains and references have no table of patterns, so what training says is sampled."""
    said = [m["content"].lower().strip(" .!?") for d in some() for m in d.messages if m["role"] == "user"]
    for pattern in (*itertools.chain.from_iterable(STEPS.values()), *(pattern for _, pattern in REFERENCES)):
        compiled = re.compile(re.escape(_plain(pattern)).replace("§", ".+"))
        assert not [text for text in said if compiled.fullmatch(text)], pattern


def test_the_sets_are_large_enough() -> None:
    assert sum(map(len, SINGLES.values())) + len(SUMS) >= 60
    assert sum(map(len, STEPS.values())) >= 40
    assert len(unseen_families()) >= 60
    assert len(none_patterns()) >= 60
