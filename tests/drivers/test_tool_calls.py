"""Every family's calls are read back as they were written, however the stream is cut; nothing else becomes a call."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.drivers.tool_calls import FAMILIES, BadCall, Parser, Piece, ToolCall, read_json

names = st.from_regex(r"[a-z_][a-zA-Z0-9_.]{0,20}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["</tool_call>", "<tool_call>", 'a "b" {c}', "[TOOL_CALLS]", "\\", '\\"', "\n", "}}]"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
arguments = st.dictionaries(texts, values, max_size=4)
families = st.sampled_from(sorted(FAMILIES))
said = st.text(st.characters(exclude_characters="<[{", exclude_categories=["Cs"]), max_size=40).map(str.strip)


def parse(family: str, text: str, cuts: list[int] | None = None) -> list[Piece]:
    parser, pieces = Parser(family), list[Piece]()
    edges = [0, *sorted(c % (len(text) + 1) for c in cuts or []), len(text)]
    for start, end in pairwise(edges):
        pieces += parser.feed(text[start:end])
    return joined(pieces + parser.finish())


def joined(pieces: list[Piece]) -> list[Piece]:
    out: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return out


def seen(pieces: list[Piece]) -> list[Any]:
    return [(p.name, p.arguments) if isinstance(p, ToolCall) else p for p in pieces]


@given(families, names, arguments, st.lists(st.integers(0, 500), max_size=6))
def test_a_written_call_is_read_back_however_it_is_cut(
    family: str, name: str, args: dict[str, Any], cuts: list[int]
) -> None:
    text = FAMILIES[family].write(name, args)
    pieces = parse(family, text, cuts)
    assert seen(pieces) == [(name, args)]
    assert isinstance(pieces[0], ToolCall) and pieces[0].raw == text


@given(st.sampled_from(["hermes", "mistral"]), said, names, arguments, st.lists(st.integers(0, 500), max_size=6))
def test_text_before_a_call_comes_out_as_text(
    family: str, before: str, name: str, args: dict[str, Any], cuts: list[int]
) -> None:
    text = before + "\n" + FAMILIES[family].write(name, args) + "\n"
    assert seen(parse(family, text, cuts)) == [*([before] if before else []), (name, args)]


@given(families, st.text(max_size=60), st.lists(st.integers(0, 500), max_size=6))
@settings(max_examples=300)
def test_any_text_is_parsed_alike_in_one_piece_and_in_many(family: str, text: str, cuts: list[int]) -> None:
    assert parse(family, text, cuts) == parse(family, text)


_BITS = ["<tool_call>", "</tool_call>", "[TOOL_CALLS]", "{", "}", '{"name": "a", "arguments": {}}', "[", "]", '"', "\\",
         " ", "\n", ";", "x", '{"name"', "<|python_tag|>", '{"a": 1}', "NaN", "1e999", '"\\ud800"']  # fmt: skip


@given(families, st.lists(st.sampled_from(_BITS), max_size=12), st.lists(st.integers(0, 500), max_size=6))
@settings(max_examples=500)
def test_wreckage_never_raises_and_calls_stay_whole(family: str, bits: list[str], cuts: list[int]) -> None:
    text = "".join(bits)
    pieces = parse(family, text, cuts)
    assert pieces == parse(family, text)
    for piece in pieces:
        if isinstance(piece, ToolCall):
            assert json.loads(json.dumps(piece.arguments)) == piece.arguments


@given(st.text(st.characters(exclude_characters="<[{", exclude_categories=["Cs"]), max_size=60), families)
def test_plain_text_passes_unchanged(text: str, family: str) -> None:
    assert parse(family, text) == ([text] if text else [])


def test_text_streams_before_its_message_ends() -> None:
    parser = Parser("hermes")
    assert parser.feed("Let me ") == ["Let me"]
    assert parser.feed("see <tool") == [" see"]
    assert parser.feed("s>.") == [" <tools>."]


def test_a_call_starts_when_its_marker_closes() -> None:
    parser = Parser("hermes")
    assert parser.feed('<tool_call>\n{"name": "clock", "arguments": {}}\n') == []
    assert seen(parser.feed("</tool_call>")) == [("clock", {})]
    assert parser.finish() == []


def test_several_calls() -> None:
    two = '<tool_call>{"name": "a"}</tool_call>\n<tool_call>{"name": "b"}</tool_call>'
    assert seen(parse("hermes", two)) == [("a", {}), ("b", {})]
    assert seen(parse("mistral", '[TOOL_CALLS] [{"name": "a"}, {"name": "b", "id": "123456789"}]')) == [
        ("a", {}),
        ("b", {}),
    ]
    both = '{"name": "a", "parameters": {}}; {"name": "b", "parameters": {"x": 1}}'
    assert seen(parse("llama3", "<|python_tag|>" + both)) == [("a", {}), ("b", {"x": 1})]


def test_json_that_is_no_call_is_text() -> None:
    assert parse("json", '{"name": "Bob", "age": 3}') == ['{"name": "Bob", "age": 3}']
    assert parse("llama3", '{"a": 1} and more') == ['{"a": 1} and more']


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{}", "name must be a string"),
        ('{"name": 3}', "name must be a string"),
        ('{"name": "a", "arguments": 3}', "arguments must be a JSON object"),
        ('{"name": "a", "argumnets": {}}', "no field 'argumnets'"),
        ('{"name": "a", "name": "b"}', "occurs twice"),
        ('{"name": "a", "arguments": {"x": NaN}}', "NaN is not JSON"),
        ('{"name": "a", "arguments": {"x": 1e999}}', "too large"),
        ('{"name": "a", "arguments": {"x": ' + "9" * 5000 + "}}", "too long"),
        ('{"name": "a", "arguments": {"x": "\\ud800"}}', "not valid Unicode"),
        ('{"name": "a", "arguments": {"x": ' + "[" * 70 + "]" * 70 + "}}", "deeper than 64"),
        ('{"name": "a", "arguments": {"x": ' + "[" * 99999 + "]" * 99999 + "}}", "deeper than 64"),
        ('{"name": "a" "b"}', "cannot be read"),
        ("[]", "list of calls is empty"),
        ('{"name": "a"} {"name": "b"}', "text follows"),
        ("a()", "must be a JSON object"),
        ("", "must be a JSON object"),
        ('{"name": "a', "does not end"),
    ],
)
def test_a_malformed_call_says_why(body: str, reason: str) -> None:
    closed = "" if reason == "does not end" else "</tool_call>"
    text = f"<tool_call>{body}{closed}"
    (bad,) = parse("hermes", text)
    assert isinstance(bad, BadCall)
    assert reason in bad.reason and "\n" not in bad.reason
    assert bad.raw == text


def test_a_call_cut_off_after_its_json_is_a_call() -> None:
    assert seen(parse("hermes", '<tool_call>\n{"name": "clock", "arguments": {}}')) == [("clock", {})]


def test_a_large_call_in_small_pieces_takes_linear_time() -> None:
    text = FAMILIES["hermes"].write("write_file", {"content": 'x"{' * 20_000})
    parser, pieces = Parser("hermes"), list[Piece]()
    for at in range(0, len(text), 4):
        pieces += parser.feed(text[at : at + 4])
    assert len(pieces) == 1 and isinstance(pieces[0], ToolCall)


def test_strict_json_reads_what_json_writes() -> None:
    value = {"a": [1, -2.5, None, True, "\u00e9 \U0001f600"], "b": {}}
    assert read_json(json.dumps(value)) == value
