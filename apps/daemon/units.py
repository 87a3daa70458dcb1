"""The daemon as a service of its user: a systemd unit, or on macOS a launchd agent, made for this installation.

- `text(words)` is the unit; `install(words)` writes it where the service manager looks and says what to type next.
- Nothing is started and nothing enabled: that is the person's to say.
"""

from __future__ import annotations

import os
import plistlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from llmasos.errors import UsageError

LABEL = "org.llmasos.daemon"
_PLAIN = re.compile(r"[\w@%+=:,./-]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """`next_step` is what starts it, now and at every login."""

    path: Path
    text: str
    next_step: str


def unit(words: list[str], *, home: Path, platform: str = sys.platform) -> Unit:
    """The unit that runs `llmasos WORDS...` with this state directory. Raises UsageError on other platforms."""
    command = [*_program(), *words]
    environment = _places(home)
    if platform == "darwin":
        return _launchd(command, environment, home)
    if platform.startswith("linux"):
        return _systemd(command, environment)
    raise UsageError(f"there are units for systemd and launchd, and {platform} has neither")


def install(made: Unit) -> str:
    """What to do next. Raises UsageError when it cannot be written."""
    try:
        made.path.parent.mkdir(parents=True, exist_ok=True)
        made.path.write_text(made.text, "utf-8")
    except OSError as error:
        raise UsageError(f"{made.path}: {error.strerror}") from None
    return f"{made.path} is written; it starts with: {made.next_step}"


def _places(home: Path) -> dict[str, str]:
    """The variables by which state and settings are found here, and which a service manager may not have."""
    if os.environ.get("LLMASOS_HOME"):
        return {"LLMASOS_HOME": str(home)}
    return {name: value for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME") if (value := os.environ.get(name))}


def _program() -> list[str]:
    """This installation's command, by its absolute path."""
    script = Path(sys.executable).parent / "llmasos"
    return [str(script)] if script.is_file() else [sys.executable, "-m", "llmasos.apps.cli"]


def _systemd(command: list[str], environment: dict[str, str]) -> Unit:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    variables = "".join(
        f"Environment={_word(f'{name}={value}', expands=False)}\n" for name, value in environment.items()
    )
    text = f"""[Unit]
Description=llmasos: agents as processes, served over a socket

[Service]
Type=notify
ExecStart={" ".join(map(_word, command))}
{variables}WorkingDirectory=%h
Restart=on-failure
RestartSec=1
TimeoutStartSec=120
TimeoutStopSec=10
NoNewPrivileges=yes
UMask=0077

[Install]
WantedBy=default.target
"""
    path = folder / "llmasos.service"
    start = "systemctl --user daemon-reload && systemctl --user enable --now llmasos"
    return Unit(path, text, f"{start}  (without a login too: loginctl enable-linger)")


def _word(text: str, *, expands: bool = True) -> str:
    """A word of a unit's line: specifiers, variables (where the line expands them) and quotes mean nothing in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    escaped = escaped.replace("$", "$$") if expands else escaped
    return escaped if _PLAIN.fullmatch(text) else f'"{escaped}"'


def _launchd(command: list[str], environment: dict[str, str], home: Path) -> Unit:
    """launchd keeps no log, so the daemon has a file of its own."""
    if "--log-file" not in command:
        command = [*command, "--log-file", str(home / "daemon.log")]
    facts = {
        "Label": LABEL,
        "ProgramArguments": command,
        "EnvironmentVariables": environment,
        "WorkingDirectory": str(Path.home()),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ExitTimeOut": 10,
        "ProcessType": "Background",
        "Umask": 0o077,
    }
    path = Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    return Unit(path, plistlib.dumps(facts).decode(), f"launchctl bootstrap gui/{os.getuid()} {path}")
