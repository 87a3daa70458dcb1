"""Whether an app loads, and what it asks for: its code is run, in a process of its own that may hang or die.

- `check(folder)` starts one and waits for it, `CHECK_S` at most; it gives what `asks` of llmasos/app_file.py does.
- `python -m llmasos.apps.app_check FOLDER ANSWER` is that process: it writes the answer, or its error, to a file.
- What the code prints meanwhile is nobody's.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from llmasos.app_content import MAIN
from llmasos.app_file import check_words
from llmasos.errors import AppDamaged, LLMasOSError, UsageError

CHECK_S = 30.0
MAX_ANSWER_BYTES = 1 << 20


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    effect: str
    capability: str


class _Answer(BaseModel):
    """As `asks` has it; whoever wrote it ran code of the app's."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = ""
    capabilities: list[str] | None = None
    calls: list[_Call] = []
    error: str | None = None
    fails: bool = False  # its code, and not what it says


def check(folder: Path, answer: Path, source: Path, seconds: float = CHECK_S) -> dict[str, Any]:
    """What the app in a folder asks for. `source` is what it is called. Raises UsageError, LLMasOSError."""
    command = [sys.executable, "-P", "-m", "llmasos.apps.app_check", str(folder), str(answer)]
    child = subprocess.Popen(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise LLMasOSError(f"{source} does not load within {seconds:g} s") from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # whatever it has started too
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return _read(answer, source, code)


def _read(answer: Path, source: Path, code: int) -> dict[str, Any]:
    try:
        descriptor = os.open(answer, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            found = _Answer.model_validate_json(file.read(MAX_ANSWER_BYTES + 1))
    except (OSError, ValueError):
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with {code}"
        raise LLMasOSError(f"{source} does not load: the process that ran its code ended {how}") from None
    if found.error is not None:
        raise (AppDamaged if found.fails else UsageError)(_named(found.error, source))
    wants = found.model_dump(exclude={"error", "fails"})
    check_words(wants)
    return wants


def _named(error: str, source: Path) -> str:
    """A file was copied as app.py, and is called what its owner calls it."""
    return error.replace(MAIN, source.name, 1) if source.is_file() else error


def main(folder: Path, answer: Path) -> None:
    """The process: it ends here, whatever threads the app has begun."""
    from llmasos.app_file import app_of, asks
    from llmasos.boot import builtin_names

    try:
        found = asks(app_of(folder / MAIN, "llmasos_app_checked"), builtin_names())
    except LLMasOSError as error:
        fails = "does not load" in str(error) and not isinstance(error.__cause__, LLMasOSError | None)
        found = {"error": str(error).replace(f"{folder}/", ""), "fails": fails}
    answer.write_text(json.dumps(found), "utf-8")
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
