"""What a person sees of a process's events, with and without a terminal."""

from __future__ import annotations

import io

from llmasos.apps.printable import call_words, one_line, printable
from llmasos.apps.screen import Screen
from llmasos.events import Answered, CallEnded, CallStarted, Exited, Text, Told


def screen(*, live: bool = False, colour: bool = False, calls: bool = True) -> Screen:
    return Screen(io.StringIO(), io.StringIO(), live=live, colour=colour, calls=calls, safe=True)


def shown(target: Screen) -> tuple[str, str]:
    assert isinstance(target.out, io.StringIO) and isinstance(target.notes, io.StringIO)
    return target.out.getvalue(), target.notes.getvalue()


CALL = CallStarted(7, 1, "read_file", {"path": "a.txt"})
OUTCOME = CallEnded(7, 1, "read_file", "allow", "milk", None, 0.001)


def test_a_running_call_becomes_its_outcome_on_the_same_line() -> None:
    target = screen(live=True)
    target.show(CALL)
    target.show(OUTCOME)
    assert shown(target)[1] == ('· read_file(path="a.txt") …\r\x1b[K✓ read_file(path="a.txt") → milk\n')


def test_without_a_terminal_only_the_outcome_is_written() -> None:
    target = screen()
    target.show(CALL)
    target.show(CallEnded(7, 1, "read_file", "allow", None, "ENOENT: no such file: a.txt", 0.001))
    assert shown(target) == ("", '✗ read_file(path="a.txt") → ENOENT: no such file: a.txt\n')


def test_calls_can_be_left_out() -> None:
    target = screen(calls=False)
    target.show(CALL)
    target.show(OUTCOME)
    assert shown(target) == ("", "")


def test_text_streams_and_its_line_is_ended() -> None:
    target = screen()
    for piece in ("It ", "is 20:31."):
        target.show(Text(7, piece))
    target.show(Answered(7, "It is 20:31."))
    target.show(Exited(7, 0, "It is 20:31.", None))
    assert shown(target) == ("It is 20:31.\n", "")


def test_an_answer_that_was_not_streamed_is_shown_at_the_end() -> None:
    target = screen()
    target.show(Text(7, "working"))
    target.show(Exited(7, 0, "DONE", None))
    target.finish()
    assert shown(target)[0] == "working\nDONE\n"


def test_messages_stand_beside_the_output() -> None:
    target = screen()
    target.show(Text(7, "half"))
    target.show(Told(7, "look"))
    assert shown(target) == ("half\n", "look\n")


def test_nothing_a_model_says_can_steer_the_terminal() -> None:
    assert printable("a\x1b]0;title\x07b\n\tc\r\x9b1m") == "a�]0;title�b\n\tc��1m"
    target = screen()
    target.show(Text(7, "\x1b[2J"))
    target.show(CALL)
    target.show(CallEnded(7, 1, "read_file", "allow", "\x1b[2J", None, 0.0))
    assert "\x1b" not in "".join(shown(target))


def test_one_line_is_one_line() -> None:
    assert one_line("a\nb  c", 80) == "a b c"
    assert one_line("x" * 90, 10) == "x" * 9 + "…"
    assert call_words("f", {"a": 1, "b": "é"}) == 'f(a=1, b="é")'
