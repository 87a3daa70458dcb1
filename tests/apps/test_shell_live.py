"""nice, limit and top in the shell: on its own kernel, and a request where the words read like one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import anyio
import pytest

from llmasos.apps.screen import Screen
from llmasos.apps.shell import Shell
from llmasos.apps.shell_builtins import BUILTINS
from llmasos.apps.shell_line import NotACommand
from llmasos.drivers.sim import Sim
from llmasos.errors import NoSuchProcess, UsageError
from tests.conftest import Boot

pytestmark = pytest.mark.anyio


async def test_the_shell_changes_its_own_processes(
    boot: Boot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    async with boot() as kernel, anyio.create_task_group() as group:
        shell = Shell(kernel, Screen.for_terminal(), group, attended=False)
        process = await kernel.spawn("", interactive=True)
        pid = str(process.pid)
        assert await BUILTINS["nice"](shell, [pid, "7"]) == ""
        assert await BUILTINS["limit"](shell, [pid, "tokens=9"]) == ""
        assert process.process.nice == 7
        assert "tokens     9" in await BUILTINS["limit"](shell, [pid])
        assert json.loads(await BUILTINS["limit"](shell, [pid, "--json"]))["tokens"] == 9
        assert await BUILTINS["top"](shell, ["-d", "0.05", "--json"]) == ""
        assert json.loads(capsys.readouterr().out)["processes"][0]["nice"] == 7
        for name, words in (
            ("nice", ["weather", "today"]),
            ("limit", ["it", "to", "3"]),
            ("top", ["of", "the", "day"]),
        ):
            with pytest.raises(NotACommand):
                await BUILTINS[name](shell, words)
        with pytest.raises(UsageError):
            await BUILTINS["nice"](shell, [pid, "much"])
        with pytest.raises(NoSuchProcess):
            await BUILTINS["nice"](shell, ["99", "1"])


async def test_the_shell_keeps_schedules_and_takes_requests_for_what_they_are(
    boot: Boot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    async with boot() as kernel, anyio.create_task_group() as group:
        shell = Shell(kernel, Screen.for_terminal(), group, attended=False)
        assert "schedule 1, next" in await BUILTINS["every"](shell, ["10m", "what", "time", "is", "it?"])
        assert "every 10m" in await BUILTINS["schedules"](shell, [])
        assert json.loads(await BUILTINS["schedules"](shell, ["--json"]))[0]["request"] == "what time is it?"
        for name, words in (("every", ["good", "boy"]), ("at", ["what", "time?"]), ("schedules", ["are", "dull"])):
            with pytest.raises(NotACommand):
                await BUILTINS[name](shell, words)
        with pytest.raises(UsageError):
            await BUILTINS["at"](shell, ["25:99", "hello"])
        assert await BUILTINS["schedules"](shell, ["rm", "1"]) == ""
        assert json.loads(await BUILTINS["schedules"](shell, ["--json"])) == []


async def test_the_shell_steps_its_own_processes(boot: Boot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    async with boot() as kernel, anyio.create_task_group() as group:
        shell = Shell(kernel, Screen.for_terminal(), group, attended=False)
        await BUILTINS["run"](shell, ["hello", "--break", "text:.{3}"])
        (process,) = kernel.processes()[1:]
        assert process.waiting_on == "breakpoint text:.{3}"
        assert len(await BUILTINS["step"](shell, [str(process.pid), "2"])) == 2
        assert json.loads(await BUILTINS["step"](shell, [str(process.pid), "1", "--json"]))["tokens"] == 1
        for words in (["by", "step"], []):
            with pytest.raises(NotACommand):
                await BUILTINS["step"](shell, words)
        with pytest.raises(UsageError):
            await BUILTINS["step"](shell, [str(process.pid), "0"])
        with pytest.raises(UsageError):
            await BUILTINS["run"](shell, ["hello", "--break", "here"])


async def test_the_past_is_branched_restored_and_compacted_on_the_shells_own_kernel(
    boot: Boot, sim: Sim, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    sim.enqueue("Hello.", "Otherwise.", "Again.")
    async with boot() as kernel, anyio.create_task_group() as group:
        shell = Shell(kernel, Screen.for_terminal(), group, attended=False)
        await shell.run_line("hi")
        await shell.run_line('branch 2 --say "and?"')
        assert capsys.readouterr().out == "Hello.\nOtherwise.\n"
        await shell.run_line('branch 2 --say "once more" > again.txt')
        assert (tmp_path / "again.txt").read_text() == "Again.\n"
        records = [asdict(record) for record in kernel.journal.read(2)]
        (tmp_path / "hi.json").write_text(json.dumps({"llmasos_checkpoint": 1, "records": records}))
        await shell.run_line("restore hi.json")
        assert shell.code == 0
        for line, says in (
            ("branch 99", "no process 99"),
            ("restore nope.json", "nope.json: No such file"),
            ("compact", "what should be kept?"),
        ):
            await shell.run_line(line)
            assert shell.code and says in capsys.readouterr().err
        await shell.run_line("compact --keep-days 0 --json")
        assert json.loads(capsys.readouterr().out)["processes"] == 3
        for name, words in (("branch", ["out"]), ("compact", ["this", "text"]), ("restore", ["my", "faith"])):
            with pytest.raises(NotACommand):
                await BUILTINS[name](shell, words)
