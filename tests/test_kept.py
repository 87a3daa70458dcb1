"""scripts/kept.sh: what a long run said is kept with what it ran on, and its failure is nobody else's success."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "scripts" / "kept.sh"


def kept(file: Path, command: str) -> int:
    environment = {**os.environ, "LLMASOS_CRASH": "7"}
    return subprocess.run([SCRIPT, file, "sh", "-c", command], env=environment, capture_output=True).returncode


def test_the_newest_is_first_under_its_header_and_the_exit_status_is_the_command_s(tmp_path: Path) -> None:
    file = tmp_path / "results.txt"
    assert kept(file, "echo one") == 0
    assert kept(file, "echo two; echo why >&2; exit 3") == 3
    newest, oldest = file.read_text().split("\n\n")
    header, variables, *said = newest.splitlines()
    assert " UTC 20" in header and ", commit " in header and " load average " in header
    assert header.endswith("exit status 3") and "LLMASOS_CRASH=7" in variables and said == ["two", "why"]
    assert oldest.splitlines()[0].endswith("exit status 0") and oldest.splitlines()[2:] == ["one"]


def test_make_gives_no_long_run_to_a_pipe_that_swallows_its_failure() -> None:
    assert "| tee" not in (SCRIPT.parent.parent / "Makefile").read_text()
