"""Shell commands in a real sandbox: what they see, what they may take, and that all of them end."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.config import Config, ExecSection
from llmasos.drivers.sim import Sim
from llmasos.errors import PermissionDenied
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task
from llmasos.syscalls.sandbox import Bounds, Sandbox
from tests.pace import allowed

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap is for Linux"),
]
Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
BOMB = "f() { f | f & }; f; wait"


async def sleeper(task: Task, request: str) -> str:
    await anyio.sleep_forever()
    return ""


class Caller:
    """A live process with the capability, and its commands through the gate of a real kernel."""

    def __init__(self, kernel: Kernel, handle: ProcessHandle) -> None:
        self.kernel = kernel
        self.handle = handle
        self.workspace = handle.process.workspace

    @classmethod
    async def of(cls, kernel: Kernel, capability: str = "exec") -> Caller:
        program = Program("test", sleeper, capabilities=frozenset({capability}))
        return cls(kernel, await kernel.spawn(program, "x"))

    async def __call__(self, command: str) -> CallRecord:
        return await self.kernel.gate.trap(self.handle.process, self.kernel.table, "exec", {"command": command}, 1)

    async def said(self, command: str) -> str:
        record = await self(command)
        assert record.error is None, record.error
        return record.result or ""


@pytest.fixture
def shell(boot: Boot, tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Caller]]:
    @asynccontextmanager
    async def opened(capability: str = "exec", **bounds: object) -> AsyncIterator[Caller]:
        config = Config(tmp_path / "home", exec=ExecSection(**bounds))  # type: ignore[arg-type]
        async with boot(config=config) as kernel:
            caller = await Caller.of(kernel, capability)
            yield caller
            caller.handle.kill(Signal.KILL)

    return opened


Shell = Callable[..., AbstractAsyncContextManager[Caller]]


def alive(marker: str) -> list[str]:
    """Command lines of processes anywhere on the machine that have the marker in them."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = line.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has just gone
            continue
        if marker in text:
            found.append(text)
    return found


def marker() -> str:
    """A number of seconds nobody else sleeps."""
    return f"{100_000 + os.getpid()}.{time.monotonic_ns()}"


async def test_a_command_works_in_the_workspace(shell: Shell) -> None:
    async with shell() as run:
        (run.workspace / "a.txt").write_text("b\na\n")
        assert await run.said("sort a.txt | tee sorted.txt") == "a\nb"
        assert (run.workspace / "sorted.txt").read_text() == "a\nb\n"
        assert await run.said("true") == "(no output)"
        assert await run.said("echo no >&2; exit 3") == "no\n(exit code 3)"
        assert await run.said("exit 3") == "(exit code 3)"
        assert await run.said("kill -9 $$") == "(exit code 137)"
        assert (await run(" ")).error == "EINVAL: the command is empty or has a NUL byte"
        assert (await run("\ud800")).error == "EINVAL: exec: an argument is not valid unicode"
        assert "E2BIG: a command has at most" in ((await run("true " + "x" * 200_000)).error or "")
        assert "not found" in await run.said("--help")


async def test_without_the_capability_nothing_runs(shell: Shell) -> None:
    async with shell("files") as run:
        record = await run("touch a.txt")
        assert (record.decision, record.error) == ("deny", "EPERM: exec needs the capability exec")
        assert not (run.workspace / "a.txt").exists()


async def test_it_sees_nothing_but_its_own(shell: Shell, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    async with shell() as run:
        for path in (
            secret,
            Path.home(),
            run.kernel.config.home,
            Path("/etc/shadow"),
            Path(sys.prefix),
            "/root",
            "/run",
        ):
            assert "(exit code" in await run.said(f"ls {path}"), path
        assert int(await run.said("ls /proc | grep -c '^[0-9]*$'")) < 7
        assert await run.said("env | grep -i llmasos") == "(exit code 1)"
        assert "Read-only" in await run.said("touch /usr/x /x")
        for way_out in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/modprobe"):
            assert "(exit code" in await run.said(f"test -e {way_out} && echo x > {way_out}"), way_out
        for device in ("/proc/1/exe", "/dev/null", "/dev/full"):
            assert "(exit code" in await run.said(f"chmod 600 {device}"), device
        assert "Read-only" in await run.said("touch /dev/x")
        assert await run.said("cat /proc/net/dev | grep -vc -e lo: -e '|'") == "0\n(exit code 1)"
        assert await run.said("ls -A /tmp | grep -v pytest") == "(exit code 1)"
        assert "failed" in await run.said("unshare --user true")


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="a command needs a Python of the system's")
async def test_what_no_namespace_shuts_in_is_refused(shell: Shell) -> None:
    """Sockets to the hypervisor, and our keyring; what else programs do works."""
    keyctl = {"x86_64": 250, "aarch64": 219}[platform.machine()]
    async with shell() as run:
        script = run.workspace / "a.py"
        script.write_text("import socket; socket.socket(socket.AF_INET); socket.socket(socket.AF_VSOCK)")
        assert "Address family not supported" in await run.said("/usr/bin/python3 a.py")
        call = f"ctypes.CDLL(None, use_errno=True).syscall({keyctl}, 0, -3, 0)"
        script.write_text(f"import ctypes; print({call}, ctypes.get_errno())")
        assert await run.said("/usr/bin/python3 a.py") == "-1 1"


async def test_state_inside_the_workspace_is_empty_to_it(boot: Boot, tmp_path: Path) -> None:
    async with boot(config=Config(tmp_path / "work" / "my" / "state")) as kernel:
        caller = await Caller.of(kernel)
        assert (kernel.config.home / "journal.db").exists()
        assert await caller.said("find my") == "my\nmy/state"
        assert "busy" in await caller.said("mv my elsewhere")
        caller.handle.process.workspace = kernel.config.home
        assert "llmasos itself lives there" in ((await caller("ls")).error or "")
        caller.handle.process.workspace = Path("/")
        assert (await caller("ls")).error == "EPERM: no command has / to itself: give it a folder of its own"
        caller.handle.kill(Signal.KILL)


async def test_what_is_hidden_stays_so_however_it_is_seen(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "real").mkdir(parents=True)
    (work / "real" / "secret").write_text("hidden")
    box = Sandbox(hidden=[work / "settings"])
    await box.run("echo mine > settings/llmasos.toml", work)
    assert list((work / "settings").iterdir()) == []
    (work / "link").symlink_to("real")
    with pytest.raises(PermissionDenied, match="is a link"):
        await Sandbox(hidden=[work / "link"]).run("ls", work)
    seen = Sandbox(Bounds(readable=(str(work),)), hidden=[work / "real"])
    (tmp_path / "other").mkdir()
    assert (await seen.run(f"ls {work}/real", tmp_path / "other")).output == ""
    for other in ("/proc", "/proc/sys", "/sys", "/dev"):
        with pytest.raises(PermissionDenied, match="to itself"):
            await Sandbox().run("ls", Path(other))
        with pytest.raises(PermissionDenied, match="to itself"):
            await Sandbox(Bounds(readable=(other,))).run("ls", work)


async def test_what_llmasos_runs_is_not_the_command_s_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "bwrap").write_text("#!/bin/sh\ntouch was-here")
    (tmp_path / "venv" / "bin" / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/venv/bin:/usr/bin:/bin")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    outcome = await Sandbox().run("touch venv/bin/python; mv venv other", tmp_path)
    assert "Read-only" in outcome.output and "busy" in outcome.output
    assert (tmp_path / "venv" / "bin" / "bwrap").exists() and not (tmp_path / "was-here").exists()


async def test_a_workspace_that_is_not_there_is_said(tmp_path: Path) -> None:
    for _ in range(10):  # bubblewrap may end before it has begun
        with pytest.raises(PermissionDenied, match="no sandbox: bwrap: Can't find source path"):
            await Sandbox().run("ls", tmp_path / "nowhere")


async def test_cancelled_at_any_moment_nothing_is_left(tmp_path: Path) -> None:
    left, before = marker(), len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    box = Sandbox()
    await box.run("true", tmp_path)
    for at in range(40):
        with anyio.move_on_after(at / 1000):
            await box.run(f"setsid sleep {left} & sleep {left}", tmp_path)
    assert alive(left) == []
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # noqa: PTH208


async def test_all_of_what_hangs_is_dead_at_its_deadline(shell: Shell) -> None:
    one, two, three = marker(), marker(), marker()
    async with shell(timeout_s=0.5) as run:
        began = time.monotonic()
        record = await run(f"setsid sleep {one} & (nohup sleep {two} &); trap '' TERM INT HUP; sleep {three}")
        assert record.error == "ETIMEDOUT: the command took longer than 0.5 s: it and all it started were ended"
        assert (took := time.monotonic() - began) < 0.5 + 3 or took < allowed(0.5 + 3)
        assert [alive(each) for each in (one, two, three)] == [[], [], []]


async def test_what_is_left_behind_ends_with_its_command(shell: Shell) -> None:
    left = marker()
    async with shell() as run:
        assert await run.said(f"setsid sleep {left} & echo started") == "started"
        assert alive(left) == []


async def test_a_process_that_is_killed_takes_its_command_along(shell: Shell) -> None:
    left = marker()
    async with shell() as run, anyio.create_task_group() as group:
        group.start_soon(run, f"sleep {left}")
        with anyio.fail_after(10):
            while not alive(left):  # noqa: ASYNC110 - another program's
                await anyio.sleep(0.01)
        group.cancel_scope.cancel()
    assert alive(left) == []


async def test_a_fork_bomb_is_over_before_anybody_notices(shell: Shell, sim: Sim) -> None:
    """The rest of the kernel answers meanwhile: another process runs from its start to its end, again and again."""
    async with shell(processes=32) as run:
        answers = 0

        async def others() -> None:
            nonlocal answers
            while True:
                sim.enqueue("ok")
                child = await run.kernel.spawn("say ok")
                with anyio.fail_after(20):
                    assert await child.wait() == "ok"
                answers += 1

        async with anyio.create_task_group() as group:
            group.start_soon(others)
            for _ in range(3):
                with anyio.fail_after(10):
                    record = await run(BOMB)
                at_root = "EAGAIN: the command had more than 32 processes at once: all of them were ended"
                assert record.error in (None, at_root), record  # where there is a limit, its forks fail
            group.cancel_scope.cancel()
        assert answers


async def test_threads_count_as_processes_do(shell: Shell) -> None:
    script = "import threading, time\nfor _ in range(100): threading.Thread(target=time.sleep, args=(0.5,)).start()"
    async with shell(processes=16) as run:
        (run.workspace / "a.py").write_text(script)
        record = await run("/usr/bin/python3 a.py")
        assert "more than 16 processes" in (record.error or "") or "can't start new thread" in (record.result or "")


async def test_memory_that_runs_out_is_its_own_trouble(shell: Shell) -> None:
    async with shell(memory_mb=64) as run:
        assert "exit code" in await run.said("tail /dev/zero")
        assert "space" in await run.said("head -c 100M /dev/zero > /tmp/a")
        assert await run.said("cat /proc/self/oom_score_adj") == "1000"


async def test_output_without_end_is_ended(shell: Shell) -> None:
    async with shell() as run:
        record = await run("yes")
        assert record.error == "EFBIG: the command wrote more than 1048576 bytes and was ended; let it write to a file"


async def test_more_folders_are_readable_where_the_configuration_says_so(shell: Shell, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "a").write_text("here")
    async with shell(readable=(str(tools),)) as run:
        assert await run.said(f"cat {tools}/a") == "here"
        assert "Read-only" in await run.said(f"touch {tools}/b")


async def test_where_no_sandbox_can_be_had_nothing_runs(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llmasos.syscalls.sandbox.programs", lambda: iter(()))
    async with shell() as run:
        record = await run("touch a")
        assert record.error is not None and record.error.endswith("apt-get install bubblewrap")
        monkeypatch.setattr("llmasos.syscalls.sandbox.programs", lambda: iter([str(tmp_path / "refuses")]))
        (tmp_path / "refuses").write_text("#!/bin/sh\necho 'bwrap: no permissions to create a namespace' >&2; exit 1\n")
        (tmp_path / "refuses").chmod(0o755)
        assert (await run("touch a")).error == "EPERM: no sandbox: bwrap: no permissions to create a namespace"
        monkeypatch.setattr("llmasos.syscalls.sandbox._prefix", lambda: [str(tmp_path / "nowhere")])
        assert (await run("touch a")).error == f"EPERM: no sandbox: {tmp_path}/nowhere: No such file or directory"
        assert not (run.workspace / "a").exists()


def test_kill_9_of_its_kernel_takes_it_along(tmp_path: Path) -> None:
    left = marker()
    code = (
        "import anyio, pathlib, sys; from llmasos.syscalls.sandbox import Sandbox; "
        "anyio.run(Sandbox().run, sys.argv[1], pathlib.Path(sys.argv[2]))"
    )
    with subprocess.Popen([sys.executable, "-c", code, f"setsid sleep {left}", str(tmp_path)]) as kernel:
        while not [line for line in alive(left) if line.startswith("sleep")]:
            assert kernel.poll() is None
            time.sleep(0.02)
        kernel.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 3
    while alive(left) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert alive(left) == []
