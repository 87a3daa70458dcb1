"""The endless, seeded stream of training dialogues.

- `generate(seed)` yields them; the same seed gives the same stream.
- MIX says how often each kind of dialogue comes, TURNS what its turns are.

Dialogues have several turns, so that the list of tools at their head is paid for once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from llmasos.models.nano import talk
from llmasos.models.nano.chains import chain
from llmasos.models.nano.conversation import name, refer
from llmasos.models.nano.dialogue import BUILTIN_TOOLS, Dialogue, name_of
from llmasos.models.nano.invented import Invented, offer
from llmasos.models.nano.invented import request as invented_request
from llmasos.models.nano.requests import Request
from llmasos.models.nano.scene import Scene, draw
from llmasos.models.nano.singles import WEIGHTED, single
from llmasos.models.nano.words import Words

# What the built-in tools could do as well, by the words of a tool's name and description: no request to refuse.
_OURS = re.compile(
    r"count|factor|prime|divisor|root|equation|calculat|comput|percent|sum\b|average|convert|vat\b|days|clock|time|date\b|"
    r"task|done|messages|logs?\b|replace|remember|memor|note|file|folder|document|process|agent|tell|\bask|search|find\b",
    re.IGNORECASE,
)
_BUILTIN = frozenset(name_of(item) for item in BUILTIN_TOOLS)


def one(scene: Scene) -> bool:
    """A request for one listed built-in tool."""
    usable = [tool for tool in WEIGHTED if tool in scene.names]
    if usable:
        scene.ask(single(scene.w, scene.w.pick(usable)))
    return bool(usable)


def several(scene: Scene) -> bool:
    """A request that takes two or three calls."""
    if len(scene.names) < 4:
        return False
    scene.run_chain(chain(scene.w, scene.names))
    return True


def unseen(scene: Scene) -> bool:
    """A request for one of the invented tools."""
    if scene.invented:
        scene.ask(invented_request(scene.w, scene.w.pick(scene.invented)))
    return bool(scene.invented)


def impossible(scene: Scene) -> bool:
    """A request that no listed tool can do: for a built-in or an invented tool not listed, or of general kind."""
    w = scene.w
    missing = sorted(_BUILTIN - set(scene.names))
    if missing and w.chance(0.75 if scene.names else 0.25):
        scene.ask(_refused(single(w, w.pick(missing), failures=0.0)))
    elif scene.invented and w.chance(0.15):
        scene.ask(talk.unanswerable(w, knowledge=True))
    elif scene.invented or w.chance(0.35):
        scene.ask(_refused(_stranger(scene).ask(w)))
    else:
        scene.ask(talk.unanswerable(w))
    return True


def _stranger(scene: Scene) -> Invented:
    """A tool that is not listed, and whose work none that is listed can do."""
    purposes = {item.purpose for item in scene.invented}
    while True:
        for item in offer(scene.w, 8):
            ours = scene.names and _OURS.search(
                f"{item.purpose} {item.tool['function']['description']}".replace("_", " ")
            )
            if item.purpose not in purposes and not ours:
                return item


def _refused(request: Request) -> Request:
    return Request(request.form, request.text, "", {}, "", talk.REFUSAL, request.open_end)


def chat(scene: Scene) -> bool:
    """Small talk."""
    w = scene.w
    if w.chance(0.2):
        return name(scene)
    scene.say(*(talk.abilities(w, scene.tools) if scene.tools and w.chance(0.2) else talk.small_talk(w)))
    return True


def general(scene: Scene) -> bool:
    """A request that no tool of ours could do, invented ones aside."""
    if scene.invented:
        return impossible(scene)
    known = scene.w.chance(0.4)
    scene.ask(talk.unanswerable(scene.w) if known else _refused(_stranger(scene).ask(scene.w)))
    return True


Turn = Callable[[Scene], bool]
# kind: its share, how the tools are drawn (None: anyhow), at most how many turns, and the turns' weights.
MIX: tuple[tuple[str, int, str | None, int, tuple[tuple[Turn, int], ...]], ...] = (
    ("single", 22, "all", 8, ((one, 80), (general, 16), (chat, 4))),
    ("some", 10, "some", 7, ((one, 48), (impossible, 44), (chat, 5), (several, 8))),
    ("most", 9, "most", 8, ((one, 34), (impossible, 54), (chat, 4), (several, 8))),
    ("steps", 21, "all", 5, ((several, 84), (one, 12), (general, 4))),
    ("unseen", 38, "invented", 7, ((unseen, 64), (impossible, 33), (chat, 3))),
    ("mixed", 13, "mixed", 6, ((unseen, 50), (one, 21), (several, 8), (impossible, 19), (chat, 2))),
    ("bare", 2, "bare", 4, ((chat, 65), (general, 20), (impossible, 15))),
    ("none", 14, "all", 6, ((general, 68), (one, 24), (chat, 8))),
    ("conversation", 14, None, 9, ((refer, 130), (one, 40), (several, 12), (unseen, 10), (impossible, 8), (chat, 12))),
)  # fmt: skip
_SHARES = tuple((entry, entry[1]) for entry in MIX)


def dialogue(w: Words) -> Dialogue:
    """One dialogue of a kind drawn from MIX."""
    kind, _, setting, most, turns = draw(w, _SHARES)
    scene = Scene(w, setting)
    count = 1 if w.chance(0.14) else w.integer(2, most)
    for _ in range(count * 4):
        if count == 0 or not scene.room():
            break
        count -= draw(w, turns)(scene)
    if len(scene.messages) == 1:
        scene.ask(talk.unanswerable(w))
    return scene.dialogue(kind)


def generate(seed: int) -> Iterator[Dialogue]:
    """Dialogues without end; each has a source of its own, so none depends on how the others were made."""
    number = 0
    while True:
        yield dialogue(Words(seed * 1_000_003 + number))
        number += 1
