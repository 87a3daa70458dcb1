"""What may be done, by what a call does and where what led to it came from: allowed, asked about, or denied.

- `Policy(...).decide(effect, sources, attended)` gives a `Decision` with the rule and the reason. It needs no kernel,
  no model and no network, and knows no call by name.
- In this order, after capabilities: hard deny, then labels, then what is always asked about, then allow.
- A process that has read what anybody may have written is tainted; what it does then with an effect outside itself is
  asked about where somebody is there to ask, and denied where nobody is (profile `auto`).

Labels decide, never wording: what the untrusted text says does not matter.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from llmasos.errors import ConfigError
from llmasos.kernel.syscall import Effect

Profile = Literal["auto", "strict", "balanced", "open"]
Action = Literal["allow", "ask", "deny"]

# What others notice. Reading, computing and one's own processes are not: a child of a tainted process is tainted.
OUTSIDE: frozenset[Effect] = frozenset(("write", "egress", "send", "share", "transfer", "destroy", "admin", "exec"))
ONCE: frozenset[Effect] = frozenset(("transfer", "admin", "destroy"))  # never allowed for more than the one call


@dataclass(frozen=True, slots=True)
class Decision:
    action: Action
    rule: str = "allow"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """`ask` and `deny` are effects. `profile` says what becomes of tainted ones with an effect outside."""

    profile: Profile = "auto"
    ask: frozenset[Effect] = frozenset(("transfer", "admin"))
    deny: frozenset[Effect] = frozenset()

    def decide(self, effect: Effect, sources: str, attended: bool) -> Decision:
        """`sources` are the untrusted ones that the process may act on; `attended`: somebody is there to ask."""
        if effect in self.deny:
            return Decision("deny", "deny", f"its effect is {effect}, which the settings deny (security.deny)")
        if sources and effect in OUTSIDE and self.profile != "open":
            reason = f"it may follow from what {sources} said, which nobody vouches for"
            ask = self.profile == "balanced" or (self.profile == "auto" and attended)
            return Decision("ask" if ask else "deny", "label", reason)
        if effect in self.ask and self.profile != "open":
            return Decision("ask", "ask", f"its effect is {effect}, which the settings ask about (security.ask)")
        return Decision("allow")


def effects(words: Iterable[str], key: str) -> frozenset[Effect]:
    """Effects by name. Raises ConfigError with the nearest."""
    known: dict[str, Effect] = {word: word for word in get_args(Effect)}
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise ConfigError(f"{key}: unknown effect {word!r}; {hint}known: {', '.join(known)}")
    return frozenset(known[word] for word in words)
