"""`llmasos doctor`: whether this machine can run agents, one line a check, with the remedy where it cannot.

A check is a function of the configuration that gives what it found; it raises `Trouble` with what to do about it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio

from llmasos.config import Config, load_config
from llmasos.errors import LLMasOSError

MIN_FREE_BYTES = 1 << 30


class Trouble(Exception):
    """What is wrong, and the remedy. `fatal` is False for what is only slow or only missing for development."""

    def __init__(self, found: str, remedy: str, *, fatal: bool = True) -> None:
        super().__init__(found)
        self.remedy, self.fatal = remedy, fatal


@dataclass(frozen=True, slots=True)
class Finding:
    """`status`: ok, warn or fail."""

    check: str
    status: str
    found: str
    remedy: str = ""


def python(config: Config) -> str:
    return f"{sys.version.split()[0]} at {sys.executable}"


def settings(config: Config) -> str:
    try:
        _ = config.sampling
    except LLMasOSError as error:
        raise Trouble(str(error), "mend the setting: `llmasos config`") from None
    return ", ".join(dict.fromkeys(config.origins.values())) or "defaults"


def cores(config: Config) -> str:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = os.getloadavg()[0]
    if load > 2 * usable:
        raise Trouble(
            f"{usable}, load {load:.1f}", "other programs keep the machine busy: answers are slow", fatal=False
        )
    return f"{usable}, load {load:.1f}"


def waiting(config: Config) -> str:
    """How threads wait for each other; llama_native.py has the reasons."""
    policy, spins = os.environ.get("OMP_WAIT_POLICY"), os.environ.get("GOMP_SPINCOUNT")
    if policy is None:
        return "a short spin, then sleep (set by llmasos)"
    said = f"OMP_WAIT_POLICY={policy}" + (f" GOMP_SPINCOUNT={spins}" if spins else "")
    if spins is None and sys.platform.startswith("linux"):
        raise Trouble(said, "unset OMP_WAIT_POLICY: llmasos knows a faster way to wait", fatal=False)
    return said


def llama_cpp(config: Config) -> str:
    try:
        from llmasos.drivers import llama_cpp as driver
    except (ImportError, OSError, LLMasOSError) as error:
        raise Trouble(str(error), "pip install llama-cpp-python==0.3.36") from None
    return f"llama-cpp-python {importlib.metadata.version('llama-cpp-python')}, {driver.__name__.rsplit('.', 1)[-1]}"


def chromadb(config: Config) -> str:
    if importlib.util.find_spec("chromadb") is None:
        raise Trouble("not installed", "pip install chromadb==1.5.9")
    return importlib.metadata.version("chromadb")


def model(config: Config) -> str:
    from llmasos.boot import catalog

    try:
        store = catalog(config.home)
        path = store.resolve(config.model.name)
        if config.model.name not in store.names():
            return f"{path}, {path.stat().st_size / 1e6:.1f} MB"
        entry = store.verify(config.model.name)
    except LLMasOSError as error:
        raise Trouble(str(error), "llmasos models; llmasos import FILE; llmasos use NAME") from None
    checked = "SHA-256 as imported" if entry.sha256 else "header good"
    return f"{config.model.name}: {path}, {entry.bytes / 1e6:.1f} MB, {checked}"


def embedding(config: Config) -> str:
    from llmasos.boot import embedder

    try:
        found = embedder(config.memory).name
    except LLMasOSError as error:
        raise Trouble(str(error), "llmasos config set memory.embedding auto") from None
    if found.startswith("hashed") and config.memory.embedding == "auto":
        raise Trouble(
            "texts are found by their words and spelling only", "for their meaning: llmasos pull minilm", fatal=False
        )
    return found


def state(config: Config) -> str:
    try:
        config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=config.home) as probe:
            probe.write(b"x")
            probe.flush()
    except OSError as error:
        raise Trouble(f"{config.home}: {error.strerror}", "set LLMASOS_HOME to a folder you may write to") from None
    return str(config.home)


def owner(config: Config) -> str:
    from llmasos import history

    return history.owner(config.home) or "nobody runs a kernel here"


def disk(config: Config) -> str:
    beneath = next((p for p in (config.home, *config.home.parents) if p.exists()), Path("/"))
    free = shutil.disk_usage(beneath).free
    if free < MIN_FREE_BYTES:
        raise Trouble(f"{free / 1e9:.1f} GB free", "make room: the journal and imported models need it", fatal=False)
    return f"{free / 1e9:.1f} GB free"


def commands(config: Config) -> str:
    from llmasos.boot import sandbox

    try:
        with tempfile.TemporaryDirectory() as folder:
            return f"{anyio.run(sandbox(config.exec, config.home).program, Path(folder))} (bubblewrap)"
    except LLMasOSError as error:
        raise Trouble(str(error), "agents with the capability exec are refused their commands", fatal=False) from None


def compiler(config: Config) -> str:
    missing = [name for name, found in (("cmake", "cmake"), ("c++", "c++")) if not shutil.which(found)]
    if missing:
        raise Trouble(
            f"no {' and no '.join(missing)}", "only to install: apt-get install build-essential cmake", fatal=False
        )
    return ", ".join(str(shutil.which(name)) for name in ("cmake", "c++"))


CHECKS: dict[str, Callable[[Config], str]] = {
    "python": python,
    "settings": settings,
    "cores": cores,
    "threads": waiting,
    "compiler": compiler,
    "llama.cpp": llama_cpp,
    "chromadb": chromadb,
    "state": state,
    "owner": owner,
    "disk": disk,
    "model": model,
    "embedding": embedding,
    "commands": commands,
}


def examine(name: str, check: Callable[[Config], str], config: Config) -> Finding:
    try:
        return Finding(name, "ok", check(config))
    except Trouble as trouble:
        return Finding(name, "fail" if trouble.fatal else "warn", str(trouble), trouble.remedy)
    except Exception as error:  # a check that fails is a finding too
        return Finding(name, "fail", f"{type(error).__name__}: {error}", "report this")


def main(*, as_json: bool) -> int:
    """Print every finding; 1 if something fails."""
    config = load_config()
    findings = [examine(name, check, config) for name, check in CHECKS.items()]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for f in findings:
            print(f"{f.status:<5} {f.check:<10} {f.found}" + (f": {f.remedy}" if f.remedy else ""))
    return int(any(finding.status == "fail" for finding in findings))
