"""The shell's builtins on schedules: at, every, schedules. The shell keeps them, and only a daemon starts them."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio
import typer

from llmasos.apps import schedules as program
from llmasos.apps.commands import arguments
from llmasos.apps.shell_line import NotACommand
from llmasos.errors import UsageError
from llmasos.schedules import Timetable, facts

if TYPE_CHECKING:
    from llmasos.apps.shell import Shell

NOT_HERE = "(kept; a daemon starts it, not this shell: llmasos serve)"


async def at(shell: Shell, args: list[str]) -> str:
    """at TIME [APP] PROMPT: start a process later (at "tomorrow 09:00" ...), once a daemon runs"""
    return await _add(shell, "at", args)


async def every(shell: Shell, args: list[str]) -> str:
    """every INTERVAL [APP] PROMPT: start one again and again (every 10m ..., every "0 9 * * *" ...)"""
    return await _add(shell, "every", args)


async def schedules(shell: Shell, args: list[str]) -> str:
    """schedules [--json] | schedules rm ID: what is scheduled; take one away"""
    timetable = await anyio.to_thread.run_sync(Timetable, shell.kernel.journal)
    match args:
        case [] | ["--json"]:
            found = [facts(schedule, time.time()) for schedule in timetable.all()]
            return json.dumps(found, ensure_ascii=False) if args else program.drawn(found)
        case ["rm", number] if number.isdecimal():
            await anyio.to_thread.run_sync(timetable.remove, int(number))
            return ""
    raise NotACommand


TIME: dict[str, Callable[[Shell, list[str]], Awaitable[str]]] = {"at": at, "every": every, "schedules": schedules}


async def _add(shell: Shell, kind: str, args: list[str]) -> str:
    """`every good boy does fine` is a request: its second word is no interval."""
    if len(args) < 2 or not _is_time(kind, args[0]):
        raise NotACommand
    try:
        given = arguments([kind, *args])
    except typer.TyperException as error:
        raise UsageError(error.format_message()) from None
    if not given:
        return ""
    wanted = program.spec(_order(kind, given), shell.kernel.config.home, shell.session_limits() or shell.kernel.limits)
    made = await program.keep(shell.kernel, {**wanted, "model": wanted["model"] or shell.model})
    return json.dumps(made, ensure_ascii=False) if given["as_json"] else f"{program.said(made)}\n{NOT_HERE}"


def _order(kind: str, given: dict[str, Any]) -> program.Order:
    caps, limits = tuple(given["cap"] or ()), tuple(given["limit"] or ())
    first, last = (given["model"], caps, limits), (given["missed"], given["zone"], given["as_json"])
    return program.Order(kind, given["when"], given["words"], *first, given["nice"], given["workspace"], *last)


def _is_time(kind: str, text: str) -> bool:
    named = {"at": ("now", "noon", "midnight"), "every": ()}[kind]
    return text in named or text.startswith("@") or any(character.isdigit() for character in text)
