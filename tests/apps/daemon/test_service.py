"""The daemon as a service: its units, what it tells systemd, and its log in a file."""

from __future__ import annotations

import plistlib
import resource
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from llmasos.apps.daemon.log import open_log
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.units import unit
from llmasos.config import DaemonSection
from llmasos.errors import LLMasOSError, UsageError
from tests.apps.daemon.conftest import Run, found


def test_a_systemd_unit_runs_what_was_asked_for(llmasos: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "conf"))
    text = llmasos("serve", "--http", "127.0.0.1:8080", "--token-file", "to ken", "--print-unit").stdout
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    assert start.endswith(f'serve --token-file "{tmp_path}/to ken" --http 127.0.0.1:8080')
    assert f"Environment=LLMASOS_HOME={tmp_path}/home" in text
    done = llmasos("serve", "--install-unit")
    file = tmp_path / "conf/systemd/user/llmasos.service"
    assert done.returncode == 0 and done.stdout.startswith(f"{file} is written; it starts with: systemctl --user")
    if (tool := shutil.which("systemd-analyze")) is not None:
        checked = subprocess.run([tool, "verify", "--user", "--man=no", file], capture_output=True, text=True)
        assert "llmasos.service" not in checked.stderr, checked.stderr
    assert llmasos("serve", "--token-file", "t", "--print-unit").returncode == 2


def test_a_unit_s_words_mean_what_they_say(tmp_path: Path) -> None:
    text = unit(["serve", "--socket", '/a %h $X "q" \\'], home=tmp_path, platform="linux").text
    assert '--socket "/a %%h $$X \\"q\\" \\\\"' in text


def test_a_unit_s_daemon_has_this_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLMASOS_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/a $b")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    text = unit(["serve"], home=Path("/a $b/llmasos"), platform="linux").text
    assert 'Environment="XDG_STATE_HOME=/a $b"\n' in text, "$ means nothing there (systemd.exec(5))"


def test_a_launchd_agent_keeps_a_log_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    made = unit(Order(http="127.0.0.1:1").words, home=tmp_path / "state", platform="darwin")
    facts = plistlib.loads(made.text.encode())
    assert made.path == tmp_path / "Library/LaunchAgents/org.llmasos.daemon.plist"
    assert facts["ProgramArguments"][1:] == [
        "serve", "--http", "127.0.0.1:1", "--log-file", str(tmp_path / "state/daemon.log"),
    ]  # fmt: skip
    assert facts["KeepAlive"] == {"SuccessfulExit": False}
    with pytest.raises(UsageError, match="systemd and launchd"):
        unit([], home=tmp_path, platform="win32")


def test_systemd_is_told_when_it_is_up_and_when_it_goes(
    home: Path,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        log = tmp_path / "daemon.log"
        process = subprocess.Popen(
            [sys.executable, "-m", "llmasos.apps.cli", "serve", "--log-file", log],
            env={**environment, "NOTIFY_SOCKET": str(tmp_path / "notify")},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert manager.recv(100) == b"READY=1"
            found(home).request("GET", "/healthz")
            process.terminate()
            assert manager.recv(100) == b"STOPPING=1"
            assert process.wait(10) == 0
        finally:
            process.kill()
            _, stderr = process.communicate()
    lines = log.read_text().splitlines()
    assert "llmasos daemon, pid" in lines[0] and "stopping: SIGTERM" in lines[-1]
    assert any("GET /healthz 200" in line for line in lines) and stderr == ""
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_log_is_rotated(tmp_path: Path) -> None:
    path = tmp_path / "d.log"
    with open_log(path, DaemonSection(log_mb=0.001, log_files=2)) as write:
        for number in range(100):
            write(f"line {number} \udc80")
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["d.log", "d.log.1", "d.log.2"]
    kept = "".join((tmp_path / name).read_text() for name in reversed(names)).splitlines()
    numbers = [int(line.split()[3]) for line in kept]
    assert numbers == list(range(numbers[0], 100)) and numbers[0] > 0
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600 for name in names)


def test_a_log_that_was_moved_away_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "d.log"
    with open_log(path, DaemonSection(log_mb=0)) as write:
        write("before")
        path.rename(tmp_path / "d.old")
        write("after")
    assert "before" in (tmp_path / "d.old").read_text() and "after" in path.read_text()


def test_a_log_that_cannot_be_written_is_said_at_once_and_a_full_disk_stops_nothing(tmp_path: Path) -> None:
    with pytest.raises(LLMasOSError, match="No such file"), open_log(tmp_path / "none" / "d.log", DaemonSection()):
        pass
    path = tmp_path / "d.log"
    with open_log(path, DaemonSection()) as write:
        write("before")
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard[1]))
        try:
            write("no room")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, hard)
        write("after")
    assert "after" in path.read_text()
