"""The job of shared_prompt.py with a system prompt of 4,096 tokens."""

from __future__ import annotations

from typing import Any

import anyio
from llama_peer import Peers
from shared_prompt import compared
from workload import Agents

JOB = Agents(num=16, shared=4096, own=64, turns=4)
TARGET = 0.22


def measure(peers: Peers) -> dict[str, Any]:
    """Seconds of both, ours as a share of theirs; the prefill of ours over the unique tokens."""
    return anyio.run(compared, peers, JOB, TARGET)
