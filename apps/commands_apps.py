"""The commands on apps: apps, install, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command(epilog="Example: llmasos apps")(apps)
    app.command(epilog="Example: llmasos install shop.py && llmasos run shop bread")(install)
    app.command(epilog="Example: llmasos remove shop")(remove)


def names() -> list[str]:
    """What a shell's completion offers."""
    from llmasos.apps.programs import app_names
    from llmasos.config import load_config

    return app_names(load_config().home)


def first_word(context: typer.Context) -> list[str]:
    """An app's name, where one may stand."""
    return names() if not context.params.get("words") else []


def apps(as_json: Json = False) -> None:
    """List the apps that run by name, and what each may do."""
    from llmasos.apps import app_list

    print(app_list.show(as_json=as_json))


def install(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A Python file with an App, or a folder with an app.py.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Run its code as you without a question.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Over an installed one of that name.")] = False,
    as_json: Json = False,
) -> None:
    """Check an app, which runs its code, and make it one that runs by its name."""
    from llmasos.apps import install as program

    program.install(program.Order(path, yes, force, as_json))


def _app_name(text: str) -> str:
    """In the shell, `remove notes.txt` is a request."""
    from llmasos.installed import is_name

    if not is_name(text):
        raise typer.BadParameter(f"{text!r} is no app's name")
    return text


def remove(
    name: Annotated[str, typer.Argument(metavar="APP", callback=_app_name, autocompletion=lambda: names()[1:])],
) -> None:
    """Remove an installed app; its processes go on."""
    from llmasos.apps import app_list

    app_list.remove(name)
