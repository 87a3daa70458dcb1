"""A file that comes in over HTTP, and goes on where it broke off.

- `with Part(folder, url) as part: offer = download(wanted, part, ...)`; then `part.path` is the whole file.
- What has come stays in `.pull-ID.part`, with a note beside it of what file it is the beginning of. It goes on only
  where the server says that this is still the file (If-Range with its ETag or date, and the same again in its answer:
  not every server heeds If-Range); else it begins again, and says so.
- A server that sends more than it said is cut off, and nothing of it is kept.
- What does not begin as a GGUF file is given up at its first bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from llmasos.apps.fetch import Answer, BrokeOff, Wanted, get
from llmasos.apps.progress import Show, size_text
from llmasos.errors import DriverError, LLMasOSError, StorageError

MAGIC = b"GGUF"
RESERVE_BYTES = 256 * 2**20  # left free under a file whose size nobody told
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server says of a file."""

    total: int = 0  # bytes; 0: not said
    validator: str = ""  # what If-Range takes
    sha256: str = ""
    revision: str = ""  # its commit, or its ETag


class BeingFetched(LLMasOSError):
    """By another process."""


class Part:
    """The beginning of a file, and what file. One process at a time."""

    def __init__(self, folder: Path, url: str) -> None:
        name = f".pull-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        self.path = folder / f"{name}.part"
        self._note = folder / f"{name}.json"

    def __enter__(self) -> Self:
        """Raises BeingFetched while another process pulls it, StorageError."""
        try:
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b", 0)
        except OSError as error:
            raise StorageError(f"{self.path}: {error.strerror}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not self._is_ours():
                raise BlockingIOError  # another has just made a model of the file that we opened
        except OSError as error:
            self._file.close()
            if isinstance(error, BlockingIOError):
                raise BeingFetched("another llmasos pull is fetching it") from None
            raise StorageError(f"{self.path} cannot be locked: {error.strerror}") from None
        return self

    def __exit__(self, *error: object) -> None:
        if not self.num_bytes:
            self.forget()
        self._file.close()

    @property
    def num_bytes(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def begun(self) -> Offer | None:
        """What file it is the beginning of; None when nothing is there, or nobody knows."""
        try:
            offer = Offer(**json.loads(self._note.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return offer if self.num_bytes else None

    def begin(self, offer: Offer, at: int) -> None:
        """What comes next is at that byte of this file."""
        self._file.truncate(at)
        self._file.seek(at)
        self._note.write_text(json.dumps(asdict(offer)), "utf-8")

    def write(self, chunk: bytes) -> None:
        left = memoryview(chunk)
        while left:
            left = left[self._file.write(left) :]

    def forget(self) -> None:
        """Nothing of it is worth keeping."""
        if self._is_ours():
            self.path.unlink()
            self._note.unlink(missing_ok=True)

    def finish(self) -> None:
        """It is a model now."""
        self._note.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False


def look(wanted: Wanted) -> Offer:
    """What the server has now, without fetching it."""
    with get(wanted) as answer:
        return _offered(answer)


def download(
    wanted: Wanted,
    part: Part,
    *,
    say: Callable[[str], None],
    check_room: Callable[[int], None],
    progress: Show | None,
) -> Offer:
    """Fetch the rest. Raises BrokeOff (what has come is kept), StorageError, ModelNotFound, DriverError, UsageError."""
    begun, have = part.begun(), part.num_bytes
    if begun is not None and begun.total == have:
        return begun
    resume = have if begun is not None and begun.validator else 0
    asked = {"Range": f"bytes={have}-", "If_Range": begun.validator} if begun is not None and resume else {}
    with get(wanted, **asked) as answer:
        offer = _offered(answer)
        goes_on = answer.response.status_code == 206 and begun is not None and _same(begun, offer)
        if goes_on or answer.response.status_code == 200:
            at = resume if goes_on else 0
            if have and not at:
                say(f"{answer.host} does not go on from {size_text(have)}: from the beginning")
            say(_what(answer, offer, at))
            check_room(max(0, offer.total - have))  # what is begun anew goes first
            _receive(answer, offer, part, at, check_room, progress)
            return offer
    if asked:
        say(f"{answer.host} has another file now: from the beginning")
    else:
        raise DriverError(f"{answer.host} answers {answer.response.status_code} to what was no question for a part")
    part.begin(Offer(), 0)
    return download(wanted, part, say=say, check_room=check_room, progress=progress)


def _same(begun: Offer, offer: Offer) -> bool:
    alike = begun.validator == offer.validator and begun.sha256 == offer.sha256
    return alike and begun.total in (0, offer.total)


def _what(answer: Answer, offer: Offer, at: int) -> str:
    size = size_text(offer.total) if offer.total else "of unknown size"
    return f"fetching {size} from {answer.host}" + (f", going on at {size_text(at)}" if at else "")


def _offered(answer: Answer) -> Offer:
    """Raises DriverError for what could not be kept as it comes."""
    headers, linked = answer.response.headers, answer.linked
    if headers.get("content-encoding", "identity") != "identity":
        raise DriverError(f"{answer.host} sends it in another encoding than was asked for")
    etag = headers.get("etag", "")
    validator = etag if etag.startswith('"') else headers.get("last-modified", "")  # a weak one tells no bytes apart
    found = _range(answer)
    total = int(found[2]) if found is not None else int(headers.get("content-length", "0"))
    sha256 = linked.get("x-linked-etag", "").strip('"').lower()
    revision = linked.get("x-repo-commit") or etag
    return Offer(total, validator, sha256 if _SHA256.fullmatch(sha256) else "", revision)


def _receive(
    answer: Answer, offer: Offer, part: Part, at: int, check_room: Callable[[int], None], progress: Show | None
) -> None:
    found = _range(answer)
    if at and (found is None or int(found[1]) != at):
        raise DriverError(f"{answer.host} sends another part than was asked for")
    try:
        part.begin(offer, at)
        done = checked = at
        for chunk in answer.response.iter_raw():  # as it comes: what waited to be a larger piece would be lost
            if done < len(MAGIC) and not chunk.startswith(MAGIC[done : done + len(chunk)]):
                part.begin(Offer(), 0)
                raise DriverError(f"{answer.host} sends {_kind(answer)}, not a GGUF file")
            if offer.total and done + len(chunk) > offer.total:
                part.begin(Offer(), 0)
                raise DriverError(f"{answer.host} sends more than the {offer.total} bytes that it said")
            part.write(chunk)
            done += len(chunk)
            if not offer.total and done - checked > RESERVE_BYTES // 4:
                check_room(RESERVE_BYTES)
                checked = done
            if progress is not None:
                progress(done, offer.total)
    except OSError as error:
        raise StorageError(f"cannot write {part.path}: {error.strerror}") from None
    if offer.total and done != offer.total:
        raise BrokeOff(f"{answer.host} sent {done} bytes of {offer.total}")


def _range(answer: Answer) -> re.Match[str] | None:
    """What part it is of how much, where it says that it is a part."""
    return (
        _RANGE.match(answer.response.headers.get("content-range", "")) if answer.response.status_code == 206 else None
    )


def _kind(answer: Answer) -> str:
    kind = answer.response.headers.get("content-type", "something").partition(";")[0]
    return kind if re.fullmatch(r"[\w.+/-]{1,80}", kind) else "something"
