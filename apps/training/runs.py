"""Which models have been trained here, and how far each got: what the web page draws.

- `note(home, run)` keeps that a run works in a folder, a small file in the state directory; the folder is the run.
- `runs(home)` are those whose folder still has a log, with the curve of their loss.
- It does not know torch: a daemon reads what a training run in another process writes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llmasos.apps.training.curve import Log, smooth
from llmasos.errors import LLMasOSError

FOLDER, LOG = "trainings", "log.csv"


@dataclass(frozen=True, slots=True)
class Run:
    """`folder` is absolute; `tokens` is how many it is to see."""

    name: str
    folder: str
    tokens: int


def note(home: Path, run: Run) -> None:
    """Raises LLMasOSError."""
    file = home / FOLDER / f"{hashlib.sha256(run.folder.encode()).hexdigest()[:16]}.json"
    partial = file.with_suffix(".new")
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.parent.mkdir(exist_ok=True, mode=0o700)
        partial.write_text(json.dumps(asdict(run)), "utf-8")
        partial.replace(file)
    except OSError as error:
        raise LLMasOSError(f"{file}: {error.strerror}") from None


def runs(home: Path) -> list[dict[str, Any]]:
    """The newest first: a run's facts; of the last step its number, tokens seen, tokens a second and when it was
    written (seconds since the epoch); and the curve, (tokens, mean loss) of at most 400 stretches. Blocks.
    """
    found = [known for file in (home / FOLDER).glob("*.json") if (known := _known(file)) is not None]
    return sorted(found, key=lambda known: -known["updated"])


def _known(file: Path) -> dict[str, Any] | None:
    """None for one whose folder has gone, or holds no step yet."""
    try:
        run = Run(**json.loads(file.read_text("utf-8")))
        log = Path(run.folder) / LOG
        rows, updated = Log(log).rows(), log.stat().st_mtime
    except (OSError, ValueError, TypeError):
        return None
    if not rows:
        return None
    step, tokens, _, _, tokens_s, _ = rows[-1]
    last = {"step": int(step), "seen": int(tokens), "tokens_s": tokens_s, "updated": updated}
    return {**asdict(run), **last, "curve": smooth(rows)}
