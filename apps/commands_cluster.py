"""The commands on more than one machine: cluster add, remove, nodes, ps, run, kill, logs, move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from llmasos.errors import UsageError

if TYPE_CHECKING:
    from llmasos.apps.cluster.nodes import Nodes

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str, typer.Argument(metavar="NODE")]
Process = Annotated[str, typer.Argument(metavar="NODE:PID")]

cluster_app = typer.Typer(rich_markup_mode=None, epilog="Example: llmasos cluster nodes")


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.add_typer(cluster_app, name="cluster")


def known() -> Nodes:
    from llmasos.apps.cluster.nodes import Nodes
    from llmasos.config import load_config

    return Nodes(load_config().home)


@cluster_app.callback(invoke_without_command=True)
def cluster(context: typer.Context) -> None:
    """Daemons of other machines, by name: see what runs there, run something, move it."""
    if context.invoked_subcommand is None:
        raise UsageError("cluster needs a word more: add, remove, nodes, ps, run, kill, logs or move; see --help")


@cluster_app.command(epilog="Example: llmasos cluster add rome http://10.0.0.5:8080 --token-file ~/rome.token")
def add(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL")],
    token_file: Annotated[Path, typer.Option("--token-file", metavar="F", help="Its token; stays where it is.")],
) -> None:
    """Know a daemon by a name."""
    from llmasos.apps.cluster import adding

    adding.add(known(), name, url, token_file)


@cluster_app.command(epilog="Example: llmasos cluster remove rome")
def remove(name: Name) -> None:
    """Forget one; what runs there goes on."""
    known().remove(name)


@cluster_app.command(epilog="Example: llmasos cluster nodes --json")
def nodes(as_json: Json = False) -> None:
    """How each node is; who does not answer within 3 seconds is down."""
    from llmasos.apps.cluster import show

    print(show.nodes_shown(known(), as_json=as_json))


@cluster_app.command(epilog="Example: llmasos cluster ps -a")
def ps(
    everything: Annotated[bool, typer.Option("-a", "--all", help="Also those that have ended.")] = False,
    as_json: Json = False,
) -> None:
    """The processes of all nodes."""
    from llmasos.apps.cluster import show

    print(show.ps(known(), everything=everything, as_json=as_json))


@cluster_app.command(epilog='Example: llmasos cluster run --on rome "what is 17 times 23?"')
def run(
    words: Annotated[list[str] | None, typer.Argument(metavar="PROMPT")] = None,
    node: Annotated[str | None, typer.Option("--on", metavar="NODE", help="Default: who has least to do.")] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="A node that has it.")] = None,
    cap: Annotated[list[str] | None, typer.Option("--cap", metavar="C", help="Only these capabilities.")] = None,
    limit: Annotated[list[str] | None, typer.Option("--limit", metavar="K=V", help="As those of run.")] = None,
    nice: Annotated[int, typer.Option("--nice", metavar="N", min=-20, max=19, help="-20 first, 19 last.")] = 0,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="DIR", help="A folder of that machine's.")
    ] = None,
    as_json: Json = False,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it there; print its name.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer yes to what it asks.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show calls when stderr is no terminal.")] = False,
) -> None:
    """Run an agent on a node, and follow it."""
    from llmasos.apps.cluster import running
    from llmasos.apps.run import Order

    caps, limits = tuple(cap or ()), tuple(limit or ())
    order = Order(words or [], model, caps, limits, nice, None, as_json, detach, yes, verbose)
    raise typer.Exit(running.run(known(), order, running.Place(node, workspace)))


@cluster_app.command(
    epilog="Example: llmasos cluster kill -STOP rome:7", context_settings={"ignore_unknown_options": True}
)
def kill(words: Annotated[list[str], typer.Argument(metavar="[-SIG] NODE:PID")]) -> None:
    """Send a signal: TERM, or INT, KILL, STOP, CONT, USR1."""
    from llmasos.apps.cluster import show
    from llmasos.events import Signal

    signal = Signal.TERM
    if words[0].startswith("-"):
        signal, words = Signal.parse(words[0]), words[1:]
    if len(words) != 1:
        raise UsageError("cluster kill takes one process: cluster kill [-SIG] NODE:PID")
    show.kill(known(), words[0], signal)


@cluster_app.command(epilog="Example: llmasos cluster logs rome:7")
def logs(
    process: Process, as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False
) -> None:
    """What a process was told, said and did."""
    from llmasos.apps.cluster import show

    show.logs(known(), process, as_json=as_json, write=lambda line: print(line, flush=True))


@cluster_app.command(epilog="Example: llmasos cluster move local:7 rome")
def move(
    process: Process,
    target: Name,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="DIR", help="A folder there; default: its daemon's.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a process go on elsewhere: its conversation goes with it, its files do not."""
    from llmasos.apps.cluster import adding

    print(adding.moved(known(), process, target, workspace, as_json=as_json))
