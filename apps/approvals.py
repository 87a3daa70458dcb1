"""Approving: what a call that waits asks, in words; answered at the terminal or from another one.

- `in_place(screen, ask, decide)` puts a question where its process is followed, with the reason and the tainted text;
  `elsewhere(screen)` says how it is answered where nobody at this terminal can.
- What is approved is what is shown: an argument a line, nothing in it unseen, and what was too long to show is counted.
- `approve` and `deny` answer by id through the daemon that runs the process; `listing` shows what waits there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from llmasos.apps.live import the_daemon
from llmasos.apps.printable import argument_words, call_words, cut, visible
from llmasos.apps.processes import table
from llmasos.apps.questions import Ask, Consent
from llmasos.apps.screen import Screen
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
    """What `follow` puts a question to: whoever `ask` reaches, who answers after it stood there. No answer is a no."""

    async def consent(question: dict[str, Any]) -> None:
        for line in words(question):
            screen.note(line)
        while (answer := choice(question, await ask(choices(question)))) is None:
            screen.note(f"not possible for {question['effect']}")
        with anyio.CancelScope(shield=True):  # word that it was answered may be back before the answer is: it is ours
            try:
                await decide(question["id"], *answer)
            except NoSuchApproval:
                screen.note(f"approval {question['id']} was answered elsewhere, or waits no more")
            else:
                screen.note(f"  {question['id']} {f'approved, {answer[1]}' if answer[0] else 'denied'}", dim=True)

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
    whole = f", whole in llmasos logs {question['pid']}"
    return [
        f"approval {question['id']}: {visible(question['name'])}",
        *(f"    {cut(k, 100, whole)}={cut(v, 500, whole)}" for k, v in argument_words(question["arguments"])),
        f"  because {_flat(question['reason'], 300)}",
        *(f"  | {_flat(line, 200)}" for line in question["quoted"]),
    ]


def glimpse(question: dict[str, Any]) -> str:
    """The call, on a line of a listing."""
    return cut(call_words(question["name"], question["arguments"]), 60)


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
        return visible(json.dumps(questions, ensure_ascii=False))
    rows = [
        (
            q["id"],
            time.strftime("%H:%M:%S", time.localtime(q["asked"])),
            glimpse(q),
            _flat(q["reason"], 90),
        )
        for q in questions
    ]
    listed = table(("ID", "ASKED", "CALL", "BECAUSE"), rows)
    return f"{listed}\n(not every call is whole: approve --json)" if any(map(_is_cut, questions)) else listed


def _flat(text: str, width: int) -> str:
    return cut(visible(" ".join(text.split())), width)


def _is_cut(question: dict[str, Any]) -> bool:
    return glimpse(question) != call_words(question["name"], question["arguments"])
