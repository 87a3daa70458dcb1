"""Stop strings: where a stream of text ends, without showing half of what ends it."""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Cuts a stream at the first of several strings to be whole, however the text is cut into pieces.

    What might be the start of one is held back until it is not.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.hit = False

    def feed(self, piece: str) -> str:
        """The text that may be shown now; nothing more once `hit`."""
        if self.hit or not self._stops:
            return "" if self.hit else piece
        text = self._held + piece
        found = [(at + len(stop), at) for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.hit, self._held = True, ""
            return text[: min(found)[1]]  # of those that end together the one that began first
        held = max(_overlap(text, stop) for stop in self._stops)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def finish(self) -> str:
        """What was held back when the stream ended of itself."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that is a beginning of `stop`."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if stop.startswith(text[-n:])), 0)
