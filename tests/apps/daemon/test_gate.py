"""Who may ask: Host, Origin and token over TCP, and what the log says of it."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import anyio
import httpx2
import pytest
from starlette.datastructures import Headers

from llmasos.apps.daemon import listeners
from llmasos.apps.daemon.gate import Door
from llmasos.apps.daemon.listeners import read_token, tcp_address, unix_socket
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.refusals import Refused
from llmasos.errors import LLMasOSError, UsageError
from tests.apps.daemon.conftest import Serve

pytestmark = pytest.mark.anyio


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_tcp_asks_for_host_origin_and_token(served: Serve, tmp_path: Path) -> None:
    order = Order(http="127.0.0.1:0", token_file=tmp_path / "token")
    async with served(order) as daemon, httpx2.AsyncClient() as client:
        url = daemon.daemon.http or ""
        host = url.removeprefix("http://")
        bearer = {"Authorization": f"Bearer {(tmp_path / 'token').read_text().strip()}"}
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer wrong"}, 401),
            ({"Authorization": bearer["Authorization"].replace("Bearer", "Basic")}, 401),
            (bearer, 200),
            ({**bearer, "Host": "evil.example"}, 421),
            ({**bearer, "Host": "127.0.0.1"}, 421),
            ({**bearer, "Host": host.replace("127.0.0.1", "LocalHost")}, 200),
            ({**bearer, "Origin": "http://evil.example"}, 403),
            ({**bearer, "Origin": "null"}, 403),
            ({**bearer, "Origin": url}, 200),
        ):
            answer = await client.get(f"{url}/v1/models", headers=headers)
            assert answer.status_code == status, headers
            assert "access-control-allow-origin" not in answer.headers
            if status != 200:
                assert answer.json()["error"]["message"]
        assert (await client.get(f"{url}/healthz")).status_code == 401
        assert (await client.post(f"{url}/v1/chat/completions", content=b"{")).status_code == 401


async def test_the_unix_socket_is_the_owner_s_and_no_browser_s(served: Serve, tmp_path: Path) -> None:
    async with served() as daemon:
        path = Path(daemon.daemon.socket)
        assert path == (home := tmp_path / "home") / "daemon.sock"
        assert [mode(path), mode(path.parent)] == [0o600, 0o700]
        answer = await daemon.client.get("/v1/models", headers={"Origin": "http://localhost"})
        assert answer.status_code == 403
    assert not {"daemon.sock", "daemon.json"} & {file.name for file in home.iterdir()}


async def test_another_user_is_hung_up_on(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as daemon:
        monkeypatch.setattr(listeners, "_is_ours", lambda peer: False)
        with pytest.raises(httpx2.TransportError):
            await daemon.client.get("/healthz")


async def test_headers_that_never_end_are_hung_up_on(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "HEADER_SECONDS", 0.2)
    async with served() as daemon:
        for beginning in (b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n"):
            stream = await anyio.connect_unix(daemon.daemon.socket)
            async with stream:
                if beginning:
                    await stream.send(beginning)
                with anyio.fail_after(20), pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                    await stream.receive()


async def test_a_body_that_never_ends_is_refused(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmasos.apps.daemon.body.MAX_SECONDS", 0.2)
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"
    async with served() as daemon, await anyio.connect_unix(daemon.daemon.socket) as stream:
        await stream.send(head)
        with anyio.fail_after(20):
            assert (await stream.receive()).startswith(b"HTTP/1.1 408")


async def test_headers_without_measure_are_refused(served: Serve) -> None:
    async with served() as daemon:
        answer = await daemon.client.get("/healthz", headers={"X-Long": "x" * 50_000})
        assert answer.status_code == 431
        assert (await daemon.client.get("/healthz", headers={"X-Long": "x" * 9000})).status_code == 200


async def test_the_log_has_one_line_a_request(served: Serve) -> None:
    async with served() as daemon:
        await daemon.client.get("/v1/models?key=secret")
        await daemon.client.get("/no%0awhere")
        assert [line.rsplit(" ", 1)[0] for line in daemon.log] == ["GET /v1/models 200", "GET /no%0awhere 404"]


async def test_a_bug_is_one_line_in_the_log_and_none_of_the_client_s_business(
    served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served() as daemon:
        monkeypatch.setattr(daemon.kernel, "memory_rates", lambda: 1 // 0)
        answer = await daemon.client.get("/api/system")
        assert answer.status_code == 500 and answer.json()["error"]["code"] == "internal_error"
        assert "division" not in answer.text
        (bug, line) = daemon.log
        assert bug.startswith("bug: ZeroDivisionError") and line.startswith("GET /api/system 500")


def test_a_door_on_every_address_goes_by_the_one_a_client_came_in_by() -> None:
    door = Door.tcp(["0.0.0.0", "box"], 8080, "t" * 16)
    bearer = {"Authorization": "Bearer " + "t" * 16}
    door.check(Headers({**bearer, "Host": "192.0.2.7:8080"}), ("192.0.2.7", 8080))
    for host in ("192.0.2.8:8080", "evil.example:8080"):
        with pytest.raises(Refused, match="421"):
            door.check(Headers({**bearer, "Host": host}), ("192.0.2.7", 8080))


def test_names_of_a_door_are_exact() -> None:
    assert Door.tcp(["::1", "Box"], 8080, "t").hosts == frozenset({"[::1]:8080", "box:8080"})
    assert Door.tcp(["box"], 80, "t").hosts == frozenset({"box:80", "box"})
    assert listeners.host_names("box.example") == ["box.example"]
    assert "0.0.0.0" in listeners.host_names("0.0.0.0") and socket.gethostname() in listeners.host_names("0.0.0.0")


@pytest.mark.parametrize("text", ["8080", ":8080", "localhost:", "localhost:http", "localhost:99999"])
def test_an_address_is_host_and_port(text: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        tcp_address(text)
    assert tcp_address("[::1]:80") == ("::1", 80)


def test_a_token_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    file = tmp_path / "new" / "token"
    token = read_token(file)
    assert len(token) >= 40 and read_token(file) == token and stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        read_token(file)
    file.chmod(0o600)
    file.write_text("short\n")
    with pytest.raises(UsageError, match="at least 16"):
        read_token(file)
    with pytest.raises(LLMasOSError, match="token file"):
        read_token(tmp_path)


def test_a_socket_replaces_a_dead_one_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    path = folder / "s"
    first = unix_socket(path)
    first.listen()
    with pytest.raises(UsageError, match="in use"):
        unix_socket(path)
    first.close()
    unix_socket(path).close()
    path.unlink()
    path.write_text("precious")
    with pytest.raises(UsageError, match="no socket"):
        unix_socket(path)
    folder.chmod(0o755)
    with pytest.raises(UsageError, match="chmod 700"):
        unix_socket(path)
    with pytest.raises(UsageError, match="107 bytes"):
        unix_socket(folder / ("x" * 120))
