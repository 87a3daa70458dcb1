"""`cluster move`: a process stops on one node, and goes on from its journal on another, under another pid.

    source   runs ----- stopped "move to b" ------------------- KILL, if nothing is on record since
    target                        stopped "move from a:7@31.5f" --------------------- CONT, runs

- At no moment do two copies run, and at each one is on record: each step is in a journal before the next is asked for.
- The KILL is for the state that was copied, 31 being its last record: what is said to the process meanwhile, or another
  move of it, makes this one begin anew.
- Cut off anywhere, both nodes say what they hold (`cluster ps` shows what a process is stopped on), and the same
  command goes on from there. The target makes no second copy of the same state (copies.py).
- What refuses (a model that is not there, a body too large) leaves the process as it was, running again.
- Files stay where they are; so do parents and children, which is why neither moves.

Source for the order of the steps: Powell and Miller 1983, Process migration in DEMOS/MP.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmasos.apps.cluster.copies import FROM, Copy, End, Whereabouts, copied, dropped
from llmasos.apps.time_travel import past
from llmasos.client import DaemonUnreachable
from llmasos.errors import LLMasOSError, NoSuchProcess, ProcessChanged, UsageError
from llmasos.events import Record

TO = "move to "
TRIES = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """Where it is now; `stands` if it was stopped before, and is."""

    pid: int
    stands: bool


def move(source: End, pid: int, target: End, workspace: str | None) -> Moved:
    """Raises UsageError, NoSuchProcess, LLMasOSError; the message of one that was cut off says who holds what."""
    if source.name == target.name:
        raise UsageError(f"{source.name}:{pid} is on {target.name} already")
    made: list[Copy] = []
    for _ in range(TRIES):
        with contextlib.suppress(ProcessChanged):
            return _Move(source, pid, target, workspace, made).once()
    return _Move(source, pid, target, workspace, made).given_up()


@dataclass(frozen=True, slots=True)
class _Move:
    """One try. `made`: the copies of this and earlier ones, oldest first."""

    source: End
    pid: int
    target: End
    workspace: str | None
    made: list[Copy]

    @property
    def where(self) -> str:
        return f"{self.source.name}:{self.pid}"

    @property
    def reason(self) -> str:
        return f"{TO}{self.target.name}"

    def once(self) -> Moved:
        """Raises ProcessChanged where the process is not any more what was copied."""
        with _read(self.source):
            facts = self.source.ask("GET", f"/{self.pid}")
            if facts.get("exit_code") is not None:
                return self._finished()
            self._check(facts)
            stood = facts["status"] == "stopped" and facts["waiting_on"] != self.reason
        try:
            copy = self._copied()
            gone = str(Whereabouts(self.target.name, copy.pid, copy.birth, stood))
            self.source.signal(self.pid, "KILL", gone, copy.of_seq)
        except DaemonUnreachable as error:
            raise LLMasOSError(f"{error}; {self._held()}") from None
        except NoSuchProcess:
            return self._finished()
        except ProcessChanged:
            raise
        except LLMasOSError as error:
            if not stood:
                self._let_back(error)
            raise
        if not stood:
            self._let_go_on(copy.pid)
        return Moved(copy.pid, stood)

    def given_up(self) -> Moved:
        """Raises LLMasOSError, with the process running; unless it was another move that came before."""
        with _read(self.source):
            if Whereabouts.last(Record(**r) for r in self.source.ask("GET", f"/{self.pid}/journal")) is not None:
                return self._finished()
            facts = self.source.ask("GET", f"/{self.pid}")
            error = LLMasOSError(
                f"{self.where} went on meanwhile, {TRIES} times: it is there still, and holds it all;"
                f" {self.target.name}:{self.made[-1].pid} is a copy of what it was, stopped, which the same command"
                f" takes away"
            )
            if facts["status"] == "stopped" and facts["waiting_on"] == self.reason:
                self._let_back(error)
        raise error

    def _check(self, facts: dict[str, Any]) -> None:
        """Raises UsageError for one that has to stay."""
        if (other := facts["waiting_on"]).startswith(TO) and other != self.reason:
            raise UsageError(
                f"a {other} was cut off: finish it, or let {self.where} go on (llmasos cluster kill -CONT {self.where})"
                f" and end the copy that stands there (llmasos cluster ps)"
            )
        if facts["ppid"] > 1:
            raise UsageError(f"{self.where} is a child of {self.source.name}:{facts['ppid']}, which waits for it there")
        self._check_children()

    def _check_children(self) -> None:
        children = [str(p["pid"]) for p in self.source.ask("GET", "") if p["ppid"] == self.pid]
        if children:
            raise UsageError(f"{self.where} has children there: {', '.join(children)}")

    def _copied(self) -> Copy:
        with _read(self.source):
            facts = self.source.ask("POST", f"/{self.pid}/hold", {"reason": self.reason})
            self._check_children()  # it has got none since: it stands still
            records = [Record(**fields) for fields in self.source.ask("GET", f"/{self.pid}/journal")]
            whole = past(self.pid, _whole(records, self.where), None)
            if not whole[0].body.get("resumable") or whole[0].body.get("coded"):
                raise UsageError(f"{self.where} is {facts['app']}: code stays where it is installed")
            if "used" not in facts:
                raise LLMasOSError(f"{self.source.name} has an older llmasos, which does not say what limits have left")
            records = [*whole, _left(whole, facts)]
        with _read(self.target):
            copy = copied(self.where, records, self.target, self.workspace)
        self.made.append(copy)
        return copy

    def _finished(self) -> Moved:
        """What became of one that has ended: if a move ended it, its copy goes on. Raises NoSuchProcess."""
        with _read(self.source):
            gone = Whereabouts.last(Record(**r) for r in self.source.ask("GET", f"/{self.pid}/journal"))
        own = [copy for copy in self.made if gone is not None and (copy.pid, copy.birth) == (gone.pid, gone.birth)]
        left = "".join(dropped(self.target, copy) for copy in self.made if copy not in own)
        if gone is None:
            raise NoSuchProcess(f"process {self.where} has already ended{left}")
        if not own and gone.node != self.target.name:
            raise NoSuchProcess(f"process {self.where} was moved to {gone.node}:{gone.pid}{left}")
        with _read(self.target):
            facts = gone.found(self.target)
            if facts is None:
                other = f"what is called {self.target.name} here has no such process"
                raise NoSuchProcess(f"process {self.where} was moved to {gone.node}:{gone.pid}, and {other}{left}")
            stands = str(facts.get("waiting_on", "")).startswith(FROM)
        if stands and not gone.stood:
            self._let_go_on(gone.pid)
        return Moved(gone.pid, stands and gone.stood)

    def _let_go_on(self, copy: int) -> None:
        try:
            self.target.signal(copy, "CONT")
        except DaemonUnreachable as error:
            held = f"{self.target.name}:{copy} holds it, stopped, and nobody else"
            raise LLMasOSError(f"{error}; {held}: the same command again lets it go on") from None

    def _let_back(self, why: LLMasOSError) -> None:
        """Running, as it was. One that has ended meanwhile needs none of it."""
        try:
            with contextlib.suppress(NoSuchProcess):
                self.source.signal(self.pid, "CONT")
        except LLMasOSError as error:
            raise LLMasOSError(f"{why}; {error}; {self._held()}") from None

    def _held(self) -> str:
        again = "the same command again finishes the move"
        if self.made:
            held = f"{self.target.name}:{self.made[-1].pid} holds it, stopped"
            return f"{held}, and {self.where} may be there still, stopped: {again}"
        return (
            f"{self.where} is stopped and runs nowhere: {again}, and llmasos cluster kill -CONT {self.where} lets it go"
            f" on there ({self.target.name} may have a copy, stopped)"
        )


@contextlib.contextmanager
def _read(end: End) -> Iterator[None]:
    """For whoever reads what a node has answered."""
    with end.daemon.understood():
        yield


def _whole(records: list[Record], where: str) -> list[Record]:
    """Raises UsageError for a journal that is not, NoSuchProcess for that of one that has been told to end."""
    if any(record.kind == "compacted" for record in records):
        raise UsageError(f"{where} was compacted: its journal is not whole")
    if any(record.kind == "exit" or record.body.get("signal") in ("KILL", "TERM") for record in records):
        raise NoSuchProcess(f"process {where} is ending")
    return records


def _left(records: list[Record], facts: dict[str, Any]) -> Record:
    """Its limits less what it has used of them, under this daemon and those before: a move fills nothing up."""
    used = {"tokens": facts["used"]["tokens"], "syscalls": facts["used"]["syscalls"], "seconds": facts["seconds"]}
    limits = facts["limits"]
    left = {name: max(0, limits[name] - spent) for name, spent in used.items() if limits[name] is not None}
    return Record(records[0].pid, "limit", {"limits": left}, records[-1].at, records[-1].seq)
