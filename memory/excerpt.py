"""Parts of archived texts, and what a tool's result asks of an archive.

- `nearest_lines(text, query, room, count)`: the lines of a text that say most of a query.
- `queries_of(text)`: a result as a few queries: what it names may be what has to return.
- `own_text(message)`: what a message says itself, without what was put behind it from the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llmasos.memory.embed import content_stems

EXCERPT = "excerpt"  # a tool message's key: the end of its content, that came from the archive
MAX_QUERIES = 4  # of one result: each is a search
MIN_STEMS = 2  # of a query: a bare number is no question


def covers(text: str, query: str) -> float:
    """The share of a query's content words that a text has, 0 to 1."""
    wanted = set(content_stems(query))
    return len(wanted & set(content_stems(text))) / max(1, len(wanted))


def nearest_lines(text: str, query: str, room: int, count: Callable[[str], int]) -> str:
    """The lines that say most of a query, as many as `room` tokens hold, in their order."""
    lines = text.splitlines()
    chosen = set()
    for i in sorted(range(len(lines)), key=lambda i: -covers(lines[i], query)):
        room -= count(lines[i] + "\n")
        if room < 0:
            break
        chosen.add(i)
    return "\n".join(line for i, line in enumerate(lines) if i in chosen)


def queries_of(text: str) -> list[str]:
    """Its lines in at most `MAX_QUERIES` runs, but for what has too few words to ask for anything."""
    lines = [line for line in text.splitlines() if line.strip()]
    size = -(-len(lines) // MAX_QUERIES)
    runs = ["\n".join(lines[at : at + size]) for at in range(0, len(lines), max(1, size))]
    return [run for run in runs if len(set(content_stems(run))) >= MIN_STEMS]


def own_text(message: dict[str, Any]) -> str:
    return str(message["content"] or "").removesuffix(message.get(EXCERPT, ""))


def says(text: str, lines: Sequence[str]) -> bool:
    """Whether a text has all these lines already."""
    return all(line in text for line in lines)
