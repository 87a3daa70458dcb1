"""A Hub and its CDN on 127.0.0.1, two origins as in life, for tests of `pull`: real HTTP, scripted trouble."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Seen:
    """A request that came."""

    server: str
    path: str
    headers: dict[str, str]


@dataclass
class Served:
    """The Hub's files by path (`owner/repo/file`), and what goes wrong."""

    hub: str = ""
    cdn: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    token: str = ""  # asked for, if there is one
    cut_after: int = 0  # bytes of a body, then the connection ends
    pause_after: int = 0  # bytes of a body, then nothing more comes
    ranges: bool = True
    heeds_if_range: bool = True
    surplus: int = 0  # bytes sent of a part past the end that was said
    mislabels: int = 0  # bytes that the Content-Range of a whole answer says
    sized: bool = True
    validator: str = "etag"  # or "date", or nothing
    date: str = "Thu, 26 Nov 2026 10:00:00 GMT"
    encoding: str = ""
    kind: str = "application/octet-stream"
    linked: str = ""  # X-Linked-Etag, if it is to be a lie
    elsewhere: str = ""  # where the Hub redirects to, if not to the CDN
    status: int = 200

    def asked(self, server: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.server == server]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up, and that is theirs to do."""


@contextmanager
def serving(certificate: Path | None = None, key: Path | None = None) -> Iterator[Served]:
    """With a certificate over TLS."""
    served = Served()
    servers = []
    for name in ("hub", "cdn"):
        server = _Server(("127.0.0.1", 0), _handler(served, name))
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        setattr(served, name, f"{scheme}://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
    try:
        yield served
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _handler(served: Served, name: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.seen.append(Seen(name, self.path, {k.lower(): v for k, v in self.headers.items()}))
            self.close_connection = True
            if served.status != 200:
                return self._answer(served.status, b"no")
            if name == "hub" and served.token and self.headers.get("Authorization") != f"Bearer {served.token}":
                return self._answer(
                    401, b"no", x_error_code="GatedRepo", x_error_message="Access is\x1b[31m restricted"
                )
            if found := re.fullmatch(r"/api/models/([^/]+/[^/?]+)\?blobs=true", self.path):
                return self._list(found[1])
            if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/main/(.+)", self.path):
                return self._redirect(f"{found[1]}/{found[2]}")
            return self._file(self.path.removeprefix("/"))

        def _list(self, repo: str) -> None:
            names = [path for path in served.files if path.startswith(f"{repo}/")]
            if not names:
                return self._answer(401, b"{}", x_error_code="RepoNotFound", x_error_message="Repository not found")
            siblings = [{"rfilename": n.removeprefix(f"{repo}/"), "size": len(served.files[n])} for n in names]
            return self._answer(200, json.dumps({"id": repo, "siblings": siblings}).encode())

        def _redirect(self, path: str) -> None:
            if path not in served.files:
                return self._answer(404, b"Entry not found")
            sha256 = hashlib.sha256(served.files[path]).hexdigest()
            return self._answer(
                302,
                b"",
                location=served.elsewhere or f"{served.cdn}/{path}",
                x_linked_etag=f'"{served.linked or sha256}"',
                x_repo_commit="c0ffee" + "0" * 34,
            )

        def _file(self, path: str) -> None:
            if path not in served.files:
                return self._answer(404, b"nothing")
            body = served.files[path]
            etag = f'"{hashlib.md5(body).hexdigest()}"'
            more: dict[str, Any] = {"content_type": served.kind}
            if served.validator == "etag":
                more["etag"] = etag
            elif served.validator == "date":
                etag = more["last_modified"] = served.date
            if served.encoding:
                more["content_encoding"] = served.encoding
            start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            if served.ranges and start and self._is_still(etag):
                if start >= len(body):
                    return self._answer(416, b"")
                more["content_range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                return self._answer(206, body[start:] + b"x" * served.surplus, **more)
            if served.mislabels:
                more["content_range"] = f"bytes 0-999/{served.mislabels}"
            return self._answer(200, body, **more)

        def _is_still(self, etag: str) -> bool:
            return not served.heeds_if_range or self.headers.get("If-Range") == etag

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key.replace("_", "-"), value)
            if served.sized or status != 200:
                self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            limit = served.cut_after or served.pause_after
            self.wfile.write(body[:limit] if limit and status in (200, 206) else body)
            self.wfile.flush()
            if served.pause_after and status in (200, 206):
                time.sleep(60)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler
