"""The copies that moves make: one of each state of a process, and what tells them apart.

- A copy stands on the target "move from a:7@31.5f": a copy of a:7 as it was at its record 31. `5f` is a's 7 and no
  other: another machine may be called a as well (each calls itself local), and a state directory may be begun anew.
- The source's KILL says where it went, `Whereabouts`: "moved to b:9 (3c)", by the same mark, and whether it stood.
- A copy of an older state never ran, and what it is a copy of went on: the next move takes it away. One of a later
  state is another move's, and stays.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from llmasos.apps.time_travel import thin
from llmasos.client import Daemon
from llmasos.errors import LLMasOSError, NoSuchProcess, ProcessChanged
from llmasos.events import Record

FROM, MOVED = "move from ", "moved to "
TIMEOUT_S = 60.0  # the target may have to load the model
_WHERE = re.compile(r"moved to ([^:]+):(\d{1,18})(?: \(([0-9a-f]{8})(, stopped)?\))?")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a move: a node by name."""

    name: str
    daemon: Daemon

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.daemon.request(method, f"/api/processes{path}", body, timeout_s=TIMEOUT_S)

    def signal(self, pid: int, signal: str, reason: str = "", if_seq: int | None = None) -> None:
        """With `if_seq`: if that is its last record still. Raises ProcessChanged where it is not."""
        condition = {} if if_seq is None else {"if_seq": if_seq}
        self.ask("POST", f"/{pid}/signal", {"signal": signal, "reason": reason, **condition})


@dataclass(frozen=True, slots=True)
class Copy:
    """`of_seq` is the source's last record that it has, `seq` its own last one."""

    pid: int
    birth: str
    of_seq: int
    seq: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a process was moved to, as the record of its end says; `stood` if it was stopped before."""

    node: str
    pid: int
    birth: str | None
    stood: bool

    def __str__(self) -> str:
        return f"{MOVED}{self.node}:{self.pid} ({self.birth}{', stopped' if self.stood else ''})"

    @classmethod
    def last(cls, records: Iterable[Record]) -> Self | None:
        """None for one that no move has ended."""
        reasons = [str(record.body.get("reason", "")) for record in records if record.kind == "signal"]
        found = [match for reason in reasons if (match := _WHERE.fullmatch(reason)) is not None]
        return cls(found[-1][1], int(found[-1][2]), found[-1][3], bool(found[-1][4])) if found else None

    def found(self, target: End) -> dict[str, Any] | None:
        """How it is, if that is where it was moved to."""
        try:
            spawn = Record(**target.ask("GET", f"/{self.pid}/journal")[0])
            facts: dict[str, Any] = target.ask("GET", f"/{self.pid}")
        except NoSuchProcess:
            return None
        return facts if self.birth in (None, birth(spawn)) else None


def copied(where: str, records: list[Record], target: End, workspace: str | None) -> Copy:
    """The one copy of this state on the target, stopped. Raises LLMasOSError."""
    prefix, seq, mark = f"{FROM}{where}@", records[-1].seq, birth(records[0])
    for process in target.ask("GET", ""):
        if _is_older(process["waiting_on"], prefix, seq, mark):
            with contextlib.suppress(NoSuchProcess):
                target.ask("DELETE", f"/{process['pid']}")
    body: dict[str, Any] = {"records": thin(records), "interactive": bool(records[0].body.get("interactive"))}
    body |= {"stopped": f"{prefix}{seq}.{mark}", **({"workspace": workspace} if workspace is not None else {})}
    try:
        pid = target.daemon.request("POST", "/api/restore", body, timeout_s=TIMEOUT_S)["pid"]
        own = [Record(**record) for record in target.ask("GET", f"/{pid}/journal")]
    except (NoSuchProcess, ProcessChanged) as error:  # the target's, not the source's
        raise LLMasOSError(f"{target.name}: {error}") from None
    return Copy(pid, birth(own[0]), seq, own[-1].seq)


def _is_older(waits_on: str, prefix: str, seq: int, mark: str) -> bool:
    number, _, other = waits_on.removeprefix(prefix).partition(".")
    return waits_on.startswith(prefix) and other == mark and number.isdecimal() and int(number) < seq


def dropped(target: End, copy: Copy) -> str:
    """End a copy that nobody needs, if it still stands as it was made; what is to be said where it does not."""
    try:
        target.signal(copy.pid, "KILL", "what it is a copy of has ended", copy.seq)
    except NoSuchProcess:
        return ""
    except LLMasOSError as error:
        return f"; {target.name}:{copy.pid}, a copy of it, is there ({error})"
    return ""


def birth(spawn: Record) -> str:
    """Tells apart two processes of one node and pid."""
    return format(zlib.crc32(f"{spawn.at} {spawn.body}".encode()), "08x")
