"""Who may ask: the ASGI layer around the routes, one for each listener.

- Headers and the length they announce are bounded (431, 413).
- TCP: the exact Host list (421), then Origin (403), then the bearer token (401). Nothing is read of a body before that.
- The web page's own files, which are nobody's secret, are given without a token: a browser sends none for them.
- The Unix socket: its file's mode and the peer's user are the key (`listeners.py`); a browser's Origin is refused.
- One line a request on stderr, once it has been answered. What no handler foresaw becomes a plain 500 here.
- It does not know routes.
"""

from __future__ import annotations

import hmac
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llmasos.apps.daemon.body import MAX_BYTES, bounded, too_large
from llmasos.apps.daemon.refusals import Refused, answer, ours
from llmasos.apps.daemon.state import Daemon

MAX_HEADER_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class Door:
    """What a listener asks of a request. `hosts` None: no Host is checked (the Unix socket)."""

    hosts: frozenset[str] | None = None
    token: str | None = None
    by_address: bool = False  # of a listener on every address: also the one that a client came in by
    open_paths: frozenset[str] = frozenset()  # that need no token

    @classmethod
    def tcp(cls, names: Sequence[str], port: int, token: str, open_paths: frozenset[str] = frozenset()) -> Door:
        """`names` are those that a client may call us by."""
        shown = {_bracketed(name).lower() for name in names}
        bare = shown if port == 80 else set()
        everywhere = bool({"0.0.0.0", "[::]"} & shown)
        return cls(frozenset({f"{name}:{port}" for name in shown} | bare), token, everywhere, open_paths)

    def check(self, headers: Headers, server: tuple[str, int | None] | None, path: str = "") -> None:
        """`server` is the address that the client came in by. Raises Refused."""
        here = {f"{_bracketed(server[0])}:{server[1]}"} if self.by_address and server else set()
        hosts = None if self.hosts is None else self.hosts | here
        self._check_host(headers.getlist("host"), hosts)
        self._check_origin(headers.getlist("origin"), hosts)
        if self.token is not None and path not in self.open_paths:
            self._check_token(headers.getlist("authorization"), self.token)

    def _check_host(self, given: list[str], hosts: frozenset[str] | None) -> None:
        if hosts is not None and (len(given) != 1 or given[0].lower() not in hosts):
            raise Refused(421, f"the host {_shown(given)} is not served here", code="wrong_host")

    def _check_origin(self, given: list[str], hosts: frozenset[str] | None) -> None:
        """A page of another site may not ask in its reader's name."""
        own = {f"http://{host}" for host in hosts or ()}
        if any(origin.lower() not in own for origin in given):
            raise Refused(403, f"the origin {_shown(given)} is not ours", code="wrong_origin", kind="permission_error")

    def _check_token(self, given: list[str], token: str) -> None:
        word, _, value = (given[0] if len(given) == 1 else "").partition(" ")
        if word.lower() != "bearer" or not hmac.compare_digest(value.strip().encode(), token.encode()):
            what = "a bearer token is needed: the daemon's token file has it"
            headers = {"WWW-Authenticate": "Bearer"}
            raise Refused(401, what, code="invalid_api_key", kind="authentication_error", headers=headers)


class Gate:
    """The application that a listener serves."""

    def __init__(self, app: ASGIApp, door: Door, daemon: Daemon, write: Callable[[str], None]) -> None:
        self._app, self._door, self._daemon, self._write = app, door, daemon, write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.monotonic()
        self._daemon.busy += 1
        try:
            await self._admit(scope, receive, noted)
        except Exception as error:
            if status == 0:
                await answer(ours())(scope, receive, noted)
            self._write(f"bug: {_place(error)}")
        finally:
            self._daemon.busy -= 1
            self._note(scope, status, time.monotonic() - began)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            _check_size(headers)
            self._door.check(headers, scope["server"], scope["path"])
        except Refused as refused:
            await answer(refused)(scope, receive, send)
            return
        await self._app(scope, bounded(receive), send)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._daemon.requests[scope["method"], route, status] += 1
        path = scope["raw_path"].decode("ascii", "replace")
        self._write(f"{_printable(scope['method'])} {_printable(path)} {status} {seconds:.3f}s")


def _check_size(headers: Headers) -> None:
    if sum(len(name) + len(value) for name, value in headers.raw) > MAX_HEADER_BYTES:
        raise Refused(431, f"the headers are larger than {MAX_HEADER_BYTES} bytes", code="headers_too_large")
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise too_large()


def _place(error: BaseException) -> str:
    """An error nobody foresaw, on one line, with the place it comes from."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {last[0].filename}:{last[0].lineno}" if last else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{where}"


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _shown(values: list[str]) -> str:
    return ", ".join(_printable(value)[:100] for value in values) or "(none)"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
