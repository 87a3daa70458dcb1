"""Capabilities: what a process may do, as words that can only shrink from parent to child.

A bare word covers its parts: `files` covers `files:read`. `*` covers all; only init and who boots a kernel hold it.
"""

from __future__ import annotations

ALL = "*"


def holds(capabilities: frozenset[str], needed: str) -> bool:
    """Whether a set of capabilities covers one."""
    parts = needed.split(":")
    return ALL in capabilities or any(":".join(parts[: n + 1]) in capabilities for n in range(len(parts)))


def narrowed(wanted: frozenset[str], held: frozenset[str]) -> frozenset[str]:
    """What of `wanted` is held, and where only parts of one are held, those parts."""
    if ALL in wanted:
        return held
    parts = {h for h in held for w in wanted if h.startswith(f"{w}:")}
    return frozenset({w for w in wanted if holds(held, w)} | parts)
