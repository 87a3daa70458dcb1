"""What `pmap` and `vmstat` print: a process's context segment by segment, and what a model's memory has done.

The engine goes on while they look: figures of one moment each, not all of the same one.
"""

from __future__ import annotations

from typing import Any

from llmasos.kernel.model import Model
from llmasos.kernel.process import Process


def segments(process: Process, model: Model | None) -> list[dict[str, Any]]:
    """One object a segment. `resident` and `swapped` are tokens of it whose KV is on the device, or in swap."""
    tokens = list(process.context.tokens)
    resident, swapped = model.engine.residency.held(process.pid, tokens) if model is not None else (0, 0)
    rows, start = [], 0
    for segment in process.context.segments:
        size = len(segment.tokens)
        rows.append(
            {
                "segment": segment.segment_id,
                "role": segment.role,
                "start": start,
                "tokens": size,
                "resident": _part(resident, start, size),
                "swapped": _part(swapped, start, size),
                "pinned": segment.pinned,
                "source": segment.labels.source,
                "trusted": segment.labels.trusted,
                "text": segment.text,
            }
        )
        start += size
    return rows


def rates(model: Model) -> dict[str, Any]:
    """Tokens, counts and bytes since the model was loaded."""
    found = model.engine.statistics()
    return {
        "model": model.name,
        "prefill_tokens": found.prefill_tokens,
        "cached_tokens": found.cached_tokens,
        "decode_tokens": found.decode_tokens,
        "forced_tokens": found.forced_tokens,
        "forks": found.forks,
        "evictions": found.evictions,
        "swap_outs": found.swap_outs,
        "swap_ins": found.swap_ins,
        "swap_drops": found.swap_drops,
        "swap_ram_bytes": found.swap_ram_bytes,
        "swap_disk_bytes": found.swap_disk_bytes,
        "free_cells": found.num_free_cells,
        "cells": model.driver.info.num_cells,
    }


def _part(held: int, start: int, size: int) -> int:
    """Tokens of a segment among the first `held` of its context."""
    return max(0, min(held - start, size))
