"""The tools of one prompt, and the dialogue that grows under it.

- `Scene(w)` draws the tools: all built-ins, most, some, built-ins and invented ones, invented ones only, or ("bare") none.
- `ask`, `run_chain` and `say` add one turn each; `room` says whether another fits.

What the last turns were about is kept, so that conversation.py can refer to it.
"""

from __future__ import annotations

from typing import Any

from llmasos.models.nano.chain import Chain, Step
from llmasos.models.nano.dialogue import BUILTIN_TOOLS, Dialogue, Message, Tool, answer, call, name_of, result, user
from llmasos.models.nano.hint import hint
from llmasos.models.nano.invented import Invented, offer
from llmasos.models.nano.requests import FAILED, Request, dress
from llmasos.models.nano.words import Words

MAX_CHARACTERS = 3400  # of messages, so that a dialogue stays below about 1,900 tokens with its tools
SYSTEM = "You are nano, a small assistant that acts through tools."
_PARTS = (
    "You are a helpful assistant.|Be brief.|Answer in one sentence.|You help with files.|Use the tools.|Never guess.|"
    "You are {}, an assistant.|You work for {}.|The user is called {}.|Today you help {}.|Be {} and {}.|Act, don't talk.|"
    "You run inside an operating system.|Call one tool at a time.|You are an agent.|"
).split("|")
SETTINGS = (("all", 50), ("some", 18), ("mixed", 18), ("invented", 14))
HINTED = 0.8  # of the prompts with tools of others: their requests come with the kernel's hint; the rest as in any other engine


def draw(w: Words, weighted: tuple[tuple[Any, int], ...]) -> Any:
    """One of the values by weight."""
    at = w.integer(1, sum(weight for _, weight in weighted))
    for value, weight in weighted:
        at -= weight
        if at <= 0:
            return value
    raise AssertionError


def system_text(w: Words) -> str:
    """nano's own text mostly; else none, or one or two sentences of somebody else."""
    share = w.random.random()
    if share < 0.6:
        return SYSTEM
    if share < 0.72:
        return ""
    parts = [w.pick(_PARTS).replace("{}", w.name()) if w.chance(0.8) else w.sentence() for _ in range(w.integer(1, 2))]
    return " ".join(part for part in parts if part)


class Scene:
    """One prompt and its dialogue so far."""

    def __init__(self, w: Words, setting: str | None = None) -> None:
        self.w = w
        setting = setting or draw(w, SETTINGS)
        count = {"mixed": w.integer(1, 4), "invented": w.integer(2, 8)}.get(setting, 0)
        self.invented: list[Invented] = offer(w, count) if count else []
        self.tools: list[Tool] = list(_builtins(w, setting))
        taken = {name_of(item) for item in self.tools}
        self.invented = [item for item in self.invented if name_of(item.tool) not in taken]
        self.names = [name_of(item) for item in self.tools]
        self._mix()
        self._hinted = bool(self.invented) and w.chance(HINTED)
        self.messages: list[Message] = [{"role": "system", "content": system_text(w)}]
        self.path: str | None = None  # the file spoken of last
        self.number: str | None = None  # the number calculated last
        self.pid: int | None = None  # the agent started last
        self.last: Step | None = None  # the last call, if it succeeded
        self.person: str | None = None  # the user's name, once told
        self.fact: str | None = None  # what was remembered last

    def _mix(self) -> None:
        extra = [item.tool for item in self.invented]
        self.tools = extra + self.tools if self.w.chance(0.3) else self.tools + extra
        if self.invented and self.w.chance(0.4):
            self.w.random.shuffle(self.tools)

    def room(self) -> bool:
        return sum(len(message["content"]) for message in self.messages) < MAX_CHARACTERS * 0.7

    def _user(self, text: str, meant: str | None) -> Message:
        message = user(text)
        return {**message, "near": hint(self.w, [name_of(t) for t in self.tools], meant)} if self._hinted else message

    def say(self, text: str, reply: str) -> None:
        """A turn without a call."""
        self.messages += [self._user(text, None), answer(reply)]

    def ask(self, request: Request) -> None:
        """A turn with one call, or none if the request has no tool."""
        steps = ((request.tool, request.arguments, request.result),) if request.tool else ()
        self.turn(dress(self.w, request), steps, request.answer)

    def run_chain(self, made: Chain) -> None:
        self.turn(dress(self.w, made.request), made.steps, made.answer)

    def turn(self, text: str, steps: tuple[Step, ...], reply: str) -> None:
        self.messages.append(self._user(text, steps[0][0] if steps else None))
        for name, arguments, returned in steps:
            self.messages += [call(name, arguments), result(returned)]
        self.messages.append(answer(reply))
        self.path = self.number = self.pid = self.last = self.fact = None
        if steps and not steps[-1][2].startswith(FAILED):
            self._keep(steps)

    def _keep(self, steps: tuple[Step, ...]) -> None:
        name, arguments, returned = self.last = steps[-1]
        if len(steps) == 1 and "path" in arguments and name != "list_files":
            self.path = arguments["path"]
        if len(steps) == 1 and name == "calculate" and returned.lstrip("-").replace(".", "", 1).isdigit():
            self.number = returned
        if name == "spawn":
            self.pid = int(returned.rsplit(" ", 1)[1])
        if name == "remember":
            self.fact = arguments["text"]

    def dialogue(self, kind: str) -> Dialogue:
        return Dialogue(tuple(self.messages), tuple(self.tools), kind)


def _builtins(w: Words, setting: str) -> list[Tool]:
    if setting in ("invented", "bare"):
        return []
    if setting == "all" or (setting == "mixed" and w.chance(0.6)):
        return list(BUILTIN_TOOLS)
    left = w.integer(14, 17) if setting == "most" else w.integer(2, 12)
    chosen = w.random.sample(range(len(BUILTIN_TOOLS)), left)
    return [BUILTIN_TOOLS[i] for i in (chosen if w.chance(0.5) else sorted(chosen))]
