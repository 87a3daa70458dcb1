"""A file with a bearer token: its owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

from llmasos.errors import LLMasOSError, NoSuchFile, UsageError

MIN_CHARS = 16


def token_in(file: Path) -> str:
    """Raises UsageError for one that others may read, or that is no token, NoSuchFile, LLMasOSError."""
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"token file {file} is no plain file")
        if found.st_mode & 0o077:
            raise UsageError(f"others may read {file}: chmod 600 {file}")
        token = file.read_text("ascii").strip()
    except FileNotFoundError as error:
        raise NoSuchFile(f"token file {file}: {error.strerror}") from None
    except OSError as error:
        raise LLMasOSError(f"token file {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"token file {file} is not ASCII") from None
    if len(token) < MIN_CHARS:
        raise UsageError(f"the token in {file} has {len(token)} characters, at least {MIN_CHARS} are needed")
    if not token.isprintable() or " " in token:
        raise UsageError(f"token file {file} has more than a token in it")
    return token
