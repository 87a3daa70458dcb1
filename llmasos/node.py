"""A daemon on another machine, reached by its URL and token: everything that `client.Daemon` does.

- `Node.at("http://10.0.0.5:8080", "a token", "rome")`; https where something in front of the daemon speaks it.
- The name that a client calls it by is the URL's: the daemon serves those it was told to listen on, and no others.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Self
from urllib.parse import SplitResult, urlsplit

import anyio
from anyio.abc import ByteStream

from llmasos.client import Daemon
from llmasos.errors import UsageError

CONNECT_S = 3.0


@dataclass(frozen=True, slots=True)
class Node(Daemon):
    """`label` is what errors call it by."""

    url: str = ""
    token: str = ""
    label: str = ""

    @classmethod
    def at(cls, url: str, token: str, label: str) -> Self:
        """Raises UsageError for what is no URL of a daemon."""
        checked(url)
        return cls(0, "", None, url, token, label)

    def _connection(self, timeout_s: float) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            return HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())
        return HTTPConnection(host, port, timeout=timeout_s)

    async def _dialled(self) -> ByteStream:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        with anyio.fail_after(CONNECT_S):
            host, port = parts.hostname or "", parts.port or (443 if secure else 80)
            if secure:
                return await anyio.connect_tcp(host, port, tls=True, tls_standard_compatible=False)
            return await anyio.connect_tcp(host, port)

    def _headers(self) -> dict[str, str]:
        return {"Host": urlsplit(self.url).netloc, "Authorization": f"Bearer {self.token}"}

    def _name(self) -> str:
        return f"node {self.label} ({self.url})"


def checked(url: str) -> SplitResult:
    """Raises UsageError."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and parts.path in ("", "/")
        good = good and not (parts.query or parts.fragment or parts.username or parts.password)
    except ValueError:
        good = False
    if not good or not url.isascii() or any(c.isspace() for c in url):
        raise UsageError(f"a node's URL is http://HOST:PORT or https://HOST, not {url!r}")
    return parts
