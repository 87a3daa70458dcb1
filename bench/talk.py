"""A long conversation with nano: facts early, questions in other words later, prose and small talk between.

- `kernel(section)` boots one in a home of its own; `Talk(facts, seed)` is the body's side of one conversation.
- Every turn goes through the kernel, the pager and the model; the answers are cut short, for nobody reads them.
- A fact is resident when its words stand in the window at the moment the model answers the question.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from pydoc_data.topics import topics
from tempfile import TemporaryDirectory
from typing import NamedTuple

from llmasos import Kernel
from llmasos.config import Config, MemorySection
from llmasos.kernel.task import Task

ANSWER_TOKENS = 3
FRAME_TOKENS = 10  # of a turn's template, about
FACTS = [
    (fact, question)
    for line in (Path(__file__).parent / "paging_facts.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for fact, question in [line.split("\t")]
]
SUBJECTS = "the team,my brother,a visitor,the old lady,our driver,the baker,a student,the nurse,the captain,a farmer"
VERBS = "looked at,talked about,drew,counted,cleaned,painted,forgot,praised,sold,carried"
THINGS = (
    "seven boxes,the long fence,a map of the hills,two ladders,the wooden bridge,some apples,a heavy stone,the boat"
)
WHENS = "in the morning,after lunch,for an hour,with great care,once more,without a word,in the rain,near the lake"


class Turn(NamedTuple):
    """What the user says, and the fact that it asks for."""

    text: str
    wanted: str | None = None


@asynccontextmanager
async def kernel(section: MemorySection) -> AsyncIterator[Kernel]:
    with TemporaryDirectory() as home:
        async with Kernel.boot(Config(Path(home), memory=section), model="nano") as booted:
            yield booted


class Talk:
    """One conversation over a task's window; counts what was asked for and what was there."""

    def __init__(self, task: Task, seed: int = 1) -> None:
        self.task = task
        self.chance = random.Random(seed)
        self.said = 0  # tokens that entered the context, whether they are still there or not
        self.num_turns = self.found = self.asked = 0
        self.missed: list[str] = []  # what was asked, and its fact was not there
        self._prose = self._paragraphs()

    def script(self, facts: int, num_turns: int) -> list[Turn]:
        """Turns with so many facts in their first three fifths, and each one's question well behind it."""
        places: dict[int, Turn] = {}

        def put(at: int, turn: Turn) -> int:
            free = next(place for place in itertools.count(at) if place not in places)
            places[free] = turn
            return free

        for fact, question in FACTS[:facts]:
            at = put(self.chance.randrange(1, num_turns * 3 // 5), Turn(fact))
            put(self.chance.randrange(at + 30, max(at + 31, num_turns - facts)), Turn(question, fact))
        return [places.get(place) or self.filler() for place in range(max(num_turns, 1 + max(places, default=0)))]

    def filler(self) -> Turn:
        """A paragraph of Python's reference, or small talk in few words: near in meaning to more of itself."""
        prose = next(self._prose, None) if self.chance.random() < 0.4 else None
        return Turn(prose or f"{self._small_talk()}. {self._small_talk()}")

    async def turn(self, turn: Turn) -> None:
        await self.task.add("user", turn.text)
        said = await self.task.complete(max_tokens=ANSWER_TOKENS)
        count = (await self.task.transcript()).count
        self.said += count(turn.text) + count(said.text) + FRAME_TOKENS
        self.num_turns += 1
        if turn.wanted is not None:
            self.asked += 1
            if turn.wanted in await self.window():
                self.found += 1
            else:
                self.missed.append(turn.text)

    def told(self) -> str:
        """How far it has come, in one line."""
        return f"{self.num_turns} turns, {self.said:,} tokens, {self.found} of {self.asked} facts there when asked for"

    async def window(self) -> str:
        """What the model has before it, token by token: also what the note says."""
        text = (await self.task.model()).driver.tokenizer.token_bytes
        return b"".join(text(token) for token in self.task.process.context.tokens).decode(errors="replace")

    def _small_talk(self) -> str:
        return " ".join(self.chance.choice(words.split(",")) for words in (SUBJECTS, VERBS, THINGS, WHENS))

    def _paragraphs(self) -> Iterator[str]:
        """Each once, in an order of this conversation's own."""
        whole = (" ".join(text.split()) for text in re.split(r"\n\s*\n", "\n\n".join(topics.values())))
        found = [text for text in dict.fromkeys(whole) if 150 <= len(text) <= 600]
        yield from self.chance.sample(found, len(found))
