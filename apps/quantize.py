"""`quantize M Q`: another model of the same weights in fewer bits, by llama.cpp's own quantiser.

- The source is checked first: its header, its SHA-256 where one was taken, whether it is quantised already.
- The work is in a process of its own (drivers/quantize.py). The result is a model whole, or nothing.
- What it cost is said: sizes, bits a weight, and the matrices whose rows are no whole blocks of the type.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from llmasos.apps.models import by_name, facts
from llmasos.apps.progress import progress, size_text
from llmasos.boot import catalog
from llmasos.config import load_config
from llmasos.drivers import gguf
from llmasos.drivers.catalog import ModelEntry, Origin
from llmasos.drivers.gguf import GGUFHeader
from llmasos.drivers.llama_native import available_cores
from llmasos.drivers.model_files import sha256_of
from llmasos.drivers.quantize import (
    FLOATS,
    KINDS,
    bits_per_weight,
    block_of,
    fell_back,
    kind_of,
    quantize,
    quantized_types,
    quantizer,
    smallest_bytes,
)
from llmasos.errors import UsageError


@dataclass(frozen=True, slots=True)
class Result:
    """A model and what it was made of."""

    before: ModelEntry
    after: ModelEntry
    kind: str
    bits_before: float
    bits_after: float
    fallbacks: dict[str, int]


def quantize_model(name: str, word: str, new_name: str | None, *, requantize: bool, as_json: bool) -> None:
    """Raises ModelNotFound, ModelDamaged, UsageError, StorageError, DriverError, DriverBroken."""
    by_name(name, "quantize")
    if name.lower() in KINDS and word in catalog(load_config().home).names():
        raise UsageError(f"the model comes first: llmasos quantize {word} {name}")
    kind = kind_of(word)
    result = _quantized(name, kind, new_name or f"{name}-{kind}", requantize)
    print(json.dumps(_document(result), ensure_ascii=False) if as_json else _line(result))
    if result.fallbacks:
        print(f"llmasos: {_fallback_line(result)}", file=sys.stderr)


def _quantized(name: str, kind: str, new_name: str, requantize: bool) -> Result:
    config = load_config()
    store = catalog(config.home)
    store.show(name)
    store.free(new_name)
    with progress("reading") as show:
        before = store.verify(name, progress=show)
        sha256 = before.sha256 or sha256_of(before.path, show)
    header = gguf.check(before.path)
    _check_source(name, header, kind, requantize)
    origin = Origin(name, "", sha256, header.quantization, quantizer())
    with store.room_for(new_name, smallest_bytes(header, kind)) as file:
        with progress("quantising", lambda count: f"{count} tensors") as show:
            threads = config.model.threads or available_cores()
            quantize(before.path, file, kind, threads=threads, requantize=requantize, progress=show)
        after = store.adopt(file, new_name, origin)
    made = gguf.check(after.path)
    return Result(before, after, kind, bits_per_weight(header), bits_per_weight(made), fell_back(made, kind))


def _check_source(name: str, header: GGUFHeader, kind: str, requantize: bool) -> None:
    """Raises UsageError for a source that would lose, or gain nothing, unless that is wanted."""
    was = header.quantization
    if was == kind:
        raise UsageError(f"{name} is {kind} already")
    if not quantized_types(header):
        return
    if not requantize:
        raise UsageError(f"{name} is {was} already: {_cost(header, kind)}. --requantize does it all the same")
    print(f"llmasos: {name} is {was}: {_cost(header, kind)}", file=sys.stderr)


def _cost(header: GGUFHeader, kind: str) -> str:
    if kind in FLOATS or smallest_bytes(header, kind) >= sum(tensor.num_bytes for tensor in header.tensors):
        return f"{kind} makes it larger and brings nothing back"
    return f"{kind} of that adds its losses to those there are, where {kind} of f16 weights has only its own"


def _document(result: Result) -> dict[str, Any]:
    return {
        **facts(result.after),
        "bits_per_weight": round(result.bits_after, 3),
        "source_bytes": result.before.bytes,
        "source_bits_per_weight": round(result.bits_before, 3),
        "fallbacks": result.fallbacks,
    }


def _line(result: Result) -> str:
    before, after = result.before, result.after
    return (
        f"{before.name} {before.quantization} {size_text(before.bytes)} ({result.bits_before:.2f} bits a weight)"
        f" -> {after.name} {size_text(after.bytes)} ({result.bits_after:.2f}): llmasos use {after.name}"
    )


def _fallback_line(result: Result) -> str:
    kinds = ", ".join(f"{count} as {name}" for name, count in result.fallbacks.items())
    number = sum(result.fallbacks.values())
    return f"{number} matrices have rows that {block_of(result.kind)} does not divide, as {result.kind} needs: {kinds}"
