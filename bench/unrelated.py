"""Sixteen unrelated prompts of 512 tokens, 64 tokens out: until the last is done, against llama-server.

Nothing is shared, so all that counts is how prompts and decoding are laid into batches, and how KV lies. The peer is
the better of `-np 16` with and without `--kv-unified`.
"""

from __future__ import annotations

from typing import Any

import anyio
from llama_peer import Peers
from shared_prompt import compared
from workload import Agents

JOB = Agents(num=16, shared=0, own=512, said=64, seed=5)
TARGET = 1.0


def measure(peers: Peers) -> dict[str, Any]:
    """Seconds of both, and ours as a share of theirs."""
    return anyio.run(compared, peers, JOB, TARGET)
