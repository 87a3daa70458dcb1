"""Segments: the pieces a process's context is made of, and the context itself.

- A `Segment` is one message or document: role, text, and the tokens it stands for in the window.
- A `Context` is the ordered truth; KV is a cache of `context.tokens` and may vanish without loss.
- A message that came from where anybody may write says so (`untrusted`: its sources), and its segment's labels do; what
  is generated while such a segment is in the window is of the same sources.
- It does not know the model, templates or the vector store.

Invariants:
1. `context.tokens` is the concatenation of the segments' tokens, in order.
2. Segment ids of a context are distinct and increase; a truncated id is never used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Labels:
    """Where a segment came from and how far it is trusted (faults.md, Security)."""

    source: str = "user"
    trusted: bool = True
    private: bool = False


UNTRUSTED = "untrusted"  # a message's key: the sources that it is from, or was made from, and nobody vouches for


def labels_of(message: Mapping[str, Any]) -> Labels:
    """Of what a message says: its role is the source, of a call's result with the call's name (`tool:read_file`)."""
    role, name = str(message["role"]), message.get("name")
    if sources := message.get(UNTRUSTED):
        return Labels(source=str(sources), trusted=False)
    return Labels(source=f"{role}:{name}" if role == "tool" and name else role)


def untrusted(sources: str | None) -> dict[str, str]:
    """What a message from these sources has beside its text."""
    return {UNTRUSTED: sources} if sources else {}


def merged(*sources: str) -> str:
    """Sources, each a list by commas, as one."""
    return ", ".join(dict.fromkeys(one for some in sources for one in some.split(", ") if one))


def joined(labels: Iterable[Labels]) -> Labels:
    """Of what has parts with these: every source, trusted only where all are, private where any is."""
    found = list(labels)
    sources = ", ".join(dict.fromkeys(one.source for one in found))
    return Labels(sources, all(one.trusted for one in found), any(one.private for one in found))


@dataclass(slots=True)
class Segment:
    segment_id: int
    role: str  # system, user, assistant, tool
    text: str
    tokens: list[int]
    labels: Labels = field(default_factory=Labels)
    pinned: bool = False


@dataclass(slots=True)
class Context:
    """Ordered segments and their flat tokens."""

    segments: list[Segment] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    next_id: int = 0
    messages: list[Mapping[str, Any]] = field(default_factory=list)  # what it stands for, where a transcript says so

    def append(self, role: str, text: str, tokens: Iterable[int] = (), labels: Labels | None = None) -> Segment:
        """A new last segment; more of its tokens may follow through `extend`."""
        segment = Segment(self.next_id, role, text, [], labels or Labels(source=role))
        self.next_id += 1
        self.segments.append(segment)
        self.extend(tokens)
        return segment

    def extend(self, tokens: Iterable[int]) -> None:
        """Add tokens to the last segment."""
        new = list(tokens)
        self.segments[-1].tokens.extend(new)
        self.tokens.extend(new)

    @property
    def untrusted(self) -> str:
        """The untrusted sources of what is in the window; empty when there are none.

        Of its messages, too: one that is only a call has no segment of its own once the context was rebuilt.
        """
        of_segments = (segment.labels.source for segment in self.segments if not segment.labels.trusted)
        return merged(*of_segments, *(str(message.get(UNTRUSTED, "")) for message in self.messages))

    def copy(self) -> Context:
        """A fork's context: the same segments by value, the same tokens."""
        segments = [Segment(s.segment_id, s.role, s.text, list(s.tokens), s.labels, s.pinned) for s in self.segments]
        return Context(segments, list(self.tokens), self.next_id)

    def check_integrity(self) -> None:
        assert self.tokens == [token for s in self.segments for token in s.tokens], "tokens differ from segments"
        ids = [s.segment_id for s in self.segments]
        assert ids == sorted(set(ids)) and (not ids or ids[-1] < self.next_id), "segment ids out of order"
