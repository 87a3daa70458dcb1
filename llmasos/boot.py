"""Wires drivers, memory and syscalls into a kernel: the only place that knows them all.

- `async with Kernel.boot() as kernel:` is a kernel in this process, with the state directory of the configuration.
- Nothing heavy is loaded before it is needed: a model at its first use, the vector store at the first `remember`.
- One kernel owns a state directory at a time; a second is told who holds it (`StateLocked`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

import anyio

from llmasos.config import Config, load_config
from llmasos.drivers.catalog import Catalog
from llmasos.drivers.driver import Driver
from llmasos.errors import LLMasOSError, StateLocked
from llmasos.kernel import kernel as core
from llmasos.kernel.batch import TokenRecord
from llmasos.kernel.engine import Engine
from llmasos.kernel.journal import Journal, StateLock
from llmasos.kernel.model import Model
from llmasos.kernel.run_queue import make_policy
from llmasos.kernel.syscall import SyscallTable
from llmasos.memory.store import Store, open_store
from llmasos.memory.swap import SwapSpace

if TYPE_CHECKING:
    from llmasos.drivers.grammar import GrammarCompiler
    from llmasos.drivers.template import ChatTemplate

LOCK_WAIT_SECONDS = 3.0
SIM_WINDOW_TOKENS = 2048
SIM_CELLS = 65536


class Kernel(core.Kernel):
    """A kernel with its drivers, memory and syscalls."""

    config: Config

    @classmethod
    @contextlib.asynccontextmanager
    async def boot(
        cls,
        config: Config | None = None,
        *,
        home: Path | None = None,
        model: str | None = None,
        workspace: Path | None = None,
        load_driver: Callable[[str], Driver] | None = None,
    ) -> AsyncIterator[Self]:
        """A running kernel. `load_driver` replaces the loading of models (tests give a `Sim`).

        Raises StateLocked, ConfigError, LLMasOSError when the state directory cannot be used.
        """
        config = config or load_config()
        home = home or config.home
        lock = await _locked(home)
        try:
            store = open_store(home / "memory")
            try:
                async with cls._wired(config, home, model, workspace or Path.cwd(), load_driver, store) as kernel:
                    yield kernel
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(store.close)
        finally:
            lock.release()

    @classmethod
    def _wired(
        cls,
        config: Config,
        home: Path,
        model: str | None,
        workspace: Path,
        load_driver: Callable[[str], Driver] | None,
        store: Store,
    ) -> Self:
        load = load_driver or (lambda name: load_configured(config, home, name))

        async def load_model(name: str, sink: Callable[[list[TokenRecord]], None]) -> Model:
            driver, template, grammars = await anyio.to_thread.run_sync(_speaking, load, name)
            policy = make_policy(config.scheduler.policy)
            swap = SwapSpace(config.memory.swap_ram_mb << 20, config.memory.swap_disk_mb << 20, home)
            engine = Engine(driver, policy=policy, step_tokens=config.scheduler.step_tokens, swap=swap, sink=sink)
            return Model(name, driver, engine, template, grammars)

        kernel = cls(
            journal=Journal(home / "journal.db", synchronous=config.journal.synchronous),
            table=builtin_syscalls(store),
            load_model=load_model,
            default_model=model or config.model.name,
            workspace=workspace,
            capabilities=frozenset(config.security.capabilities),
            limits=config.limits,
            sampling=config.sampling,
        )
        kernel.config = config
        return kernel


async def _locked(home: Path) -> StateLock:
    """The state directory's lock, waited for a while: a pipe's next command starts before the last has gone."""
    try:
        lock = StateLock(home)
    except OSError as error:
        raise LLMasOSError(f"state directory {home}: {error.strerror}") from None
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            lock.acquire()
            return lock
        except StateLocked:
            if time.monotonic() > deadline:
                lock.release()
                raise
            await anyio.sleep(0.05)


def catalog(home: Path) -> Catalog:
    """The models of a state directory, and those that came with the package."""
    return Catalog(home / "models", {"nano": embedded_nano()})


def embedded_nano() -> Path:
    """The embedded model's file."""
    import llmasos.models.nano

    return Path(str(llmasos.models.nano.__file__)).parent / "nano-q8_0.gguf"


def load_configured(config: Config, home: Path, name: str) -> Driver:
    """A model by name or path, on the configured driver. Blocks.

    Raises ModelNotFound, ModelDamaged, DriverNotInstalled, DriverBroken.
    """
    if config.model.driver == "sim":
        from llmasos.drivers.sim import Sim

        window = config.model.window_tokens or SIM_WINDOW_TOKENS
        processes = config.model.processes
        return Sim(
            window_tokens=window,
            num_sequences=processes,
            num_cells=max(window, min(window * processes, SIM_CELLS)),
        )
    from llmasos.drivers import llama_lanes

    return llama_lanes.load(
        catalog(home).resolve(name),
        window_tokens=config.model.window_tokens or None,
        num_sequences=config.model.processes,
        threads=config.model.threads or None,
        gpu_layers=config.model.gpu_layers,
    )


def _speaking(load: Callable[[str], Driver], name: str) -> tuple[Driver, ChatTemplate, GrammarCompiler]:
    """A loaded model with its chat template and grammar compiler; a large vocabulary takes seconds. Blocks."""
    from llmasos.drivers.grammar import GrammarCompiler
    from llmasos.drivers.template import ChatTemplate

    driver = load(name)
    try:
        return driver, ChatTemplate.of(driver), GrammarCompiler(driver.tokenizer)
    except BaseException:
        driver.shutdown()
        raise


def builtin_syscalls(store: Store) -> SyscallTable:
    """The calls every kernel has, in the order the embedded model knows them."""
    from llmasos.syscalls.calculate import Calculate
    from llmasos.syscalls.clock import Clock
    from llmasos.syscalls.files import Files
    from llmasos.syscalls.memory import Memory
    from llmasos.syscalls.process import Processes
    from llmasos.syscalls.user import User

    table = SyscallTable()
    for family in (Files(), Calculate(), Clock(), Memory(store), Processes(), User()):
        table.mount(family)
    return table
