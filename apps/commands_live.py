"""The commands on processes that run: nice, limit, top, pmap, vmstat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Pid = Annotated[int, typer.Argument(metavar="PID")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    for command, (example, settings) in COMMANDS.items():
        app.command(epilog=f"Example: llmasos {example}", context_settings=settings)(command)


def nice(words: Annotated[list[str], typer.Argument(metavar="PID N")]) -> None:
    """Set how much a process gets when others want to run: -20 most, 19 least."""
    from llmasos.apps import live

    live.nice(*live.nice_words(words))


def limit(words: Annotated[list[str], typer.Argument(metavar="PID [K=V]...")], as_json: Json = False) -> None:
    """Show or change a process's limits: tokens, seconds, syscalls, children, depth, context."""
    from llmasos.apps import live

    pid, changes = live.limit_words(words)
    shown = live.limit(pid, changes, as_json=as_json)
    if as_json or not changes:
        print(shown)


def top(
    seconds: Annotated[float, typer.Option("-d", "--delay", metavar="S", min=0.05, help="Between two looks.")] = 1.0,
    count: Annotated[int | None, typer.Option("-n", metavar="N", min=1, help="So many tables, then end.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a look.")] = False,
) -> None:
    """Watch the daemon's processes and how fast each generates; q leaves."""
    from llmasos.apps import top as program

    program.of_daemon(seconds=seconds, count=count, as_json=as_json)


def pmap(pid: Pid, as_json: Json = False) -> None:
    """What the context of a process is made of, and where its KV is."""
    from llmasos.apps import live

    print(live.pmap(pid, as_json=as_json))


def vmstat(as_json: Json = False) -> None:
    """Tokens computed, cached and swapped since the daemon's start, and the room left, by model."""
    from llmasos.apps import live

    print(live.vmstat(as_json=as_json))


COMMANDS: dict[Callable[..., None], tuple[str, dict[str, Any]]] = {
    nice: ("nice 7 10", {"ignore_unknown_options": True}),
    limit: ("limit 7 tokens=500 seconds=none", {}),
    top: ("top", {}),
    pmap: ("pmap 7", {}),
    vmstat: ("vmstat", {}),
}
