"""Install llmasos into a virtual environment, with one line of progress for the minutes that llama.cpp takes to build.

    python scripts/install.py .venv [EXTRA]

- Plain pip under the constraints; what pip says goes to VENV/install.log.
- Says in one line what is missing (a compiler, CMake) before it begins, and what went wrong if it fails.
- Runs on the interpreter of the machine: standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

NEEDED = {"c++": ("c++", "g++", "clang++"), "cc": ("cc", "gcc", "clang"), "cmake": ("cmake",)}
REMEDY = "apt-get install build-essential cmake, dnf install gcc-c++ cmake, or xcode-select --install"
BUILT = re.compile(r"\[\s*(\d+)(?:/(\d+)|%)\]")
LINE_SECONDS = 15.0  # between lines where the output is no terminal


def fail(message: str) -> int:
    print(f"llmasos: {message}", file=sys.stderr)
    return 2


def missing() -> list[str]:
    """The tools that building llama.cpp needs and this machine lacks."""
    if os.environ.get("CC") and os.environ.get("CXX"):
        return [] if shutil.which("cmake") else ["cmake"]
    return [name for name, found in NEEDED.items() if not any(map(shutil.which, found))]


def has_llama_cpp(python: Path) -> bool:
    return subprocess.run([python, "-c", "import llama_cpp"], capture_output=True).returncode == 0


def stages(lines: Iterator[str]) -> Iterator[str]:
    """What pip is at, from what it prints."""
    for line in lines:
        if match := BUILT.search(line):
            done, total = match.groups()
            yield (
                f"building llama.cpp (once; some minutes): {done} of {total}"
                if total
                else (f"building llama.cpp (once; some minutes): {done}%")
            )
        elif line.startswith(("Collecting ", "  Collecting ")):
            yield f"resolving {line.split()[1]}"
        elif line.strip().startswith("Building wheel for "):
            yield f"building {line.split()[3]}"
        elif line.startswith("Installing collected packages"):
            yield "installing"


def show(stage: str, began: float, *, live: bool) -> None:
    text = f"llmasos: {stage} ({time.monotonic() - began:.0f} s)"
    print(f"\r\x1b[K{text[:100]}" if live else text, end="" if live else "\n", flush=True)


def install(python: Path, what: str, log: Path) -> int:
    """Run pip, showing where it is; its exit status."""
    command = [python, "-m", "pip", "install", "-v", "--no-input", "-c", "constraints.txt", "-e", what]
    environment = {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    began, shown, live = time.monotonic(), 0.0, sys.stdout.isatty()
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            command,
            env={**environment, **os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as pip,
    ):
        assert pip.stdout is not None

        def kept() -> Iterator[str]:
            for line in pip.stdout or ():
                out.write(line)
                yield line

        for stage in stages(kept()):
            if time.monotonic() - shown > (0.1 if live else LINE_SECONDS):
                shown = time.monotonic()
                show(stage, began, live=live)
    print("\r\x1b[K" if live else "", end="")
    return pip.returncode


def last_error(log: Path) -> str:
    """The line of pip's log that says most."""
    lines = [line.strip() for line in log.read_text("utf-8", errors="replace").splitlines()]
    errors = [line for line in lines if line.lower().startswith("error") or "CMake Error" in line]
    return errors[-1] if errors else lines[-1] if lines else "pip said nothing"


def main(argv: list[str]) -> int:
    venv, extra = Path(argv[0]), argv[1] if len(argv) > 1 else ""
    python, log = venv / "bin" / "python", venv / "install.log"
    if not has_llama_cpp(python) and (lacking := missing()):
        return fail(f"no {', no '.join(lacking)} to build llama.cpp with: {REMEDY}")
    what = f".[embed,{extra}]" if extra else ".[embed]"
    try:
        code = install(python, what, log)
    except KeyboardInterrupt:
        return 130
    if code:
        return fail(f"installation failed: {last_error(log)} (all of it: {log})")
    return fetch_embedding(venv)


def fetch_embedding(venv: Path) -> int:
    """The sentence model that remembered texts are found by; a machine without a network does without it."""
    if subprocess.run([venv / "bin" / "llmasos", "pull", "minilm"], stdout=subprocess.DEVNULL).returncode:
        print("llmasos: going on without it: texts are found by their words only; llmasos pull minilm tries again")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
