"""`mount`, `mounts` and `umount`: MCP servers whose tools agents may call.

- With a daemon they go through it; without one they change the record of the state directory.
- A mount starts the server once, says what its tools do and what it may reach, and pins them as they are.
- A server runs in a sandbox unless `--net` or `--unsandboxed` says otherwise; it gets no variable of ours that is not
  named (`--env`).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import anyio

from llmasos import Kernel
from llmasos.apps.processes import table
from llmasos.apps.run import workspace
from llmasos.client import find
from llmasos.config import Config, load_config
from llmasos.errors import UsageError
from llmasos.mounts import EFFECTS, Effect, Reach, Wanted, listed

MOUNT_S = 40.0  # for a daemon to answer: servers have 10 s to begin, and may be slow to end
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/nix/store")
REACHES = {"sandbox": "sandbox, no network", "network": "sandbox, network", "unsandboxed": "none"}


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for."""

    kind: str
    name: str
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    network: bool = False
    unsandboxed: bool = False
    readable: tuple[Path, ...] = ()
    workspace: Path | None = None
    effects: tuple[str, ...] = ()
    json: bool = False
    force: bool = False


def wanted(order: Order, config: Config) -> Wanted:
    """Raises UsageError."""
    if order.kind != "mcp":
        raise UsageError(f"mount knows mcp alone, not {order.kind!r}: llmasos mount mcp NAME -- COMMAND...")
    places = order.network or order.unsandboxed or order.readable or order.workspace
    options = order.environment or order.effects or places
    if not order.command:
        if options:
            raise UsageError("options go with a command; without one it is mounted again as it was")
        return Wanted(order.name)
    if order.network and order.unsandboxed:
        raise UsageError("--net is a sandbox with a network, --unsandboxed is none: say one of them")
    if order.unsandboxed and order.readable:
        raise UsageError("--read is for a sandbox: what is --unsandboxed reads what you may")
    reach: Reach = "unsandboxed" if order.unsandboxed else "network" if order.network else "sandbox"
    environment = dict(map(_variable, order.environment))
    if order.unsandboxed:
        environment.setdefault("PATH", os.environ.get("PATH", os.defpath))  # that of a daemon may be another
    folder = workspace(order.workspace)
    readable = [_folder(path) for path in order.readable]
    program = _program(order.command[0], folder)
    if reach != "unsandboxed":
        _check_seen(program, [str(folder), *map(str, readable), *config.exec.readable, *SYSTEM])
    command = (str(program), *order.command[1:])
    effects = dict(map(_effect, order.effects))
    return Wanted(order.name, command, environment, str(folder), reach, tuple(map(str, readable)), effects, order.force)


def _variable(text: str) -> tuple[str, str]:
    """`NAME=VALUE`, or `NAME` for our own value of it, which then stands in no command line."""
    name, given, value = text.partition("=")
    if not given and name not in os.environ:
        raise UsageError(f"--env {name}: there is no such variable here; give it a value: --env {name}=...")
    return name, value if given else os.environ[name]


def _effect(text: str) -> tuple[str, Effect]:
    """`TOOL=EFFECT`."""
    tool, _, word = text.rpartition("=")
    found = next((effect for effect in EFFECTS if effect == word), None)
    if not tool or found is None:
        raise UsageError(f"--effect {text}: say TOOL=EFFECT, with one of {', '.join(EFFECTS)}")
    return tool, found


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise UsageError(f"--read {path}: not a folder")
    return path.resolve()


def _program(word: str, folder: Path) -> Path:
    """Where a command is, so that it is the same one whoever starts it."""
    found = shutil.which(word) if "/" not in word else shutil.which(str(folder / word))
    if found is None:
        raise UsageError(f"no program {word!r} here")
    return Path(found).absolute()


def _check_seen(program: Path, seen: list[str]) -> None:
    """Raises UsageError with what to say where the sandbox would not show the program."""
    places = dict.fromkeys((program, program.resolve()))
    hidden = [path for path in places if not any(path.is_relative_to(folder) for folder in seen)]
    if hidden:
        folders = [path.parent.parent if path.parent.name == "bin" else path.parent for path in hidden]
        reads = " ".join(f"--read {folder}" for folder in dict.fromkeys(folders))
        raise UsageError(f"the sandbox does not show {program}: say {reads} (to read), or --unsandboxed")


def mount(order: Order) -> None:
    """Raises UsageError, NoSuchMount, LLMasOSError."""
    config = load_config()
    what = wanted(order, config)
    daemon = find(config.home)
    made = daemon.request("POST", "/api/mounts", body(what), MOUNT_S) if daemon else anyio.run(_add, config, what)
    print(json.dumps(made, ensure_ascii=False) if order.json else said(made))
    for line in made["left_out"]:
        print(f"llmasos: left out {line}", file=sys.stderr)


def body(what: Wanted) -> dict[str, Any]:
    """As POST /api/mounts takes it."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(what).items()}


async def _add(config: Config, what: Wanted) -> dict[str, Any]:
    async with Kernel.boot(config) as kernel:
        return await kernel.mounts.add(what)


def said(made: dict[str, Any]) -> str:
    """All that its tools say of themselves: whoever mounts it vouches for that."""
    rows = [(f"  {tool['name']}", tool["effect"], tool["description"]) for tool in made["tools"]]
    lines = [f"{made['name']}: {_count(len(made['tools']))}, for agents with --cap {made['capability']}"]
    return "\n".join([*lines, *table(("  TOOL", "EFFECT", "DESCRIPTION"), rows).splitlines(), _reached(made)])


def _reached(made: dict[str, Any]) -> str:
    """What a server may do."""
    given = f"; it is given {', '.join(made['environment'])}" if made["environment"] else ""
    if made["reach"] == "unsandboxed":
        words = f"It runs without a sandbox in {made['folder']}: it may do what you may{given}."
        lies = " Its program lies there: an agent that may write there may change what it does."
        return words + lies * _lies_in(made["folder"], made["command"])
    network = "and the network" if made["reach"] == "network" else "and no network"
    reads = "".join(f" and {folder}" for folder in made["readable"])
    return f"It runs in a sandbox: it writes {made['folder']}, reads the system's programs{reads}, {network}{given}."


def _lies_in(folder: str, command: list[str]) -> bool:
    """Whether a word of a command is a file in a folder."""
    return any(_is_file_in(Path(folder).resolve(), word) for word in command)


def _is_file_in(folder: Path, word: str) -> bool:
    try:
        file = (folder / word).resolve()
        return file.is_relative_to(folder) and file.is_file()
    except OSError:  # a script, say, which is too long for a name
        return False


def _count(number: int) -> str:
    return f"{number} tool{'s' * (number != 1)}"


def show(*, as_json: bool) -> str:
    """Those of the state directory; whether they run, where a daemon can say it."""
    home = load_config().home
    daemon = find(home)
    found = daemon.request("GET", "/api/mounts") if daemon else listed(home)
    return json.dumps(found, ensure_ascii=False) if as_json else drawn(found)


def drawn(found: list[dict[str, Any]]) -> str:
    rows = [
        (
            facts["name"],
            len(facts["tools"]),
            REACHES[facts["reach"]],
            facts["state"],
            facts["folder"],
            " ".join(facts["command"]),
        )
        for facts in found
    ]
    return table(("NAME", "TOOLS", "SANDBOX", "STATE", "FOLDER", "COMMAND"), rows)


def unmount(name: str) -> None:
    """Raises NoSuchMount, LLMasOSError."""
    config = load_config()
    if (daemon := find(config.home)) is not None:
        from urllib.parse import quote

        daemon.request("DELETE", f"/api/mounts/{quote(name, safe='')}")
    else:
        anyio.run(_remove, config, name)


async def _remove(config: Config, name: str) -> None:
    async with Kernel.boot(config) as kernel:
        await kernel.mounts.remove(name)
