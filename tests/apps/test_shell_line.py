"""A line's grammar: what is an operator and what is only punctuation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.apps.shell_line import Line, parse, words
from llmasos.errors import UsageError


@pytest.mark.parametrize(
    "text",
    [
        "what is 3>2?",
        "is 3 > 2",
        "is 3 > 2?",
        "I'm done & dusted",
        "a|b",
        'write "a | b > c" to x',
        "what's up",
        "x && y",
        "write Q&A to a.txt",
    ],
)
def test_a_request_stays_whole(text: str) -> None:
    assert parse(text) == Line((text,))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello &", Line(("hello",), background=True)),
        ("a | b c | d", Line(("a", "b c", "d"))),
        ("a > f.txt", Line(("a",), stdout=Path("f.txt"))),
        ("a >> f.txt", Line(("a",), stdout=Path("f.txt"), append=True)),
        ("a < f.txt", Line(("a",), stdin=Path("f.txt"))),
        ("a < in | b > out", Line(("a < in", "b"), stdout=Path("out"))),
        ("a | b < in > out &", Line(("a", "b"), Path("in"), Path("out"), background=True)),
        ('say "a > b" > "my file"', Line(('say "a > b"',), stdout=Path("my file"))),
    ],
)
def test_operators(text: str, line: Line) -> None:
    assert parse(text) == line


@pytest.mark.parametrize("text", ["| b", "a |", "a | | b", "&", "> f"])
def test_an_operator_without_its_operand_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_line_or_a_usage_error(text: str) -> None:
    try:
        line = parse(text)
    except UsageError:
        return
    assert all(stage == stage.strip() for stage in line.stages)
    assert isinstance(words(text), list)
