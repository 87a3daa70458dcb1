"""What the command line asked of `llmasos serve`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asked for."""

    socket: Path | None = None
    http: str | None = None
    token_file: Path | None = None
    log_file: Path | None = None

    @property
    def words(self) -> list[str]:
        """The command line again, with paths that hold from any folder."""
        paths = {"--socket": self.socket, "--token-file": self.token_file, "--log-file": self.log_file}
        named = [word for flag, path in paths.items() if path is not None for word in (flag, str(path.absolute()))]
        return ["serve", *named, *(["--http", self.http] if self.http is not None else [])]
