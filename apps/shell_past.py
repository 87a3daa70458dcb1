"""The shell's builtins that start from the past, or shorten it: branch, restore, compact. On the shell's own kernel."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import typer

from llmasos import history
from llmasos.apps import journal_care, time_travel
from llmasos.apps.commands import arguments
from llmasos.apps.run import workspace
from llmasos.apps.shell_line import NotACommand
from llmasos.errors import UsageError
from llmasos.events import Remains, go_on, remains

if TYPE_CHECKING:
    from llmasos.apps.shell import Shell


async def branch(shell: Shell, args: list[str]) -> str:
    """branch PID [--at SEQ] [--say TEXT]: go on from a point of a process's past, as a new process"""
    if not args or not (args[0].isdecimal() or args[0].startswith("-")):
        raise NotACommand  # `branch out into Rust` is a request
    if not (given := _given(["branch", *args])):
        return ""
    records = await anyio.to_thread.run_sync(history.whole, shell.kernel.config.home, given["pid"])
    found = replace(remains(time_travel.past(given["pid"], records, given["at"])), breaks=[])
    if given["say"] is not None:
        found = time_travel.saying(found, given["say"])
    return await _go_on(shell, found, f"branch of {given['pid']}", given["workspace"])


async def restore(shell: Shell, args: list[str]) -> str:
    """restore FILE: go on with a process from a checkpoint"""
    if len(args) != 1 and not any(word.startswith("-") for word in args):
        raise NotACommand
    if not (given := _given(["restore", *args])):
        return ""
    found = await anyio.to_thread.run_sync(time_travel.remains_of, given["file"])
    return await _go_on(shell, found, f"restore {given['file']}", given["workspace"])


async def compact(shell: Shell, args: list[str]) -> str:
    """compact [--keep-days N] [--keep-mb N] [--json]: shorten what is kept of processes that ended long ago"""
    if any(not word.startswith("-") and not word.replace(".", "", 1).isdecimal() for word in args):
        raise NotACommand
    if not (given := _given(["compact", *args])):
        return ""
    keep = journal_care.wanted(shell.kernel.config, given["days"], given["mb"])
    count, freed = await anyio.to_thread.run_sync(lambda: shell.kernel.journal.compact(keep, give_back=True))
    done = {"processes": count, "bytes": freed}
    return json.dumps(done) if given["as_json"] else journal_care.compacted_words(count, freed)


PAST: dict[str, Callable[[Shell, list[str]], Awaitable[str]]] = {
    "branch": branch,
    "restore": restore,
    "compact": compact,
}


async def _go_on(shell: Shell, found: Remains, words: str, folder: Path | None) -> str:
    """A job in the foreground; its output, where that goes somewhere else."""
    spawn = {**found.spawn, "workspace": str(workspace(folder)), "interactive": False}
    handle = await go_on(shell.kernel, replace(found, spawn=spawn))
    if shell.capturing:
        return await shell.attend_quietly(handle)
    await shell.attend(shell.jobs.add(handle, words))
    return ""


def _given(words: list[str]) -> dict[str, Any]:
    """Raises UsageError; empty for --help."""
    try:
        given = arguments(words)
    except typer.TyperException as error:
        raise UsageError(error.format_message()) from None
    return given or {}
