"""An error of the daemon's is the same error, with the same exit code, to a command that asked it."""

from __future__ import annotations

import json

import pytest

from llmasos import client
from llmasos.apps.daemon.refusals import _STATUS, Refused, refusal
from llmasos.errors import LLMasOSError, ProcessKilled, QuotaExceeded

MADE: dict[type[LLMasOSError], LLMasOSError] = {
    QuotaExceeded: QuotaExceeded("limit reached: tokens (5)", "tokens"),
    ProcessKilled: ProcessKilled("killed by SIGTERM", 15),
}


@pytest.mark.parametrize("kind", [row[0] for row in _STATUS], ids=lambda kind: kind.__name__)
def test_every_error_comes_back_as_itself(kind: type[LLMasOSError]) -> None:
    made = MADE.get(kind) or kind("what happened")
    refused = refusal(made)
    back = client._error(refused.status_code, json.dumps(refused.body).encode())
    assert type(back) is kind and str(back) == str(made) and back.exit_code == made.exit_code


@pytest.mark.parametrize(
    ("code", "exit_code"), [("app_not_found", 3), ("unsupported_parameter", 2), ("missing_required_parameter", 2)]
)
def test_a_refusal_by_the_daemon_alone_has_its_exit_code(code: str, exit_code: int) -> None:
    refused = Refused(404, "no", code=code)
    assert client._error(404, json.dumps(refused.body).encode()).exit_code == exit_code
