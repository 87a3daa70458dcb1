"""The commands on data sets: data show, clean, split, label."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmasos.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
In = Annotated[str, typer.Argument(metavar="IN", help=".jsonl, .ndjson, .csv or .txt, also .gz; - is stdin.")]
Out = Annotated[str, typer.Argument(metavar="OUT", help="- is stdout.")]
Form = Annotated[str | None, typer.Option("--format", metavar="F", help="jsonl, csv or txt, where IN does not say it.")]
Per = Annotated[str, typer.Option("--per", metavar="line|paragraph", help="What a record of a .txt is.")]
Field = Annotated[str | None, typer.Option("--field", metavar="F", help="The field whose text counts.")]
Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]
Share = Annotated[float | None, typer.Option(metavar="SHARE", help="From 0 to 1; together they make 1.")]

data_app = typer.Typer(
    rich_markup_mode=None,
    epilog="Example: llmasos data show reviews.jsonl",
)


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.add_typer(data_app, name="data")


@data_app.callback(invoke_without_command=True)
def data(context: typer.Context) -> None:
    """Look at a data set, clean it, split it, label it."""
    if context.invoked_subcommand is None:
        raise UsageError("data needs a word more: show, clean, split or label; see llmasos data --help")


@data_app.command(epilog="Example: llmasos data show reviews.jsonl -n 3 --model nano")
def show(
    source: In,
    num: Annotated[int, typer.Option("-n", metavar="N", min=0, help="Print so many records.")] = 0,
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="Count its tokens too.")] = None,
    field: Field = None,
    form: Form = None,
    per: Per = "line",
    as_json: Json = False,
) -> None:
    """What is in a data set: records, fields, lengths, duplicates, and what is wrong with which line."""
    from llmasos.apps import data as program
    from llmasos.apps.dataset.reading import Source

    program.show(Source.of(source, form, per), num=num, model=model, field=field, as_json=as_json)


@data_app.command(
    epilog="Example: llmasos data clean raw.jsonl good.jsonl --dedupe near --redact emails,keys --report why.jsonl"
)
def clean(
    source: In,
    out: Out,
    dedupe: Annotated[str, typer.Option("--dedupe", metavar="exact|near|none", help="Keep one of them.")] = "exact",
    min_chars: Annotated[int | None, typer.Option("--min-chars", metavar="N", min=0, help="Drop shorter.")] = None,
    max_chars: Annotated[int | None, typer.Option("--max-chars", metavar="N", min=0, help="Drop longer.")] = None,
    drop_empty: Annotated[bool, typer.Option("--drop-empty", help="Drop those without any text.")] = False,
    redact: Annotated[
        str | None, typer.Option("--redact", metavar="WHAT", help="emails, phones, keys, with commas between.")
    ] = None,
    normalise: Annotated[
        bool, typer.Option("--normalise", "--normalize", help="One Unicode form, no stray blanks.")
    ] = False,
    field: Field = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="A line of JSON for each drop and change.")
    ] = None,
    form: Form = None,
    per: Per = "line",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Copy what is good; every record dropped or changed is counted by reason."""
    from llmasos.apps import data as program
    from llmasos.apps.dataset.clean import Rules
    from llmasos.apps.dataset.reading import Source
    from llmasos.apps.dataset.redact import Redaction

    rules = Rules(dedupe, min_chars, max_chars, drop_empty, Redaction.of(redact), normalise, field)
    program.clean(Source.of(source, form, per), out, rules, report=report, force=force, as_json=as_json)


@data_app.command(epilog="Example: llmasos data split reviews.jsonl --train 0.8 --valid 0.1 --test 0.1 --seed 7")
def split(
    source: In,
    train: Share = None,
    valid: Share = None,
    test: Share = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Another one, another split.")] = 0,
    by: Annotated[
        str | None, typer.Option("--by", metavar="FIELD", help="Keep what shares its value together.")
    ] = None,
    stratify: Annotated[
        str | None, typer.Option("--stratify", metavar="FIELD", help="The same shares of each of its values.")
    ] = None,
    apart: Annotated[
        str | None, typer.Option("--apart", metavar="near", help="Keep what is nearly the same together.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where to; default: beside IN.")] = None,
    field: Field = None,
    form: Form = None,
    per: Per = "line",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Split into train, valid and test by hashes: the same again, and more records move no others."""
    from llmasos.apps import data as program
    from llmasos.apps.dataset.reading import Source
    from llmasos.apps.dataset.split import Rules, Shares

    if apart not in (None, "near"):
        raise UsageError(f"--apart takes near, not {apart!r}")
    given = (train, valid, test)
    shares = Shares.of(*(0.8, 0.1, 0.1) if given == (None, None, None) else (value or 0.0 for value in given))
    rules = Rules(seed, by, stratify, apart == "near", field)
    program.split(Source.of(source, form, per), shares, rules, folder=out, force=force, as_json=as_json)


@data_app.command(epilog="Example: llmasos data label reviews.jsonl labelled.jsonl --labels good,bad --model qwen")
def label(
    source: In,
    out: Out,
    labels: Annotated[str, typer.Option("--labels", metavar="A,B,C", help="What a label may be.")],
    prompt: Annotated[
        str | None, typer.Option("--prompt", metavar="TEXT", help="With {text}, {labels} or {a field} in it.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="Model by name or path.")] = None,
    into: Annotated[str, typer.Option("--into", metavar="FIELD", help="The field that the label goes into.")] = "label",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with OUT where it ends.")] = False,
    field: Field = None,
    form: Form = None,
    per: Per = "line",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Let a model label each record: it can say one of the labels and nothing else."""
    from llmasos.apps import data_label as program
    from llmasos.apps.dataset.question import Question
    from llmasos.apps.dataset.reading import Source

    question = Question.of(labels, prompt, field)
    data = Source.of(source, form, per)
    how = {"resume": resume, "force": force, "as_json": as_json}
    raise typer.Exit(program.main(data, out, question, model=model, into=into, **how))
