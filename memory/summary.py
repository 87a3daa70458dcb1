"""A summary of what left the window, made of its own sentences: those with the most names and numbers for their length.

- `add(texts, room, count)` takes up what is leaving; `text` is what is worth most of all so far, in `room` tokens.
- It stands in the note and is never the only copy: every page is in the archive, word for word.
- Extracted, not written: nothing in it was invented, and it costs no generation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
MAX_WORDS = 40  # of a sentence: a longer one would take the room of several


class Summary:
    def __init__(self, sentences: Iterable[str] = ()) -> None:
        self._sentences = list(sentences)  # as they were said, in that order

    @property
    def text(self) -> str:
        return "\n".join(self._sentences)

    def add(self, texts: Iterable[str], room: int, count: Callable[[str], int]) -> None:
        """Sentences of these that are worth it replace others; `room` is in tokens, and without any nothing is kept."""
        if room <= 0:
            return
        new = (sentence.strip() for text in texts for sentence in _SENTENCE.split(text))
        known = dict.fromkeys([*self._sentences, *(sentence for sentence in new if _is_short(sentence))])
        chosen: set[str] = set()
        for sentence in sorted(known, key=specifics, reverse=True):
            room -= count(sentence + "\n")
            if room < 0:
                break
            chosen.add(sentence)
        self._sentences = [sentence for sentence in known if sentence in chosen]

    def forget(self, text: str) -> None:
        """Leave out what a text says."""
        self._sentences = [sentence for sentence in self._sentences if sentence not in text]

    def copy(self) -> Summary:
        return Summary(self._sentences)


def specifics(sentence: str) -> float:
    """The share of a sentence's words that are names or numbers; the capital that it begins with is none."""
    words = sentence.split()
    named = sum(word[:1].isupper() or any(c.isdigit() for c in word) for word in words[1:])
    return named / max(1, len(words))


def _is_short(sentence: str) -> bool:
    return 0 < len(sentence.split()) <= MAX_WORDS
