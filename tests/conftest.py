"""Fixtures every room may use: a kernel over the sim driver, with real files and a real journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from llmasos.app_content import copy, digest
from llmasos.apps.app_text import declared
from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.installed import AppRecord, InstalledApps

Boot = Callable[..., AbstractAsyncContextManager[Kernel]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def sim() -> Sim:
    return Sim(window_tokens=8192, num_cells=8192 * 8)  # one token a byte: the tools alone are 4,000


@pytest.fixture
def boot(tmp_path: Path, sim: Sim) -> Boot:
    """`async with boot() as kernel`: state in tmp_path/home, workspace tmp_path/work, the `sim` driver or another."""

    @asynccontextmanager
    async def booted(driver: Sim = sim, **how: Any) -> AsyncIterator[Kernel]:
        workspace = tmp_path / "work"
        workspace.mkdir(exist_ok=True)
        load = how.pop("load", lambda name: driver)
        async with Kernel.boot(
            how.pop("config", None) or Config(tmp_path / "home"), workspace=workspace, load_driver=load
        ) as kernel:
            yield kernel
            kernel.check_integrity()

    return booted


def keep_app(home: Path, text: str, source: Path | None = None) -> AppRecord:
    """Install an app of that text, without a question and without the process that tries it.

    `source` is its folder, when there is more than that text.
    """
    apps, asks = InstalledApps(home), declared(text.encode())
    assert asks is not None
    with apps.staging() as staged:
        (staged / "it.py").write_text(text)
        (staged / "files").mkdir()
        copy(source or staged / "it.py", staged / "files")
        sha256, folder = digest(staged / "files"), f"files-{staged.name.rpartition('-')[2]}"
        record = AppRecord(folder=folder, sha256=sha256, source="/it.py", installed="2026-11-26T10:00:00+00:00", **asks)
        with apps.changing():
            apps.keep(record, staged / "files")
    return record
