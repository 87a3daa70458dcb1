"""`top`: the processes of a running kernel, who generates how fast, again and again.

- On a terminal it fills the screen until q or ^C; elsewhere it prints a table for each of its looks, and ends.
- `run(read, ...)` takes what reads the facts: over the daemon's socket, or from the kernel that a shell has.
- Rates are of the time between two looks, so the first table comes after one interval.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import anyio

from llmasos.apps.printable import one_line
from llmasos.apps.processes import state_words, table

HEADS = ("PID", "PPID", "STATE", "NICE", "TOK/S", "TOKENS", "CALLS", "TIME", "APP", "REQUEST")
INIT = 1


@dataclass(frozen=True, slots=True)
class Look:
    """One moment: `ps --json`'s facts of every process, and vmstat's of every model."""

    processes: list[dict[str, Any]]
    models: list[dict[str, Any]]
    at: float = field(default_factory=time.monotonic)


Read = Callable[[], Awaitable[Look]]


async def run(read: Read, *, seconds: float, count: int | None, as_json: bool) -> None:
    """`count` tables, `seconds` apart; None: one where nobody watches, for ever on a terminal."""
    if count is None and not as_json and _is_screen():
        await _on_screen(read, seconds)
        return
    before = await read()
    for _ in range(count or 1):
        await anyio.sleep(seconds)
        after = await read()
        print(json.dumps(document(before, after), ensure_ascii=False) if as_json else picture(before, after))
        sys.stdout.flush()
        before = after


def document(before: Look, after: Look) -> dict[str, Any]:
    """Two looks as a script reads them, the busiest process first."""
    seconds = after.at - before.at
    known = {facts["pid"]: facts["usage"] for facts in before.processes}
    processes = [
        {**facts, "tokens_per_s": _rate(known.get(facts["pid"]), facts["usage"], _tokens, seconds)}
        for facts in after.processes
        if facts["pid"] != INIT
    ]
    models = {facts["model"]: facts for facts in before.models}
    return {
        "processes": sorted(processes, key=lambda facts: -facts["tokens_per_s"]),
        "models": [
            {
                "model": facts["model"],
                "decode_per_s": _rate(models.get(facts["model"]), facts, _decoded, seconds),
                "prefill_per_s": _rate(models.get(facts["model"]), facts, lambda f: f["prefill_tokens"], seconds),
                "free_cells": facts["free_cells"],
                "cells": facts["cells"],
            }
            for facts in after.models
        ],
    }


def picture(before: Look, after: Look) -> str:
    """The same for a person."""
    found = document(before, after)
    states = Counter(facts["status"] for facts in found["processes"])
    count = len(found["processes"])
    first = f"{time.strftime('%H:%M:%S')}  {count} process{'' if count == 1 else 'es'}" + "".join(
        f", {states[state]} {state}" for state in sorted(states)
    )
    models = [
        f"{m['model']}: {m['decode_per_s']:.1f} tokens/s, {m['prefill_per_s']:.1f} of prompts;"
        f" {m['free_cells']} of {m['cells']} cells free"
        for m in found["models"]
    ]
    return "\n".join([first, *models, "", table(HEADS, [_row(facts) for facts in found["processes"]])])


def _row(facts: dict[str, Any]) -> tuple[object, ...]:
    return (
        facts["pid"],
        facts["ppid"],
        state_words(facts),
        facts["nice"],
        facts["tokens_per_s"],
        _tokens(facts["usage"]),
        facts["usage"]["syscalls"],
        f"{facts['seconds']:.1f}s",
        facts["app"],
        one_line(facts["request"], 50),
    )


def _tokens(usage: dict[str, Any]) -> int:
    return int(usage["decode_tokens"] + usage["forced_tokens"])


def _decoded(model: dict[str, Any]) -> int:
    return int(model["decode_tokens"] + model["forced_tokens"])


def _rate(
    before: dict[str, Any] | None, after: dict[str, Any], of: Callable[[dict[str, Any]], int], seconds: float
) -> float:
    return round((of(after) - (of(before) if before is not None else 0)) / max(seconds, 1e-3), 1)


def _is_screen() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


async def _on_screen(read: Read, seconds: float) -> None:
    from prompt_toolkit.application import Application
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.layout import FormattedTextControl, Layout, Window

    shown = "…"
    keys = KeyBindings()

    @keys.add("q")
    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        event.app.exit()

    page = Window(FormattedTextControl(lambda: f"{shown}\n\nq leaves"), wrap_lines=False)
    screen: Application[None] = Application(layout=Layout(page), key_bindings=keys, full_screen=True)

    async def refresh() -> None:
        nonlocal shown
        before = await read()
        while True:
            await anyio.sleep(seconds)
            after = await read()
            shown, before = picture(before, after), after
            screen.invalidate()

    async with anyio.create_task_group() as group:
        group.start_soon(refresh)
        await screen.run_async(handle_sigint=False)
        group.cancel_scope.cancel()


def of_daemon(*, seconds: float, count: int | None, as_json: bool) -> None:
    """Raises LLMasOSError when none runs, or when it goes."""
    from llmasos.apps.live import the_daemon

    daemon = the_daemon("top")

    def read() -> Look:
        return Look(daemon.request("GET", "/api/processes"), daemon.request("GET", "/api/system")["memory"])

    async def read_aside() -> Look:
        return await anyio.to_thread.run_sync(read)

    async def main() -> None:
        await run(read_aside, seconds=seconds, count=count, as_json=as_json)

    anyio.run(main)
