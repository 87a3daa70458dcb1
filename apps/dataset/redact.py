"""Addresses, numbers and keys taken out of texts: patterns, and no knowledge of who or what is meant.

- `Redaction.of("emails,phones,keys")`; `redaction(text, counts)` puts `[EMAIL]`, `[PHONE]`, `[KEY]` in their place.
- A phone number has a + in front, an area code in brackets, or three groups and more with 9 to 15 digits in all; dates
  and IP addresses are none. What is written in words, or in one run of digits without a +, is not found.
- Keys are those whose makers gave them a form (OpenAI, Anthropic, GitHub, GitLab, AWS, Google, Slack, Hugging Face,
  Stripe), JSON web tokens, PEM private keys, and what stands behind `password=`, `DB_PASSWORD=`, `api_key:` and the
  like: six letters and more, up to a blank, in quotes up to the quote.
- No pattern goes back more than its own bounded length: the time is that of the text's length.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from llmasos.errors import UsageError

_EMAIL = r"(?<![\w.%+-])[\w.%+-]{1,64}@[^\W_](?:[^\W_]|-){0,62}(?:\.[^\W_](?:[^\W_]|-){0,62}){1,8}"

_GROUP = r"[ .\-/\u00a0\u2010-\u2013]{1,2}"
_PHONE = (
    r"(?<![\w.+/-])"
    r"(?!\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))(?!\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d))(?!\d{1,3}(?:\.\d{1,3}){3}(?!\d))"
    r"(?:\+\d{1,3}(?:[ .\-/\u00a0]?\(\d{1,5}\))?(?:[ .\-/\u00a0\u2010-\u2013]?\d){6,13}"
    rf"|\((?!(?:19|20)\d\d\))\d{{2,5}}\)[ .\-/\u00a0]?\d{{2,8}}(?:{_GROUP}\d{{2,5}}){{0,3}}"
    rf"|\d{{2,5}}(?:{_GROUP}\d{{2,5}}){{2,4}})"
    r"(?i: ?(?:x|ext\.? ?)\d{1,6})?"
    r"(?![\w/-])"
)
_MARKED_DIGITS, _PLAIN_DIGITS = range(7, 16), range(9, 16)  # with + or brackets in front, and without

_PEM = r"(?:[A-Z]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
_KEY = "|".join(
    (
        rf"-----BEGIN {_PEM}(?:[^-]|-(?!----(?:BEGIN|END) )){{1,20000}}(?:-----END {_PEM})?",
        r"\bsk-[\w-]{20,200}",
        r"\b(?:gh[pousr]_\w{30,255}|github_pat_\w{50,255}|glpat-[\w-]{20,100})",
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"\bAIza[\w-]{35}",
        r"\bxox[abeoprs]-[\w-]{10,250}",
        r"\bhf_[A-Za-z0-9]{30,60}\b",
        r"\b[srp]k_(?:live|test)_\w{16,250}",
        r"\beyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{8,4000}",
        r"(?i:(?<=bearer )[\w.~+/-]{16,4000}=*)",
    )
)
_SECRET = (
    r"(?i:(?<![^\W_])(api[_-]?key|secret[_-]?key|secret[_-]?access[_-]?key|client[_-]?secret|access[_-]?token"
    r"|auth[_-]?token|password|passwd))"
    r"([\"']?\s{0,3}[:=]\s{0,3}[\"']?)"
    r"((?<=\")(?:[^\"\\\n]|\\.){6,4000}(?=\")|(?<=')(?:[^'\\\n]|\\.){6,4000}(?=')|[^\s\"',;]{6,4000})"
)

PATTERNS = {"keys": re.compile(_KEY), "emails": re.compile(_EMAIL), "phones": re.compile(_PHONE)}
_NAMED = re.compile(_SECRET)
_IN_PLACE = {"keys": "[KEY]", "emails": "[EMAIL]", "phones": "[PHONE]"}


@dataclass(frozen=True, slots=True)
class Redaction:
    """What to take out, in the order of `PATTERNS`: a key may look like a number in part."""

    kinds: tuple[str, ...]

    @classmethod
    def of(cls, words: str | None) -> Redaction:
        """Raises UsageError."""
        asked = [word.strip() for word in (words or "").split(",") if word.strip()]
        if unknown := [word for word in asked if word not in PATTERNS]:
            raise UsageError(f"--redact takes {', '.join(sorted(PATTERNS))}, not {unknown[0]!r}")
        return cls(tuple(kind for kind in PATTERNS if kind in asked))

    def __call__(self, text: str, counts: Counter[str]) -> str:
        """The text without them; each is counted by its kind."""
        for kind in self.kinds:
            text, found = _without(kind, text)
            if found:
                counts[kind] += found
        return text


def _without(kind: str, text: str) -> tuple[str, int]:
    found = 0

    def place(match: re.Match[str]) -> str:
        nonlocal found
        if kind == "phones" and not _is_phone(match[0]):
            return match[0]
        found += 1
        return _IN_PLACE[kind]

    text = PATTERNS[kind].sub(place, text)
    if kind == "keys":
        text, named = _NAMED.subn(lambda m: m[0] if m[3].startswith("[KEY]") else f"{m[1]}{m[2]}[KEY]", text)
        found += named
    return text, found


def _is_phone(found: str) -> bool:
    num_digits = sum(c.isdigit() for c in found.lower().partition("x")[0])  # without an extension
    return num_digits in (_MARKED_DIGITS if found[0] in "+(" else _PLAIN_DIGITS)
