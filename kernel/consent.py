"""Consent: calls that wait until somebody says yes or no.

- `await consent.require(process, call, values, seq)` returns when a call may run, by policy or because it was
  approved; raises PermissionDenied with the reason.
- Who is at the terminal is asked in place (`ApprovalAsked` in the stream of the process, or of the nearest ancestor
  that somebody attends); where a daemon runs, whoever has its API may answer by the question's id, `PID.CALL`.
- `await answer(id, approved, scope=...)` is on record before anything happens. A yes holds for this call, for this
  call on the same target, or for the call in this process; never beyond it, and only once for the worst effects.
- Questions are not state: a restart makes the call again, under its number, and asks again, also for a process that
  somebody attended before it. An answer whose call had not been made by then still holds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import anyio

from llmasos.errors import NoSuchApproval, NoSuchProcess, PermissionDenied, UsageError
from llmasos.kernel.events import ApprovalAsked, ApprovalGiven
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.policy import ONCE, Decision, Policy
from llmasos.kernel.process import State

if TYPE_CHECKING:
    from llmasos.kernel.process import Process
    from llmasos.kernel.syscall import Syscall
    from llmasos.kernel.task import Task
    from llmasos.memory.segment import Context

Scope = Literal["once", "target", "process"]
QUOTED_LINES, QUOTED_CHARS = 3, 200


@dataclass(frozen=True, slots=True)
class Question:
    """A call that waits. `quoted` are lines of the untrusted text that share most with its arguments."""

    id: str
    pid: int
    call: int
    name: str
    arguments: dict[str, Any]
    effect: str
    rule: str
    reason: str
    quoted: list[str]
    scopes: list[Scope]
    asked: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Grant:
    """A yes. `key` is the call's number, its targets, or nothing, by scope."""

    name: str
    scope: Scope
    key: str = ""


@dataclass(slots=True)
class _Waiting:
    question: Question
    keys: Mapping[Scope, str]
    answered: anyio.Event = field(default_factory=anyio.Event)
    approved: bool = False
    over: bool = False  # nobody waits for the answer any more


class Consent:
    """A kernel's. `task` gives a live process's; `reachable`: answers may come from outside (a daemon's API)."""

    def __init__(self, policy: Policy, journal: Journal, task: Callable[[int], Task], *, reachable: bool) -> None:
        self.policy = policy
        self._journal = journal
        self._task = task
        self._reachable = reachable
        self._waiting: dict[str, _Waiting] = {}

    def pending(self) -> list[Question]:
        """In the order they were asked."""
        return [waiting.question for waiting in self._waiting.values()]

    async def require(self, process: Process, call: Syscall, values: Mapping[str, Any], seq: int) -> None:
        """Raises PermissionDenied."""
        asker = self._attended(process)
        decision = self.policy.decide(call.registration.effect, process.taint, asker is not None)
        if decision.action == "deny":
            raise PermissionDenied(f"{call.name} is denied: {decision.reason}")
        if decision.action == "ask":
            await self._ask(self._task(process.pid), asker, call, values, seq, decision)

    async def answer(self, question: str, approved: bool, *, scope: str = "once", by: str = "") -> None:
        """On record when this returns. Raises NoSuchApproval, UsageError when it cannot be had in this scope."""
        waiting = self._waiting.get(question)
        if waiting is None:
            raise NoSuchApproval(f"nothing waits for approval as {question}")
        asked = waiting.question
        found = next((known for known in asked.scopes if known == scope), None)
        if found is None:
            raise UsageError(f"{asked.name} ({asked.effect}) can only be approved with: {', '.join(asked.scopes)}")
        grant = Grant(asked.name, found, waiting.keys[found])
        body = {"call": asked.call, "approved": approved, "by": by, **asdict(grant)}
        del self._waiting[question]  # one answer counts
        try:
            await self._write(asked.pid, "consent", body)
        except BaseException:
            if not waiting.over:
                self._waiting[question] = waiting
            raise
        if approved and grant.scope != "once":
            self._task(asked.pid).grants.add(grant)
        waiting.approved = approved
        waiting.answered.set()

    async def _ask(
        self, task: Task, asker: Task | None, call: Syscall, values: Mapping[str, Any], seq: int, decision: Decision
    ) -> None:
        keys = _keys(task.process, call, values, seq)
        for grant in (Grant(call.name, scope, key) for scope, key in keys.items()):
            if grant in task.grants:
                task.grants -= {grant} if grant.scope == "once" else set()
                return
        if asker is None and not self._reachable:
            raise PermissionDenied(
                f"{call.name} needs approval, and nobody is there to give it (--yes does): {decision.reason}"
            )
        waiting = _Waiting(_question(task.process, call, values, seq, decision, list(keys)), keys)
        question = waiting.question
        await self._write(task.pid, "ask", asdict(question))
        self._waiting[question.id] = waiting
        listener = asker or task
        listener.publish(ApprovalAsked(task.pid, asdict(question)))
        task.become(State.WAITING, f"approval {question.id}")
        try:
            await waiting.answered.wait()
        finally:
            waiting.over = True
            self._waiting.pop(question.id, None)
            task.become(State.WAITING, call.name)
            listener.publish(ApprovalGiven(task.pid, question.id, waiting.approved))
        await task.checkpoint()  # approved while it was stopped: it acts when it goes on
        if not waiting.approved:
            raise PermissionDenied(f"{call.name} was not approved")

    def _attended(self, process: Process) -> Task | None:
        """It, or the nearest ancestor, that somebody attends."""
        pid = process.pid
        try:
            while not ((task := self._task(pid)).attended or task.was_attended):
                pid = task.process.ppid
        except NoSuchProcess:
            return None
        return task

    async def _write(self, pid: int, kind: str, body: dict[str, Any]) -> None:
        await anyio.to_thread.run_sync(self._journal.append, [Record(pid, kind, body)])


def _keys(process: Process, call: Syscall, values: Mapping[str, Any], seq: int) -> dict[Scope, str]:
    """The scopes that a yes may have, each with what it is then remembered by."""
    targets = {k: v for k, v in values.items() if call.registration.roles.get(k) == "target"}
    keys: dict[Scope, str] = {"once": str(seq)}
    if call.registration.effect in ONCE:
        return keys
    if targets:
        keys["target"] = json.dumps([str(process.workspace), targets], sort_keys=True, default=str)
    return {**keys, "process": ""}


def _question(
    process: Process, call: Syscall, values: Mapping[str, Any], seq: int, decision: Decision, scopes: list[Scope]
) -> Question:
    return Question(
        id=f"{process.pid}.{seq}",
        pid=process.pid,
        call=seq,
        name=call.name,
        arguments=json.loads(json.dumps(dict(values), default=str)),
        effect=call.registration.effect,
        rule=decision.rule,
        reason=decision.reason,
        quoted=quoted(process.context, values) if decision.rule == "label" else [],
        scopes=scopes,
        asked=time.time(),
    )


def quoted(context: Context, values: Mapping[str, Any]) -> list[str]:
    """Lines of untrusted segments that share most words with a call's arguments; the newest where none does."""
    lines = [
        line.strip()
        for segment in context.segments
        if not segment.labels.trusted and segment.role != "assistant"
        for line in segment.text.splitlines()
        if line.strip()
    ]
    wanted = _words(json.dumps(list(values.values()), ensure_ascii=False, default=str))
    order = sorted(range(len(lines)), key=lambda i: (-len(wanted & _words(lines[i])), -i))
    return [_cut(lines[i]) for i in sorted(order[:QUOTED_LINES])]


def _words(text: str) -> set[str]:
    return {word for word in "".join(c.lower() if c.isalnum() else " " for c in text).split() if len(word) > 2}


def _cut(line: str) -> str:
    return line if len(line) <= QUOTED_CHARS else f"{line[: QUOTED_CHARS - 1]}…"


def grants_in(records: Sequence[Record]) -> set[Grant]:
    """What a process was allowed, from its journal, less what was for one call that has been made."""
    results = [record.body for record in records if record.kind == "result"]
    made = {str(body["seq"]) for body in results if body["decision"] == "allow"}
    said = (record.body for record in records if record.kind == "consent" and record.body["approved"])
    grants = {Grant(body["name"], body["scope"], body["key"]) for body in said}
    return {grant for grant in grants if grant.scope != "once" or grant.key not in made}
