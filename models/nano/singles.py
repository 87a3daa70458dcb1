"""One request for one built-in tool, whichever it is."""

from __future__ import annotations

from llmasos.models.nano import requests_files, requests_other, sums
from llmasos.models.nano.plain import plain
from llmasos.models.nano.requests import Request, failing
from llmasos.models.nano.words import Words

PLAIN_SHARE = 0.35
TOOLS = (*requests_files.PATTERNS, "calculate", *requests_other.PATTERNS)
WEIGHTED = (*TOOLS, "calculate", "calculate", "read_file", "write_file", "append_file", "find_files", "recall")


def single(w: Words, tool: str | None = None, failures: float = 0.1) -> Request:
    """A request for `tool` (or any), now and then with a call that fails; a path that leads outside mostly does."""
    tool = tool or w.pick(WEIGHTED)
    request = plain(w, tool) if w.chance(PLAIN_SHARE) else _made(w, tool)
    if tool == "calculate":
        return request
    outside = str(request.arguments.get("path", "")).startswith(("/", "../", "~"))
    return failing(w, request) if w.chance(6 * failures if outside else failures) else request


def _made(w: Words, tool: str) -> Request:
    if tool == "calculate":
        return sums.make(w)
    return requests_files.make(w, tool) if tool in requests_files.PATTERNS else requests_other.make(w, tool)
