"""What tests of commands share: a command line that runs in this process, with a folder and a state directory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from llmasos.apps.cli import execute


class Done(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """`command("show", "nano")`: its exit code, stdout and stderr. Work is in tmp_path/work, state in tmp_path/home."""
    for key in list(os.environ):
        if key.startswith(("LLMASOS_", "XDG_", "HF_")):
            monkeypatch.delenv(key)
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path / "work")
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)

        def run(*args: str) -> Done:
            code = execute(list(args))
            return Done(code, *capsys.readouterr())

        yield run


def is_one_line(text: str) -> bool:
    return text.startswith("llmasos: ") and text.count("\n") == 1 and text.endswith("\n")


def on_a_small_disk(line: list[str]) -> list[str]:
    """The same command where no file can get larger than 5 MB: writes fail as on a disk that is full."""
    return ["bash", "-c", 'ulimit -f 4882; exec "$@"', "bash", *line]
