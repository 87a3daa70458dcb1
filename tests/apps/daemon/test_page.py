"""The web page: who is given what, and what its reader sees, in a real browser where there is one."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx2
import pytest

from llmasos.apps.daemon import page_routes
from llmasos.apps.daemon.order import Order
from llmasos.apps.printable import call_words, visible
from llmasos.drivers.sim import Sim
from tests.apps.daemon.browser import CHROMIUM, Browser
from tests.apps.daemon.conftest import Run, Serve, Served, Start, found
from tests.apps.daemon.test_native_routes import spawned

in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
HOSTILE = "<img src=x onerror=\"document.title='gotcha'\">"


@pytest.mark.anyio
async def test_its_files_need_no_token_and_nothing_else_is_given(served: Serve, tmp_path: Path) -> None:
    order = Order(http="127.0.0.1:0", token_file=tmp_path / "token")
    async with served(order) as daemon, httpx2.AsyncClient(base_url=daemon.daemon.http or "") as client:
        for path in page_routes.PATHS:
            answer = await client.get(path)
            assert answer.status_code == 200 and answer.content, path
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert (await client.head("/")).status_code == 200
        assert (await client.get("/page/page.js")).headers["content-type"].startswith("text/javascript")
        assert (await client.get("/", headers={"Host": "evil.example"})).status_code == 421
        assert (await client.get("/", headers={"Origin": "http://evil.example"})).status_code == 403
        for path in ("/api/watch", "/page/other.js", "/page/../page_routes.py", "/page/%2e%2e/serve.py", "/nothing"):
            assert (await client.get(path)).status_code == 401, path
        assert (await daemon.client.get("/page/other.js")).status_code == 404
        assert "html" in (await daemon.client.get("/")).headers["content-type"]


def test_nothing_in_it_reads_text_as_anything_else() -> None:
    """Its policy would stop a script in an attribute; that no text becomes HTML at all is its own doing."""
    texts = {name: content.decode() for name, content in page_routes.FILES.items()}
    for name, text in texts.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            name
        )
    first = texts["index.html"]
    assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*src=)", first)
    asked = set(re.findall(r'(?:href|src)="([^"]+)"', first))
    asked |= {f"/page/{name}" for text in texts.values() for name in re.findall(r'from "\./([^"]+)"', text)}
    assert asked <= page_routes.PATHS, "what it loads is there"
    assert asked | {"/", "/page/index.html"} == page_routes.PATHS, "and all of it is loaded"


def test_status_prints_its_address(llmasos: Run, serve: Start, home: Path) -> None:
    done = llmasos("status", "--page")
    assert (done.returncode, done.stdout) == (3, "") and "llmasos serve --http" in done.stderr
    assert llmasos("status", "--page", "--json").returncode == 2
    serve("--http", "127.0.0.1:0")
    token = (home / "token").read_text().strip()
    assert llmasos("status", "--page").stdout == f"{found(home).http}/#token={token}\n"


def test_a_daemon_without_tcp_has_no_page_for_a_browser(llmasos: Run, serve: Start) -> None:
    serve()
    done = llmasos("status", "--page")
    assert done.returncode == 1 and "llmasos serve --http" in done.stderr


def row(pid: int) -> str:
    return f"[...document.querySelectorAll('.process')].find((row) => row.innerText.startsWith('{pid} '))"


async def seen(browser: Browser, javascript: str) -> object:
    return await anyio.to_thread.run_sync(browser.until, javascript)


@asynccontextmanager
async def page(served: Serve, tmp_path: Path, token: str | None = None) -> AsyncIterator[tuple[Served, Browser]]:
    """A daemon, and a browser that has its page open, unless it was given another token."""
    async with served(Order(http="127.0.0.1:0", token_file=tmp_path / "token")) as daemon:
        with Browser(tmp_path / "profile") as browser:
            brought = token or (tmp_path / "token").read_text().strip()
            await anyio.to_thread.run_sync(browser.open, f"{daemon.daemon.http}/#token={brought}")
            if token is None:
                await seen(browser, "document.querySelectorAll('#app option').length > 0")
            yield daemon, browser


@pytest.mark.anyio
@in_a_browser
async def test_a_process_is_run_and_seen(served: Serve, sim: Sim, tmp_path: Path) -> None:
    call = {"name": "clock", "arguments": {}}
    async with page(served, tmp_path) as (_, browser):
        assert browser.run("location.hash + sessionStorage.length") == "1", "the token is out of sight"
        sim.enqueue(f"<tool_call>\n{json.dumps(call)}\n</tool_call>", HOSTILE)
        browser.run(f"document.getElementById('request').value = {json.dumps(HOSTILE)}")
        browser.run("document.querySelector('#ask button').click()")
        await seen(browser, "document.querySelector('.output .note')?.innerText == 'exit 0'")
        shown = browser.run("document.querySelector('.output').innerText")
        assert [line for line in shown.splitlines() if line and not line.startswith("clock(")] == [
            HOSTILE,
            HOSTILE,
            "exit 0",
        ]
        assert "clock() → " in shown
        await seen(browser, f"{row(2)}?.innerText.includes('done')")
        assert browser.run("document.querySelectorAll('img').length") == 0
        await seen(browser, "document.getElementById('pace').innerText.includes('tokens a second')")
        await seen(browser, "document.querySelector('#models meter') !== null")
        assert browser.said == []


@pytest.mark.anyio
@in_a_browser
async def test_a_conversation_goes_on_and_its_context_is_drawn(served: Serve, sim: Sim, tmp_path: Path) -> None:
    async with page(served, tmp_path) as (daemon, browser):
        sim.enqueue("One.", "Two.")
        pid = await spawned(daemon, request="first", interactive=True, attended=True)
        await seen(browser, f"{row(pid)} !== undefined")
        browser.run(f"{row(pid)}.click()")
        await seen(browser, "document.querySelector('main form')?.hidden === false")
        browser.run("document.querySelector('main form input').value = 'second'")
        browser.run("document.querySelector('main form button').click()")
        await seen(browser, "document.querySelector('.output')?.innerText.includes('Two.')")
        lines = browser.run("[...document.querySelectorAll('.output p')].map((line) => line.innerText)")
        assert lines == ["first", "One.", "second", "Two."]
        await seen(browser, "document.querySelectorAll('.segment').length > 3")
        assert browser.run("document.querySelectorAll('.kv .resident').length") > 0
        browser.run("[...document.querySelectorAll('main button')].find((b) => b.innerText == 'Stop').click()")
        await seen(browser, f"{row(pid)}?.innerText.includes('stopped')")
        browser.run("window.confirm = () => true")
        browser.run("[...document.querySelectorAll('main button')].find((b) => b.innerText == 'Kill').click()")
        await seen(browser, "document.querySelector('.output').innerText.includes('exit 137')")
        assert browser.said == []


@pytest.mark.anyio
@in_a_browser
async def test_what_is_approved_is_what_is_shown(served: Serve, sim: Sim, tmp_path: Path) -> None:
    content = "<b>c</b>"
    call = {"name": "write_file", "arguments": {"path": "a.txt", "content": content}}
    async with page(served, tmp_path) as (daemon, browser):
        sim.enqueue(f"<tool_call>\n{json.dumps(call)}\n</tool_call>", "Done.")
        daemon.kernel.consent.policy = type(daemon.kernel.consent.policy)(ask=frozenset({"write"}))
        pid = await spawned(daemon, capabilities=["files"], attended=True)
        await seen(browser, "document.querySelector('.approval button')?.disabled")
        assert browser.run("document.querySelector('.approval pre').innerText").splitlines() == [
            'path="a.txt"',
            'content="<b>c</b>"',
        ]
        assert browser.run("document.title") == "(1) llmasos"
        await seen(browser, "!document.querySelector('.approval button').disabled")
        browser.run("document.querySelector('.approval button').click()")
        await daemon.until(lambda: (tmp_path / "work" / "a.txt").exists())
        assert (tmp_path / "work" / "a.txt").read_text("utf-8") == content
        await seen(browser, "document.getElementById('approvals').hidden")
        await seen(browser, f"{row(pid)}?.innerText.includes('done')")
        assert browser.said == []


@pytest.mark.anyio
@in_a_browser
async def test_what_cannot_be_seen_is_written_out_as_the_terminal_has_it(served: Serve, tmp_path: Path) -> None:
    known = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) not in ("Cn", "Cs", "Co")]
    async with page(served, tmp_path) as (_, browser):
        for start in range(0, len(known), 20_000):
            text = "".join(known[start : start + 20_000])
            found = await anyio.to_thread.run_sync(
                browser.run, f"import('/page/dom.js').then((dom) => dom.visible({json.dumps(text)}))"
            )
            assert found == visible(text)
        for arguments in ({"a": 1, "b c": [True, None]}, {"\u202e": "\u200bx"}, {}):
            words = f"import('/page/dom.js').then((dom) => dom.callWords('do', {json.dumps(arguments)}))"
            assert browser.run(words).replace(", ", ",") == call_words("do", arguments).replace(", ", ",")


@pytest.mark.anyio
@in_a_browser
async def test_a_wrong_token_is_asked_for_again(served: Serve, tmp_path: Path) -> None:
    async with page(served, tmp_path, "not-the-token") as (_, browser):
        await seen(browser, "(document.getElementById('door-says')?.innerText ?? '') != ''")
        assert browser.run("document.getElementById('desk').hidden") is True
        token = (tmp_path / "token").read_text().strip()
        browser.run(f"document.getElementById('token').value = {json.dumps(token)}")
        browser.run("document.querySelector('#door button').click()")
        await seen(browser, "!document.getElementById('desk').hidden")
        assert browser.run("document.getElementById('door').hidden") is True
