"""Quantises a GGUF with llama.cpp's own quantiser, in a process of its own: a crash in native code ends nothing else.

- `KINDS` are the types it makes, by llama.cpp's name; `kind_of("Q4_K_M")` finds one, or names the nearest.
- `quantize(source, target, kind, ...)` writes `target` or raises; what is half written is the caller's to take away.
- `matrices_of`, `fell_back` and `bits_per_weight` say of a header what became of its weights.

Types that need an importance matrix are refused by name: without one they are useless, and llama.cpp says so too.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import json
import math
import os
import select
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from llmasos.drivers.gguf import GGUFHeader, TensorInfo
from llmasos.drivers.gguf_types import FILE_TYPES, TENSOR_TYPES
from llmasos.drivers.liveness import Watch
from llmasos.drivers.worker_process import told
from llmasos.errors import DriverBroken, DriverError, StorageError, UsageError

MAIN = "llmasos.drivers.quantize_main"
FLOATS = frozenset({"f32", "f16", "bf16"})
TICK_S = 0.5
_LAST_WORDS = 300  # characters

# What needs an importance matrix, or is not made of any model (mxfp4_moe: of mixtures of experts).
NEEDS_MATRIX = frozenset({"iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq2_m", "q2_k_s", "iq3_xxs", "iq3_xs"})
KINDS = {name: number for number, name in FILE_TYPES.items() if name not in NEEDS_MATRIX | {"mxfp4_moe", "nvfp4"}}
_ALIASES = {"q3_k": "q3_k_m", "q4_k": "q4_k_m", "q5_k": "q5_k_m"}  # as llama-quantize has them
_BLOCKS = {name: (elements, num_bytes) for name, elements, num_bytes in TENSOR_TYPES.values()}

Progress = Callable[[int, int], None]  # tensors done, tensors in all


def kind_of(word: str) -> str:
    """A type by its name, in any case. Raises UsageError with the nearest name."""
    name = word.lower()
    name = _ALIASES.get(name, name)
    if name in KINDS:
        return name
    if name in NEEDS_MATRIX:
        raise UsageError(f"{name} needs an importance matrix, which llmasos does not make; without one: q2_k, iq3_s")
    near = difflib.get_close_matches(name, [*_ALIASES, *KINDS], 1, 0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"unknown type {word!r}; {hint}There are: {', '.join(KINDS)}")


def base_type(kind: str) -> str:
    """The tensor type that most of such a file is of: q4_k for q4_k_m."""
    return {"iq3_m": "iq3_s"}.get(kind) or (kind if kind in _BLOCKS else kind.rpartition("_")[0])


def block_of(kind: str) -> int:
    """How many weights stand together: a row has to be a multiple of it."""
    return _BLOCKS[base_type(kind)][0]


def matrices_of(header: GGUFHeader) -> list[TensorInfo]:
    """What is quantised: all that is no vector."""
    return [tensor for tensor in header.tensors if sum(side > 1 for side in tensor.shape) > 1]


def quantized_types(header: GGUFHeader) -> list[str]:
    """Types of the matrices that have lost precision already, commonest first."""
    found = Counter(tensor.type_name for tensor in matrices_of(header) if tensor.type_name not in FLOATS)
    return [name for name, _ in found.most_common()]


def smallest_bytes(header: GGUFHeader, kind: str) -> int:
    """What the result has at the least: llama.cpp gives some matrices a larger type than the kind's."""
    elements, num_bytes = _BLOCKS[base_type(kind)]
    names = {tensor.name for tensor in matrices_of(header)}
    changed = sum(tensor.num_elements for tensor in header.tensors if tensor.name in names)
    kept = sum(tensor.num_bytes for tensor in header.tensors if tensor.name not in names)
    return changed * num_bytes // elements + kept


def fell_back(header: GGUFHeader, kind: str) -> dict[str, int]:
    """Of a result: types of the matrices whose rows are no whole blocks of the kind, with how many there are."""
    odd = [t.type_name for t in matrices_of(header) if t.shape[0] % block_of(kind) and t.type_name != "f32"]
    return dict(Counter(odd).most_common())


def quantizer() -> str:
    """What does it, for a record: its name and version."""
    return f"llama.cpp (llama-cpp-python {importlib.metadata.version('llama-cpp-python')})"


def bits_per_weight(header: GGUFHeader) -> float:
    return 8 * sum(tensor.num_bytes for tensor in header.tensors) / header.num_parameters


def quantize(
    source: Path, target: Path, kind: str, *, threads: int, requantize: bool, progress: Progress | None = None
) -> None:
    """Write `target`. `requantize` lets a matrix that is quantised be quantised again. Blocks for minutes.

    Raises DriverError when llama.cpp refuses, DriverBroken when its process dies or hangs, StorageError.
    """
    order = {"source": str(source), "target": str(target), "kind": KINDS[kind], "threads": threads, "again": requantize}
    with _process(order) as (process, words):
        error = _followed(process, progress)
        code = process.wait()
        said = _last_line(words)
    if error is None and code:
        raise DriverBroken(f"llama.cpp's quantiser {told(code)}" + (f" ({said})" if said else ""))
    if error:
        raise _refusal(error, target)


@contextmanager
def _process(order: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """It ends with us, whatever becomes of us: its standard input closes then. ^C at the terminal is for us alone."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MAIN, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            start_new_session=True,
            env={**os.environ, "GGML_NO_BACKTRACE": "1"},
        )
        try:
            yield process, words
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _followed(process: subprocess.Popen[bytes], progress: Progress | None) -> str | None:
    """Its error, empty when it is done; None when it said neither. Raises DriverBroken when it stands still."""
    assert process.stdout is not None
    watch = Watch(process.pid, math.inf, TICK_S)
    for line in _lines(process.stdout.fileno(), watch):
        said = json.loads(line)
        if "error" in said:
            return str(said["error"])
        if progress is not None:
            progress(said["tensor"], said["of"])
    return None


def _lines(descriptor: int, watch: Watch) -> Iterator[bytes]:
    buffer = b""
    while True:
        while not select.select([descriptor], [], [], TICK_S)[0]:
            if reason := watch.check():
                raise DriverBroken(f"llama.cpp's quantiser {reason}")
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return
        *lines, buffer = (buffer + chunk).split(b"\n")
        yield from lines


def _last_line(words: IO[bytes]) -> str:
    words.seek(0)
    lines = [line.strip() for line in words.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:_LAST_WORDS] if lines else ""


def _refusal(error: str, target: Path) -> DriverError | StorageError:
    if "iostream error" in error:  # all that C++ says of a write that failed
        return StorageError(f"llama.cpp could not write to {target.parent}: is the disk full?")
    return DriverError(f"llama.cpp does not quantise it: {error}")
