"""llmasos as an MCP server, asked by the mcp package's own client over the daemon's real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import jsonschema_rs
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from llmasos.apps.daemon.order import Order
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.kernel.limits import Limits
from tests.apps.daemon.conftest import Serve, Served

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def connected(daemon: Served, **how: Any) -> AsyncIterator[Client]:
    """Over the Unix socket."""
    transport = httpx2.AsyncHTTPTransport(uds=daemon.daemon.socket)
    async with (
        httpx2.AsyncClient(transport=transport, timeout=30) as http,
        Client(streamable_http_client("http://localhost/mcp", http_client=http), **how) as client,
    ):
        yield client


def text(result: Any) -> str:
    return "\n".join(block.text for block in result.content)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_request_is_run_as_a_process(served: Serve, tmp_path: Path, mode: str) -> None:
    config = Config(tmp_path / "home", limits=Limits(tokens=5))
    async with served(config=config) as daemon, connected(daemon, mode=mode) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(listed) == ["run", "ps", "kill"]
        assert listed["run"].input_schema["required"] == ["prompt"]
        limited = await client.call_tool("run", {"prompt": "hello"})
        assert limited.is_error and text(limited) == "limit reached: tokens (5)"
        assert "PID" in text(await client.call_tool("ps", {}))


async def test_the_answer_is_what_the_process_said(served: Serve) -> None:
    driver = Sim(window_tokens=8192, num_cells=8192 * 8)
    driver.enqueue("Hello there.")
    async with served(driver=driver) as daemon, connected(daemon) as client:
        answer = await client.call_tool("run", {"prompt": "hello", "capabilities": []})
        assert (text(answer), answer.is_error) == ("Hello there.", False)


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("run", {"prompt": "x", "capabilities": ["clok"]}, "unknown capability 'clok'"),
        ("run", {"prompt": "x", "model": "nanu"}, "the model 'nanu' does not exist"),
        ("run", {}, "run: prompt: field required"),
        ("run", {"prompt": " "}, "the prompt is empty"),
        ("run", {"prompt": "x", "more": 1}, "run: more: extra inputs are not permitted"),
        ("kill", {"pid": 99}, "no process 99"),
        ("kill", {"pid": 1}, "process 1 may not be signalled"),
        ("nothing", {}, "no tool 'nothing'; there are: run, ps, kill"),
    ],
)
async def test_what_is_wrong_is_said(served: Serve, name: str, arguments: dict[str, Any], says: str) -> None:
    async with served() as daemon, connected(daemon) as client:
        answer = await client.call_tool(name, arguments)
        assert answer.is_error and says in text(answer)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_that_goes_takes_its_process_along(served: Serve, mode: str) -> None:
    async with served(driver=Sim(window_tokens=100_000, num_cells=800_000)) as daemon:
        with anyio.move_on_after(30) as scope:
            async with connected(daemon, mode=mode) as client, anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "run", {"prompt": "hello"})
                await daemon.until(lambda: bool(daemon.live()))
                assert "agent" in text(await client.call_tool("ps", {}))
                scope.cancel()
        await daemon.until(lambda: not daemon.live())


async def test_tcp_asks_for_the_token(served: Serve, tmp_path: Path) -> None:
    async with served(Order(http="127.0.0.1:0", token_file=tmp_path / "token")) as daemon:
        url = f"{daemon.daemon.http}/mcp"
        async with httpx2.AsyncClient() as http:
            assert (await http.post(url, json={})).status_code == 401
            token = {"Authorization": f"Bearer {(tmp_path / 'token').read_text().strip()}"}
            assert (await http.post(url, json={}, headers={**token, "Origin": "http://evil"})).status_code == 403
        async with (
            httpx2.AsyncClient(headers=token, timeout=30) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            assert "PID" in text(await client.call_tool("ps", {}))


async def test_the_openapi_document_describes_it(served: Serve) -> None:
    async with served() as daemon, connected(daemon) as client:
        document = (await daemon.client.get("/openapi.json")).json()
        assert list(document["paths"]["/mcp"]) == ["post"], "the only method there is"
        schemas = document["components"]["schemas"]
        listed = (await client.list_tools()).tools
        assert {tool.name: tool.input_schema for tool in listed} == {
            tool.name: schemas[f"Mcp{tool.name.capitalize()}"] for tool in listed
        }
        posted = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ps", "arguments": {}}}
        jsonschema_rs.validate({**schemas["McpMessage"], "components": document["components"]}, posted)
        headers = {"Accept": "application/json, text/event-stream"}
        answer = await daemon.client.post("/mcp", json=posted, headers=headers)
        assert answer.status_code == 200 and "PID" in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_what_is_no_mcp_is_refused(served: Serve, method: str) -> None:
    async with served() as daemon:
        answer = await daemon.client.request(method, "/mcp", content=b"{" * 1000)
        assert 400 <= answer.status_code < 500
        assert not [line for line in daemon.log if "bug" in line]
