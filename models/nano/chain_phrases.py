"""Phrasings for requests of several steps (chains.py), as chain_phrases.txt has them.

- An entry is (form, pattern). `{}` stands for a thing ("the sum of 3 and 4") or for a first imperative, `%` for a
  second one, `§` for the thing's pronoun, `@` for "the" or "my". `<q>` and `<T>` are always quoted.
- Tables named PUT replace what a file says, tables named ADDED add to its end.
- In the file every table is a section: its name, then its entries, indented; one pattern alone is a section too.
"""

from __future__ import annotations

from llmasos.models.nano.phrase import Table, sections
from llmasos.models.nano.words import Words

_SECTIONS = sections("chain_phrases.txt")


def _parted(line: str, by: str) -> tuple[str, str]:
    first, found, second = line.partition(by)
    assert found, line
    return first, second


def _pattern(name: str) -> str:
    (pattern,) = _SECTIONS[name]
    return pattern


def _table(name: str) -> Table:
    return tuple(_parted(line, ": ") for line in _SECTIONS[name])


def _operations(name: str) -> tuple[tuple[str, str, str], ...]:
    """(form, pattern, operator)"""
    return tuple((form, *_parted(pattern, " => ")) for form, pattern in _table(name))


AND = _pattern("AND")
IT = _pattern("IT")
PUT_VERB = _pattern("PUT_VERB")
INTO = _pattern("INTO")
ADD = _pattern("ADD")
ONTO = _pattern("ONTO")
PUT = _table("PUT")
ADDED = _table("ADDED")
THEN = _table("THEN")
SUM_PUT = _table("SUM_PUT")
SUM_ADDED = _table("SUM_ADDED")
WHEN_PUT = _table("WHEN_PUT")
WHEN_ADDED = _table("WHEN_ADDED")
ASKED_PUT = _table("ASKED_PUT")
ASKED_ADDED = _table("ASKED_ADDED")
SUM_KEPT = _table("SUM_KEPT")
SUM_NAMED = _table("SUM_NAMED")
STEPS = tuple(_parted(line, " => ") for line in _SECTIONS["STEPS"])
GO_ON = _table("GO_ON")
GO_ON_FROM = _table("GO_ON_FROM")
TEXT_OF = _pattern("TEXT_OF")
SAYS = _pattern("SAYS")
COPY = _table("COPY")
COPY_ADDED = _table("COPY_ADDED")
LIMIT = _pattern("LIMIT")
COPY_LIMIT = _table("COPY_LIMIT")
COPY_ADDED_LIMIT = _table("COPY_ADDED_LIMIT")
TOLD = _pattern("TOLD")
RECALL_FIRST = _pattern("RECALL_FIRST")
FOUND = _pattern("FOUND")
TOLD_PUT = _table("TOLD_PUT")
TOLD_ADDED = _table("TOLD_ADDED")
NOW = _pattern("NOW")
CLOCK_FIRST = _pattern("CLOCK_FIRST")
NOW_PUT = _table("NOW_PUT")
NOW_ADDED = _table("NOW_ADDED")
LISTED = _SECTIONS["LISTED"]
LIST_FIRST = _pattern("LIST_FIRST")
FIND_FIRST = _pattern("FIND_FIRST")
THEIR = _pattern("THEIR")
WHICH_PUT = _table("WHICH_PUT")
WHICH_ADDED = _table("WHICH_ADDED")
FILE_SUMS = _operations("FILE_SUMS")
FILE_QUESTIONS = _operations("FILE_QUESTIONS")
READ_IT = _pattern("READ_IT")
WRITE_TEXT = _pattern("WRITE_TEXT")
ADD_TEXT = _pattern("ADD_TEXT")
SEEN = _table("SEEN")
SEEN_ADDED = _table("SEEN_ADDED")
ASK_FIRST = _pattern("ASK_FIRST")
ASK_QUOTED = _pattern("ASK_QUOTED")
REPLY = _pattern("REPLY")
ASKED_KEPT = _table("ASKED_KEPT")
ASKED_REPLY_PUT = _table("ASKED_REPLY_PUT")
ASKED_REPLY_ADDED = _table("ASKED_REPLY_ADDED")
SPAWN_FIRST = _pattern("SPAWN_FIRST")
AWAIT = _pattern("AWAIT")
SPAWNED = _table("SPAWNED")
FIND_FILE = _pattern("FIND_FILE")
SHOW_IT = _pattern("SHOW_IT")
DROP_IT = _pattern("DROP_IT")
FOUND_READ = _table("FOUND_READ")
FOUND_DROP = _table("FOUND_DROP")
FILE_KEPT = _table("FILE_KEPT")
FILE_DROPPED = _table("FILE_DROPPED")
MOVED = _table("MOVED")
JOINTS = _pattern("JOINTS")
AFTER_QUESTION = _pattern("AFTER_QUESTION")
LINKS = tuple(_pattern("LINKS")[1:-1].split("|"))
# By tool: one verb, two objects.
PAIRS = {name.removeprefix("PAIRS "): _table(name) for name in _SECTIONS if name.startswith("PAIRS ")}

# How a sum that is a thing may begin, and the verbs that stand well after "when you".
NAMED = ("the ", "half ", "twice ", "double ", "two times ", "three times ", "triple ", "thrice ", "a ", "one ")
CLAUSE = frozenset(
    "multiply divide split share subtract add sum total square cube double triple halve increase decrease raise reduce lower calculate compute work evaluate".split()
)


def ending(w: Words, what: str) -> tuple[str, bool]:
    """A pattern that puts something into <b>, and whether it is added at the end."""
    append = w.chance(0.4)
    if append:
        return f"{ADD} {what} {ONTO} <b>", True
    return f"{PUT_VERB} {what} {INTO} <b>", False


def take(w: Words, table: Table, what: str = "", second: str = "", pronoun: str = "it") -> tuple[str, str]:
    """(form, pattern) out of a table, with its thing (or first imperative) and its second imperative put in."""
    form, pattern = w.pick(table)
    return form, pattern.replace("§", pronoun).replace("%", second).replace("{}", what)


def either(w: Words, append: bool, added: Table, put: Table, what: str = "", pronoun: str = "it") -> tuple[str, str]:
    return take(w, added if append else put, what, pronoun=pronoun)


def kept(w: Words, what: str, first: str, what_next: str, added: Table, put: Table) -> tuple[str, str, bool]:
    """(form, pattern, whether it is added) of a thing that goes to <b>: in one clause, in two, or its own way."""
    share = w.random.random()
    if share < 0.25:
        second, append = ending(w, what_next)
        return *take(w, THEN, first, second), append
    append = w.chance(0.4)
    if share < 0.42:
        return *either(w, append, added, put), append
    return *either(w, append, ADDED, PUT, what), append
