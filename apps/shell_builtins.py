"""The shell's builtins: what only the shell itself can do. Each takes its words and gives its output."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from llmasos import Limits
from llmasos.apps.commands import arguments, command_names, kill_words, parses
from llmasos.apps.jobs import Job
from llmasos.apps.memory_map import map_table, rates_table
from llmasos.apps.printable import one_line
from llmasos.apps.processes import live_facts, live_table
from llmasos.apps.programs import chosen
from llmasos.apps.run import document, granted, workspace
from llmasos.apps.shell_line import NotACommand
from llmasos.apps.shell_live import LIVE
from llmasos.apps.shell_mounts import MOUNTS
from llmasos.apps.shell_past import PAST
from llmasos.apps.shell_time import TIME
from llmasos.config import load_config
from llmasos.debugger import break_at, points
from llmasos.errors import ConfigError, LLMasOSError, UsageError
from llmasos.events import Signal, State

if TYPE_CHECKING:
    from llmasos.apps.shell import Shell

Builtin = Callable[["Shell", list[str]], Awaitable[str]]


async def cd(shell: Shell, args: list[str]) -> str:
    """cd [DIR]: change the workspace of what is started from here on, and of the conversation"""
    if len(args) > 1:
        raise NotACommand
    folder = os.path.expanduser(args[0] if args else "~")  # noqa: PTH111, ASYNC240 - no I/O
    try:
        os.chdir(folder)
    except OSError as error:
        raise UsageError(f"cd: {folder}: {error.strerror}") from None
    shell.chdir(Path.cwd())
    return ""


async def jobs(shell: Shell, args: list[str]) -> str:
    """jobs: list what this shell has started"""
    _only(args, 0)
    return "\n".join(_job(job) for job in shell.jobs)


async def fg(shell: Shell, args: list[str]) -> str:
    """fg [JOB]: continue a job in the foreground"""
    _only(args, 1)
    job = shell.jobs.get(args[0] if args else None)
    job.foreground = True
    _continue(job)
    await shell.attend(job)
    return ""


async def bg(shell: Shell, args: list[str]) -> str:
    """bg [JOB]: continue a stopped job behind the prompt"""
    _only(args, 1)
    job = shell.jobs.get(args[0] if args else None)
    _continue(job)
    shell.watch(job)
    return _job(job)


async def ps(shell: Shell, args: list[str]) -> str:
    """ps [-a] [--json]: list the processes of this kernel, with -a also those that have ended"""
    if any(not word.startswith("-") for word in args):
        raise NotACommand
    if unknown := set(args) - {"-a", "--all", "--json"}:
        raise UsageError(f"ps: unknown option {min(unknown)}")
    found = shell.kernel.processes(zombies=bool({"-a", "--all"} & set(args)))
    return json.dumps([live_facts(p) for p in found]) if "--json" in args else live_table(found)


async def kill(shell: Shell, args: list[str]) -> str:
    """kill [-SIG] PID|%JOB: send a signal (TERM, INT, KILL, STOP, CONT, USR1)"""
    if args and args[-1].startswith("%"):
        args = [*args[:-1], str(shell.jobs.get(args[-1]).pid)]
    if not args or not args[-1].isdecimal() or len(args) > 2:
        raise NotACommand
    pid, signal = kill_words(args)
    shell.kernel.kill(pid, signal)
    return ""


async def wait(shell: Shell, args: list[str]) -> str:
    """wait PID: wait for a process and print its answer"""
    if len(args) != 1 or not args[0].isdecimal():
        raise NotACommand
    return await shell.interruptible(shell.kernel.handle(int(args[0])).wait())


async def pmap(shell: Shell, args: list[str]) -> str:
    """pmap PID [--json]: what the context of a process is made of, and where its KV is"""
    numbers = [word for word in args if not word.startswith("-")]
    if unknown := set(args) - {*numbers, "--json"}:
        raise UsageError(f"pmap: unknown option {min(unknown)}")
    if len(numbers) != 1 or not numbers[0].isdecimal():
        raise NotACommand
    rows = shell.kernel.memory_map(int(numbers[0]))
    return json.dumps(rows, ensure_ascii=False) if "--json" in args else map_table(int(numbers[0]), rows)


async def vmstat(shell: Shell, args: list[str]) -> str:
    """vmstat [--json]: tokens computed, cached and swapped since the start, and the room left, by model"""
    if unknown := set(args) - {"--json"}:
        raise UsageError(f"vmstat: unknown option {min(unknown)}")
    rows = shell.kernel.memory_rates()
    return json.dumps(rows) if args else rates_table(rows)


async def run(shell: Shell, args: list[str]) -> str:
    """run [APP] PROMPT [--limit K=V] [--cap C] [--model M] [--nice N] [--break POINT]: one beside the conversation"""
    try:
        order = arguments(["run", *args])
    except typer.TyperException as error:
        raise UsageError(error.format_message()) from None
    if not order:
        return ""
    if not order["words"]:
        raise UsageError("run needs a request")
    if order["yes"] or order["verbose"]:
        raise UsageError("run --yes and -v are for scripts: the shell shows calls and puts questions to you")
    if order["detach"]:
        raise UsageError("run --detach leaves a process to the daemon; here, end the line with &")
    choice = chosen(order["words"], shell.kernel.config.home)
    points(shell.kernel, order["breaks"] or ())
    handle = await shell.kernel.spawn(
        await shell.loaded(choice),
        choice.request,
        limits=Limits.parse(order["limit"], shell.session_limits() or shell.kernel.limits) if order["limit"] else None,
        capabilities=granted(shell.kernel, tuple(order["cap"] or ())),
        nice=order["nice"],
        model=order["model"] or shell.model,
        workspace=workspace(order["workspace"]),
        attended=shell.attended,
    )
    if order["breaks"]:
        await break_at(shell.kernel, handle.pid, order["breaks"])
    if order["as_json"]:
        with contextlib.suppress(LLMasOSError):
            await shell.attend_quietly(handle)
        shell.code = handle.process.exit_code or 0
        return json.dumps(document(handle), ensure_ascii=False)
    if shell.capturing:
        return await shell.attend_quietly(handle)
    await shell.attend(shell.jobs.add(handle, choice.request))
    return ""


async def history(shell: Shell, args: list[str]) -> str:
    """history: the lines of this session"""
    _only(args, 0)
    return "\n".join(f"{number:5}  {line}" for number, line in enumerate(shell.lines, 1))


async def ulimit(shell: Shell, args: list[str]) -> str:
    """ulimit [K=V]...: show or set the limits of processes started from here on"""
    if any("=" not in word for word in args):
        raise NotACommand
    before = list(shell.limits)
    shell.limits += args
    try:
        limits = shell.session_limits() or shell.kernel.limits
    except UsageError:
        shell.limits = before
        raise
    if args:
        return ""
    shown = ((f.name, getattr(limits, f.name)) for f in fields(limits))
    return "\n".join(f"{name:<10} {'none' if value is None else value}" for name, value in shown)


async def export(shell: Shell, args: list[str]) -> str:
    """export NAME=VALUE...: set environment variables, settings among them; export M FILE copies a model out"""
    if not any("=" in word for word in args) and parses(["export", *args]):
        return await shell.outside(["export", *args], capture=shell.capturing)
    if not args or any("=" not in word or not word.partition("=")[0].isidentifier() for word in args):
        raise NotACommand
    before = dict(os.environ)
    os.environ.update({word.partition("=")[0]: word.partition("=")[2] for word in args})
    try:
        load_config()
    except ConfigError:
        os.environ.clear()
        os.environ.update(before)
        raise
    shell.follow_settings()
    return ""


async def help_(shell: Shell, args: list[str]) -> str:
    """help [WORD]: this list, or one entry of it"""
    entries = {name: builtin.__doc__ or "" for name, builtin in BUILTINS.items()}
    for call in shell.kernel.table:
        entries.setdefault(call.name, f"{call.name}: a call that agents make. {call.description}")
    if args:
        if len(args) > 1 or args[0] not in entries:
            raise NotACommand
        return entries[args[0]]
    calls = ", ".join(call.name for call in shell.kernel.table)
    more = ", ".join(sorted(set(command_names()) - set(BUILTINS)))
    return (
        "A line is a request to an agent: write buy milk to todo.txt\n"
        "REQUEST & is behind the prompt; A | B gives B what A answers; > FILE, >> FILE and < FILE redirect.\n\n"
        + "\n".join(f"  {builtin.__doc__}" for builtin in BUILTINS.values())
        + f"\n\ncommands: {more} (each has --help)\ncalls of agents: {calls}"
    )


async def clear(shell: Shell, args: list[str]) -> str:
    """clear: clear the screen"""
    _only(args, 0)
    if sys.stdout.isatty() and not shell.capturing:
        print("\033[H\033[2J\033[3J", end="", flush=True)
    return ""


async def leave(shell: Shell, args: list[str]) -> str:
    """exit [CODE]: leave the shell (^D does too)"""
    from llmasos.apps.shell import Leave

    if len(args) > 1 or (args and not args[0].isdecimal()):
        raise NotACommand
    raise Leave(int(args[0]) if args else shell.code)


BUILTINS: dict[str, Builtin] = {
    "ps": ps,
    "kill": kill,
    "wait": wait,
    "pmap": pmap,
    "vmstat": vmstat,
    **LIVE,
    **TIME,
    **MOUNTS,
    **PAST,
    "run": run,
    "jobs": jobs,
    "fg": fg,
    "bg": bg,
    "cd": cd,
    "ulimit": ulimit,
    "export": export,
    "history": history,
    "clear": clear,
    "help": help_,
    "exit": leave,
}


async def builtin(shell: Shell, name: str, args: list[str]) -> str:
    """Run one. A word alone is no request: where it needs more, UsageError says what."""
    if args == ["--help"]:
        return BUILTINS[name].__doc__ or ""
    try:
        return await BUILTINS[name](shell, args)
    except NotACommand:
        if args:
            raise
        raise UsageError(f"usage: {BUILTINS[name].__doc__}") from None


def _only(args: list[str], count: int) -> None:
    """More words than a builtin takes make a request of the line."""
    if len(args) > count:
        raise NotACommand


def _job(job: Job) -> str:
    return f"[{job.number}]  {job.state:<8} {job.pid:>4}  {one_line(job.request, 60)}"


def _continue(job: Job) -> None:
    if job.handle.process.state is State.STOPPED:
        job.handle.kill(Signal.CONT)
