"""Installed apps over a real kernel and real files: loaded late and once, only as they were; their agents come back."""

from __future__ import annotations

import importlib.util
import json
import os
import py_compile
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.app_content import digest
from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.errors import AppDamaged, AppNotFound, UsageError
from llmasos.installed import AppRecord, InstalledApps
from llmasos.kernel.events import Answered
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.recovery import go_on
from llmasos.kernel.remains import remains
from llmasos.kernel.resume import UNKNOWN
from tests.conftest import keep_app

TILL = """\
from pathlib import Path

from llmasos import App

app = App("till", system="You keep a till.", capabilities=[])


@app.syscall(effect="read", capability="prices")
async def get_price(item: str) -> str:
    \"\"\"Price of an item.\"\"\"
    return "3 euros"


@app.syscall(effect="transfer", capability="money")
async def pay(amount: int) -> str:
    \"\"\"Pay an amount.\"\"\"
    return "paid"
"""
MAIN = """

@app.main
async def main(os, request):
    return await os.input() or ""
"""
Keeping = Callable[..., AbstractAsyncContextManager[Kernel]]


def installed(home: Path, text: str = TILL) -> AppRecord:
    return keep_app(home, text)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def keeping(home: Path, tmp_path: Path) -> Keeping:
    """A kernel whose agents outlive it, over a fresh `Sim` each time."""

    @asynccontextmanager
    async def booted(*scripts: str) -> AsyncIterator[Kernel]:
        sim = Sim(window_tokens=8192, num_cells=8192 * 8)
        sim.enqueue(*scripts)
        (tmp_path / "work").mkdir(exist_ok=True)
        async with Kernel.boot(
            Config(home), workspace=tmp_path / "work", load_driver=lambda name: sim, keeps=True
        ) as kernel:
            yield kernel
            kernel.check_integrity()

    return booted


async def answers(process: ProcessHandle, count: int = 1) -> list[str]:
    found: list[str] = []
    with anyio.fail_after(30):
        async for event in process.events():
            found += [event.answer] if isinstance(event, Answered) else []
            if len(found) == count:
                break
    return found


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        ({"name": "get_price", "arguments": {"item": "bread"}}, "3 euros"),
        ({"name": "pay", "arguments": {"amount": 3}}, UNKNOWN),
    ],
)
async def test_a_call_of_its_own_that_was_under_way_is_settled_as_any_other(
    keeping: Keeping, home: Path, call: dict[str, Any], outcome: str
) -> None:
    """What only reads is read again; of what has an effect nobody knows."""
    installed(home)
    async with keeping("Hello.") as kernel:
        process = await kernel.spawn(await kernel.find_program("till", None), "hi", interactive=True)
        await answers(process)
        made = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": call}]}
        records: list[tuple[str, dict[str, Any]]] = [
            ("message", {"role": "user", "content": "go on"}),
            ("message", made),
            ("intent", {"call": 1, **call}),
        ]
        kernel.journal.append([Record(process.pid, kind, body) for kind, body in records])
    async with keeping("Done.") as kernel:
        task = kernel.task(process.pid)
        assert await answers(kernel.handle(process.pid)) == ["Done."]
        messages = (await task.transcript()).messages
        assert messages[0]["content"] == "You keep a till." and messages[-2]["content"] == outcome
        assert {"prices", "money"} <= task.process.capabilities


@pytest.mark.anyio
async def test_an_app_with_a_body_of_its_own_comes_back_if_it_is_the_same(keeping: Keeping, home: Path) -> None:
    installed(home, TILL + MAIN)
    async with keeping() as kernel:
        program = await kernel.find_program("till", None)
        one, other = [(await kernel.spawn(program, "hi", interactive=True)).pid for _ in range(2)]
    async with keeping() as kernel:
        await kernel.say(one, "bye")
        assert await kernel.handle(one).wait() == "bye"
    installed(home, TILL + MAIN.replace("or", "and"))
    async with keeping() as kernel:
        end = kernel.journal.read(other, ["exit"])[0].body
        assert end["error"].startswith("till did not come back with its kernel: app till is another since")


@pytest.mark.anyio
async def test_a_branch_has_the_app_as_it_is_now_or_is_refused(keeping: Keeping, home: Path) -> None:
    installed(home)
    price = json.dumps({"name": "get_price", "arguments": {"item": "bread"}})
    async with keeping("Hello.", f"<tool_call>\n{price}\n</tool_call>", "It is 4.") as kernel:
        process = await kernel.spawn(await kernel.find_program("till", None), "hi")
        await process.wait()
        records = kernel.journal.read(process.pid)
        installed(home, TILL.replace("3 euros", "4 euros"))
        found = remains(records)
        found.messages.append({"role": "user", "content": "price?"})
        branch = await go_on(kernel, found)
        assert await branch.wait() == "It is 4." and branch.process.app == "till"
        assert [call["result"] for call in branch.syscalls] == ["4 euros"]
        InstalledApps(home).remove("till")
        with pytest.raises(AppNotFound, match="no app named till"):
            await go_on(kernel, remains(records))


@pytest.mark.anyio
async def test_its_code_is_run_once_for_all_of_its_processes(home: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    installed(
        home,
        f"import time\n{TILL}\nwith Path({str(trace)!r}).open('a') as file:\n    file.write('x')\ntime.sleep(0.1)\n",
    )
    apps = InstalledApps(home)
    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(apps.find, "till")
    assert trace.read_text() == "x"
    installed(home, TILL)
    assert "Pay an amount." in [call.description for call in (await apps.find("till")).calls]
    with pytest.raises(AppDamaged, match="till is another since"):
        await apps.find("till", "0" * 64)


LAID = "PRICE = 'stolen'\n"


def lay_a_cache(module: Path) -> None:
    """Bytecode of other code than the module's, which says that nobody need compare it (PEP 552)."""
    other = module.with_name("other.py")
    other.write_text(LAID)
    cache = importlib.util.cache_from_source(str(module))
    py_compile.compile(str(other), cache, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    other.unlink()


IMPORTS = {
    "at first": ("bread.py", "from .bread import PRICE", "pass"),
    "later": ("bread.py", "pass", "from .bread import PRICE"),
    "in a folder": ("shelf/bread.py", "from .shelf.bread import PRICE", "pass"),
    "by its path": ("a_bread.py", "sys.path.insert(0, str(Path(__file__).parent))\nfrom a_bread import PRICE", "pass"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("how", IMPORTS)
async def test_only_the_source_that_was_hashed_is_run(
    keeping: Keeping, home: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    module, first, later = IMPORTS[how]
    text = (
        f"import sys\nfrom pathlib import Path\nfrom llmasos import App\napp = App('till', capabilities=[])\n{first}\n"
    )
    text += f"@app.main\nasync def main(os, request):\n    {later}\n    return PRICE\n"
    source = tmp_path / "source"
    (source / module).parent.mkdir(parents=True)
    (source / module).write_text("PRICE = 'three euros'\n")
    (source / "app.py").write_text(text)
    files = home / "apps" / "till" / keep_app(home, text, source).folder
    for name in ("app.py", module):
        lay_a_cache(files / name)
    async with keeping() as kernel:
        till = await kernel.find_program("till", None)
        if how == "later":
            lay_a_cache(files / module)
        assert await (await kernel.spawn(till, "hi")).wait() == "three euros"
    assert how in ("later", "by its path") or not [*files.rglob("*.pyc")]
    sys.modules.pop("a_bread", None)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["", ".", "..", "../till", "till/", "till/app.json", ".lock", "a" * 65, "till\n", "7"])
async def test_a_name_that_leads_elsewhere_is_none(home: Path, name: str) -> None:
    installed(home)
    with pytest.raises(AppNotFound):
        await InstalledApps(home).find(name)


@pytest.mark.anyio
async def test_what_runs_goes_on_when_its_app_is_removed(keeping: Keeping, home: Path) -> None:
    installed(home, TILL + MAIN)
    async with keeping() as kernel:
        process = await kernel.spawn(await kernel.find_program("till", None), "hi", interactive=True)
        InstalledApps(home).remove("till")
        await kernel.say(process.pid, "still here")
        assert await process.wait() == "still here"


def test_a_crash_leaves_the_old_app_or_the_new_and_what_it_left_goes(home: Path) -> None:
    """Between any two steps of an install the record names files that are there."""
    first = installed(home)
    root = home / "apps" / "till"
    (root / "files-half").mkdir()
    (root / ".app.json.partial").write_text("{")
    assert InstalledApps(home).record("till") == first
    second = installed(home, TILL + MAIN)
    assert InstalledApps(home).record("till") == second
    assert sorted(path.name for path in root.iterdir()) == ["app.json", second.folder]
    old = home / "apps" / ".staged-old"
    old.mkdir()
    os.utime(old, (0, 0))
    installed(home)
    assert not old.exists()


def test_content_is_every_name_and_every_byte(tmp_path: Path) -> None:
    def of(number: int, **files: str) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        return digest(folder)

    contents: list[dict[str, str]] = [{}, {"a": ""}, {"b": ""}, {"a": "b"}, {"a": "", "b": ""}, {"ab": ""}]
    found = [of(number, **files) for number, files in enumerate([*contents, {"a": "x", "b": "y"}, {"a": "xby"}])]
    assert len(set(found)) == len(found)
    (tmp_path / "1" / "__pycache__").mkdir()
    (tmp_path / "1" / "__pycache__" / "a.pyc").write_text("bytes")
    assert digest(tmp_path / "1") == found[1], "what Python keeps beside is none of it"
    (tmp_path / "1" / "link").symlink_to("/etc/hostname")
    with pytest.raises(UsageError, match="no regular file"):
        digest(tmp_path / "1")
