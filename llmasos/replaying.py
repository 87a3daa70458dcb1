"""What a process generated, made again from the tokens in its journal: no model is asked, none need be there.

- `replayed(home, records)` gives every message, those that its model generated with the text of their tokens, through
  the same spelling and the same parser as then; that the two say the same is checked.
- `raw(home, records)` gives the bytes that went through the model, prompts too, in the order of the journal.
- Messages that came with the process (branch, restore) have their tokens in the journal of who said them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmasos.drivers.tool_calls import Parser
from llmasos.drivers.vocabulary_file import VocabularyFile
from llmasos.errors import DriverError, LLMasOSError
from llmasos.kernel.conversation import Said
from llmasos.kernel.journal import Record
from llmasos.kernel.spelling import Spelling

VOCABULARIES = "vocabularies"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A message, or one in the making (then `seq` is its last record's); `text` None: nobody can read its tokens."""

    seq: int
    message: dict[str, Any] | None
    num_tokens: int
    text: str | None


def replayed(home: Path, records: Iterable[Record]) -> Iterator[Replayed]:
    """Raises LLMasOSError where tokens say something else than the message that was made of them."""
    vocabulary: VocabularyFile | None = None
    tokens: list[int] = []
    last = 0
    for record in records:
        last = record.seq
        if record.kind == "vocabulary":
            vocabulary = _found(home, record.body["name"])
        elif record.kind == "tokens":
            tokens += record.body["tokens"]
        elif record.kind == "message":
            mine = tokens if record.body["role"] == "assistant" else []
            said = _said(vocabulary, mine)
            if said is not None and mine:
                _check(record, said)
            yield Replayed(record.seq, record.body, len(mine), said.raw if said is not None else None)
            tokens = []
        elif record.kind == "text":
            yield _continued(record, vocabulary, tokens)
            tokens = []
        elif record.kind == "exit":
            tokens = []
    if tokens:
        unfinished = _said(vocabulary, tokens)
        yield Replayed(last, None, len(tokens), unfinished.raw if unfinished is not None else None)


def raw(home: Path, records: Iterable[Record]) -> Iterator[bytes]:
    """Raises DriverError where a vocabulary is not there."""
    vocabulary: VocabularyFile | None = None
    for record in records:
        if record.kind == "vocabulary":
            vocabulary = VocabularyFile.read(home / VOCABULARIES, record.body["name"])
        elif record.kind in ("segment", "tokens") and record.body["tokens"]:
            if vocabulary is None:
                raise DriverError(f"record {record.seq}: nothing says what its tokens are; it is of an older llmasos")
            yield vocabulary.decode(record.body["tokens"], special=True)


def _found(home: Path, name: str) -> VocabularyFile | None:
    try:
        return VocabularyFile.read(home / VOCABULARIES, name)
    except DriverError:
        return None


def _said(vocabulary: VocabularyFile | None, tokens: Sequence[int]) -> Said | None:
    """What tokens say, as it was found when they came."""
    if vocabulary is None:
        return None
    said, spelling, parser = Said(), Spelling(vocabulary), Parser(vocabulary.family)
    for piece in [*parser.feed(spelling.text(tokens)), *parser.finish()]:
        said.take(piece)
    said.raw = spelling.raw
    return said


def _continued(record: Record, vocabulary: VocabularyFile | None, tokens: Sequence[int]) -> Replayed:
    """A text that went on without a template. Raises LLMasOSError."""
    message = {"role": "assistant", "content": record.body["content"]}
    if vocabulary is None:
        return Replayed(record.seq, message, len(tokens), None)
    text = Spelling(vocabulary).text(tokens)
    if not text.startswith(message["content"]):
        raise LLMasOSError(f"record {record.seq}: its tokens say {text!r}, and not what it says")
    return Replayed(record.seq, message, len(tokens), text)


def _check(record: Record, said: Said) -> None:
    """A message may end before its tokens do: a stop string, an interruption. Raises LLMasOSError."""
    then, now = record.body, said.message
    calls, again = then.get("tool_calls") or [], now.get("tool_calls") or []
    begins = any(text.startswith(then["content"]) for text in (now["content"], said.raw))  # or broken off in a call
    if not begins or again[: len(calls)] != calls:
        raise LLMasOSError(f"record {record.seq}: its tokens say {now['content'] or again!r}, and not what it says")
