"""The process that a model is quantised in: `python -m llmasos.drivers.quantize_main ORDER`, from quantize.py.

- ORDER is JSON: source, target, kind (llama.cpp's number), threads, again (whether to quantise what is quantised).
- It prints a JSON document a line: how many tensors are done, then an error, which is empty when all went well.
- It ends when its standard input closes, which is when its parent ends, and takes its unfinished file along.
- When memory is short the system takes this process first.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import sys
import threading
from pathlib import Path
from typing import Any

from llmasos.drivers.llama_native import library
from llmasos.errors import DriverNotInstalled

SACRIFICE = 500  # of oom_score_adj's 1000
_LEVEL_ERROR = 4
_TENSOR = re.compile(r"\[ *(\d+)/ *(\d+)\]")  # as it begins each tensor


class Log:
    """What llama.cpp says while it works: its count becomes ours, and its last error is kept."""

    def __init__(self) -> None:
        self.error = ""

    def __call__(self, level: int, text: bytes, _: object) -> None:
        line = text.decode(errors="replace").strip()
        if level >= _LEVEL_ERROR and line:
            self.error = line.rpartition("failed to quantize: ")[2]
        elif found := _TENSOR.match(line):
            say(tensor=int(found[1]) - 1, of=int(found[2]))


def say(**document: int | str) -> None:
    print(json.dumps(document), flush=True)


def quantize(source: str, target: str, kind: int, threads: int, again: bool) -> str:
    """Why it failed; empty when it did not."""
    api: Any = library()
    log = Log()
    callback = api.llama_log_callback(log)
    api.llama_log_set(callback, None)
    params = api.llama_model_quantize_default_params()
    params.ftype, params.nthread, params.allow_requantize = kind, threads, again
    if api.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.byref(params)):
        return log.error or "no reason given"
    return ""


def follow(target: str) -> None:
    """End with the parent, whatever native code is at."""
    while os.read(0, 1):
        pass
    Path(target).unlink(missing_ok=True)
    os._exit(1)


def main() -> None:
    order = json.loads(sys.argv[1])
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(SACRIFICE))
    threading.Thread(target=follow, args=(order["target"],), daemon=True).start()
    try:
        error = quantize(**order)
    except DriverNotInstalled as missing:
        error = str(missing)
    say(error=error)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
