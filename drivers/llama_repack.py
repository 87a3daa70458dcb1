"""Weights laid out for wide instructions on machines where llama.cpp's own choice of layout is barred.

llama.cpp chooses among extra buffer types: AMX tiles, and rows interleaved for AVX ("repack"). Where AMX may be
miscompiled (`llama_native.py`) the choice as a whole is off, and with it repacking, which is sound. Here the tensors
that it is for are named one by one instead.

- `overrides(header)` is what `llama_model_params.tensor_buft_overrides` points to; None where there is nothing to name.
- Only matrices that a block multiplies by, of a type and a size that `ggml_repack_get_optimal_repack_type` has a
  layout for on x86: a tensor without one would be an abort.

Measured (135M shape, Q4_0, two cores, processor time): prompts 1.35 to 1.5 times as fast, decoding 1.1 (one row) to 1.3
(16 rows).
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

from llmasos.drivers.gguf import GGUFHeader, TensorInfo
from llmasos.drivers.llama_native import avoids_amx, library

_MATRIX = re.compile(r"blk\.(\d+)\.((?:attn_(?:q|k|v|qkv|output)|ffn_(?:gate|up|down))\.weight)")
_TYPES = frozenset(("q4_0", "q4_k"))
_INTERLEAVED = 8  # rows
_CPU = 0  # GGML_BACKEND_DEVICE_TYPE_CPU


class _Override(ctypes.Structure):
    """llama_model_tensor_buft_override."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buft", ctypes.c_void_p))


def overrides(header: GGUFHeader) -> ctypes.Array[_Override] | None:
    """A native list that ends with an empty entry; to be kept until the model is loaded."""
    patterns = _patterns(header) if avoids_amx() else []
    buffer_type = _repack_type() if patterns else None
    if buffer_type is None:
        return None
    entries = [_Override(pattern.encode(), buffer_type) for pattern in patterns]
    return (_Override * (len(entries) + 1))(*entries, _Override(None, None))


def _patterns(header: GGUFHeader) -> list[str]:
    """One for each kind of matrix: llama.cpp compiles all of them for every tensor."""
    blocks: dict[str, list[str]] = {}
    for tensor in header.tensors:
        match = _MATRIX.fullmatch(tensor.name)
        if match is not None and _has_layout(tensor):
            blocks.setdefault(match[2], []).append(match[1])
    return [rf"^blk\.({'|'.join(numbers)})\.{re.escape(name)}$" for name, numbers in blocks.items()]


def _has_layout(tensor: TensorInfo) -> bool:
    return tensor.type_name in _TYPES and len(tensor.shape) == 2 and tensor.shape[1] % _INTERLEAVED == 0


def _repack_type() -> int | None:
    """The address of the buffer type, as the processor's backend lists it; None in a build without it."""
    ggml = library()._lib
    try:
        device = _native(ggml, "ggml_backend_dev_by_type", ctypes.c_int)(_CPU)
        registry = _native(ggml, "ggml_backend_dev_backend_reg", ctypes.c_void_p)(device)
        find = _native(ggml, "ggml_backend_reg_get_proc_address", ctypes.c_void_p, ctypes.c_char_p)
        address = find(registry, b"ggml_backend_dev_get_extra_bufts")
        name_of = _native(ggml, "ggml_backend_buft_name", ctypes.c_void_p, result=ctypes.c_char_p)
    except AttributeError:
        return None
    if not address:
        return None
    listed = ctypes.CFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)(address)(device)
    index = 0
    while listed and (buffer_type := listed[index]):
        if name_of(buffer_type) == b"CPU_REPACK":
            return int(buffer_type)
        index += 1
    return None


def _native(ggml: Any, name: str, *arguments: Any, result: Any = ctypes.c_void_p) -> Any:
    return ctypes.CFUNCTYPE(result, *arguments)((name, ggml))
