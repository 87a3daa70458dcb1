"""The commands on models: models, show, import, export, quantize, pull, use, rm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Model = Annotated[str, typer.Argument(metavar="M")]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Default: the file's name.")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command(epilog="Example: llmasos models")(models)
    app.command(epilog="Example: llmasos show nano")(show)
    app.command(
        "import",
        epilog="Example: llmasos import ~/Downloads/qwen2.5-0.5b-q4_k_m.gguf && llmasos use qwen2.5-0.5b-q4_k_m",
    )(import_)
    app.command(epilog="Example: llmasos export nano ~/models")(export)
    app.command(epilog="Example: llmasos quantize qwen2.5-0.5b-f16 q4_k_m")(quantize)
    app.command(epilog="Example: llmasos pull hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF:q4_k_m")(pull)
    app.command(epilog="Example: llmasos use nano")(use)
    app.command(epilog="Example: llmasos rm qwen2.5-0.5b-q4_k_m")(rm)


def models(as_json: Json = False) -> None:
    """List the models on this machine."""
    from llmasos.apps import models as program

    program.list_models(as_json)


def show(model: Model, as_json: Json = False) -> None:
    """What a model is: architecture, size, window, template."""
    from llmasos.apps import models as program

    program.show_model(model, as_json)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Check a GGUF file and add it to the models."""
    from llmasos.apps import models as program

    program.import_model(file, name, as_json)


def export(
    model: Model,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="In a folder: under the model's name.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Copy a model's GGUF file to another place."""
    from llmasos.apps import models as program

    program.export_model(model, file, force=force, as_json=as_json)


def quantize(
    model: Model,
    kind: Annotated[str, typer.Argument(metavar="Q", help="q8_0, q6_k, q5_k_m, q4_k_m, q4_0, f16, ...")],
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Default: M-Q.")] = None,
    requantize: Annotated[bool, typer.Option("--requantize", help="Also what is quantised already.")] = False,
    as_json: Json = False,
) -> None:
    """Make a smaller model of a model: its weights in fewer bits."""
    from llmasos.apps import quantize as program

    program.quantize_model(model, kind, name, requantize=requantize, as_json=as_json)


def pull(
    reference: Annotated[
        str, typer.Argument(metavar="REF", help="hf:owner/repo[:file], a URL, a path; minilm: what texts are found by.")
    ],
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Fetch a model, or go on fetching it; HF_TOKEN is for what is private."""
    from llmasos.apps import pull as program

    program.pull(reference, name, as_json)


def use(model: Model) -> None:
    """Make a model the one that agents run on."""
    from llmasos.apps import models as program

    program.use_model(model)


def rm(model: Model) -> None:
    """Remove an imported model."""
    from llmasos.apps import models as program

    program.remove_model(model)
