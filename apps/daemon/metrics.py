"""`/healthz`, `/readyz` and `/metrics`: what an orchestrator and Prometheus ask.

The text format is written by hand: `name{label="value"} number`, a HELP and a TYPE line before each name.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from llmasos.apps.daemon.state import Daemon, Here

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, object], float]

# Of `kernel.memory_rates()`: its key, our name, what it means.
_COUNTED = (
    ("prefill_tokens", "llmasos_prefill_tokens_total", "Prompt tokens that were computed."),
    ("cached_tokens", "llmasos_cached_tokens_total", "Prompt tokens whose KV was there already."),
    ("decode_tokens", "llmasos_decode_tokens_total", "Tokens that were sampled."),
    ("forced_tokens", "llmasos_forced_tokens_total", "Tokens that a grammar left no choice about."),
    ("page_faults", "llmasos_page_faults_total", "Pages that came back from the archive."),
    ("page_outs", "llmasos_page_outs_total", "Pages that left for the archive."),
    ("swap_ins", "llmasos_swap_ins_total", "Sequences that came back from swap."),
    ("swap_outs", "llmasos_swap_outs_total", "Sequences that went to swap."),
    ("saves", "llmasos_kv_saves_total", "Sequences that were saved for a restart."),
    ("restores", "llmasos_kv_restores_total", "Sequences that came back from what was saved."),
    ("evictions", "llmasos_evictions_total", "Sequences that were dropped or swapped for room."),
)
_MEASURED = (
    ("free_cells", "llmasos_kv_cells_free", "KV cells that nobody uses."),
    ("cells", "llmasos_kv_cells", "KV cells of the device."),
)

routes = APIRouter(tags=["operation"])


@routes.get("/healthz", response_model=None)
async def healthz() -> Response:
    """The daemon answers."""
    return JSONResponse({"status": "ok"})


@routes.get("/readyz", response_model=None)
async def readyz(daemon: Here) -> Response:
    """The model that agents run on is loaded, and its driver works; 503 and the reason where not."""
    if reason := daemon.unready:
        return JSONResponse({"status": "not ready", "reason": reason}, 503)
    return JSONResponse({"status": "ok"})


@routes.get("/metrics", response_model=None)
async def metrics(daemon: Here) -> Response:
    return PlainTextResponse("\n".join(_lines(daemon)) + "\n", media_type=FORMAT)


def _lines(daemon: Daemon) -> Iterator[str]:
    kernel = daemon.kernel
    facts = daemon.facts()
    states = Counter(process.state.value for process in kernel.processes(zombies=True))
    yield from _metric("llmasos_up_seconds", "gauge", "Since the start.", [({}, facts["seconds"])])
    ready = float(facts["ready"])
    yield from _metric("llmasos_ready", "gauge", "1 when the model is loaded and its driver works.", [({}, ready)])
    yield from _metric(
        "llmasos_processes", "gauge", "Processes by state.", [({"state": s}, n) for s, n in sorted(states.items())]
    )
    yield from _metric("llmasos_requests_busy", "gauge", "Requests under way.", [({}, daemon.busy)])
    yield from _metric("llmasos_requests_total", "counter", "Requests answered.", _requests(daemon))
    drivers = daemon.drivers()
    yield from _metric(
        "llmasos_driver_restarts_total",
        "counter",
        "Driver processes that died and were replaced.",
        [({"model": name}, health.restarts) for name, health in drivers.items()],
    )
    yield from _metric(
        "llmasos_driver_down",
        "gauge",
        "1 while a driver that died too often is not replaced.",
        [({"model": name}, float(bool(health.down))) for name, health in drivers.items()],
    )
    yield from _schedules(daemon)
    rates = kernel.memory_rates()
    for kind, names in (("counter", _COUNTED), ("gauge", _MEASURED)):
        for key, name, meaning in names:
            yield from _metric(name, kind, meaning, [({"model": row["model"]}, row[key]) for row in rates])


def _schedules(daemon: Daemon) -> Iterator[str]:
    now, found = time.time(), daemon.timetable.all()
    named = [({"schedule": schedule.schedule_id}, schedule) for schedule in found]
    yield from _metric("llmasos_schedules", "gauge", "Schedules that may still be due.", [({}, len(found))])
    yield from _metric(
        "llmasos_schedule_runs_total", "counter", "Processes that schedules started.", [({}, daemon.timer.num_started)]
    )
    yield from _metric(
        "llmasos_schedule_missed_total",
        "counter",
        "Times at which one was due and not run, since it was made.",
        [(labels, schedule.num_missed) for labels, schedule in named],
    )
    yield from _metric(
        "llmasos_schedule_next_seconds",
        "gauge",
        "When one is due next, seconds since the epoch; none for one that cannot be read any more.",
        [(labels, due) for labels, schedule in named if (due := schedule.due(now)) is not None],
    )


def _requests(daemon: Daemon) -> list[Sample]:
    return [
        ({"method": method, "route": route, "status": status}, count)
        for (method, route, status), count in sorted(daemon.requests.items())
    ]


def _metric(name: str, kind: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        words = ",".join(f'{key}="{_escaped(str(label))}"' for key, label in labels.items())
        yield f"{name}{{{words}}} {value}" if words else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
