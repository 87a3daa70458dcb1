"""A running daemon as others reach it: over its Unix socket.

- `find(home)` is the daemon that owns a state directory, or None.
- `daemon.request("GET", "/api/system")` gives the document of an answer; an error of the daemon's is raised as ours.
- `daemon.events(pid)` are a process's events as they come: the kernel's own, read back.
- It loads no model and needs no kernel.
- What answers may be no daemon, or a newer one: what cannot be read is an error of ours, and what a newer one tells
  beside what we know is passed over.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import ByteStream
from anyio.streams.buffered import BufferedByteReceiveStream

from llmasos import history
from llmasos.errors import (
    AppDamaged,
    AppNotFound,
    Compacted,
    GrammarError,
    LLMasOSError,
    ModelNotFound,
    NoSuchApproval,
    NoSuchMount,
    NoSuchProcess,
    NoSuchSchedule,
    OutOfSequences,
    PermissionDenied,
    ProcessChanged,
    ProcessFailed,
    ProcessKilled,
    QuotaExceeded,
    StorageError,
    SyscallError,
    TemplateError,
    UsageError,
    WindowTooSmall,
)
from llmasos.events import Event

RUNNING_FILE = "daemon.json"
SOCKET_FILE = "daemon.sock"
TIMEOUT_S = 10.0
MAX_EVENT_BYTES = 64 * 1024 * 1024
STRANGE = "does not answer as a daemon of llmasos does"
# What reading an answer raises that is not what it should be.
_UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


def _killed(message: str) -> LLMasOSError:
    """The message names the signal."""
    found = re.search(r"SIG([A-Z0-9]+)", message)
    number = getattr(signal, found[0], None) if found is not None else None
    return ProcessKilled(message, number) if isinstance(number, signal.Signals) else ProcessFailed(message)


# By the code in an answer (apps/daemon/refusals.py): the same error, and exit code, as without a daemon.
_ERRORS: dict[str, Callable[[str], LLMasOSError]] = {
    "process_not_found": NoSuchProcess,
    "process_changed": ProcessChanged,
    "process_compacted": Compacted,
    "process_killed": _killed,
    "model_not_found": ModelNotFound,
    "invalid_api_key": PermissionDenied,
    "app_not_found": AppNotFound,
    "app_damaged": AppDamaged,
    "permission_denied": PermissionDenied,
    "invalid_value": UsageError,
    "unsupported_parameter": UsageError,
    "missing_required_parameter": UsageError,
    "invalid_schema": GrammarError,
    "invalid_messages": TemplateError,
    "syscall_failed": SyscallError,
    "overloaded": OutOfSequences,
    "mount_not_found": NoSuchMount,
    "schedule_not_found": NoSuchSchedule,
    "approval_not_found": NoSuchApproval,
    "storage_failed": StorageError,
    "limit_reached": lambda message: QuotaExceeded(message, ""),  # the message names it
    "context_length_exceeded": WindowTooSmall,
}


class DaemonUnreachable(LLMasOSError):
    """It holds the state directory and does not answer."""


class _Connection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


@dataclass(frozen=True, slots=True)
class Daemon:
    """Where one runs."""

    pid: int
    socket: str
    http: str | None = None

    def request(self, method: str, path: str, body: Any = None, timeout_s: float = TIMEOUT_S) -> Any:
        """Raises DaemonUnreachable, or the error that the daemon answers with."""
        with self._answer(method, path, body, timeout_s) as answer:
            text = answer.read()
        with self.understood():
            return json.loads(text) if text else None

    @contextlib.contextmanager
    def understood(self) -> Iterator[None]:
        """For whoever reads an answer. Raises LLMasOSError where it is none of llmasos."""
        try:
            yield
        except _UNREADABLE as error:
            raise LLMasOSError(f"{self._strange()}: {type(error).__name__}: {error}"[:300]) from None

    async def events(self, pid: int, *, hold: bool = False) -> AsyncIterator[Event]:
        """A process's events, from its first to its exit. With `hold` it is killed when its reader goes.

        Raises DaemonUnreachable when the daemon goes first.
        """
        async for name, data in self._stream(f"/api/processes/{pid}/events?hold={str(hold).lower()}"):
            with self.understood():
                event = event_of({**data, "event": name})
            if event is not None:
                yield event

    async def _stream(self, path: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Server-sent events; HTTP/1.0, so that the body is what comes until the end."""
        try:
            async with await self._dialled() as stream:
                headers = "".join(f"{name}: {value}\r\n" for name, value in self._headers().items())
                await stream.send(f"GET {path} HTTP/1.0\r\n{headers}\r\n".encode())
                answer = BufferedByteReceiveStream(stream)
                with self.understood():
                    status = int((await answer.receive_until(b"\r\n\r\n", MAX_EVENT_BYTES)).split()[1])
                if not 200 <= status < 300:
                    raise _error(status, b"".join([part async for part in answer]), self._name())
                while True:
                    with self.understood():
                        lines = (await answer.receive_until(b"\n\n", MAX_EVENT_BYTES)).decode().split("\n")
                        said = dict(line.split(": ", 1) for line in lines)
                        name, data = said["event"], json.loads(said["data"])
                    yield name, data
                    if name == "exited":
                        return
        except anyio.DelimiterNotFound:
            raise LLMasOSError(self._strange()) from None
        except (OSError, anyio.IncompleteRead, anyio.BrokenResourceError):
            raise DaemonUnreachable(f"{self._name()} has gone") from None

    @contextlib.contextmanager
    def _answer(self, method: str, path: str, body: Any, timeout_s: float) -> Iterator[HTTPResponse]:
        connection = self._connection(timeout_s)
        sent = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, sent, {**self._headers(), "Content-Type": "application/json"})
            answer = connection.getresponse()
            if not 200 <= answer.status < 300:
                raise _error(answer.status, answer.read(), self._name())
            yield answer
        except (OSError, HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise DaemonUnreachable(f"{self._name()} does not answer: {why}") from None
        finally:
            connection.close()

    def _strange(self) -> str:
        return f"{self._name()} {STRANGE}"

    # How it is reached; llmasos/node.py has another way.

    def _connection(self, timeout_s: float) -> HTTPConnection:
        return _Connection(self.socket, timeout_s)

    async def _dialled(self) -> ByteStream:
        return await anyio.connect_unix(self.socket)

    def _headers(self) -> dict[str, str]:
        return {"Host": "localhost"}

    def _name(self) -> str:
        return f"the daemon (pid {self.pid}, {self.socket})"


def find(home: Path) -> Daemon | None:
    """The daemon of a state directory: what it wrote of itself, while it holds the lock."""
    try:
        facts = json.loads((home / RUNNING_FILE).read_text())
        found = Daemon(int(facts["pid"]), str(facts["socket"]), facts.get("http"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if history.owner(home) == f"pid {found.pid}" else None


def runs_here(pid: int) -> str:
    """What to do where a daemon holds the state directory."""
    return f"a daemon runs here (pid {pid}): llmasos run, attach, ps talk to it; llmasos stop ends it"


def event_name(kind: type[Event]) -> str:
    """`CallStarted` is `call_started` on the wire."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def event_document(event: Event) -> dict[str, Any]:
    return {"event": event_name(type(event)), **asdict(event)}


def event_of(document: Mapping[str, Any]) -> Event | None:
    """The event that a document is; None for one of a kind that is not known here."""
    kinds = {event_name(kind): kind for kind in Event.__subclasses__()}
    if (kind := kinds.get(document["event"])) is None:
        return None
    return kind(**{f.name: document[f.name] for f in fields(kind) if f.name in document})


def _error(status: int, text: bytes, name: str = "the daemon") -> LLMasOSError:
    """What it answers with, as ours."""
    try:
        error = json.loads(text)["error"]
        return _ERRORS.get(error["code"], LLMasOSError)(str(error["message"]))
    except _UNREADABLE:
        return LLMasOSError(f"{name} {STRANGE} (status {status})")
