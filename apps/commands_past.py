"""The commands on a process's past: strace, replay, diff, checkpoint, restore, branch, step."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

Pid = Annotated[int, typer.Argument(metavar="PID")]
Workspace = Annotated[Path | None, typer.Option("--workspace", metavar="DIR", help="Its files.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    for command, example in COMMANDS.items():
        app.command(epilog=f"Example: llmasos {example}")(command)


def strace(
    pid: Pid, keep_on: Annotated[bool, typer.Option("-f", "--follow", help="Go on until it ends.")] = False
) -> None:
    """The calls a process made, with what came of them."""
    from llmasos.apps import records

    records.strace(pid, keep_on=keep_on, write=lambda line: print(line, flush=True))


def replay(
    pid: Pid,
    to: Annotated[int | None, typer.Option("--to", metavar="SEQ", help="Up to this record.")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes that went through the model, prompts too.")] = False,
) -> None:
    """A process's conversation as it went, made again from its tokens."""
    from llmasos.apps import records

    if raw:
        records.raw(pid, to=to, write=sys.stdout.buffer.write)
    else:
        records.replay(pid, to=to, write=print)


def diff(pid: Pid, other: Pid) -> None:
    """Compare two conversations; ends with 1 when they differ."""
    from llmasos.apps import records

    raise typer.Exit(records.diff(pid, other, write=print))


def checkpoint(pid: Pid, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write a process to a file, from which `restore` goes on."""
    from llmasos.apps import time_travel

    time_travel.checkpoint(pid, file)


def restore(file: Annotated[Path, typer.Argument(metavar="FILE")], workspace: Workspace = None) -> None:
    """Go on with a process from a checkpoint, on this machine's model."""
    from llmasos.apps import time_travel

    raise typer.Exit(time_travel.restore(file, workspace))


def branch(
    pid: Pid,
    at: Annotated[
        int | None, typer.Option("--at", metavar="SEQ", help="From this record on; else from its end.")
    ] = None,
    say: Annotated[str | None, typer.Option("--say", metavar="TEXT", help="Say this there.")] = None,
    workspace: Workspace = None,
) -> None:
    """Go on from a point of a process's past, as a new process."""
    from llmasos.apps import time_travel

    raise typer.Exit(time_travel.branch(pid, at, say, workspace))


def step(
    pid: Pid,
    tokens: Annotated[int, typer.Argument(metavar="[N]", min=1)] = 1,
    backwards: Annotated[bool, typer.Option("--back", help="A new process, so many tokens ago.")] = False,
    as_json: Json = False,
) -> None:
    """Let a stopped process generate N tokens; with --back, stand a new one where it was N tokens ago."""
    from llmasos.apps import time_travel

    print(time_travel.step(pid, tokens, backwards=backwards, as_json=as_json))


COMMANDS: dict[Callable[..., None], str] = {
    strace: "strace 7",
    replay: "replay 7",
    diff: "diff 7 9",
    checkpoint: "checkpoint 7 seven.json",
    restore: "restore seven.json",
    branch: 'branch 7 --at 120 --say "and in Oslo?"',
    step: "step 7 5",
}
