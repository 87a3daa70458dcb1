"""What a process asks while somebody follows it: put one after the other, and put no more once it is answered.

- `Questions(...)` lives as long as one `follow` (screen.py); `take(event)` says whether an event was about a question.
- `Unanswered` outlives it: who follows a process again gives the same, for its events tell of no question twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from llmasos.events import Answered, ApprovalAsked, ApprovalGiven, Asked, CallEnded, Event

if TYPE_CHECKING:
    from llmasos.apps.screen import Screen

Ask = Callable[[str], Awaitable[str | None]]
Reply = Callable[[str | None], None]
Consent = Callable[[dict[str, Any]], Awaitable[None]]  # asks somebody about a call that waits


@dataclass(slots=True)
class Unanswered:
    """What a process and its children have asked, and nobody has answered yet: kept from one `follow` to the next."""

    question: str | None = None  # its own, for words
    approvals: dict[str, dict[str, Any]] = field(default_factory=dict)  # calls that wait, by id, oldest first


class Questions:
    """`ask` has the words of an answer, which go to `reply`; `consent` puts a call that waits."""

    def __init__(
        self, group: TaskGroup, screen: Screen, ask: Ask, reply: Reply, consent: Consent, unanswered: Unanswered
    ) -> None:
        self._group, self._screen = group, screen
        self._ask, self._reply, self._consent = ask, reply, consent
        self._unanswered = unanswered
        self._turn = anyio.Lock()
        self._scopes: dict[str, anyio.CancelScope] = {}

    def put_again(self) -> None:
        """Those that an earlier `follow` left."""
        for question in self._unanswered.approvals.values():
            self._put(question)
        if self._unanswered.question is not None:
            self._group.start_soon(self._answer, self._unanswered.question)

    def take(self, event: Event) -> bool:
        match event:
            case Asked(question=asked):
                self._unanswered.question = asked
                self._group.start_soon(self._answer, asked)
                return True
            case ApprovalAsked(question=document):
                self._unanswered.approvals[document["id"]] = document
                self._put(document)
                return True
            case ApprovalGiven(question=number) if number in self._scopes:
                del self._unanswered.approvals[number]
                self._scopes.pop(number).cancel()
                return True
            case CallEnded() | Answered():
                self._unanswered.question = None
        return False

    def _put(self, question: dict[str, Any]) -> None:
        scope = self._scopes[question["id"]] = anyio.CancelScope()
        self._group.start_soon(self._approve, question, scope)

    async def _answer(self, question: str) -> None:
        async with self._turn:
            self._reply(await self._ask(question))
            self._unanswered.question = None

    async def _approve(self, question: dict[str, Any], scope: anyio.CancelScope) -> None:
        shown = False
        with scope:
            async with self._turn:
                shown = True
                await self._consent(question)
        if scope.cancelled_caught and shown:
            self._screen.end_line()  # a prompt stands there, and perhaps half an answer
            self._screen.note(f"approval {question['id']} was answered elsewhere")
