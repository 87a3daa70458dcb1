"""Wires drivers, memory and syscalls into a kernel: the only place that knows them all.

- `async with Kernel.boot() as kernel:` is a kernel in this process, with the state directory of the configuration.
- Nothing heavy is loaded before it is needed: a model at its first use, the vector store at the first `remember`.
- One kernel owns a state directory at a time; a second is told who holds it (`StateLocked`).
"""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import anyio

from llmasos.client import find, runs_here
from llmasos.config import Config, ExecSection, MemorySection, SecuritySection, load_config, user_file
from llmasos.drivers.breaker import RESTARTS, Breaker
from llmasos.drivers.catalog import Catalog
from llmasos.drivers.driver import Driver
from llmasos.drivers.vocabulary_file import keep
from llmasos.errors import ConfigError, LLMasOSError, StateLocked
from llmasos.installed import InstalledApps
from llmasos.kernel import kernel as core
from llmasos.kernel.batch import TokenRecord
from llmasos.kernel.engine import Engine
from llmasos.kernel.journal import Journal, StateLock
from llmasos.kernel.model import Model
from llmasos.kernel.policy import Policy, effects
from llmasos.kernel.recovery import recover
from llmasos.kernel.run_queue import make_policy
from llmasos.kernel.saving import Saving
from llmasos.kernel.syscall import SyscallTable
from llmasos.memory.archive import Archive
from llmasos.memory.embed import Embedder, HashedNgrams
from llmasos.memory.eviction import EVICTIONS
from llmasos.memory.near import NearTools
from llmasos.memory.page_in import PAGE_INS
from llmasos.memory.pager import Pager, Rules
from llmasos.memory.saved import SavedKV
from llmasos.memory.sentence import EndpointEmbedder, ModelEmbedder, SentenceEmbedder
from llmasos.memory.store import Store, open_store
from llmasos.memory.swap import SwapSpace
from llmasos.memory.transcript import Transcript
from llmasos.replaying import VOCABULARIES
from llmasos.syscalls.exec import Exec
from llmasos.syscalls.mcp import Mounts
from llmasos.syscalls.mcp_process import Servers
from llmasos.syscalls.sandbox import Bounds, Sandbox

if TYPE_CHECKING:
    from llmasos.drivers.grammar import GrammarCompiler
    from llmasos.drivers.template import ChatTemplate

LOCK_WAIT_SECONDS = 3.0
MINILM, MINILM_WIDTH = "minilm", 384
SIM_WINDOW_TOKENS = 2048
SIM_CELLS = 65536
_log = logging.getLogger(__name__)


class Kernel(core.Kernel):
    """A kernel with its drivers, memory and syscalls."""

    config: Config
    mounts: Mounts

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
        keeps: bool = False,
    ) -> AsyncIterator[Self]:
        """A running kernel. `load_driver` replaces the loading of models (tests give a `Sim`).

        With `keeps`, agents that lived when the last such kernel ended go on, and outlive this one.

        Raises StateLocked, ConfigError, LLMasOSError when the state directory cannot be used.
        """
        config = config or load_config()
        home = home or config.home
        lock = await _locked(home)
        try:
            isolated = isolates(config, keeps)
            own = functools.partial(_embedding_model, config, home, model or config.model.name, isolated)
            found = embedder(config.memory, isolated=isolated, own=own, restarts=config.model.restarts_per_minute)
            store = open_store(home / "memory", found)
            try:
                saved = await anyio.to_thread.run_sync(_saved, config.memory, home) if keeps else None
                kernel = cls._wired(config, home, model, workspace or Path.cwd(), load_driver, store, found, saved)
                async with kernel:
                    if saved is None:
                        yield kernel
                        return
                    await recover(kernel)
                    saving = Saving(kernel, saved, config.memory.saved_after_s or math.inf)
                    await saving.look()
                    kernel.group.start_soon(saving.run)
                    try:
                        yield kernel
                    finally:
                        with anyio.CancelScope(shield=True):
                            await kernel.leave()
                            await saving.leave()
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
        found: Embedder,
        saved: SavedKV | None,
    ) -> Self:
        keeps = saved is not None
        table = builtin_syscalls(store, (home, user_file().parent))
        near = (
            NearTools(found.embed, frozenset(call.name for call in table))
            if isinstance(found, SentenceEmbedder)
            else None
        )
        table.mount(Exec(sandbox(config.exec, home)))  # nano was not taught it
        mounts = Mounts(home, table, servers(config.exec, home), config.mcp.timeout_s)
        mounts.load()
        isolated = isolates(config, keeps)
        load = load_driver or (lambda name: load_configured(config, home, name, isolated=isolated))

        async def load_model(name: str, sink: Callable[[list[TokenRecord]], None]) -> Model:
            driver, template, grammars = await anyio.to_thread.run_sync(_speaking, load, name)
            policy = make_policy(config.scheduler.policy)
            step_tokens, away, is_outside = config.scheduler.step_tokens, kernel.waits.left, kernel.waits.is_outside
            swap = SwapSpace(config.memory.swap_ram_mb << 20, config.memory.swap_disk_mb << 20, home, saved, is_outside)
            engine = Engine(driver, policy=policy, step_tokens=step_tokens, swap=swap, away=away, sink=sink)
            vocabulary = await anyio.to_thread.run_sync(_kept, home, driver, template.family)
            return Model(name, driver, engine, template, grammars, vocabulary, near if template.takes_near else None)

        kernel = cls(
            journal=Journal(home / "journal.db", synchronous=config.journal.synchronous),
            table=table,
            load_model=load_model,
            default_model=model or config.model.name,
            workspace=workspace,
            capabilities=frozenset(config.security.capabilities),
            limits=config.limits,
            sampling=config.sampling,
            policy=policy(config.security),
            new_pager=pager_maker(config.memory, store) if config.memory.paging else None,
            keeps=keeps,
            find_program=InstalledApps(home, frozenset(call.name for call in table)).find,
        )
        kernel.config, kernel.mounts, mounts.journal = config, mounts, kernel.journal
        return kernel


def _saved(section: MemorySection, home: Path) -> SavedKV:
    """What an earlier kernel of the state directory saved. Blocks."""
    return SavedKV(home / "kv", section.saved_disk_mb << 20)


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
                owner = lock.owner()
                lock.release()
                raise StateLocked(_held(home, owner)) from None
            await anyio.sleep(0.05)


def _held(home: Path, owner: str) -> str:
    """Who holds a state directory, and what to do about it."""
    if (daemon := find(home)) is not None:
        return f"{home}: {runs_here(daemon.pid)}"
    return f"{home} is in use by a shell or a run ({owner}): llmasos ps shows what it does; it is free when that ends"


def embedding_file() -> Path | None:
    """The sentence model that `llmasos pull minilm` put beside this installation, if it is there."""
    file = Path(sys.prefix) / "share" / "llmasos" / f"{MINILM}-q8_0.gguf"
    return file if file.exists() else None


def isolates(config: Config, keeps: bool) -> bool:
    """Whether drivers get processes of their own: as configured, else where agents outlive the kernel."""
    return config.model.isolation == "process" or (config.model.isolation == "auto" and keeps)


def embedder(
    section: MemorySection,
    *,
    isolated: bool = False,
    own: Callable[[], Driver] | None = None,
    restarts: int = RESTARTS,
) -> Embedder:
    """What texts are found by; nothing is loaded before the first search. `own` loads the agents' own model.

    Raises ConfigError.
    """
    wanted, file = section.embedding, embedding_file()
    if wanted.startswith(("http://", "https://")):
        return EndpointEmbedder(wanted, section.embedding_model)
    if wanted == "model" and own is not None:
        return ModelEmbedder(own)
    if wanted not in ("auto", MINILM, "hashed"):
        raise ConfigError(f'memory.embedding must be "auto", "{MINILM}", "model", "hashed" or a URL, not {wanted!r}')
    if wanted == "hashed" or (wanted == "auto" and file is None):
        return HashedNgrams()
    if file is None:
        raise ConfigError(f"memory.embedding is {MINILM}, which is not here: llmasos pull {MINILM}")
    load = functools.partial(_sentence_model, file, isolated, restarts)
    return SentenceEmbedder(load, f"{MINILM}-q8_0", MINILM_WIDTH)


def _sentence_model(file: Path, isolated: bool, restarts: int) -> Driver:
    return llama_loader(isolated, restarts)(file, embeddings=True)


def _embedding_model(config: Config, home: Path, name: str, isolated: bool) -> Driver:
    """The model that agents run on, once more, only to embed: its weights are mapped from the same file."""
    if config.model.driver == "sim":
        return load_configured(config, home, name, isolated=isolated)
    return llama_loader(isolated, config.model.restarts_per_minute)(catalog(home).resolve(name), embeddings=True)


def pager_maker(section: MemorySection, store: Store) -> Callable[[int, Transcript], Pager]:
    """Gives each process the pager of its transcript. Raises ConfigError for watermarks the wrong way round."""
    if section.low_watermark >= section.high_watermark:
        raise ConfigError(
            f"memory.low_watermark ({section.low_watermark}) must be below memory.high_watermark"
            f" ({section.high_watermark})"
        )
    rules = Rules(
        high=section.high_watermark,
        low=section.low_watermark,
        page_in_share=section.page_in_share,
        summary_share=section.summary_share,
        eviction=EVICTIONS[section.eviction](),
        page_in=PAGE_INS[section.page_in](),
    )
    return lambda pid, transcript: Pager(transcript, Archive(store, pid), rules)


def catalog(home: Path) -> Catalog:
    """The models of a state directory, and those that came with the package."""
    return Catalog(home / "models", {"nano": embedded_nano()})


def embedded_nano() -> Path:
    """The embedded model's file."""
    import llmasos.models.nano

    return Path(str(llmasos.models.nano.__file__)).parent / "nano-q8_0.gguf"


def load_configured(config: Config, home: Path, name: str, *, isolated: bool) -> Driver:
    """A model by name or path, on the configured driver, in a process of its own if `isolated`. Blocks.

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
    return llama_loader(isolated, config.model.restarts_per_minute)(
        catalog(home).resolve(name),
        window_tokens=config.model.window_tokens or None,
        num_sequences=config.model.processes,
        kv_mb=config.model.kv_mb or None,
        threads=config.model.threads or None,
        gpu_layers=config.model.gpu_layers,
    )


def llama_loader(isolated: bool, restarts: int = RESTARTS) -> Callable[..., Driver]:
    """What loads a GGUF: into this process, or into one of its own, which is started again so often a minute.

    The arguments are `llama_lanes.load`'s.
    """
    if isolated:
        from llmasos.drivers.worker import Worker

        return lambda path, **how: Worker.load(path, breaker=Breaker(restarts), **how)
    from llmasos.drivers import llama_lanes

    return llama_lanes.load


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


def _kept(home: Path, driver: Driver, family: str) -> str:
    """The name under which its vocabulary is kept, for replay; empty, and that is logged, where it cannot be."""
    try:
        return keep(home / VOCABULARIES, driver, family)
    except OSError as error:
        _log.warning("%s: its vocabulary cannot be kept for replay: %s", driver.info.name, error.strerror)
        return ""


def sandbox(section: ExecSection, home: Path) -> Sandbox:
    """What commands run in: nothing of the state directory or of the user's settings is in it. Raises ConfigError."""
    if relative := [path for path in section.readable if not Path(path).is_absolute()]:
        raise ConfigError(f"exec.readable has paths that are not absolute: {', '.join(relative)}")
    return Sandbox(_bounds(section), hidden=_hidden(home))


def _bounds(section: ExecSection) -> Bounds:
    return Bounds(section.timeout_s, section.processes, section.memory_mb, section.readable)


def _hidden(home: Path) -> tuple[Path, Path]:
    return home, user_file().parent


def servers(section: ExecSection, home: Path) -> Servers:
    """What MCP servers run in."""
    return Servers(_bounds(section), hidden=_hidden(home))


def policy(section: SecuritySection) -> Policy:
    """Raises ConfigError."""
    ask, deny = (effects(words, f"security.{key}") for key, words in (("ask", section.ask), ("deny", section.deny)))
    return Policy(section.profile, ask, deny)


def builtin_syscalls(store: Store, private: Sequence[Path] = ()) -> SyscallTable:
    """The calls that the embedded model knows, in the order it knows them. No file of `private` folders may be had."""
    from llmasos.syscalls.files import Files
    from llmasos.syscalls.memory import Memory

    table, made = SyscallTable(), {Memory: lambda: Memory(store), Files: lambda: Files(private=private)}
    for family in _families():
        table.mount(made.get(family, family)())
    return table


def builtin_names() -> frozenset[str]:
    """The names of the kernel's calls, `exec` among them: those that no call of an app's may have."""
    families = (*_families(), Exec)
    return frozenset(n for family in families for n in vars(family) if hasattr(getattr(family, n), "__syscall__"))


def _families() -> tuple[type[Any], ...]:
    from llmasos.syscalls.calculate import Calculate
    from llmasos.syscalls.clock import Clock
    from llmasos.syscalls.context import Context
    from llmasos.syscalls.files import Files
    from llmasos.syscalls.memory import Memory
    from llmasos.syscalls.process import Processes
    from llmasos.syscalls.user import User

    return Files, Calculate, Clock, Memory, Processes, User, Context
