"""What is killed here starts as an installed one does."""

from __future__ import annotations

import compileall
from pathlib import Path

import pytest

ROOMS = ("llmasos", "kernel", "syscalls", "memory", "drivers", "apps", "models")


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """pip compiles what it installs. A source tree that may write no bytecode would be compiled at every start."""
    root = Path(__file__).parent.parent.parent
    for room in ROOMS:
        compileall.compile_dir(root / room, quiet=1)
