"""Consent as it is put to a person: the whole call, one after the other, and again until somebody has answered."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos import Kernel, Signal
from llmasos.app import App, Os
from llmasos.apps.approvals import in_place, shown, words
from llmasos.apps.cli import complain
from llmasos.apps.questions import Unanswered
from llmasos.apps.remote import _Typed
from llmasos.apps.screen import Screen, follow
from llmasos.client import Daemon
from llmasos.config import Config, SecuritySection
from llmasos.drivers.sim import Sim
from llmasos.errors import NoSuchApproval
from llmasos.events import Answered, ApprovalAsked, ApprovalGiven, Asked, Event, Exited, StateChanged, Told

CALL = '<tool_call>\n{"name": "write_file", "arguments": {"path": "out.txt", "content": "apple"}}\n</tool_call>'


def question(number: str = "3.1", **arguments: Any) -> dict[str, Any]:
    asked = {"id": number, "pid": 3, "call": 1, "name": "write_file", "arguments": arguments, "effect": "write"}
    return {**asked, "rule": "ask", "reason": "it says so", "quoted": [], "scopes": ["once", "process"], "asked": 0.0}


def screen() -> Screen:
    return Screen(io.StringIO(), io.StringIO(), live=False, colour=False, calls=False, safe=True)


def notes(target: Screen) -> str:
    assert isinstance(target.notes, io.StringIO)
    return target.notes.getvalue()


async def nothing(_: str) -> None:
    return None


def told(_: str | None) -> None:
    return None


# -- what is shown ----------------------------------------------------------------------------------------------------


def test_every_argument_is_in_sight_and_what_is_cut_is_counted() -> None:
    lines = words(question(content="a" * 5000 + "rm -rf", path="../x", **{"p\u202eq": "\u200b"}))
    assert lines[0] == "approval 3.1: write_file"
    assert "more characters, whole in llmasos logs 3]…" in lines[1] and lines[1].endswith('rm -rf"')
    assert "4508" in lines[1]
    assert lines[2:4] == ['    path="../x"', '    "p\\u202eq"="\\u200b"']


def test_a_long_reason_or_name_is_counted_too() -> None:
    lines = words(
        {**question(), "arguments": {"k" * 300: 1}, "reason": "r" * 400, "quoted": ["q\u202e\x1b[2J" + "q" * 300]}
    )
    assert all("more characters" in line for line in lines[1:])
    assert "\x1b" not in "".join(lines) and "\u202e" not in "".join(lines)


def test_the_listing_says_that_it_is_cut() -> None:
    whole, long = question(path="a.txt"), question("4.1", content="c" * 300, path="thesis.txt")
    assert "cut" not in shown([whole], as_json=False) and "--json" not in shown([whole], as_json=False)
    table = shown([whole, long], as_json=False).splitlines()
    assert 'write_file(content="c' in table[2] and 'path="thesis.txt")' in table[2] and "more characters]" in table[2]
    assert table[3] == "(not every call is whole: approve --json)"
    hidden = shown([question(path="a\u202eb\x9bc")], as_json=True)
    assert hidden.isprintable() and json.loads(hidden)[0]["arguments"] == {"path": "a\u202eb\x9bc"}


def test_no_error_and_no_message_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    target = screen()
    for event in (Answered(3, "", "not\nfound: \x1b]0;x\x07"), Told(3, "\x1b[2J"), Told(3, "\x9b2J")):
        target.show(event)
    target.note("stopped on \x1b[2J")
    assert complain("no such file: \x1b[2J\x9b\nnext", 1) == 1
    seen = notes(target) + capsys.readouterr().err
    assert "\x1b" not in seen and "\x07" not in seen and "\x9b" not in seen
    assert seen.startswith("not found: ") and seen.endswith(" next\n")


# -- who is asked, and when -------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_answer_is_told_with_its_number_once_it_counts() -> None:
    decided: list[tuple[str, bool, str]] = []

    async def yes(_: str) -> str:
        return "y"

    async def decide(*answer: Any) -> None:
        if answer[0] == "4.1":
            raise NoSuchApproval("gone")
        decided.append(answer)

    target = screen()
    consent = in_place(target, yes, decide)
    await consent(question())
    await consent(question("4.1"))
    await in_place(target, nothing, decide)(question("5.1"))
    assert decided == [("3.1", True, "once"), ("5.1", False, "once")]
    assert "  3.1 approved, once\n" in notes(target) and "  5.1 denied\n" in notes(target)
    assert "4.1 approved" not in notes(target) and "approval 4.1 was answered elsewhere" in notes(target)


@pytest.mark.anyio
async def test_what_is_typed_to_attach_answers_what_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two questions at once: a line for each, the oldest first, the other one shown only then."""
    sent: list[tuple[str, Any]] = []

    class Recording(Daemon):
        def request(self, method: str, path: str, body: Any = None, timeout_s: float = 0.0) -> Any:
            sent.append((path, body))

    source, typing = os.pipe()
    with os.fdopen(source) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        target, (publish, stream) = screen(), anyio.create_memory_object_stream[Event](9)
        typed = _Typed(Recording(0, ""), 2)

        async def until(true: Callable[[], bool]) -> None:
            with anyio.fail_after(10):
                while not true():  # noqa: ASYNC110  what is waited for tells nobody
                    await anyio.sleep(0.005)

        async with publish, stream, anyio.create_task_group() as group:
            group.start_soon(typed.forward)
            consent = typed.consent(target)
            group.start_soon(follow, typed.heard(aiter(stream)), target, nothing, told, consent)
            for number in ("3.1", "4.1", "5.1", "6.1"):
                publish.send_nowait(ApprovalAsked(3, question(number)))
            await until(lambda: "approve?" in notes(target))
            publish.send_nowait(ApprovalGiven(5, "5.1", True))  # elsewhere: 3.1 stands there still
            await anyio.sleep(0.05)
            assert "approval 4.1" not in notes(target)
            os.write(typing, b"y\n")
            await until(lambda: "approval 4.1" in notes(target))
            assert sent == [("/api/approvals/3.1", {"approve": True, "scope": "once"})]
            assert "3.1 approved, once" in notes(target)
            publish.send_nowait(ApprovalGiven(4, "4.1", True))  # elsewhere
            await until(lambda: "approval 6.1" in notes(target))
            assert "approval 4.1 was answered elsewhere" in notes(target) and "approval 5.1" not in notes(target)
            os.write(typing, b"no\n")
            await until(lambda: "6.1 denied" in notes(target))
            os.close(typing)
            publish.send_nowait(ApprovalAsked(3, question("7.1")))
            await until(lambda: "nothing more is typed here" in notes(target))
            group.cancel_scope.cancel()
    assert [path for path, body in sent if "approvals" in path] == ["/api/approvals/3.1", "/api/approvals/6.1"]
    assert ("/api/processes/2/input", {"close": True}) in sent


class Follower:
    """Somebody at a terminal who is asked, and does not answer."""

    def __init__(self, events: AsyncIterator[Event]) -> None:
        self.events, self.asked, self.unanswered = events, list[str](), Unanswered()

    async def consent(self, document: dict[str, Any]) -> None:
        self.asked.append(document["id"])
        await anyio.sleep_forever()

    async def ask(self, words: str) -> str | None:
        self.asked.append(words)
        await anyio.sleep_forever()
        return None

    async def follow(self) -> Event | None:
        return await follow(self.events, screen(), self.ask, told, self.consent, self.unanswered)


async def until(true: Callable[[], object]) -> None:
    with anyio.fail_after(10):
        while not true():  # noqa: ASYNC110  what is waited for tells nobody
            await anyio.sleep(0.005)


def asking(tmp_path: Path, *scripts: str) -> Any:
    """A kernel whose writes are asked about."""
    driver = Sim(window_tokens=8192, num_cells=8192 * 8)
    driver.enqueue(*scripts)
    (tmp_path / "work").mkdir()
    security = SecuritySection(capabilities=("files", "process", "user"), ask=("write",))
    config = Config(tmp_path / "home", security=security)
    return Kernel.boot(config, workspace=tmp_path / "work", load_driver=lambda name: driver)


def writer() -> App:
    app = App("writes", capabilities=["files"])

    @app.main
    async def main(os: Os, request: str) -> str:
        await os.write_file("x.txt", "x")
        return "written"

    return app


@pytest.mark.anyio
async def test_a_stop_loses_no_question(tmp_path: Path) -> None:
    async with asking(tmp_path, CALL, "Done.") as kernel:
        process = await kernel.spawn("write it", attended=True)
        person = Follower(process.events())
        async with anyio.create_task_group() as group:

            async def stop() -> None:
                await until(lambda: person.asked)
                await kernel.kill(process.pid, Signal.STOP).wait()

            group.start_soon(stop)
            assert isinstance(await person.follow(), StateChanged)
        await kernel.kill(process.pid, Signal.CONT).wait()
        async with anyio.create_task_group() as group:
            group.start_soon(person.follow)
            await until(lambda: len(person.asked) == 2)
            await kernel.consent.answer(person.asked[1], True)
            assert await process.wait() == "Done."
        assert person.asked == [f"{process.pid}.1"] * 2 and person.unanswered == Unanswered()


@pytest.mark.anyio
async def test_a_child_s_question_is_asked_again_after_the_turn(tmp_path: Path) -> None:
    async with asking(tmp_path, "Hi.", "Hi again.") as kernel:
        parent = await kernel.spawn("", interactive=True, attended=True)
        await until(lambda: parent.process.waiting_on == "input")
        person = Follower(parent.events())
        child = await kernel.spawn(writer(), "go", parent=parent.process)
        await until(kernel.consent.pending)
        for text in ("hello", "hello again"):
            parent.say(text)
            assert isinstance(await person.follow(), Answered)
        assert person.asked == [f"{child.pid}.1"] * 2
        await kernel.consent.answer(f"{child.pid}.1", True)
        await child.ended()
        parent.close_input()
        assert isinstance(await person.follow(), Exited)
        assert len(person.asked) == 2 and person.unanswered == Unanswered()


@pytest.mark.anyio
async def test_a_question_for_words_is_asked_again_until_it_is_answered() -> None:
    async def first() -> AsyncIterator[Event]:
        yield Asked(3, "Which colour?")
        await anyio.sleep(0.01)
        yield StateChanged(3, "stopped", "")
        await anyio.sleep(0.01)
        yield StateChanged(3, "stopped", "")
        yield Answered(3, "", "interrupted")
        await anyio.sleep(0.01)
        yield Exited(3, 0, "", None)

    person = Follower(first())
    for number in (1, 2, 2, 2):
        await person.follow()
        assert person.asked == ["Which colour?"] * number
