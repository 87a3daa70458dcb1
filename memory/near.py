"""Which of the listed tools a request is near to in meaning: a hint for a model too small to search the list.

- `NearTools(embed, known).hint(text, tools)` names at most MOST, nearest first, and none that is far.
- `concerns(tools)` says whether it has anything to say: not where every tool is `known` to the model by heart.
- `near_ones(tools, hint, known)` are the tools that stand to choice once something is near.
- `embed` gives unit rows for texts, from a sentence model: its cosines are what the bounds below were chosen for.
- A chat template that takes the hint finds it as a message's `near`; nano's does (docs/decisions/0010).

It knows neither models nor templates. `hint` is called in a thread: a text takes some 10 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from llmasos.memory.embed import Vectors

MOST = 3
LEAST_COSINE = 0.2  # 93 % of 200 requests have their tool above it; of those that mean none of the tools, 12 % have any
LEAST_SHARE = 0.7  # of the best cosine
DOUBT = (
    1.0  # where nothing is near nano guesses: as likely a call for a request that fits a tool as for one that fits none
)
MAX_CHARACTERS = 400  # of a request: what it wants stands at its start
KEPT = 4096  # vectors


class NearTools:
    """Nearness by one embedder, to tools that are not among the known names."""

    def __init__(self, embed: Callable[[Sequence[str]], Vectors], known: Collection[str] = ()) -> None:
        self.known = known
        self._vector = lru_cache(KEPT)(lambda text: embed([text])[0])

    def concerns(self, tools: Sequence[dict[str, Any]]) -> bool:
        return any(tool["function"]["name"] not in self.known for tool in tools)

    def doubt(self, tools: Sequence[dict[str, Any]], hint: str) -> float:
        """What to take from the logit with which a call begins: nothing once one is near, or known by heart."""
        known = any(tool["function"]["name"] in self.known for tool in tools)
        return 0.0 if hint or known else DOUBT

    def hint(self, text: str, tools: Sequence[dict[str, Any]]) -> str:
        """Names of the tools (in OpenAI's shape) near to the text, or "". Raises StoreUnavailable, DriverError."""
        functions = [tool["function"] for tool in tools]
        rows: Vectors = np.array([self._vector(described(function)) for function in functions], np.float32)
        cosines = rows @ self._vector(text[:MAX_CHARACTERS])
        order = [int(i) for i in np.argsort(-cosines, kind="stable")[:MOST]]
        least = max(LEAST_COSINE, LEAST_SHARE * float(cosines[order[0]]))
        return ", ".join(functions[i]["name"] for i in order if cosines[i] >= least)


def near_ones(tools: Sequence[dict[str, Any]], hint: str, known: Collection[str]) -> list[dict[str, Any]]:
    """Of tools, those that the model knows by heart and those that a hint names."""
    names = {*hint.split(", "), *known}
    return [tool for tool in tools if tool["function"]["name"] in names]


def described(function: dict[str, Any]) -> str:
    """What a tool is compared by."""
    return f"{function['name'].replace('_', ' ')}: {function.get('description') or ''}"
