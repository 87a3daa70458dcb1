"""What a sentence model would say is near to a request: the kernel's hint (docs/decisions/0010), imitated for training.

- `hint(w, names, meant)` gives a message's `near`: at most three listed tools, with the faults that the real one has.

The rates were counted over MiniLM's own hints for dialogues of this generator and for requests in plainer words.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmasos.models.nano.dialogue import BUILTIN_TOOLS, name_of
from llmasos.models.nano.words import Words

MOST = 3
_FOUND = 0.92  # of requests for a tool of others; MiniLM names 64 to 97 % of them, as indirect as they are
_OURS = 0.6  # the kernel's own tools are described more tersely
_FIRST = 0.94  # of those found
_SILENT = 0.75  # of those not found
_NONE = 0.85, 0.7  # of requests that nothing fits: nothing is named, with few tools listed and with many
_MANY = 9
_MORE = 0.24  # for each further name
_BUILTIN = frozenset(name_of(item) for item in BUILTIN_TOOLS)


def hint(w: Words, names: Sequence[str], meant: str | None) -> str:
    """Of the listed names, those that the sentence model would give for a request that means `meant`, or none of them."""
    found = meant is not None and w.chance(_OURS if meant in _BUILTIN else _FOUND)
    silent = _SILENT if meant else _NONE[len(names) >= _MANY]
    if not found and (not names or w.chance(silent)):
        return ""
    others = [name for name in names if name != meant]
    count = (0 if found else 1) + sum(w.chance(_MORE) for _ in range(2))
    near = w.random.sample(others, min(count, len(others)))
    if found and meant is not None:
        near.insert(0 if w.chance(_FIRST) else len(near), meant)
    return ", ".join(near[:MOST])
