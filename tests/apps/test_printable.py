"""What a person reads of strangers' text: nothing steers the terminal, and a call hides nothing."""

from __future__ import annotations

import json

import pytest

from llmasos.apps.printable import call_words, cut, one_line, printable, visible

BIDI = ("\u202e", "\u2066")
HIDDEN = (*BIDI, "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2028", "\u3164", "\ufe0f", "\U000e0041", "\ud800")


@pytest.mark.parametrize("hidden", [*HIDDEN, "\x1b", "\x9b", "\x7f", "\r", "\n", "\t", "\u00a0"])
def test_a_call_hides_nothing(hidden: str) -> None:
    for words in (
        call_words("write_file", {"path": f"a{hidden}b"}),
        call_words("write_file", {f"pa{hidden}th": "a"}),
        call_words(f"write{hidden}file", {}),
        call_words("write_file", {"deep": [{f"k{hidden}": f"v{hidden}"}]}),
    ):
        assert hidden not in words and words.isprintable() and "\\" in words


def test_what_is_seen_stays_as_it_is() -> None:
    assert call_words("f", {"a": 1, "b": "é 日本 🙂"}) == 'f(a=1, b="é 日本 🙂")'


def test_what_is_written_out_is_json_still() -> None:
    document = {"a": "".join(HIDDEN) + "\x9b\x1b"}
    assert json.loads(visible(json.dumps(document, ensure_ascii=False))) == document


def test_a_key_cannot_pass_for_other_arguments() -> None:
    assert call_words("f", {'path="a.txt", b': 2}) == 'f("path=\\"a.txt\\", b"=2)'
    assert call_words("f", {"": 2, "not a name": 3}) == 'f(""=2, "not a name"=3)'


def test_a_cut_is_in_the_middle_and_counted() -> None:
    assert cut("x" * 10, 10) == "x" * 10
    text = cut("head" + "x" * 92 + "tail", 8, ", whole in logs")
    assert text == "head …[92 more characters, whole in logs]… tail"


def test_an_answer_keeps_its_directions_and_joiners() -> None:
    assert (
        printable("a\u200db\u202e\nc\td\x1be\x9b")
        == "a\u200db\u202e\nc\td\N{REPLACEMENT CHARACTER}e\N{REPLACEMENT CHARACTER}"
    )
    assert "\x1b" not in one_line("a\x1bb", 80)
