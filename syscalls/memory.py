"""What a user asks to be remembered: facts, kept across runs, found again by what they say.

- `recall` also finds what left the asking process's own window (memory/pager.py); `forget` takes it out of there, where
  it says the fact, or where no fact is known.
- All agents of one home share the facts. The store decides how they are found; here only how many are worth telling.
- A failing store is an error the model can report, never the end of its process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from llmasos.errors import StoreUnavailable, SyscallError
from llmasos.kernel.syscall import Caller, Untrusted, syscall
from llmasos.memory.page_in import CERTAIN
from llmasos.memory.segment import UNTRUSTED, merged
from llmasos.memory.store import Hit, Store

MAX_FACT = 4000  # characters
MAX_QUERY = 2000
_TOLD = 3  # facts at most
_BESIDE_BEST = 0.5  # of the best one's strength: weaker ones would only distract


class Memory:
    def __init__(self, store: Store, namespace: str = "facts") -> None:
        self._store = store
        self._namespace = namespace

    @syscall(
        effect="write",
        capability="memory",
        family="memory",
        idempotent=True,
        blocking=True,
        roles={"text": "payload"},
    )
    def remember(self, text: str) -> str:
        """Remember a fact."""
        fact = _line(text, MAX_FACT, "the fact")
        with _told():
            self._store.put(self._namespace, fact)
        return "remembered"

    @syscall(effect="read", capability="memory", family="memory", blocking=True, roles={"query": "param"})
    def recall(self, caller: Caller, query: str) -> str | Untrusted:
        """Look up remembered facts."""
        facts = [hit.text for hit in self._relevant(query)]
        paging = caller.kernel.task(caller.process.pid).paging
        with _told():
            said = paging.archived(query, _TOLD) if paging is not None else []
        text = "\n".join([*facts, *(found.text for found in said)]) or "(nothing)"
        sources = merged(*(found.page.untrusted.get(UNTRUSTED, "") for found in said))
        return Untrusted(text, sources) if sources else text

    @syscall(effect="destroy", capability="memory", family="memory", blocking=True, roles={"query": "target"})
    def forget(self, caller: Caller, query: str) -> str | Untrusted:
        """Forget a remembered fact."""
        hits = self._relevant(query)
        fact = hits[0].text if hits else ""
        paging = caller.kernel.task(caller.process.pid).paging
        with _told():
            if hits:
                self._store.remove(self._namespace, hits[0].document_id)
            page = paging.forget(query, fact) if paging is not None else None
        said = fact or (_line(page.text[:MAX_FACT], MAX_FACT, "the page") if page is not None else "")
        sources = page.untrusted.get(UNTRUSTED) if page is not None and not fact else None
        text = f"forgot: {said}" if said else "(nothing)"
        return Untrusted(text, sources) if sources else text

    def _relevant(self, query: str) -> list[Hit]:
        wanted = _line(query, MAX_QUERY, "the query")
        with _told():
            hits = self._store.search(self._namespace, wanted, _TOLD)
        best = max((hit.strength for hit in hits), default=0.0)
        enough = max(1.0, _BESIDE_BEST * min(best, CERTAIN))
        return [hit for hit in hits if hit.strength >= enough]


def _line(text: str, limit: int, what: str) -> str:
    """One line, since facts are told one a line."""
    line = " ".join(text.split())
    if not line:
        raise SyscallError(f"{what} is empty", "EINVAL")
    if len(line) > limit:
        raise SyscallError(f"{what} has {len(line)} characters, {limit} at most", "EFBIG")
    try:
        line.encode()
    except UnicodeEncodeError:
        raise SyscallError(f"{what} is not valid unicode", "EINVAL") from None
    return line


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise SyscallError(f"the memory is unavailable: {error}", "EIO") from error
