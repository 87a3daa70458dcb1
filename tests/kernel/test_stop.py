"""Stop strings cut a stream exactly, however it is cut into pieces."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from llmasos.kernel.stop import StopStrings


def cut(text: str, stops: list[str]) -> str:
    """At the stop string that is whole first; of several that end together, at the one that began first."""
    for end in range(len(text) + 1):
        if ended := [end - len(stop) for stop in stops if text[:end].endswith(stop)]:
            return text[: min(ended)]
    return text


@example(pieces=["ab", "b"], stops=["b", "abb"])
@given(st.lists(st.text("ab", max_size=4), max_size=12), st.lists(st.text("ab", min_size=1, max_size=3), max_size=3))
def test_pieces_give_what_the_whole_gives(pieces: list[str], stops: list[str]) -> None:
    stream = StopStrings(stops)
    shown = "".join(stream.feed(piece) for piece in pieces) + stream.finish()
    assert shown == cut("".join(pieces), stops)
    assert stream.hit == any(stop in "".join(pieces) for stop in stops)


def test_half_a_stop_string_is_never_shown() -> None:
    stream = StopStrings(["END"])
    assert [stream.feed(p) for p in ("a", "E", "N", "x", "EN", "D", "more")] == ["a", "", "", "ENx", "", "", ""]
    assert stream.hit
