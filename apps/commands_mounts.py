"""The commands on MCP servers: mount, mounts, umount."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str, typer.Argument(metavar="NAME")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command(epilog="Example: llmasos mount mcp notes -- python3 notes_server.py")(mount)
    app.command(epilog="Example: llmasos mounts")(mounts)
    app.command(epilog="Example: llmasos umount notes")(umount)


def mount(
    kind: Annotated[str, typer.Argument(metavar="mcp")],
    name: Name,
    command: Annotated[list[str] | None, typer.Argument(metavar="-- COMMAND...")] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", metavar="K[=V]", help="A variable for it; K alone: as it is here.")
    ] = None,
    net: Annotated[bool, typer.Option("--net", help="Its sandbox has a network.")] = False,
    read: Annotated[list[Path] | None, typer.Option("--read", metavar="DIR", help="What it may read, too.")] = None,
    unsandboxed: Annotated[bool, typer.Option("--unsandboxed", help="It may do what you may.")] = False,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", metavar="DIR", help="Its folder, to write; default: here.")
    ] = None,
    effect: Annotated[
        list[str] | None, typer.Option("--effect", metavar="TOOL=E", help="What a tool does, where you know better.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="In place of another of that name.")] = False,
    as_json: Json = False,
) -> None:
    """Make the tools of an MCP server calls of agents; without a command, mount it again as it was."""
    from llmasos.apps import mounts as program

    lists = tuple(command or ()), tuple(env or ())
    reads, effects = tuple(read or ()), tuple(effect or ())
    program.mount(
        program.Order(kind, name, *lists, net, unsandboxed, reads, workspace, effects, json=as_json, force=force)
    )


def mounts(as_json: Json = False) -> None:
    """List the mounted MCP servers."""
    from llmasos.apps import mounts as program

    print(program.show(as_json=as_json))


def umount(name: Name) -> None:
    """Take an MCP server away; calls to it that are under way fail."""
    from llmasos.apps import mounts as program

    program.unmount(name)
