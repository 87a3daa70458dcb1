"""The commands of consent: approve and deny."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Question = Annotated[str, typer.Argument(metavar="ID")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command(epilog="Example: llmasos approve 7.3 --target")(approve)
    app.command(epilog="Example: llmasos deny 7.3")(deny)


def approve(
    question: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    once: Annotated[bool, typer.Option("--once", help="This call only (the default).")] = False,
    target: Annotated[bool, typer.Option("--target", help="This call on the same target, from now on.")] = False,
    process: Annotated[bool, typer.Option("--process", help="This call, to the end of the process.")] = False,
    as_json: Json = False,
) -> None:
    """Let a call run that waits for it; without an ID, list what waits."""
    from llmasos.apps import approvals
    from llmasos.errors import UsageError

    chosen = [name for name, on in (("once", once), ("target", target), ("process", process)) if on]
    if len(chosen) > 1 or (chosen and question is None):
        raise UsageError("approve takes an ID and one of --once, --target, --process")
    if question is None:
        print(approvals.listing(as_json=as_json))
    else:
        approvals.approve(question, chosen[0] if chosen else "once")


def deny(question: Question) -> None:
    """Refuse a call that waits for approval; its process is told."""
    from llmasos.apps import approvals

    approvals.deny(question)
