"""The commands on the journal and the state directory: audit, compact, du."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    for command, example in COMMANDS.items():
        app.command(epilog=f"Example: llmasos {example}")(command)


def audit(
    pid: Annotated[int | None, typer.Argument(metavar="[PID]")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Whether the journal is as it was written.")] = False,
    denied: Annotated[bool, typer.Option("--denied", help="Only what was refused.")] = False,
    as_json: Json = False,
) -> None:
    """Every call that was asked for and what was decided; --verify ends with 1 when the record was tampered with."""
    from llmasos.apps import journal_care
    from llmasos.errors import UsageError

    if verify:
        if pid is not None or denied:
            raise UsageError("--verify is about the whole journal: it takes no PID and no --denied")
        raise typer.Exit(journal_care.audit_verify(as_json=as_json))
    print(journal_care.audit(pid=pid, denied=denied, as_json=as_json))


def compact(
    days: Annotated[float | None, typer.Option("--keep-days", metavar="N", min=0, help="After their end.")] = None,
    mb: Annotated[float | None, typer.Option("--keep-mb", metavar="N", min=0, help="Of journal.")] = None,
    as_json: Json = False,
) -> None:
    """Take the conversations of processes that ended long ago out of the journal; their answers stay."""
    from llmasos.apps import journal_care

    print(journal_care.compact(days, mb, as_json=as_json))


def du(
    everything: Annotated[bool, typer.Option("-a", "--all", help="Each process's part of the journal.")] = False,
    as_json: Json = False,
) -> None:
    """What the state directory holds."""
    from llmasos.apps import disk_usage

    print(disk_usage.du(everything=everything, as_json=as_json))


COMMANDS: dict[Callable[..., None], str] = {
    audit: "audit --verify",
    compact: "compact --keep-days 30",
    du: "du -a",
}
