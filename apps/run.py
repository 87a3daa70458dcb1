"""`llmasos run [APP] [PROMPT]`: one process from its request to its answer, and nothing left behind.

- The answer streams to stdout, all else goes to stderr; what is piped in is the request, or is added to it.
- `--json` prints the document of interface.md when the process has ended.
- ^C ends it within one token; the exit code says how it ended (0, 1, 3, 5, 128 + signal).
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from llmasos import Kernel, Limits
from llmasos.apps.approvals import in_place
from llmasos.apps.programs import Chosen, chosen, program
from llmasos.apps.questions import Unanswered
from llmasos.apps.screen import Screen, follow, terminal_ask
from llmasos.apps.terminal import piped_text
from llmasos.client import find
from llmasos.config import Config, load_config
from llmasos.debugger import break_at, step_on
from llmasos.errors import UsageError
from llmasos.events import Exited, ProcessHandle, Signal, StateChanged


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for."""

    words: list[str]
    model: str | None = None
    capabilities: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    nice: int = 0
    workspace: Path | None = None
    json: bool = False
    detach: bool = False
    yes: bool = False
    verbose: bool = False
    breaks: tuple[str, ...] = ()


def main(order: Order) -> int:
    """Run to the end; the exit code. Raises LLMasOSError for what went wrong."""
    words = order.words
    if not words and sys.stdin.isatty():
        raise UsageError('run needs a request: llmasos run "what is 17 times 23?"')
    config = load_config({"model.name": order.model} if order.model else None)
    choice = chosen(words, config.home)
    request = "\n\n".join(part for part in (choice.request, piped_text()) if part)
    if not request:
        raise UsageError("run needs a request, and standard input was empty")
    choice = replace(choice, request=request)
    limits = Limits.parse(list(order.limits), config.limits) if order.limits else None
    if (daemon := find(config.home)) is not None:
        from llmasos.apps import remote

        return remote.run(daemon, order, choice, limits, workspace(order.workspace))
    if order.detach:
        raise UsageError("--detach needs a daemon to run in: llmasos serve")
    if order.breaks and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--break needs somebody who lets it go on: a terminal, or a daemon (llmasos serve)")
    return anyio.run(_run, order, config, choice, limits, workspace(order.workspace))


def workspace(folder: Path | None) -> Path:
    """The folder asked for, or the current one. Raises UsageError."""
    if folder is not None and not folder.is_dir():
        raise UsageError(f"workspace {folder} is not a folder")
    return (folder or Path.cwd()).resolve()


async def _run(order: Order, config: Config, choice: Chosen, limits: Limits | None, folder: Path) -> int:
    screen = Screen.for_terminal(verbose=order.verbose)
    attended = order.yes or (sys.stdin.isatty() and sys.stderr.isatty())
    async with Kernel.boot(config, workspace=folder) as kernel, anyio.create_task_group() as group:
        handle = await kernel.spawn(
            await program(kernel, choice),
            choice.request,
            limits=limits,
            capabilities=granted(kernel, order.capabilities),
            nice=order.nice,
            attended=attended,
        )
        if order.breaks:
            await break_at(kernel, handle.pid, order.breaks)
        await group.start(forward_signals, handle)
        try:
            await _show(kernel, handle, screen, order)
            screen.finish()
            if order.json:
                print(json.dumps(document(handle), ensure_ascii=False))
            await handle.wait()
        finally:
            group.cancel_scope.cancel()
    return 0


async def _show(kernel: Kernel, handle: ProcessHandle, screen: Screen, order: Order) -> None:
    """Follow it to its exit; without its text when only the document is wanted."""

    async def ask(question: str) -> str | None:
        return "yes" if order.yes else await terminal_ask(screen, question)

    async def approval(question: str) -> str | None:
        return "yes" if order.yes else await terminal_ask(screen, question, fresh=True)

    async def decide(question: str, approved: bool, scope: str) -> None:
        await kernel.consent.answer(question, approved, scope=scope, by="terminal")

    if order.json:
        screen.out = io.StringIO()  # the document has the answer
    events, consent, still = handle.events(), in_place(screen, approval, decide), Unanswered()
    while not isinstance(event := await follow(events, screen, ask, handle.reply, consent, still), Exited | None):
        if isinstance(event, StateChanged):
            await _let_go_on(kernel, handle, screen, event)


async def _let_go_on(kernel: Kernel, handle: ProcessHandle, screen: Screen, event: StateChanged) -> None:
    """It has stopped: whoever is at the terminal says how to go on, or ends it with ^C."""
    reply = None
    async with anyio.create_task_group() as group:

        async def until_it_ends() -> None:
            await handle.ended()
            group.cancel_scope.cancel()

        group.start_soon(until_it_ends)
        reply = await terminal_ask(
            screen, f"stopped on {event.waiting_on or 'a signal'}: Enter goes on, a number by so many tokens, q ends it"
        )
        group.cancel_scope.cancel()
    if not handle.process.alive:
        return
    if reply is not None and reply.strip().isdecimal() and int(reply):
        step_on(kernel, handle.pid, int(reply))
    handle.kill(Signal.TERM if reply is None or reply.strip() == "q" else Signal.CONT)


async def forward_signals(handle: ProcessHandle, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    """^C interrupts the process; a second one, or TERM, does not wait for it."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        count = 0
        async for number in signals:
            count += 1
            if count > 1:
                os._exit(128 + number)
            if handle.process.alive:
                handle.kill(Signal.INT if number == signal.SIGINT else Signal.TERM)


def granted(kernel: Kernel, capabilities: tuple[str, ...]) -> frozenset[str] | None:
    """The capabilities asked for; None leaves the default. Raises UsageError for one that covers nothing."""
    known = {call.registration.capability for call in kernel.table}
    for word in capabilities:
        if word != "*" and not any(name == word or name.startswith(f"{word}:") for name in known):
            raise UsageError(f"unknown capability {word!r}; known: {', '.join(sorted(known))}")
    return frozenset(capabilities) if capabilities else None


def document(handle: ProcessHandle) -> dict[str, Any]:
    """What `run --json` prints; `error` is there only when there was one."""
    process = handle.process
    facts = {
        "pid": process.pid,
        "app": process.app,
        "model": process.model,
        "status": "exited",
        "exit_code": process.exit_code,
        "answer": process.answer,
        "syscalls": handle.syscalls,
        "usage": handle.usage(),
    }
    return facts if process.error is None else {**facts, "error": process.error}
