"""What a process keeps in its window whatever else leaves it: named texts, and what it pinned.

- `Always` holds the blocks by name; pinned pages are the page table's, here only counted.
- `check` refuses what would leave too little of the window for the conversation itself, with the sizes.
- `facts` is all of it as the journal has it; `pins_in` finds the pinned pages again among restored ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmasos.errors import WindowTooSmall
from llmasos.memory.page_table import Message, Page


@dataclass(slots=True)
class Always:
    blocks: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The blocks as they stand in the window, a line each."""
        return "\n".join(f"[{name}] {text}" for name, text in self.blocks.items())

    def set(self, name: str, text: str) -> None:
        """An empty text removes the block."""
        if text:
            self.blocks[name] = text
        else:
            self.blocks.pop(name, None)

    def check(self, pages: Iterable[Page], count: Callable[[str], int], room: int, what: str) -> None:
        """Raises WindowTooSmall when these pinned pages and the blocks come to more than `room` tokens."""
        pinned, noted = sum(page.num_tokens for page in pages if page.pinned), count(self.text)
        if pinned + noted > room:
            raise WindowTooSmall(
                f"{what} does not fit: what is pinned would have {pinned} tokens and the notes {noted},"
                f" and {room} of the window are for both"
            )

    def facts(self, pages: Iterable[Page]) -> dict[str, Any]:
        return {"blocks": dict(self.blocks), "pins": [list(page.messages) for page in pages if page.pinned]}


def pins_in(pages: Sequence[Page], facts: Mapping[str, Any]) -> tuple[list[Page], list[list[Message]]]:
    """The pages that hold what was pinned; and those pins that none holds, for they were excerpts."""
    found: list[Page] = []
    lost: list[list[Message]] = []
    for pin in facts.get("pins", ()):
        page = next((page for page in pages if _holds(page, pin)), None)
        if page is None:
            lost.append(pin)
        else:
            found.append(page)
    return found, lost


def _holds(page: Page, run: Sequence[Message]) -> bool:
    """A finished step that was pinned is part of its turn by now."""
    messages, size = list(page.messages), len(run)
    return any(messages[at : at + size] == run for at in range(len(messages) - size + 1))
