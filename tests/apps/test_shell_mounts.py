"""mount, mounts and umount in the shell's own kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STRANGER = Path(__file__).parent.parent / "syscalls" / "mcp_stranger.py"


def test_the_shell_mounts_in_its_own_kernel(tmp_path: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    environment = {
        **clean,
        "LLMASOS_HOME": str(tmp_path / "home"),
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_LIMITS_TOKENS": "4",
        "LLMASOS_MODEL_WINDOW_TOKENS": "60000",
    }
    (tmp_path / "work").mkdir()
    lines = (
        f"mount mcp s --unsandboxed -- {sys.executable} {STRANGER}",
        "mounts",
        "mount the horse",
        "mount mcp s --net --unsandboxed -- true",
        "umount s",
        "mounts --json",
        "umount s",
    )
    done = subprocess.run(
        [sys.executable, "-m", "llmasos.apps.cli"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=tmp_path / "work",
        env=environment,
        timeout=100,
    )
    said = done.stdout.splitlines()
    assert said[0] == "s: 19 tools, for agents with --cap mcp:s", done.stderr
    assert any(line.split()[:4] == ["s", "19", "none", "idle"] for line in said)
    assert said[-1] == "[]"
    assert done.stderr.splitlines() == [
        "llmasos: limit reached: tokens (4)",  # a request
        "llmasos: --net is a sandbox with a network, --unsandboxed is none: say one of them",
        "llmasos: nothing is mounted as 's'; mounted: nothing",
    ]
