"""What answers at a node's URL may be anything: it is said by name, and in nobody's way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.errors import LLMasOSError
from llmasos.events import Event, Exited, Text
from llmasos.node import Node
from tests.apps.cluster.conftest import Done, Served

Serve = Callable[[str], Served]
Cluster = Callable[..., Done]
SYSTEM = {"version": "9", "ready": True, "processes": 0, "model": "nano", "runnable": 0, "cores": 2, "load": 0.1}
MODELS: dict[str, Any] = {"data": [{"id": "nano"}]}


@pytest.fixture
def answering() -> Iterator[Callable[[dict[str, Any], int, bytes], str]]:
    """`answering(by_path, status, otherwise)`: the URL of a server that says that, whoever asks."""
    servers: list[ThreadingHTTPServer] = []

    def start(by_path: dict[str, Any], status: int, otherwise: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                body = json.dumps(by_path[path]).encode() if path in by_path else otherwise
                self.send_response(200 if path in by_path else status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


Answering = Callable[[dict[str, Any], int, bytes], str]
ANSWERS: list[tuple[dict[str, Any], int, bytes]] = [
    ({}, 200, b"<html>It works!</html>"),
    ({}, 200, b"{}"),
    ({}, 200, b"[]"),
    ({}, 200, b"null"),
    ({}, 200, b""),
    ({}, 200, b"\xff\xfe"),
    ({}, 200, b"[" * 200_000),
    ({}, 302, b""),
    ({}, 404, b"not here"),
    ({}, 500, b'{"error": "no"}'),
    ({"/api/system": SYSTEM}, 200, b"{}"),
    ({"/api/system": {**SYSTEM, "cores": "two"}, "/v1/models": MODELS, "/api/processes": []}, 200, b""),
    ({"/api/system": {**SYSTEM, "load": float("nan")}, "/v1/models": MODELS, "/api/processes": []}, 200, b""),
    ({"/api/system": SYSTEM, "/v1/models": MODELS, "/api/processes": [{}, {"pid": 2}]}, 200, b""),
    ({"/api/system": SYSTEM, "/v1/models": MODELS, "/api/processes": [{}, 7]}, 200, b""),
]


def listed(tmp_path: Path, **urls: str) -> None:
    token = tmp_path / "token"
    token.write_text("x" * 40)
    token.chmod(0o600)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    nodes = [{"name": name, "url": url, "token_file": str(token)} for name, url in urls.items()]
    (home / "cluster.json").write_text(json.dumps({"format": 1, "nodes": nodes}))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{list(answer[0])}-{answer[1]}-{answer[2][:12]!r}")
def test_one_strange_node_is_said_and_the_others_are_there(
    cluster: Cluster, answering: Answering, tmp_path: Path, answer: tuple[dict[str, Any], int, bytes]
) -> None:
    good = {"/api/system": SYSTEM, "/v1/models": MODELS, "/api/processes": [{}]}
    listed(tmp_path, good=answering(good, 200, b"[]"), bad=answering(*answer))
    nodes = {node["node"]: node for node in json.loads(cluster("nodes", "--json").stdout)}
    assert (nodes["good"]["state"], nodes["bad"]["state"]) == ("up", "failed")
    assert "node bad (http://127.0.0.1:" in nodes["bad"]["error"]
    assert "does not answer as a daemon of llmasos does" in nodes["bad"]["error"]
    done = cluster("ps", "-a")
    assert done.returncode == 0 and "llmasos: bad is failed: node bad" in done.stderr
    for words in (("kill", "bad:7"), ("logs", "bad:7"), ("run", "--on", "bad", "hello"), ("move", "bad:7", "good")):
        done = cluster(*words)
        assert done.stderr.count("\n") <= 1 and "Traceback" not in done.stderr
        assert done.returncode in (0, 1) and (done.returncode == 0) == (done.stderr == "")


def test_what_is_no_daemon_is_not_added(cluster: Cluster, answering: Answering, tmp_path: Path) -> None:
    (tmp_path / "t").write_text("x" * 40)
    (tmp_path / "t").chmod(0o600)
    for answer in ANSWERS[:10]:
        done = cluster("add", "bad", answering(*answer), "--token-file", tmp_path / "t")
        assert done.returncode == 1 and "does not answer as a daemon" in done.stderr and done.stderr.count("\n") == 1
    assert [node["node"] for node in json.loads(cluster("nodes", "--json").stdout)] == ["local"]


def test_a_pid_that_is_none_names_its_node(cluster: Cluster, serve: Serve) -> None:
    served = serve("a")
    cluster("add", "a", served.url, "--token-file", served.token_file)
    for words in (("kill", "a:99"), ("logs", "a:99")):
        assert cluster(*words) == (3, "", "llmasos: a: no process 99\n")


def heard(url: str) -> list[Event]:
    async def listen() -> list[Event]:
        return [event async for event in Node.at(url, "t", "n").events(2)]

    return anyio.run(listen)


def test_what_a_newer_daemon_tells_besides_is_passed_over(answering: Answering) -> None:
    told = (
        b'event: text\ndata: {"pid": 2, "text": "hi", "colour": "red"}\n\n'
        b'event: thought\ndata: {"pid": 2}\n\n'
        b'event: exited\ndata: {"pid": 2, "exit_code": 0, "answer": "hi", "error": null, "why": 1}\n\n'
    )
    assert heard(answering({}, 200, told)) == [Text(2, "hi"), Exited(2, 0, "hi", None)]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, b"<html>\n\n</html>\n\n"),
        (200, b"event: text\ndata: {\n\n"),
        (200, b'event: text\ndata: {"pid": 2}\n\n'),
        (200, b"event: text\ndata: 7\n\n"),
        (302, b""),
        (404, b"gone"),
    ],
)
def test_a_strange_stream_is_one_error(answering: Answering, status: int, told: bytes) -> None:
    with pytest.raises(LLMasOSError, match=r"node n .* does not answer as a daemon of llmasos does"):
        heard(answering({}, status, told))
