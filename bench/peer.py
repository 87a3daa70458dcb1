"""The peer of several benchmarks: one high-level `llama_cpp.Llama`, which serves one request at a time."""

from __future__ import annotations

from typing import Any

from llmasos.boot import embedded_nano
from llmasos.drivers import llama_native


def high_level(window_tokens: int) -> Any:
    """nano in it, loaded with the same kernels as ours: its defaults crash on some machines (llama_native.py)."""
    import llama_cpp

    params = llama_native.model_params()
    llama_cpp.llama_cpp.llama_model_default_params = lambda: params
    return llama_cpp.Llama(str(embedded_nano()), n_ctx=window_tokens, verbose=False)
