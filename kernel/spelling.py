"""Tokens as they come, as text: whole characters only, and the tokens that end a turn kept apart."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from llmasos.drivers.driver import Detokenizer


class Spelling:
    """One generation's text. `raw` is all of it, end token included; `text` gives what may be shown."""

    def __init__(self, tokenizer: Detokenizer) -> None:
        self._tokenizer = tokenizer
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self.raw = ""

    def text(self, tokens: Sequence[int]) -> str:
        """Text of the next tokens, markers of calls included, end tokens not; cut characters wait for their rest."""
        ends = self._tokenizer.end_tokens
        shown = self._utf8.decode(self._tokenizer.decode([t for t in tokens if t not in ends], special=True))
        end = "".join(self._tokenizer.token_bytes(t).decode(errors="replace") for t in tokens if t in ends)
        self.raw += shown + end
        return shown
