"""Standard streams as users close and redirect them: nothing of it is a bug to be logged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = f"{sys.executable} -m llmasos.apps.cli"


def shell(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LLMASOS_")}
    here = {"LLMASOS_HOME": str(home), "LLMASOS_MODEL_DRIVER": "sim", "LLMASOS_SECURITY_CAPABILITIES": "clock"}
    done = subprocess.run(
        ["sh", "-c", f"{PROGRAM} {line}"], capture_output=True, text=True, env={**clean, **here}, timeout=60
    )
    assert "Traceback" not in done.stderr and not (home / "errors.log").exists()
    return done


@pytest.mark.parametrize("words", ["version", "--help", "run --help", "models", "config keys", "run hello"])
def test_a_full_disk_behind_standard_output_is_said(words: str, tmp_path: Path) -> None:
    done = shell(f"{words} >/dev/full </dev/null", tmp_path)
    assert (done.returncode, done.stderr) == (1, "llmasos: standard output: No space left on device\n")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        *[("version >&-", 0), ("version 2>&-", 0), ("nonsense 2>&-", 2), ("version <&- >&- 2>&-", 0)],
        ("ps -a <&- >&-", 0),
    ],
)
def test_a_closed_stream_is_nobodys_file(line: str, code: int, tmp_path: Path) -> None:
    done = shell(line, tmp_path)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("run --nope", "see llmasos run --help"),
        ("cluster logs --nope", "see llmasos cluster logs --help"),
        ("data nope", "see llmasos data --help"),
        ("--nope", "see llmasos --help"),
    ],
)
def test_whose_help_says_more_is_said(words: str, hint: str, tmp_path: Path) -> None:
    done = shell(words, tmp_path)
    assert done.returncode == 2 and done.stderr.endswith(f"; {hint}\n")
