"""nice, limit and top in the shell: on its own kernel, and a request where the words read like one."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from llmasos.apps.screen import Screen
from llmasos.apps.shell import Shell
from llmasos.apps.shell_builtins import BUILTINS
from llmasos.apps.shell_line import NotACommand
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
