"""The shell's builtins on processes that run: nice, limit, top, step, approve, deny.

They act on the shell's own kernel.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from llmasos import Limits, debugger
from llmasos.apps import approvals
from llmasos.apps import top as program
from llmasos.apps.commands import arguments
from llmasos.apps.live import limit_words, limits_table, nice_words
from llmasos.apps.processes import live_facts
from llmasos.apps.shell_line import NotACommand
from llmasos.apps.time_travel import stepped
from llmasos.errors import UsageError
from llmasos.events import change_limits, renice

if TYPE_CHECKING:
    from llmasos.apps.shell import Shell


async def nice(shell: Shell, args: list[str]) -> str:
    """nice PID N: how much a process gets when others want to run, -20 most, 19 least"""
    _begins_with_pid(args)
    await renice(shell.kernel, *nice_words(args))
    return ""


async def limit(shell: Shell, args: list[str]) -> str:
    """limit PID [K=V]... [--json]: show or change the limits of a process that runs"""
    _begins_with_pid(args)
    pid, changes = limit_words([word for word in args if word != "--json"])
    if changes:
        await change_limits(shell.kernel, pid, Limits.changes(changes))
    limits = asdict(shell.kernel.task(pid).process.budget.limits)
    if "--json" in args:
        return json.dumps(limits)
    return "" if changes else limits_table(limits)


async def top(shell: Shell, args: list[str]) -> str:
    """top [-d S] [-n N] [--json]: watch the processes of this kernel; q leaves"""
    if any(not word.startswith("-") and not _is_number(word) for word in args):
        raise NotACommand
    try:
        order = arguments(["top", *args])
    except typer.TyperException as error:
        raise UsageError(error.format_message()) from None
    if not order:
        return ""

    async def read() -> program.Look:
        return program.Look([live_facts(p) for p in shell.kernel.processes()], shell.kernel.memory_rates())

    async def watch() -> str:
        await program.run(read, seconds=order["seconds"], count=order["count"], as_json=order["as_json"])
        return ""

    return await shell.interruptible(watch())


async def step(shell: Shell, args: list[str]) -> str:
    """step PID [N] [--json]: let a stopped process generate N more tokens"""
    _begins_with_pid(args)
    numbers = [word for word in args if word != "--json"]
    pid, num_tokens = numbers[0], numbers[1] if len(numbers) > 1 else "1"
    if len(numbers) > 2 or not num_tokens.isdecimal() or not int(num_tokens):
        raise UsageError("step takes a pid and a number of tokens: step PID [N]; --back is for a daemon's processes")

    async def stepping() -> str:
        facts = {"pid": int(pid), **asdict(await debugger.step(shell.kernel, int(pid), int(num_tokens)))}
        return json.dumps(facts, ensure_ascii=False) if "--json" in args else stepped(facts)

    return await shell.interruptible(stepping())


async def approve(shell: Shell, args: list[str]) -> str:
    """approve [ID] [--once|--target|--process]: let a call run that waits for it; alone: what waits"""
    if not args or args == ["--json"]:
        questions = [asdict(question) for question in shell.kernel.consent.pending()]
        return approvals.shown(questions, as_json=bool(args))
    scope = args[1].removeprefix("--") if len(args) == 2 else "once"
    if not approvals.is_id(args[0]) or len(args) > 2 or scope not in approvals.KEYS:
        raise NotACommand
    await shell.decide(args[0], True, scope)
    return ""


async def deny(shell: Shell, args: list[str]) -> str:
    """deny ID: refuse a call that waits for approval"""
    if len(args) != 1 or not approvals.is_id(args[0]):
        raise NotACommand
    await shell.decide(args[0], False, "once")
    return ""


LIVE: dict[str, Callable[[Shell, list[str]], Awaitable[str]]] = {
    "nice": nice,
    "limit": limit,
    "top": top,
    "step": step,
    "approve": approve,
    "deny": deny,
}


def _begins_with_pid(args: list[str]) -> None:
    """`nice weather today` is a request."""
    if not args or not args[0].isdecimal():
        raise NotACommand


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()
