"""The imitated hint: what it may name, and how often it is right, wrong and silent."""

from __future__ import annotations

import pytest

from llmasos.models.nano.dialogue import BUILTIN_TOOLS, name_of
from llmasos.models.nano.generate import generate
from llmasos.models.nano.hint import MOST, hint
from llmasos.models.nano.words import Words

NAMES = ["book_table", "get_tides", "rate_movie", "open_garage"]
COUNT = 4000


def hints(meant: str | None, names: list[str] = NAMES) -> list[list[str]]:
    return [[name for name in hint(Words(seed), names, meant).split(", ") if name] for seed in range(COUNT)]


@pytest.mark.parametrize(("meant", "least", "most"), [("get_tides", 0.88, 0.96), (None, 0.0, 0.0), ("clock", 0.5, 0.7)])
def test_the_right_tool_is_named_about_as_often_as_the_real_hint_names_it(
    meant: str | None, least: float, most: float
) -> None:
    found = sum(meant in named for named in hints(meant, [*NAMES, "clock"])) / COUNT
    assert least <= found <= most


def test_where_nothing_is_meant_it_is_mostly_silent() -> None:
    silent = sum(not named for named in hints(None)) / COUNT
    assert 0.8 <= silent <= 0.9


def test_it_names_few_each_once_and_only_what_is_listed() -> None:
    for named in hints("get_tides") + hints(None):
        assert len(named) <= MOST and len(set(named)) == len(named) and set(named) <= set(NAMES)
    assert hint(Words(1), [], None) == ""


def test_the_generator_gives_it_where_tools_of_others_are_listed_and_nowhere_else() -> None:
    ours = {name_of(item) for item in BUILTIN_TOOLS}
    seen = set()
    for _, dialogue in zip(range(400), generate(9), strict=False):
        others = {name_of(item) for item in dialogue.tools} - ours
        hinted = {"near" in message for message in dialogue.messages if message["role"] == "user"}
        assert len(hinted) == 1 and (others or hinted == {False})
        seen |= {(bool(others), *hinted)}
    assert seen == {(True, True), (True, False), (False, False)}
