"""The commands on time: at, every, schedules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Words = Annotated[list[str], typer.Argument(metavar="APP PROMPT")]
Model = Annotated[str | None, typer.Option("--model", metavar="M", help="Model by name.")]
Cap = Annotated[list[str] | None, typer.Option("--cap", metavar="C", help="Only these capabilities.")]
Limit = Annotated[list[str] | None, typer.Option("--limit", metavar="K=V", help="As those of run.")]
Nice = Annotated[int, typer.Option("--nice", metavar="N", min=-20, max=19, help="-20 first, 19 last.")]
Workspace = Annotated[Path | None, typer.Option("--workspace", metavar="DIR", help="Its files; default: here.")]
Missed = Annotated[
    str, typer.Option("--missed", metavar="run|skip", help="What was due while no daemon ran: once, or not.")
]
Zone = Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Europe/Berlin; default: this machine's.")]

schedules_app = typer.Typer(rich_markup_mode=None, epilog="Example: llmasos schedules rm 3")


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command(epilog='Example: llmasos at "tomorrow 09:00" "what is in todo.txt?"')(at)
    app.command(epilog='Example: llmasos every "0 9 * * 1-5" "what is in todo.txt?"')(every)
    app.add_typer(schedules_app, name="schedules")


def at(
    when: Annotated[str, typer.Argument(metavar="TIME")],
    words: Words,
    model: Model = None,
    cap: Cap = None,
    limit: Limit = None,
    nice: Nice = 0,
    workspace: Workspace = None,
    missed: Missed = "run",
    zone: Zone = None,
    as_json: Json = False,
) -> None:
    """Run a process once, later: 2026-12-01 09:00, 09:00, "tomorrow 09:00", "in 10 minutes"."""
    _add("at", when, words, model, cap, limit, nice, workspace, missed, zone, as_json)


def every(
    when: Annotated[str, typer.Argument(metavar="INTERVAL")],
    words: Words,
    model: Model = None,
    cap: Cap = None,
    limit: Limit = None,
    nice: Nice = 0,
    workspace: Workspace = None,
    missed: Missed = "run",
    zone: Zone = None,
    as_json: Json = False,
) -> None:
    """Run a process again and again: 10m, "2 hours", @daily, or cron's five fields."""
    _add("every", when, words, model, cap, limit, nice, workspace, missed, zone, as_json)


def _add(
    kind: str,
    when: str,
    words: list[str],
    model: str | None,
    cap: list[str] | None,
    limit: list[str] | None,
    nice: int,
    workspace: Path | None,
    missed: str,
    zone: str | None,
    as_json: bool,
) -> None:
    from llmasos.apps import schedules as program

    caps, limits = tuple(cap or ()), tuple(limit or ())
    program.add(program.Order(kind, when, words, model, caps, limits, nice, workspace, missed, zone, as_json))


@schedules_app.callback(invoke_without_command=True)
def schedules(context: typer.Context, as_json: Json = False) -> None:
    """List what is scheduled; rm takes one away."""
    if context.invoked_subcommand is None:
        from llmasos.apps import schedules as program

        print(program.show(as_json=as_json))


@schedules_app.command("rm", epilog="Example: llmasos schedules rm 3")
def rm(schedule_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Take a schedule away; a process that it started goes on."""
    from llmasos.apps import schedules as program

    program.remove(schedule_id)
