"""What Tab offers in the shell: commands, apps, pids, models, paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

TAKES_PID = frozenset(
    {"kill", "wait", "logs", "fg", "bg", "nice", "limit", "pmap", "strace", "replay", "branch", "step"}
)
TAKES_MODEL = frozenset({"show", "use", "rm", "export", "quantize"})
TAKES_APP = frozenset({"run", "remove"})
SIGNALS = ("-TERM", "-KILL", "-INT", "-STOP", "-CONT", "-USR1")


class ShellCompleter(Completer):
    """Completes from functions that are asked at each Tab: the processes and files of that moment."""

    def __init__(
        self,
        first: Iterable[str],
        pids: Callable[[], Iterable[str]],
        models: Callable[[], Iterable[str]],
        apps: Callable[[], Iterable[str]],
    ) -> None:
        self._first, self._pids, self._models, self._apps = set(first), pids, models, apps

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        word = before.rsplit(" ", 1)[-1]
        words = before.split()
        for offer in self._offers(word, words, is_first=not before.strip() or words == [before.strip()] == [word]):
            yield Completion(offer, start_position=-len(word))

    def _offers(self, word: str, words: list[str], *, is_first: bool) -> Iterable[str]:
        if is_first:
            return [name for name in sorted({*self._first, *self._apps()}) if name.startswith(word)]
        if words[0] in TAKES_PID:
            signals = SIGNALS if words[0] == "kill" else ()
            return [offer for offer in (*self._pids(), *signals) if offer.startswith(word)]
        if words[0] in TAKES_MODEL:
            names = [name for name in self._models() if name.startswith(word)]
            return [*names, *_paths(word)] if words[0] == "export" else names
        if words[0] in TAKES_APP and (len(words) == 1 or words[1:] == [word]):
            found = [name for name in self._apps() if name.startswith(word)]
            return found or _paths(word)
        return _paths(word)


def _paths(word: str) -> list[str]:
    """Files that begin like the word; only once it has begun, for a request is mostly words."""
    if not word:
        return []
    folder, _, start = word.rpartition("/")
    base = Path(folder or ("/" if word.startswith("/") else ".")).expanduser()
    prefix = word[: len(word) - len(start)]
    try:
        found = sorted(p for p in base.iterdir() if p.name.startswith(start) and (start or not p.name.startswith(".")))
    except OSError:
        return []
    return [f"{prefix}{p.name}{'/' if p.is_dir() else ''}" for p in found[:200]]
