"""`llmasos data label`: a label for each record, from a model that can say nothing else.

- The file of labels is appended to as they come, in the order of the data; after ^C or `kill -9`, `--resume` goes on.
- A record that does not fit the model's window has no label and says why; then the exit code is 1.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator

import anyio

from llmasos.apps.dataset.label import Label, label
from llmasos.apps.dataset.labels_file import LabelsFile, record_id
from llmasos.apps.dataset.progress import Progress
from llmasos.apps.dataset.question import Question
from llmasos.apps.dataset.reading import Source, good
from llmasos.apps.dataset.record import Record
from llmasos.boot import catalog
from llmasos.client import find
from llmasos.config import load_config
from llmasos.errors import DataError, UsageError


def main(
    source: Source,
    out: str,
    question: Question,
    *,
    model: str | None,
    into: str,
    resume: bool,
    force: bool,
    as_json: bool,
) -> int:
    """The exit code. Raises UsageError, NoSuchFile, DataError, ModelNotFound, LLMasOSError."""
    if out == "-" and as_json:
        raise UsageError("the data and --json would share standard output: name a file")
    config = load_config({"model.name": model} if model else None)
    source.check(out)
    if config.model.driver != "sim":
        catalog(config.home).resolve(config.model.name)
    asked = (config.model.name, question.prompt, question.field or "", into, *question.labels)
    counts: Counter[str] = Counter()
    with LabelsFile(out, into=into, resume=resume, force=force) as file, Progress("labelled") as progress:
        done = file.done()
        if find(config.home) is not None:
            print("llmasos: a daemon runs: the model is loaded a second time, beside it", file=sys.stderr)

        def write(record: Record, found: Label) -> None:
            file.append({**record.fields, **found.fields(into), f"{into}_record": record_id(record, asked)})
            counts["error" if found.label is None else found.label] += 1
            progress.step()

        anyio.run(label, _left(source, done, out, asked, into), question, config, write)
    failed = counts.pop("error", 0)
    _report(out, len(done), counts, failed, as_json)
    return 1 if failed else 0


def _left(source: Source, done: list[str], out: str, asked: tuple[str, ...], into: str) -> Iterator[Record]:
    """The records that have no label yet. Raises DataError where what was done is not of these records."""
    number = 0
    for record in good(source):
        if into in record.fields:
            raise DataError(f"{source.name}:{record.line}: there is a field {into!r} already: --into another")
        if number >= len(done):
            yield record
        elif done[number] != record_id(record, asked):
            raise DataError(f"{out}: record {number + 1} is of other data, labels, prompt or model: not gone on with")
        number += 1
    if number < len(done):
        raise DataError(f"{out} has {len(done)} records, and {source.name} {number}: not gone on with")


def _report(out: str, before: int, counts: Counter[str], failed: int, as_json: bool) -> None:
    if as_json:
        told = {"file": out, "before": before, "labelled": counts.total(), "failed": failed, "labels": dict(counts)}
        print(json.dumps(told, ensure_ascii=False))
        return
    already = f", {before} were there" if before else ""
    told_labels = f": {', '.join(f'{count} {name}' for name, count in counts.most_common())}" if counts else ""
    print(f"labelled {counts.total()} records{already}{told_labels}", file=sys.stderr)
    if failed:
        print(f"llmasos: {failed} records have no label: each says why in {out}", file=sys.stderr)
