"""What `pmap` and `vmstat` print: a process's context segment by segment, and what a model's memory has done.

The engine goes on while they look: figures of one moment each, not all of the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmasos.kernel.model import Model
from llmasos.kernel.process import Process
from llmasos.memory.page_table import Page
from llmasos.memory.pager import Pager
from llmasos.memory.prefix import Held
from llmasos.memory.segment import Labels


def segments(process: Process, model: Model | None, pager: Pager | None = None) -> list[dict[str, Any]]:
    """One object a segment in the window, then one a page that is only in the archive.

    `resident` and `swapped` are tokens of it whose KV is on the device, or in swap; `shared` those on the device that
    another context there begins with, too; `turn` and `last_use` are turns; `left` is when a page was archived, seconds
    since the epoch; `source` of a page has that of each of its messages.
    """
    tokens = list(process.context.tokens)
    held = model.engine.residency.held(process.pid, tokens) if model is not None else Held()
    pages = list(pager.table.pages.values()) if pager is not None else []
    page_of = {message["content"]: page for page in pages if page.resident for message in page.messages}
    rows: list[dict[str, Any]] = []
    start, page = 0, None
    for segment in process.context.segments:
        generated = segment.role in ("assistant", "tool")  # spelled otherwise than its message
        behind: Page | None = page if generated else None
        size, page = len(segment.tokens), page_of.get(segment.text, behind)
        part = Held(*(_part(tokens_held, start, size) for tokens_held in held))
        rows.append(_row(segment.segment_id, segment.role, start, size, part, segment.text, segment.labels, page))
        start += size
    rows += [
        _row(None, page.messages[0]["role"], None, page.num_tokens, Held(), page.text, page.labels, page)
        for page in pages
        if not page.resident
    ]
    return rows


def _row(
    segment_id: int | None,
    role: str,
    start: int | None,
    size: int,
    held: Held,
    text: str,
    labels: Labels,
    page: Page | None,
) -> dict[str, Any]:
    return {
        "segment": segment_id,
        "page": page.page_id if page else None,
        "role": role,
        "start": start,
        "tokens": size,
        "resident": held.resident,
        "swapped": held.swapped,
        "shared": held.shared,
        "archived": start is None,
        "pinned": page.pinned if page else False,
        "turn": (page.turn or None) if page else None,
        "last_use": page.last_use if page else None,
        "left": page.left if page else None,
        "source": labels.source,
        "trusted": labels.trusted,
        "text": text,
    }


def rates(model: Model, pages: Mapping[str, int]) -> dict[str, Any]:
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
        "page_faults": pages.get("page_faults", 0),
        "page_outs": pages.get("page_outs", 0),
        "swap_outs": found.swap_outs,
        "swap_ins": found.swap_ins,
        "swap_drops": found.swap_drops,
        "swap_ram_bytes": found.swap_ram_bytes,
        "swap_disk_bytes": found.swap_disk_bytes,
        "saves": found.saves,
        "restores": found.restores,
        "free_cells": found.num_free_cells,
        "cells": model.driver.info.num_cells,
    }


def _part(held: int, start: int, size: int) -> int:
    """Tokens of a segment among the first `held` of its context."""
    return max(0, min(held - start, size))
