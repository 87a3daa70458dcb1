"""`make run` on a bare machine: one line of progress while it builds, one clear line when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
INSTALL = ROOT / "scripts" / "install.py"
PIP_SAYS = """\
Collecting anyio<5,>=4.16 (from llmasos==0.1.0)
  Building wheel for llama-cpp-python (pyproject.toml): started
  [3/150] Building C object vendor/llama.cpp/ggml/src/ggml.c.o
  [ 42%] Building CXX object llama.cpp
Installing collected packages: anyio
"""


def path_of(folder: Path, *tools: str) -> str:
    """A PATH with only these on it."""
    folder.mkdir()
    for tool in tools:
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    return str(folder)


def test_progress_is_read_from_what_pip_says() -> None:
    code = (
        f"import runpy; module = runpy.run_path({str(INSTALL)!r});"
        f"print('\\n'.join(module['stages'](iter({PIP_SAYS.splitlines(keepends=True)!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout.splitlines() == [
        "resolving anyio<5,>=4.16",
        "building llama-cpp-python",
        "building llama.cpp (once; some minutes): 3 of 150",
        "building llama.cpp (once; some minutes): 42%",
        "installing",
    ]


def test_a_missing_compiler_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to("/bin/false")
    done = subprocess.run(
        [sys.executable, str(INSTALL), str(tmp_path / "venv")],
        env={"PATH": path_of(tmp_path / "bin", "sh")},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("llmasos: no c++, no cc, no cmake") and done.stderr.count("\n") == 1


def checkout(folder: Path) -> Path:
    """The Makefile over an installation whose `llmasos` says what it was called with."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "scripts").mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "scripts/install.py"):
        shutil.copy(ROOT / name, folder / name)
    for name, text in (("python", ""), ("llmasos", 'printf "<%s>" "$@"')):
        (folder / ".venv" / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / ".venv" / "bin" / name).chmod(0o755)
    (folder / ".venv" / ".core").touch()
    return folder


def make(folder: Path, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ASK"}  # `make test` itself exports these
    return subprocess.run(
        ["make", *words],
        cwd=folder,
        env={**{key: value for key, value in os.environ.items() if key not in outer}, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("words", ["what is 17 times 23?", 'it\'s "so" $HOME $5 `id` $(id)'])
def test_make_run_asks_exactly_what_it_is_told(tmp_path: Path, words: str) -> None:
    folder = checkout(tmp_path)
    assert make(folder, "run", f"ASK={words}").stdout == f"<run><{words}>"
    assert make(folder, "run", ASK=words).stdout == f"<run><{words}>"


def test_make_run_without_a_terminal_answers_one_request(tmp_path: Path) -> None:
    folder = checkout(tmp_path)
    assert make(folder, "run").stdout == "<run><what can you do?>"
    assert make(folder, "run", stdin="what time is it?\n").stdout == "<run><what time is it?>"


def test_a_missing_python_is_one_line(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "checkout")
    shutil.rmtree(folder / ".venv")
    done = subprocess.run(
        [str(shutil.which("make")), "run"],
        cwd=folder,
        env={"PATH": path_of(tmp_path / "bin", "sh")},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith("llmasos: no Python 3.11 or newer with venv")
