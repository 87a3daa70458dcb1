"""Approving: what a call that waits asks, in words; answered at the terminal or from another one.

- `in_place(screen, ask, decide)` puts a question where its process is followed, with the reason and the tainted text;
  `elsewhere(screen)` says how it is answered where nobody at this terminal can.
- `approve` and `deny` answer by id through the daemon that runs the process; `listing` shows what waits there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio

from llmasos.apps.live import the_daemon
from llmasos.apps.processes import table
from llmasos.apps.screen import Ask, Consent, Screen, call_words, one_line
from llmasos.errors import NoSuchApproval, UsageError

Decide = Callable[[str, bool, str], Awaitable[None]]  # id, approved, scope
KEYS = {
    "once": "y: this once",
    "target": "t: from now on where it names the same",
    "process": "p: always in this process",
}
CHOICES = {"y": "once", "yes": "once", "once": "once", "t": "target", "target": "target", "p": "process"} | {
    "process": "process",
    "always": "process",
}


def in_place(screen: Screen, ask: Ask, decide: Decide) -> Consent:
    """What `follow` puts a question to: whoever `ask` reaches. No answer is a no."""

    async def consent(question: dict[str, Any]) -> None:
        for line in words(question):
            screen.note(line)
        while (answer := choice(question, await ask(choices(question)))) is None:
            screen.note(f"not possible for {question['effect']}")
        if answer[0]:
            screen.note(screen.dim(f"  approved, {answer[1]}"))
        with suppress(NoSuchApproval):  # somebody else was quicker
            await decide(question["id"], *answer)

    return consent


def elsewhere(screen: Screen) -> Consent:
    """What `follow` tells of a question that others answer."""

    async def consent(question: dict[str, Any]) -> None:
        for line in words(question):
            screen.note(line)
        screen.note(f"it waits: llmasos approve {question['id']}, or llmasos deny {question['id']}")
        await anyio.sleep_forever()  # until it is answered

    return consent


def words(question: dict[str, Any]) -> list[str]:
    """What is asked, and why, as lines."""
    asked = one_line(call_words(question["name"], question["arguments"]), 500)
    lines = [f"approval {question['id']}: {asked}", f"  because {one_line(question['reason'], 300)}"]
    return [*lines, *(f"  | {one_line(line, 200)}" for line in question["quoted"])]


def choices(question: dict[str, Any]) -> str:
    return "approve? " + ", ".join(KEYS[scope] for scope in question["scopes"]) + ", anything else: no"


def choice(question: dict[str, Any], reply: str | None) -> tuple[bool, str] | None:
    """Yes or no, and the scope; None for one that this call cannot be approved in."""
    scope = CHOICES.get((reply or "").strip().lower())
    if scope is None:
        return False, "once"
    return (True, scope) if scope in question["scopes"] else None


def approve(question: str, scope: str) -> None:
    """Raises NoSuchApproval, UsageError, LLMasOSError."""
    _answer(question, {"approve": True, "scope": scope})


def deny(question: str) -> None:
    """Raises NoSuchApproval, UsageError, LLMasOSError."""
    _answer(question, {"approve": False})


def _answer(question: str, body: dict[str, Any]) -> None:
    check_id(question)
    the_daemon("approve").request("POST", f"/api/approvals/{question}", body)


def check_id(question: str) -> None:
    """Raises UsageError."""
    if not is_id(question):
        raise UsageError(f"{question!r} is not the id of an approval, as 7.3 is; approve alone lists them")


def is_id(word: str) -> bool:
    pid, _, call = word.partition(".")
    return pid.isdecimal() and call.isdecimal()


def listing(*, as_json: bool) -> str:
    """What waits in the daemon. Raises LLMasOSError when none runs."""
    return shown(the_daemon("approve").request("GET", "/api/approvals"), as_json=as_json)


def shown(questions: list[dict[str, Any]], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(questions, ensure_ascii=False)
    rows = [
        (
            q["id"],
            time.strftime("%H:%M:%S", time.localtime(q["asked"])),
            one_line(_call(q), 60),
            one_line(q["reason"], 90),
        )
        for q in questions
    ]
    return table(("ID", "ASKED", "CALL", "BECAUSE"), rows)


def _call(question: dict[str, Any]) -> str:
    return call_words(question["name"], question["arguments"])
