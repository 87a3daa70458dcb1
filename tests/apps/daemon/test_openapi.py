"""Schemathesis reads the OpenAPI document and asks every route all that it allows, and much that it does not.

Nothing it finds to say is answered by a 5xx, nor by a bug in the log. `make fuzz` makes it a long search.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.apps.daemon import watch_routes
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.state import Daemon
from llmasos.apps.daemon.watch_routes import _moments
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.kernel.limits import Limits
from tests.apps.daemon.conftest import Serve

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

EXAMPLES = max(8, int(os.environ.get("LLMASOS_FUZZ", "0")) // 100)
SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
# What exists here, so that requests get behind the first check: else nearly all are of no such thing.
KNOWN: dict[str, Any] = {
    "model": {"enum": ["nano"]},
    "app": {"enum": ["agent"]},
    "workspace": {"enum": ["/", None]},
    "signal": {"enum": ["STOP", "CONT", "INT", "TERM", "USR1", "KILL"]},
}
PIDS = {"type": "integer", "enum": [1, 2, 3, 5, 8, 99]}


def with_known(document: dict[str, Any]) -> dict[str, Any]:
    for schema in document["components"]["schemas"].values():
        for name, known in KNOWN.items():
            if name in schema.get("properties", {}):
                schema["properties"][name] = known
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "pid":
                    parameter["schema"] = PIDS
    return document


async def two_moments(daemon: Daemon, seconds: float) -> AsyncIterator[str]:
    """Of /api/watch, which answers for as long as the daemon runs."""
    async with contextlib.aclosing(_moments(daemon, min(seconds, 0.1))) as moments:
        yield await anext(moments)
        yield await anext(moments)


async def test_every_route_answers_whatever_it_is_asked(
    served: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_routes, "_moments", two_moments)
    order = Order(http="127.0.0.1:0", token_file=tmp_path / "token")
    config = Config(tmp_path / "home", limits=Limits(seconds=0.5))
    async with served(order, config=config, driver=Sim(window_tokens=600, num_cells=19_200)) as daemon:
        document = (await daemon.client.get("/openapi.json")).json()
        (tmp_path / "openapi.json").write_text(json.dumps(with_known(document)))
        command = [SCHEMATHESIS, "run", str(tmp_path / "openapi.json"), "--url", daemon.daemon.http or ""]
        command += ["--header", f"Authorization: Bearer {(tmp_path / 'token').read_text().strip()}"]
        command += ["--checks", "not_a_server_error", "--phases", "coverage,fuzzing", "--mode", "all"]
        command += ["--max-examples", str(EXAMPLES), "--seed", "7", "--request-timeout", "60", "--no-color"]
        command += ["--generation-database", "none"]
        done = await anyio.run_process(command, check=False, stderr=subprocess.STDOUT, cwd=tmp_path)
        said = done.stdout.decode()
        assert done.returncode == 0, said[-4000:]
        assert f"Tested: {sum(map(len, document['paths'].values()))}" in said, said[-2000:]
        assert [line for line in daemon.log if line.startswith("bug") or " 50" in line] == []
        statuses = {status for _, _, status in daemon.daemon.requests}
        assert {200, 201, 400, 404} <= statuses, statuses
        assert any(line.startswith("POST /mcp 200") for line in daemon.log), "its tools were called"
        daemon.kernel.check_integrity()
