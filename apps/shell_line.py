"""What a line of the shell says: stages joined by `|`, redirections, `&` at the end.

- Operators stand between blanks and outside "double quotes", so that `what is 3>2?` and `I'm done` stay requests.
- `words(text)` splits a command's words as shells do; a request is never split.
- A `>` needs one word behind it at the end, and a number is no file: `is 3 > 2` is a question.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from llmasos.errors import UsageError


class NotACommand(Exception):
    """The words read like a request: `kill the process that I started first`."""


@dataclass(frozen=True, slots=True)
class Line:
    """`stages` are requests or commands, each fed by the one before."""

    stages: tuple[str, ...]
    stdin: Path | None = None
    stdout: Path | None = None
    append: bool = False
    background: bool = False


_TOKEN = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+')


def parse(text: str) -> Line:
    """A line's structure. Raises UsageError for an operator without its operand."""
    tokens = list(_TOKEN.finditer(text))
    background = bool(tokens) and tokens[-1].group() == "&"
    if background:
        tokens.pop()
    body = text[: tokens[-1].end()] if tokens else ""
    body, tokens, stdout, append = _output(body, tokens)
    body, tokens, stdin = _input(body, tokens)
    pipes = [token for token in tokens if token.group() == "|"]
    cuts = [0, *(edge for token in pipes for edge in token.span()), len(body)]
    stages = tuple(body[a:b].strip() for a, b in zip(cuts[::2], cuts[1::2], strict=True))
    if pipes and not all(stages):
        raise UsageError("nothing stands on one side of a |")
    if (background or stdin or stdout) and not all(stages):
        raise UsageError("no request beside &, < or >")
    return Line(stages, stdin, stdout, append, background)


_Tokens = list[re.Match[str]]


def _output(body: str, tokens: _Tokens) -> tuple[str, _Tokens, Path | None, bool]:
    if len(tokens) < 2 or tokens[-2].group() not in (">", ">>") or not _is_file(tokens[-1].group()):
        return body, tokens, None, False
    operator, target = tokens[-2], tokens[-1]
    return body[: operator.start()].rstrip(), tokens[:-2], _path(target.group()), operator.group() == ">>"


def _input(body: str, tokens: _Tokens) -> tuple[str, _Tokens, Path | None]:
    if len(tokens) < 2 or tokens[-2].group() != "<" or not _is_file(tokens[-1].group()):
        return body, tokens, None
    return body[: tokens[-2].start()].rstrip(), tokens[:-2], _path(tokens[-1].group())


def _is_file(word: str) -> bool:
    return not re.fullmatch(r"-?[\d.,]+\??", word)


def _path(word: str) -> Path:
    return Path(word.strip('"')).expanduser()


def words(text: str) -> list[str]:
    """A command's words; plain blanks where quotes do not match (`what's up`)."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def first_word(text: str) -> str:
    return text.split(maxsplit=1)[0] if text.split() else ""
