"""A model's vocabulary kept apart from the model: what the numbers in a journal say when the model has gone.

- `keep(folder, driver, family)` writes it once a model, and gives the name it has; `VocabularyFile.read(folder, name)`
  turns tokens into the bytes that they were, as the model's own tokenizer does.
- It cannot encode: for that there is the model.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llmasos.drivers.driver import Driver
from llmasos.errors import DriverError

_FORMAT = 1


class VocabularyFile:
    """`family`: how the model writes calls (`tool_calls.py`)."""

    def __init__(self, facts: dict[str, Any]) -> None:
        """Raises KeyError, TypeError, ValueError for what is no vocabulary."""
        self.family = str(facts["family"])
        self.end_tokens = frozenset(map(int, facts["end"]))
        self._control = frozenset(map(int, facts["control"]))
        self._bytes: list[bytes] = [text.encode("latin-1") for text in facts["tokens"]]
        self.vocab_size = len(self._bytes)

    @classmethod
    def read(cls, folder: Path, name: str) -> VocabularyFile:
        """Raises DriverError when it is not there or damaged."""
        path = folder / _file_name(name)
        try:
            facts = json.loads(gzip.decompress(path.read_bytes()))
            if facts["format"] != _FORMAT:
                raise DriverError(f"{path} has format {facts['format']}, this llmasos reads {_FORMAT}")
            return cls(facts)
        except OSError as error:
            raise DriverError(f"{path}: {error.strerror or 'not a vocabulary'}") from None
        except (EOFError, KeyError, TypeError, ValueError):
            raise DriverError(f"{path}: damaged") from None

    def token_bytes(self, token: int) -> bytes:
        """Raises DriverError for a token that there is not."""
        if not 0 <= token < self.vocab_size:
            raise DriverError(f"there is no token {token} among {self.vocab_size}")
        return self._bytes[token]

    def decode(self, tokens: Sequence[int], *, special: bool = False) -> bytes:
        return b"".join(self.token_bytes(token) for token in tokens if special or token not in self._control)


def keep(folder: Path, driver: Driver, family: str) -> str:
    """The name of a model's vocabulary, which is in the folder afterwards. Raises OSError."""
    name = driver.info.fingerprint
    path = folder / _file_name(name)
    if not path.exists():
        folder.mkdir(exist_ok=True)
        fresh = folder / f".{path.name}.{os.getpid()}"
        try:
            with fresh.open("wb") as file:
                file.write(gzip.compress(json.dumps(_facts(driver, family)).encode(), mtime=0))
                file.flush()
                os.fsync(file.fileno())  # what is there under its name is never written again
            fresh.replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
    return name


def _facts(driver: Driver, family: str) -> dict[str, Any]:
    tokenizer = driver.tokenizer
    tokens = range(tokenizer.vocab_size)
    return {
        "format": _FORMAT,
        "model": driver.info.name,
        "family": family,
        "end": sorted(tokenizer.end_tokens),
        "control": [token for token in tokens if tokenizer.is_control(token)],
        "tokens": [tokenizer.token_bytes(token).decode("latin-1") for token in tokens],
    }


def _file_name(name: str) -> str:
    """Fingerprints are hexadecimal; a journal from elsewhere may say anything."""
    return f"{''.join(c for c in name if c.isalnum() or c == '-')[:64]}.json.gz"
