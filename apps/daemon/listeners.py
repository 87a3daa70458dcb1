"""Where the daemon listens: a Unix socket that is ours alone, and TCP when asked for.

- `unix_socket(path)` is bound here: uvicorn would make it 0666. 0600 from its first moment, in a folder that is 0700.
- `tcp_socket("HOST:PORT")` and `read_token(file)`, which makes the file when there is none.
- `PeerProtocol` hangs up on another user's process, and on a client whose request line and headers never end; it
  buffers little, and says when a client does not read (pressure.py).
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import socket
import stat
import struct
from pathlib import Path
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from llmasos.apps.daemon.pressure import BUFFER_BYTES, Pressure
from llmasos.apps.token_file import token_in
from llmasos.errors import LLMasOSError, UsageError

MAX_PATH_BYTES = 107  # of sun_path, less its end
HEADER_SECONDS = 30.0
_TOKEN_BYTES = 32


def unix_socket(path: Path) -> socket.socket:
    """A listening socket's file in place of a dead one. Raises UsageError, LLMasOSError."""
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise UsageError(f"the socket's path has more than {MAX_PATH_BYTES} bytes: {path}; give a shorter --socket")
    _private_folder(path.parent)
    _clear(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # Linux: the file it is bound to begins with this mode
            os.fchmod(listening.fileno(), 0o600)
        listening.bind(os.fspath(path))
        path.chmod(0o600)
    except OSError as error:
        listening.close()
        raise LLMasOSError(f"socket {path}: {error.strerror}") from None
    return listening


def _private_folder(folder: Path) -> None:
    """One that only its owner may enter: made so where it is missing. Raises UsageError for an open one of others."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.stat()
    except OSError as error:
        raise LLMasOSError(f"folder {folder}: {error.strerror}") from None
    if found.st_uid != os.geteuid():
        raise UsageError(f"folder {folder} belongs to another user: the socket needs one of your own")
    if found.st_mode & 0o077:
        raise UsageError(f"others may enter {folder}, where the socket would be: chmod 700 {folder}")


def _clear(path: Path) -> None:
    """Remove a socket that nobody listens on. Raises UsageError for what is in use, or no socket."""
    if not os.path.lexists(path):
        return
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise UsageError(f"{path} is there already, and no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise UsageError(f"socket {path} is in use by another process")


def tcp_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`. Raises UsageError."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--http takes HOST:PORT, as 127.0.0.1:8080, not {text!r}")
    return host, int(port)


def tcp_socket(host: str, port: int) -> socket.socket:
    """Raises LLMasOSError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise LLMasOSError(f"--http {host}:{port}: {error.strerror or error}") from None
    return listening


def host_names(host: str) -> list[str]:
    """What clients may call a listener by: its own name; where it listens on every address, this machine's too."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return [host]
    if address.is_loopback:
        return [host, "localhost"]
    return (
        [host, "localhost", "127.0.0.1", socket.gethostname(), socket.getfqdn()] if address.is_unspecified else [host]
    )


def read_token(file: Path) -> str:
    """The bearer token; a new one where there is no file. Raises UsageError, LLMasOSError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_token(file)
    except OSError as error:
        raise LLMasOSError(f"token file {file}: {error.strerror}") from None
    return token_in(file)


def _make_token(file: Path) -> None:
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    with os.fdopen(made, "w") as writing:
        writing.write(secrets.token_urlsafe(_TOKEN_BYTES) + "\n")


class PeerProtocol(H11Protocol):
    """uvicorn's HTTP, for peers that may ask and do ask."""

    _deadline: Any = None

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        self.pressure = Pressure()
        super().__init__(config, server_state, {**app_state, "pressure": self.pressure}, _loop)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        if not _is_ours(peer):
            transport.abort()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        transport.set_write_buffer_limits(high=BUFFER_BYTES)
        self._await_headers()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.pressure.change(True)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.pressure.change(False)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_headers()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._forget_deadline()  # the next request's begins with its first byte; until then keep-alive's counts

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _await_headers(self) -> None:
        """Headers have their time from the first byte (or the connection) on; more bytes do not buy more of it."""
        if self.conn.their_state is not h11.IDLE:
            self._forget_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _is_ours(peer: Any) -> bool:
    """Whether the process at the other end is our own user's, or root's; over TCP the token decides instead."""
    if peer.family != socket.AF_UNIX or not hasattr(socket, "SO_PEERCRED"):
        return True  # macOS: the modes of the socket and its folder are all there is
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return user in (0, os.geteuid())
