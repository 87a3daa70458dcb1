"""Fixtures every room may use: a kernel over the sim driver, with real files and a real journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import Sim

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
