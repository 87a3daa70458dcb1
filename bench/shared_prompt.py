"""Sixteen agents that share a system prompt of 1,024 tokens, speak, wait for a tool and go on: against llama-server.

Each has 64 tokens of its own and 4 turns of 24; between them a tool takes 0.2 to 1 s and answers 96 tokens. The peer is
the better of `-np 16` with and without `--kv-unified`, with as many KV cells as ours. `prefill_over_unique` is our own
counter over what cannot be avoided. Seconds of processor are there too, since a shared machine's clock says little.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import anyio
import llama_peer
import model_135m
from llama_peer import Peers
from workload import Agents, kernel, run_ours, run_theirs, token_ids, warm_up

JOB = Agents(num=16, shared=1024, own=64, turns=4)
TARGET = 0.4


def measure(peers: Peers) -> dict[str, Any]:
    """Seconds of both, ours as a share of theirs; the prefill of ours over the unique tokens."""
    return anyio.run(compared, peers, JOB, TARGET)


async def compared(peers: Peers, job: Agents, target: float) -> dict[str, Any]:
    mine, ids = await ours(job, room_for=job.num)
    row = {**mine, **(await theirs(peers, job, ids, mine, target))}
    name = f"{job.num} agents, {job.shared} shared" if job.shared else f"{job.num} x {job.own} in, {job.said} out"
    return {"model": model_135m.NAME, "peer": llama_peer.named(peers.server, "llama-server"), "rows": {name: row}}


async def ours(job: Agents, *, room_for: int) -> tuple[dict[str, float], Mapping[str, int]]:
    """Seconds and counters, and the tokens of the letters."""
    window = job.window + 8
    async with kernel(rows=room_for, cells=room_for * window, window=window) as booted:
        await warm_up(booted)
        engine = booted.models["135m"].engine
        before, cpu = engine.statistics(), time.process_time()
        seconds = await run_ours(booted, job)
        cpu, after = time.process_time() - cpu, engine.statistics()
        inside, busy = after.driver_seconds - before.driver_seconds, after.busy_seconds - before.busy_seconds
        row = {
            "llmasos_s": round(seconds, 2),
            "llmasos_cpu_s": round(cpu, 2),
            "prefill_over_unique": round((after.prefill_tokens - before.prefill_tokens) / job.unique, 3),
            "swap_ins": after.swap_ins - before.swap_ins,
            "python_share": round(1 - inside / busy, 3),
        }
        return row, token_ids(booted)


async def theirs(
    peers: Peers, job: Agents, ids: Mapping[str, int], row: Mapping[str, float], target: float
) -> dict[str, float | str]:
    """Seconds of llama-server in both of its layouts, and ours as a share of the better; nothing without it."""
    if peers.server is None:
        return {}
    best, cpu, prefill = math.inf, math.inf, 0
    found = {}
    for name in peers.layouts:
        serving = llama_peer.serving(
            peers.server, model_135m.path(), slots=job.num, window=job.window + 8, unified=name == "unified"
        )
        found[f"peer_{name}_s"] = f"over {best:.1f}"
        async with serving as server:
            used = server.cpu_seconds
            with anyio.move_on_after(best):  # who is slower than the other need not end
                seconds = await run_theirs(server, job, ids)
                found[f"peer_{name}_s"] = f"{seconds:.2f}"
                best, cpu, prefill = seconds, server.cpu_seconds - used, server.prefill_tokens
    return {
        **found,
        "peer_cpu_s": round(cpu, 2),
        "peer_prefill_tokens": prefill,
        "ratio": round(row["llmasos_s"] / best, 3),
        "cpu_ratio": round(row["llmasos_cpu_s"] / cpu, 3),
        "target": target,
    }
