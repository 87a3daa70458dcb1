"""Texts made comparable, and texts made tidy.

- `tidy(text)` is what `clean --normalise` writes: one Unicode form, no control characters, no stray blanks.
- `comparable(text)` is what two texts are compared by: letters without case, blanks without number. Nobody sees it.
- `digest(text)` names a comparable text: 16 bytes of BLAKE2b, for which a collision is no concern of ours.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Control characters but tab and newline, the byte order mark, the zero-width space. Joiners stay: scripts need them.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85")
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_ENDS = re.compile(r"[ \t]+(?=\n|\Z)")
_GAPS = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """NFC; line breaks are \\n, at most two in a row; odd blanks are spaces, none at the end of a line."""
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    text = _BLANKS.sub(" ", _UNSEEN.sub("", text))
    return _GAPS.sub("\n\n", _ENDS.sub("", text)).strip()


def comparable(text: str) -> str:
    """NFKC, without case, every run of blanks one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def digest(text: str) -> bytes:
    """(16,) of a comparable text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
