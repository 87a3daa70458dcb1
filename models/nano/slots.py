"""Slots of patterns: how a value is made and how it stands in a sentence.

`make(w, kind, last)` gives (shown, value): what the person types and what the call must hold. Content may stand
without quotes only where a reader, too, could tell its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from llmasos.models.nano.words import Words, spelled

_QUOTES = (('"', '"'), ('"', '"'), ("'", "'"), ("“", "”"), ("`", "`"), ("‘", "’"), ("«", "»"))
_TIDY = re.compile(r"[\w€][\w '@/:€$%&+*,;()#\-.]*", re.UNICODE)


def quoted(w: Words, text: str) -> str:
    """The text in quotes that it does not hold itself."""
    fitting = [pair for pair in _QUOTES if pair[0] not in text and pair[1] not in text]
    left, right = w.pick(fitting)
    return f"{left}{text}{right}"


def path(w: Words) -> tuple[str, str]:
    if w.chance(0.03):
        value = f"{w.word()} {w.path()}"
        return quoted(w, value), value
    value = w.path()
    return (quoted(w, value) if w.chance(0.1) else value), value


def text(w: Words) -> tuple[str, str]:
    """Content inside a sentence: quoted, or a short plain note."""
    if w.chance(0.5):
        value = w.word() if w.chance(0.15) else w.note()
        if _TIDY.fullmatch(value) and not value.endswith((".", "!", "?", ",", ":")) and " to " not in value:
            return value, value
    value = w.content()
    return quoted(w, value), value


def tail(w: Words) -> tuple[str, str]:
    """Content that ends the sentence."""
    if w.chance(0.65):
        value = w.note() if w.chance(0.8) else w.phrase(3, 14)
        value = value.rstrip(".!?,;: ")
        if value and value[0] not in "\"'“`‘«":
            return value, value
    value = w.content()
    return quoted(w, value), value


def line(w: Words) -> tuple[str, str]:
    """A plain statement that ends the sentence, unquoted."""
    value = (w.fact()[0] if w.chance(0.6) else w.phrase(3, 12)).rstrip(".!?,;: ") or w.fact()[0]
    return value, value


def count(w: Words) -> tuple[str, int]:
    """A small whole number, in digits or in words."""
    value = w.integer(1, w.pick([9, 20, 60, 100, 500]))
    return (spelled(value) if w.chance(0.25) else str(value)), value


def pid(w: Words) -> tuple[str, int]:
    value = w.integer(1, w.pick([9, 30, 99, 999, 9999]))
    return (spelled(value) if value < 20 and w.chance(0.12) else str(value)), value


def folder(w: Words) -> tuple[str, str]:
    value = w.folder()
    if w.chance(0.2):
        value = w.pick([value + "/", "/" + value, "./" + value, "~/" + value])
    return (quoted(w, value) if w.chance(0.07) else value), value


def amount(w: Words) -> tuple[str, float | int]:
    """A number that may have decimals."""
    value = w.integer(1, w.pick([20, 100, 1000, 9999]))
    if w.chance(0.3):
        decimal = float(f"{w.integer(0, 200)}.{w.integer(1, 99)}")
        return str(decimal), decimal
    return str(value), value


def _same(maker: Callable[[Words], str], quotes: float = 0.05) -> Callable[[Words], tuple[str, str]]:
    def make_same(w: Words) -> tuple[str, str]:
        value = maker(w)
        return (quoted(w, value) if w.chance(quotes) else value), value

    return make_same


def _email(w: Words) -> str:
    return f"{w.word()}{w.pick(['', '.', '_'])}{w.word()}@{w.word()}.{w.pick(['com', 'org', 'net', 'de', 'io', 'eu'])}"


def _url(w: Words) -> str:
    site = f"{w.word()}.{w.pick(['com', 'org', 'net', 'io', 'dev'])}"
    return w.pick(["https://", "http://", "", "www."]) + site + w.pick(["", "", f"/{w.word()}"])


def _phone(w: Words) -> str:
    return w.pick(["+", "0", "+4"]) + w.pick(["", "-", " "]).join(str(w.integer(10, 999)) for _ in range(3))


def _title(w: Words) -> str:
    return " ".join(w.word().capitalize() for _ in range(w.integer(1, 3)))


KINDS: dict[str, Callable[[Words], tuple[str, Any]]] = {
    "path": path,
    "folder": folder,
    "text": text,
    "tail": tail,
    "line": line,
    "int": count,
    "pid": pid,
    "number": amount,
    "name": _same(Words.name, 0.02),
    "person": _same(Words.full_name, 0.02),
    "city": _same(Words.city, 0.02),
    "country": _same(lambda w: w.from_list("country"), 0.02),
    "time": _same(Words.time, 0.01),
    "date": _same(Words.date, 0.01),
    "thing": _same(Words.thing),
    "word": _same(Words.word),
    "topic": _same(lambda w: w.topic()[1]),
    "code": _same(Words.code),
    "email": _same(_email, 0.02),
    "url": _same(_url, 0.02),
    "phone": _same(_phone, 0.02),
    "title": _same(_title, 0.35),
    "task": _same(lambda w: w.from_list("task"), 0.0),
    "value": _same(lambda w: w.from_list("value"), 0.0),
}


def make(w: Words, kind: str) -> tuple[str, Any]:
    return KINDS[kind](w)
