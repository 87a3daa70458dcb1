"""llama.cpp's low-level API: imported cheaply, kept quiet, and opened with checked parameters.

- `library()` is the module of ctypes bindings, imported once; DriverNotInstalled when it is not there.
- `last_error()` is the last line that llama.cpp logged as an error; everything else it says is dropped.
- `open_model` and `open_context` return handles, never null.
- `StopFlag` stops a computation from any thread.
- It does not know sequences, batches or tokens.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import importlib.util
import os
import sys
import threading
from pathlib import Path
from typing import Any

from llmasos.errors import DriverBroken, DriverError, DriverNotInstalled, ModelDamaged

PIP_LINE = "pip install llama-cpp-python==0.3.36"
SPINS = "5000"
_LOADING = threading.Lock()
_LEVEL_WARN, _LEVEL_ERROR = 3, 4
_errors: list[str] = []  # the last error lines, oldest first


class StepInterrupted(DriverError):
    """`interrupt()` stopped the step; nothing was changed."""


def set_waiting() -> None:
    """How threads wait for each other, for OpenMP to read when it is loaded.

    A step has hundreds of barriers. To spin at each until all are there costs 44 ms a token on a busy machine; to sleep
    at once is to be woken late at each: a quiet machine decodes one row of a 135M model at 30 tokens/s, and at 130
    where threads spin for some 50 microseconds first. Where a process has more threads than processors GNU's library
    spins a fifth of that, and not at all unless the policy is "active"; other libraries spin for ever then.
    """
    if sys.platform.startswith("linux"):
        if "OMP_WAIT_POLICY" not in os.environ:
            os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
        os.environ.setdefault("OMP_WAIT_POLICY", "ACTIVE")
    else:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@functools.cache
def library() -> Any:
    """The bindings, `llama_cpp.llama_cpp`, with native logging captured. Raises DriverNotInstalled."""
    with _LOADING:  # two models may be loaded at once, and a cache lets both threads in
        return _library()


@functools.cache
def _library() -> Any:
    set_waiting()
    try:
        bindings: Any = _import_bindings()
    except (ImportError, OSError, RuntimeError) as error:
        raise DriverNotInstalled(f"llama.cpp cannot be loaded ({error}); {PIP_LINE}") from error
    callback = bindings.llama_log_callback(_on_log)
    bindings.llama_log_set(callback, None)
    bindings.llama_backend_init()
    _KEPT.append(callback)
    return bindings


_KEPT: list[object] = []  # what native code points to, for as long as the interpreter lives


def _import_bindings() -> Any:
    """Import the submodule without running the package's `__init__`.

    That one imports the whole high-level API (jinja2, diskcache, chat formats) and doubles the cost of a start.
    """
    if "llama_cpp" in sys.modules:
        return importlib.import_module("llama_cpp.llama_cpp")
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None:
        raise ImportError("no module named llama_cpp")
    sys.modules["llama_cpp"] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    finally:
        del sys.modules["llama_cpp"]  # so that a later `import llama_cpp` gets the real package


def _on_log(level: int, text: bytes, _: object) -> None:
    if level == _LEVEL_ERROR and text:
        _errors.append(text.decode(errors="replace").strip())
        del _errors[:-8]


def last_error() -> str:
    return _errors[-1] if _errors else "no reason given"


def _first_error() -> str:
    """The cause: what follows it in the log only says that something failed."""
    return _errors[0].removeprefix("llama_model_load: ") if _errors else "no reason given"


class StopFlag:
    """Makes llama.cpp leave a computation at its next node.

    llama.cpp calls `flag(data)` for every node of the graph. A Python callback would take the GIL each time,
    hundreds of times a token; C's own `strlen` over a string that is empty or not is the same question for free.
    """

    def __init__(self) -> None:
        self._text = ctypes.create_string_buffer(2)

    def set(self) -> None:
        self._text[0] = b"x"

    def clear(self) -> None:
        self._text[0] = b"\0"

    @property
    def is_set(self) -> bool:
        return self._text[0] != b"\0"

    def attach(self, context: int) -> None:
        api = library()
        strlen = ctypes.cast(ctypes.CDLL(None).strlen, api.ggml_abort_callback)
        api.llama_set_abort_callback(context, strlen, ctypes.cast(self._text, ctypes.c_void_p))


# GCC before 14 drops the stores behind _tile_loadconfig, so that llama.cpp built by it with AMX loads a wrong tile
# configuration and dies of SIGSEGV in its first matrix product (seen with GCC 12.2, a Xeon with AMX). A library cannot
# be asked what built it: its AMX kernels, which are extra buffer types, are left alone. That would cost repacking too,
# were it not asked for by name (`llama_repack.py`).
_AMX = b"AMX_INT8 = 1"


def avoids_amx() -> bool:
    """Whether this build has AMX kernels, which are not used."""
    return _AMX in library().llama_print_system_info()


def model_params() -> Any:
    """llama.cpp's defaults for loading a model, less what crashes."""
    api = library()
    params = api.llama_model_default_params()
    params.use_extra_bufts = not avoids_amx()
    return params


def open_model(path: Path, gpu_layers: int, *, vocab_only: bool = False, overrides: Any = None) -> int:
    """A model's handle; its vocabulary's, if that is all. Raises ModelDamaged with the loader's last words.

    `overrides` names tensors and the buffer types they go to (`llama_repack.py`).
    """
    api = library()
    params = model_params()
    params.n_gpu_layers = gpu_layers
    params.vocab_only = vocab_only
    if overrides is not None:
        params.tensor_buft_overrides = ctypes.cast(overrides, ctypes.c_void_p)
    _errors.clear()
    model = api.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        raise ModelDamaged(f"{path}: llama.cpp cannot load it: {_first_error()}")
    return int(model)


def open_context(model: int, **values: int | bool) -> int:
    """A context's handle, with llama.cpp's default for every parameter that is not named."""
    api = library()
    params = api.llama_context_default_params()
    for name, value in values.items():
        setattr(params, name, value)
    _errors.clear()
    context = api.llama_init_from_model(model, params)
    if not context:
        raise DriverBroken(f"llama.cpp cannot make a context of {values['n_ctx']} tokens: {_first_error()}")
    return int(context)


def available_cores() -> int:
    """Cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
