"""The load of a daemon that is killed and served again: clients over its socket, which come back to what they began.

- `await Clients(served, shown, witness).run()` until all is done (True) or the daemon has gone (False): whoever comes
  back looks at what the daemon has, begins what is not there yet, and reads on.
- Agents each add their own line to one file, or tell the witness a word; so do forks of conversations.
- Conversations in a small window are told one thing after another: their turns are paged out and in. Each is stopped
  and continued at every turn, and forked once.
- What they are shown goes to `shown` as they read it, to the last byte that a killed daemon had sent.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio.abc import TaskGroup

from llmasos.client import DaemonUnreachable
from llmasos.errors import NoSuchProcess
from llmasos.events import Answered, CallEnded, Event, Exited, Text
from tests.crash import witness as witnesses
from tests.crash.evidence import Shown
from tests.crash.served import Served
from tests.crash.witness import Witness

APPENDED = ["apple", "pear", "plum", "grape", "lemon", "melon", "cherry", "peach", "mango", "olive"]
WITNESSED = ["tiger", "horse", "eagle", "whale", "otter", "robin", "raven", "camel", "zebra", "koala"]
FORKED = ("anchor", "basket")
ERRANDS = ("button pocket zipper collar", "hammer pliers chisel wrench")  # of code: errands.py
CONVERSATIONS = 2
TURNS = 8
FORK_AFTER = 3  # turns of a conversation
SMALL_TOKENS = 640  # of a conversation's window
MAY = ["calculate", "files:write"]  # no recall: what a turn needs is paged in by itself
STOP_S = 0.15
BETWEEN_S = 0.15  # agents of one client
LOOK_S = 0.02


def turns(number: int) -> list[str]:
    """What a conversation is told. Long enough that its window does not hold all of it."""
    return [f"what is {11 + 3 * number + turn} times {7 + turn}?" for turn in range(TURNS)]


class Clients:
    def __init__(self, served: Served, shown: Shown, witness: Witness) -> None:
        self._served, self._shown, self._witness = served, shown, witness
        self._ask = served.ask
        self._spawns: dict[int, dict[str, Any]] = {}  # their birth records, by pid
        self._read: set[int] = set()  # whose events were followed to their end, or the daemon's
        self._gone = False

    async def run(self) -> bool:
        # Followers end with their processes, or with the daemon.
        async with anyio.create_task_group() as following, anyio.create_task_group() as working:
            working.start_soon(self._guarded, self._begin, working, following)
        return not self._gone

    async def _guarded(self, what: Callable[..., Awaitable[None]], *args: Any) -> None:
        """A client to its end or the daemon's: the others still read what it had sent them."""
        try:
            await what(*args)
        except DaemonUnreachable:
            self._gone = True

    async def _begin(self, working: TaskGroup, following: TaskGroup) -> None:
        await self._look(following)
        if not await self._ask("GET", "/api/mounts"):
            assert not any(witnesses.CAPABILITY in spawn["capabilities"] for spawn in self._spawns.values())
            await self._ask("POST", "/api/mounts", self._witness.mount)
        talks = [pid for pid, spawn in self._spawns.items() if spawn["interactive"]]
        while len(talks) < CONVERSATIONS:
            body = {"interactive": True, "limits": {"context": SMALL_TOKENS}, "capabilities": MAY}
            talks.append(await self._spawned(following, body))
        for number, pid in enumerate(talks):
            working.start_soon(self._guarded, self._converse, following, pid, turns(number), FORKED[number])
        working.start_soon(self._guarded, self._append, following)
        working.start_soon(self._guarded, self._run_code, following)
        for words in (WITNESSED[::2], WITNESSED[1::2]):
            working.start_soon(self._guarded, self._note, following, words)

    async def _look(self, following: TaskGroup) -> None:
        """What there is already: who lives is read on, who has ended is known."""
        live = [facts["pid"] for facts in await self._ask("GET", "/api/processes")][1:]
        past = [facts["pid"] for facts in await self._ask("GET", "/api/processes?past=true")]
        for pid in sorted({*live, *past}):
            self._spawns[pid] = (await self._ask("GET", f"/api/processes/{pid}/journal"))[0]["body"]
            if pid in live:
                following.start_soon(self._guarded, self._follow, pid)
            else:
                self._read.add(pid)

    async def _append(self, following: TaskGroup) -> None:
        """Agents beside each other, but for those that are there already."""
        for word in APPENDED:
            if self._asked(request := f"append {word} to log.txt") is None:
                await self._spawned(following, {"request": request})
                await anyio.sleep(BETWEEN_S)

    async def _run_code(self, following: TaskGroup) -> None:
        for request in ERRANDS:
            if self._asked(request) is None:
                await self._spawned(following, {"app": "errands", "request": request})

    async def _note(self, following: TaskGroup, words: list[str]) -> None:
        """One agent after the other: what cuts off a call of one cuts off nobody else's."""
        for word in words:
            body = {"request": witnesses.request(word), "capabilities": [witnesses.CAPABILITY]}
            if (pid := self._asked(str(body["request"]))) is None:
                pid = await self._spawned(following, body)
            while pid not in self._read:  # noqa: ASYNC110
                await anyio.sleep(LOOK_S)

    def _asked(self, request: str) -> int | None:
        """Who was asked that in an earlier life."""
        return next((pid for pid, spawn in self._spawns.items() if spawn["request"] == request), None)

    async def _spawned(self, following: TaskGroup, body: dict[str, Any], path: str = "/api/processes") -> int:
        pid = int((await self._ask("POST", path, body))["pid"])
        self._shown.spawned.add(pid)
        following.start_soon(self._guarded, self._follow, pid)
        return pid

    async def _converse(self, following: TaskGroup, pid: int, texts: list[str], word: str) -> None:
        """Tell it what it was not told, fork it once, stop it now and then. It may end: nano goes round in circles."""
        with contextlib.suppress(NoSuchProcess):
            if (await self._facts(pid))["status"] == "stopped":  # as it was left
                await self._signal(pid, "CONT")
            records = await self._ask("GET", f"/api/processes/{pid}/journal")
            said = sum(record["kind"] == "input" for record in records)
            for turn in range(said, len(texts)):
                if not await self._idle(pid):
                    return
                if turn == FORK_AFTER and not self._is_forked(pid):
                    body = {"request": f"append {word} to log.txt", "limits": {"context": None}}
                    await self._spawned(following, body, f"/api/processes/{pid}/fork")
                await self._ask("POST", f"/api/processes/{pid}/input", {"text": texts[turn]})
                self._shown.said.append((pid, texts[turn]))
                await self._signal(pid, "STOP")
                await anyio.sleep(STOP_S)
                await self._signal(pid, "CONT")
            if await self._idle(pid):
                await self._ask("POST", f"/api/processes/{pid}/input", {"close": True})

    async def _signal(self, pid: int, name: str) -> None:
        assert (await self._ask("POST", f"/api/processes/{pid}/signal", {"signal": name}))["recorded"]

    async def _idle(self, pid: int) -> bool:
        """Wait for its next turn; False for one that has ended."""
        while (facts := await self._facts(pid)).get("waiting_on") != "input":
            if facts["status"] in ("exited", "zombie"):
                return False
            await anyio.sleep(LOOK_S)
        return True

    async def _facts(self, pid: int) -> dict[str, Any]:
        found: dict[str, Any] = await self._ask("GET", f"/api/processes/{pid}")
        return found

    def _is_forked(self, pid: int) -> bool:
        return any((spawn.get("origin") or {}).get("fork") == pid for spawn in self._spawns.values())

    async def _follow(self, pid: int) -> None:
        try:
            with contextlib.suppress(NoSuchProcess):  # it ended before it was asked for, and its parent has reaped it
                async for event in self._served.daemon.events(pid):
                    self._take(event)
        finally:
            self._read.add(pid)

    def _take(self, event: Event) -> None:
        match event:
            case Text():
                self._shown.text(event.pid, event.text)
            case CallEnded():
                self._shown.results.append((event.pid, event.seq, event.result, event.error))
            case Answered():
                self._shown.answers.append((event.pid, event.answer))
            case Exited():
                self._shown.ended[event.pid] = event.answer
