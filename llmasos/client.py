"""A running daemon as others reach it: over its Unix socket, with nothing but the standard library.

- `find(home)` is the daemon that owns a state directory, or None.
- `daemon.request("GET", "/api/system")` gives the document of an answer; an error of the daemon's is raised as ours.
- `daemon.events(pid)` are a process's events, as they come.
- It loads no model and needs no kernel.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from llmasos import history
from llmasos.errors import LLMasOSError, ModelNotFound, NoSuchProcess, PermissionDenied, UsageError

RUNNING_FILE = "daemon.json"
SOCKET_FILE = "daemon.sock"
TIMEOUT_S = 10.0

_ERRORS: dict[str, type[LLMasOSError]] = {
    "process_not_found": NoSuchProcess,
    "model_not_found": ModelNotFound,
    "permission_denied": PermissionDenied,
    "invalid_value": UsageError,
}


class DaemonUnreachable(LLMasOSError):
    """It holds the state directory and does not answer."""


class _Connection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float | None) -> None:
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
        with self._answer(method, path, body, {}, timeout_s) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def events(self, pid: int, last: int = -1) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Number, kind and content of a process's events behind number `last`, to its exit."""
        headers = {"Last-Event-ID": str(last)} if last >= 0 else {}
        with self._answer("GET", f"/api/processes/{pid}/events", None, headers, None) as answer:
            fields: dict[str, str] = {}
            for line in answer:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key:
                    fields[key] = value
                elif fields:
                    yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                    fields = {}

    @contextlib.contextmanager
    def _answer(
        self, method: str, path: str, body: Any, headers: dict[str, str], timeout_s: float | None
    ) -> Iterator[HTTPResponse]:
        connection = _Connection(self.socket, timeout_s)
        sent = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            if answer.status >= 400:
                raise _error(answer.status, answer.read())
            yield answer
        except (OSError, HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise DaemonUnreachable(f"the daemon (pid {self.pid}, {self.socket}) does not answer: {why}") from None
        finally:
            connection.close()


def find(home: Path) -> Daemon | None:
    """The daemon of a state directory: what it wrote of itself, while it holds the lock."""
    try:
        facts = json.loads((home / RUNNING_FILE).read_text())
        found = Daemon(int(facts["pid"]), str(facts["socket"]), facts.get("http"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if history.owner(home) == f"pid {found.pid}" else None


def _error(status: int, text: bytes) -> LLMasOSError:
    try:
        error = json.loads(text)["error"]
        return _ERRORS.get(error["code"], LLMasOSError)(str(error["message"]))
    except (ValueError, KeyError, TypeError):
        return LLMasOSError(f"the daemon answers {status}")
