"""The model of the jobs against llama.cpp's own programs: the shape of a 135M one, random weights, Q4_0.

Made at the first use (10 s) and kept in the machine's temporary directory: the same shape and seed give the same file,
and both sides read that one.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from llmasos.drivers.gguf_random import RandomShape, write_random

SHAPE = RandomShape(width=576, layers=30, heads=9, kv_heads=3, ffn=1536, window_tokens=8192, num_fillers=48_885)
NAME = "135M shape, random weights, vocabulary of 49,157, Q4_0"


def path() -> Path:
    file = Path(tempfile.gettempdir()) / "llmasos-bench" / "random-135m-q4_0.gguf"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        write_random(file, SHAPE, kind="q4_0")
    return file
