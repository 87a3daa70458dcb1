"""`llmasos data`: look at a data set, clean it, split it, label it. The rooms are in apps/dataset/.

- Results go to standard output or to the file named; what was counted goes to standard error, or (`--json`) is the one
  document on standard output.
- Nothing is dropped or changed without a count and a reason; a file is written whole or not at all, and never over
  another without --force.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from llmasos.apps.dataset.clean import Cleaner, Counts, Rules
from llmasos.apps.dataset.profile import MAX_FAULTS, Profile
from llmasos.apps.dataset.progress import watched
from llmasos.apps.dataset.reading import Source, good
from llmasos.apps.dataset.record import Record, content_of, kind_of, text_of
from llmasos.apps.dataset.split import PARTS, Shares, plan
from llmasos.apps.dataset.split import Rules as SplitRules
from llmasos.apps.dataset.writing import Output, Outputs, check_absent
from llmasos.apps.printable import one_line
from llmasos.apps.processes import table
from llmasos.config import load_config
from llmasos.errors import UsageError

_SHOWN_CHARS = 100


# -- show -------------------------------------------------------------------------------------------------------------


def show(source: Source, *, num: int, model: str | None, field: str | None, as_json: bool) -> None:
    """Print what is in a file, and its first records. Raises UsageError, DataError, ModelNotFound."""
    with ExitStack() as stack:
        count, window = _counter(stack, model)
        profile = stack.enter_context(Profile(count, field))
        first: list[Record] = []
        for item in watched(source):
            profile.look(item)
            if isinstance(item, Record) and len(first) < num:
                first.append(item)
        facts = {"file": source.name, "format": source.form, **profile.facts()}
        if model is not None:
            facts |= {"model": model, "window_tokens": window, "over_window": profile.over(window)}
    if as_json:
        print(json.dumps({**facts, "first": [record.fields for record in first]}, ensure_ascii=False))
        return
    print("\n".join(_lines(facts)))
    for record in first:
        print(f"\n{source.name}:{record.line}\n  {one_line(text_of(record, field) or '', _SHOWN_CHARS)}")


def _counter(stack: ExitStack, model: str | None) -> tuple[Callable[[Record], int] | None, int]:
    """What counts a record's tokens, and the window they have to fit in."""
    if model is None:
        return None, 0
    from llmasos.vocabulary import vocabulary

    tokens = stack.enter_context(vocabulary(load_config(), model))

    def count(record: Record) -> int:
        if kind_of(record.fields) != "chat":
            return tokens.count(text_of(record) or "")
        messages = [{**message, "content": content_of(message)} for message in record.fields["messages"]]
        return tokens.conversation(messages, record.fields.get("tools") or ())

    return count, tokens.window_tokens


def _lines(facts: Mapping[str, Any]) -> Iterable[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in facts["kinds"].items())
    bad = f", {facts['bad']} that are none" if facts["bad"] else ""
    yield f"{facts['file']}: {facts['records']} records{f' ({kinds})' if kinds else ''}{bad}"
    if facts["fields"]:
        yield ""
        yield table(("FIELD", "IN", "TYPE", "VALUES"), [_field(*one) for one in facts["fields"].items()])
        if facts["more_fields"]:
            yield "... and more fields"
    rows = [(name, *facts[name].values()) for name in ("chars", "tokens") if facts[name]]
    if rows:
        yield ""
        yield table(("LENGTH", "MIN", "MEDIAN", "P90", "P99", "MAX", "MEAN", "TOTAL"), rows)
    if facts.get("over_window"):
        yield f"{facts['over_window']} records are longer than the window of {facts['model']}: {facts['window_tokens']}"
    yield from _fault_lines(facts)


def _field(name: str, found: Mapping[str, Any]) -> tuple[object, ...]:
    values = "  ".join(f"{one_line(value, 20)}: {count}" for value, count in found.get("values", {}).items())
    return name, found["count"], ", ".join(found["types"]), values


def _fault_lines(facts: Mapping[str, Any]) -> Iterable[str]:
    if not facts["faults"]:
        return
    yield ""
    yield "  ".join(f"{reason}: {count}" for reason, count in facts["faults"].items())
    for fault in facts["told"]:
        yield f"{facts['file']}:{fault['line']}: {one_line(fault['detail'], 200)}"
    if any(count > MAX_FAULTS for count in facts["faults"].values()):
        yield f"... the first {MAX_FAULTS} of each kind; llmasos data clean --report lists all"


# -- clean ------------------------------------------------------------------------------------------------------------


def clean(source: Source, out: str, rules: Rules, *, report: Path | None, force: bool, as_json: bool) -> None:
    """Write what is left, and say what is not. Raises UsageError, DataError, StorageError."""
    _check_stdout(out, as_json)
    _check_apart(source.name, out, report)
    counts = Counts()
    with ExitStack() as stack:
        cleaner = stack.enter_context(Cleaner(rules))
        reporting = stack.enter_context(_Report(report, force))
        output = stack.enter_context(Output(out, force=force, form=_form(source, out), per=source.per))
        for item in watched(source):
            verdict = cleaner.clean(item)
            counts.add(verdict)
            for line in verdict.lines:
                reporting.write({"line": item.line, "record": item.number, **line})
            if verdict.record is not None:
                output.write(verdict.record)
    if as_json:
        told = {"read": counts.read, "written": counts.written, "changed": counts.changed}
        print(json.dumps({**told, "dropped": dict(counts.dropped), "changes": dict(counts.changes)}))
        return
    _say(f"read {counts.read} records, wrote {counts.written}")
    if counts.dropped:
        _say(f"dropped {counts.dropped.total()}: {_counted(counts.dropped)}")
    if counts.changes:
        _say(f"changed {counts.changed}: {_counted(counts.changes)}")


class _Report:
    """Lines of JSON beside the data, whole or not at all."""

    def __init__(self, path: Path | None, force: bool) -> None:
        self._output: Output | None = None
        if path is not None:
            check_absent(path, force)
            self._output = Output(str(path), force=force, form="jsonl")

    def __enter__(self) -> _Report:
        if self._output is not None:
            self._output.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._output is not None:
            self._output.__exit__(*error)

    def write(self, facts: dict[str, Any]) -> None:
        if self._output is not None:
            self._output.write(Record(0, 0, facts))


# -- split ------------------------------------------------------------------------------------------------------------


def split(
    source: Source, shares: Shares, rules: SplitRules, *, folder: Path | None, force: bool, as_json: bool
) -> None:
    """Write a file for each part that has a share. Raises UsageError, DataError, StorageError."""
    wanted = [number for number, share in enumerate(shares.values) if share]
    names = {number: _part_name(source, PARTS[number], folder) for number in wanted}
    outputs = {n: Output(name, force=force, form=source.form, per=source.per) for n, name in names.items()}
    if folder is not None:
        _make(folder)
    place = plan(source, shares, rules)
    with Outputs(list(outputs.values())):
        for record in watched(good(source)):
            outputs[place(record)].write(record)
    if as_json:
        files = {PARTS[n]: {"file": names[n], "records": output.count} for n, output in outputs.items()}
        print(json.dumps({"seed": rules.seed, "parts": files}, ensure_ascii=False))
        return
    total = sum(output.count for output in outputs.values())
    for output in outputs.values():
        _say(f"{output.name}: {output.count} records ({output.count / max(1, total):.1%})")


def _part_name(source: Source, part: str, folder: Path | None) -> str:
    """`reviews.jsonl.gz` is split into `reviews.train.jsonl.gz`; standard input, in a folder, into `train.jsonl`."""
    if source.name == "-":
        if folder is None:
            raise UsageError("split - needs a folder to write to: --out DIR")
        return str(folder / f"{part}.{source.form}")
    path = Path(source.name)
    packed = ".gz" if path.name.endswith(".gz") else ""
    plain = Path(path.name.removesuffix(".gz"))
    return str((folder or path.parent) / f"{plain.stem}.{part}{plain.suffix}{packed}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from None


# -- what they share --------------------------------------------------------------------------------------------------


def _form(source: Source, out: str) -> str | None:
    """Standard output has the format that is read."""
    return source.form if out == "-" else None


def _check_stdout(out: str, as_json: bool) -> None:
    if out == "-" and as_json:
        raise UsageError("the data and --json would share standard output: name a file")


def _check_apart(name: str, out: str, report: Path | None) -> None:
    """A report must not become the data, or the other way round."""
    taken = [Path(n).resolve() for n in (name, out) if n != "-"]
    if report is not None and report.resolve() in taken:
        raise UsageError(f"--report {report} is the data's own file")


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return ", ".join(f"{count} {reason}" for reason, count in ordered)


def _say(line: str, stream: IO[str] | None = None) -> None:
    print(line, file=stream or sys.stderr)
