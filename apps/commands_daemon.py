"""The commands on the daemon: serve, status, stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from llmasos.apps.quick_imports import quick_imports
from llmasos.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    for command, example in COMMANDS.items():
        app.command(epilog=f"Example: llmasos {example}")(command)


def serve(
    socket: Annotated[Path | None, typer.Option("--socket", metavar="P", help="Default: in the state folder.")] = None,
    http: Annotated[str | None, typer.Option("--http", metavar="HOST:PORT", help="Also TCP, with a token.")] = None,
    token_file: Annotated[Path | None, typer.Option("--token-file", metavar="F", help="Made when missing.")] = None,
    log_file: Annotated[Path | None, typer.Option("--log-file", metavar="F", help="Rotated; not stderr.")] = None,
    print_unit: Annotated[bool, typer.Option("--print-unit", help="Print the service unit instead.")] = False,
    install_unit: Annotated[bool, typer.Option("--install-unit", help="Write the systemd or launchd unit.")] = False,
) -> None:
    """Serve one kernel to other programs: OpenAI's API and our own."""
    with quick_imports():
        from llmasos.apps.daemon import start as program
        from llmasos.apps.daemon.order import Order

    order = Order(socket, http, token_file, log_file)
    if print_unit or install_unit:
        print(program.unit(order, installs=install_unit))
    else:
        raise typer.Exit(program.main(order))


def status(
    as_json: Json = False,
    page: Annotated[bool, typer.Option("--page", help="Print the web page's address, with its token.")] = False,
) -> None:
    """Say whether the daemon runs; ends with 3 when not."""
    from llmasos.apps.daemon import status as program

    if as_json and page:
        raise UsageError("--page prints an address, no document: leave --json out")
    if page:
        program.page()
        return
    raise typer.Exit(program.status(as_json))


def stop() -> None:
    """Stop the daemon and wait until it has gone."""
    from llmasos.apps.daemon import status as program

    raise typer.Exit(program.stop())


COMMANDS: dict[Callable[..., None], str] = {
    serve: "serve --http 127.0.0.1:8080",
    status: "status --json",
    stop: "stop",
}
