"""Which MCP servers are mounted, and what was pinned of their tools: `mounts.json` in the state directory.

- `Mounted` is one of them: its command, what it may reach, and its tools as they were when the user mounted it.
- `read(home)` gives them by name; `write(home, mounts)` replaces all of them, or nothing.
- A file that cannot be read is set aside under a dated name, and said; one of a newer llmasos is refused.
- For its owner alone (0600): a server's environment may hold a token.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from llmasos.errors import LLMasOSError, StorageError
from llmasos.kernel.syscall import Effect

FILE, FORMAT = "mounts.json", 1
MAX_VARIABLES = 256  # of one server's environment: bubblewrap takes 9,000 words in all
MAX_ENVIRONMENT = 32 << 10  # bytes
Reach = Literal["sandbox", "network", "unsandboxed"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `name` is ours, `tool` the server's own; `parameters` is what the model is told of `checks`."""

    name: str
    tool: str
    description: str
    effect: Effect
    idempotent: bool
    parameters: dict[str, Any]
    checks: dict[str, Any]
    pin: str


@dataclass(frozen=True, slots=True)
class Mounted:
    """`folder` is where it runs; in a sandbox it writes there, and reads `readable` too."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str
    reach: Reach
    readable: tuple[str, ...]
    tools: tuple[Tool, ...] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict)  # that the user said, by the server's own names
    left_out: tuple[str, ...] = ()  # of its tools: which, and why

    @classmethod
    def of(cls, body: dict[str, Any]) -> Mounted:
        """From what `asdict` and JSON made of it. Raises TypeError, KeyError, ValueError."""
        tools = tuple(Tool(**tool) for tool in body["tools"])
        lists = {key: tuple(map(str, body[key])) for key in ("command", "readable", "left_out")}
        return cls(**{**body, **lists, "tools": tools, "environment": environment(dict(body["environment"]))})


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The variables of a server, as they are. Raises ValueError for what cannot be some, or is too much."""
    if bad := [name for name, value in given.items() if not name or "=" in name or "\0" in name + value]:
        raise ValueError(f"{bad[0][:60]!r} is no environment variable")
    if len(given) > MAX_VARIABLES:
        raise ValueError(f"an environment has at most {MAX_VARIABLES} variables, not {len(given)}")
    if sum(len(text.encode(errors="replace")) for pair in given.items() for text in pair) > MAX_ENVIRONMENT:
        raise ValueError(f"an environment has at most {MAX_ENVIRONMENT} bytes")
    return {**given}


def pin(definition: Mapping[str, Any]) -> str:
    """The hash of a tool as its server describes it."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode(errors="replace")).hexdigest()


def read(home: Path, *, mends: bool = True) -> dict[str, Mounted]:
    """Blocks. Raises LLMasOSError for a file of a newer llmasos, one that may not be read, one that none `mends`."""
    path = home / FILE
    try:
        body = json.loads(path.read_bytes())
        if body["format"] > FORMAT:
            raise LLMasOSError(f"{path} is of a newer llmasos (format {body['format']}): this one knows {FORMAT}")
        return {mounted.name: mounted for mounted in map(Mounted.of, body["mounts"])}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LLMasOSError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        if not mends:
            raise LLMasOSError(f"{path} is damaged: the next llmasos that runs an agent sets it aside") from None
        aside = path.with_name(f"{FILE}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        path.replace(aside)
        _log.warning("%s was damaged: it is set aside as %s, and nothing is mounted", path, aside.name)
        return {}


def write(home: Path, mounts: Iterable[Mounted]) -> None:
    """On disk when it returns. Blocks. Raises StorageError."""
    path, partial = home / FILE, home / f".{FILE}.new"
    text = json.dumps({"format": FORMAT, "mounts": [asdict(mounted) for mounted in mounts]})
    try:
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None
