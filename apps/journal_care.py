"""`compact` and `audit`: what is kept of processes that have ended, and whether the journal is as it was written."""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import asdict
from typing import Any

import anyio

from llmasos import Kernel, history
from llmasos.apps.printable import call_words, one_line
from llmasos.apps.processes import table
from llmasos.client import find
from llmasos.config import Config, load_config
from llmasos.errors import UsageError
from llmasos.events import Record
from llmasos.journals import Keep, verify


def compact(days: float | None, mb: float | None, *, as_json: bool = False) -> str:
    """By the daemon, or by ourselves. Raises UsageError when nothing says what to keep, LLMasOSError."""
    config = load_config()
    keep = wanted(config, days, mb)
    if (daemon := find(config.home)) is not None:
        asked = {"keep_days": keep.days, "keep_mb": keep.mb}
        done = daemon.request("POST", "/api/journal/compact", asked, timeout_s=600)
        count, freed = done["processes"], done["bytes"]
    else:
        count, freed = anyio.run(_compact, keep)
    return json.dumps({"processes": count, "bytes": freed}) if as_json else compacted_words(count, freed)


def wanted(config: Config, days: float | None, mb: float | None) -> Keep:
    """What is to be kept, by the command or the settings. Raises UsageError where neither says."""
    if math.inf in (days, mb):
        raise UsageError("--keep-days and --keep-mb are numbers; what is to be kept for ever is not compacted")
    if days is None and mb is None:
        days, mb = config.journal.keep_days, config.journal.keep_mb
    if days is None and mb is None:
        raise UsageError("what should be kept? --keep-days N, --keep-mb N, or journal.keep_days in the settings")
    return Keep(days, mb)


def compacted_words(count: int, freed: int) -> str:
    return f"compacted {count} process{'' if count == 1 else 'es'}, {freed / 2**20:.2f} MB"


async def _compact(keep: Keep) -> tuple[int, int]:
    async with Kernel.boot() as kernel:
        return await anyio.to_thread.run_sync(lambda: kernel.journal.compact(keep, give_back=True))


def audit_verify(*, as_json: bool) -> int:
    """Print what was found; 1 when the journal is not as it was written. Raises LLMasOSError."""
    found = verify(load_config().home / "journal.db")
    if as_json:
        print(json.dumps(asdict(found)))
    else:
        for line in found.wrong:
            print(line)
        if not found.wrong:
            compacted = f", {found.compacted} of them compacted" if found.compacted else ""
            print(f"whole: {found.records} records of {found.processes} processes{compacted}")
    return int(bool(found.wrong))


def audit(*, pid: int | None, denied: bool, as_json: bool) -> str:
    """Every call that was asked for, and what was decided. Raises NoSuchProcess."""
    home = load_config().home
    pids = [pid] if pid is not None else [past.pid for past in history.processes(home)]
    records = [record for p in pids for record in history.records(home, p)]
    if (compacted := len({record.pid for record in records if record.kind == "compacted"})) > 0:
        whose = f"{compacted} compacted process{'' if compacted == 1 else 'es'}"
        print(f"llmasos: without the calls of {whose}", file=sys.stderr)
    calls = sorted((record for record in records if record.kind == "result"), key=lambda record: record.seq)
    if denied:
        calls = [record for record in calls if record.body["decision"] != "allow"]
    consents = {(r.pid, r.body["call"]): r.body for r in records if r.kind == "consent"}
    if as_json:
        said = [{"at": r.at, "pid": r.pid, **r.body, "consent": consents.get((r.pid, r.body["seq"]))} for r in calls]
        return json.dumps(said, ensure_ascii=False)
    rows = [
        (
            time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.at)),
            record.pid,
            _decided(record, consents.get((record.pid, record.body["seq"]))),
            one_line(call_words(record.body["name"], record.body["arguments"]), 80),
            one_line(record.body["error"] or "", 100),
        )
        for record in calls
    ]
    return table(("TIME", "PID", "DECISION", "CALL", "ERROR"), rows)


def _decided(call: Record, consent: dict[str, Any] | None) -> str:
    """The decision, and that a person took it."""
    if consent is None:
        return str(call.body["decision"])
    return f"{call.body['decision']} ({'approved' if consent['approved'] else 'not approved'}, {consent['scope']})"
