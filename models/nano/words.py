"""Words, names, paths and other values, new for every dialogue.

- `Words(seed, held_out=False)` makes values; the held-out ones come from another part of every list.
- Half of the plain words are random letters, so that a model must copy what stands there instead of guessing it.

A list entry belongs to the held-out part by a hash of itself, so the two parts cannot meet (file extensions, which
are no names but a small fixed set, are shared).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from random import Random
from typing import TypeVar

T = TypeVar("T")

_CONSONANTS = "b c d f g h j k l m n p r s t v w z ch sh th st tr br kl pr gl x qu y".split()
_VOWELS = "a e i o u a e i o ai ea oo ou y".split()
_ENDINGS = ["", "", "", "n", "r", "s", "t", "l", "k", "m", "x", "nd", "st"]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MIXED = _LETTERS + _LETTERS.upper() + "0123456789"
_FOREIGN = (
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýßœšžčćđłńśźżğışőűř",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "日本語中文字水火木金土山川田人大小学生時間東京",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "가나다라마바사아자차카타파하한국어",
    "कखगघचछजझटठडढणतथदधन",
    "😀🎉🚀❤👍☕🌧🍕",
    "€£¥§±µ°«»–—…¿¡№",
)
_MARKS = "!#$%&()*+,-./:;=@^_~{}?<>'|"
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def held(entry: str) -> bool:
    """Whether a list entry is kept for evaluation: about one in five."""
    return zlib.crc32(entry.encode()) % 5 == 0


@cache
def entries(name: str, held_out: bool) -> tuple[str, ...]:
    """One list of names.txt (or all words) without, or with only, the held-out part."""
    folder = resources.files("llmasos.models.nano")
    if name == "word":
        every = folder.joinpath("words.txt").read_text("utf-8").split()
    else:
        body = folder.joinpath("names.txt").read_text("utf-8").split(f"[{name}]\n")[1].split("\n[")[0]
        every = body.strip().split("|") if "|" in body else body.split()
    return tuple(dict.fromkeys(entry for entry in every if name == "ext" or held(entry) == held_out))


def spelled(number: int) -> str:
    """A number below 1,000 in words."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" and {spelled(rest)}" if rest else "")


class Words:
    """A source of values. All randomness of a dialogue comes from its `random`."""

    def __init__(self, seed: int, held_out: bool = False) -> None:
        self.random = Random(seed)
        self.held_out = held_out
        self._uniform = self.random.random

    def chance(self, share: float) -> bool:
        return self._uniform() < share

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._uniform() * len(options))]

    def integer(self, low: int, high: int) -> int:
        """Between low and high, both included."""
        return low + int(self._uniform() * (high - low + 1))

    def from_list(self, name: str) -> str:
        """An entry of a list; one whose whole list is on the other side is asked for by mistake."""
        return self.pick(entries(name, self.held_out))

    def in_words(self, value: int) -> str:
        """A number below 1,000 as people write it out."""
        text = spelled(value)
        return text.replace("-", " ") if self.chance(0.2) else text.replace(" and", "") if self.chance(0.2) else text

    # words

    def made_up(self) -> str:
        """A word that no list has, sometimes of letters that make no syllables."""
        if self.chance(0.2):
            return "".join(self.pick(_LETTERS) for _ in range(self.integer(2, 9)))
        parts = [self.pick(_CONSONANTS) + self.pick(_VOWELS) for _ in range(self.integer(1, 3))]
        return "".join(parts) + self.pick(_ENDINGS)

    def code(self) -> str:
        """Letters and digits that mean nothing: an id, a key, a booking reference."""
        style = self.integer(0, 3)
        if style == 0:
            return "".join(self.pick(_MIXED) for _ in range(self.integer(4, 12)))
        head = "".join(self.pick(_LETTERS) for _ in range(self.integer(1, 3)))
        tail = "".join(self.pick("0123456789") for _ in range(self.integer(2, 6)))
        return (head.upper() if style == 1 else head) + self.pick(["-", "", "_", "#"][: 2 + style]) + tail

    def word(self) -> str:
        """A plain lower-case word, made up as often as not."""
        return self.from_list("word") if self.chance(0.55) else self.made_up()

    def rare_word(self) -> str:
        """A word of other scripts, of marks or of mixed letters, so that every byte is copied now and then."""
        if self.chance(0.6):
            letters = self.pick(_FOREIGN)
        else:
            letters = self.pick([_MIXED, _LETTERS + _MARKS, _MARKS + "0123456789"])
        return "".join(self.pick(letters) for _ in range(self.integer(1, 7)))

    def any_word(self) -> str:
        share = self._uniform()
        if share < 0.06:
            return self.rare_word()
        if share < 0.12:
            return str(self.integer(0, 9999))
        if share < 0.17:
            return self.name()
        return self.word()

    def thing(self) -> str:
        """A noun phrase of one to three words."""
        noun = self.from_list("thing") if self.chance(0.5) else self.word()
        if self.chance(0.25):
            noun = f"{self.from_list('adjective')} {noun}"
        return f"{self.word()} {noun}" if self.chance(0.12) else noun

    def name(self) -> str:
        if self.chance(0.25):
            return self.made_up().capitalize()
        return self.from_list("first")

    def full_name(self) -> str:
        return f"{self.name()} {self.from_list('last')}" if self.chance(0.5) else self.name()

    def city(self) -> str:
        return self.made_up().capitalize() if self.chance(0.2) else self.from_list("city")

    # numbers, dates

    def number(self) -> str:
        """A number as digits: mostly whole, of any length up to six."""
        share = self._uniform()
        if share < 0.15:
            return (
                f"{self.integer(0, 99)}.{self.pick(['5', '25', '75', '1', '2', '99', '50', str(self.integer(1, 99))])}"
            )
        return str(self.integer(0, self.pick([9, 20, 99, 99, 500, 999, 999, 9999, 999999])))

    def time(self) -> str:
        style = self._uniform()
        if style < 0.6:
            return f"{self.integer(0, 23)}:{self.integer(0, 59):02d}"
        if style < 0.8:
            return f"{self.integer(1, 12)}{self.pick(['am', 'pm', ' am', ' pm'])}"
        return self.pick(["noon", "midnight", f"{self.integer(1, 12)}:{self.pick(['15', '30', '45'])} pm"])

    def date(self) -> str:
        style = self._uniform()
        if style < 0.3:
            return f"20{self.integer(20, 35)}-{self.integer(1, 12):02d}-{self.integer(1, 28):02d}"
        if style < 0.5:
            month = self.pick("January February March April May June July August September October".split())
            return f"{self.integer(1, 28)} {month}" if self.chance(0.5) else f"{month} {self.integer(1, 28)}"
        return self.pick(
            "monday tuesday wednesday thursday friday saturday sunday tomorrow tonight Friday Monday Saturday".split()
        )

    def stamp(self) -> str:
        """Date and time as results show them."""
        return (
            f"20{self.integer(20, 33)}-{self.integer(1, 12):02d}-{self.integer(1, 28):02d} "
            f"{self.integer(0, 23):02d}:{self.integer(0, 59):02d}"
        )

    # paths

    def stem(self) -> str:
        if not self.held_out and self.chance(0.1):
            return self.pick(_LETTERS) + self.pick(["", "", "", "1", "2"])
        style = self._uniform()
        word = self.any_of(self.word, self.word, self.made_up, lambda: self.from_list("topic"))
        if style < 0.55:
            return word
        if style < 0.8:
            return f"{word}{self.pick(['_', '-', '_', '.'])}{self.word()}"
        if style < 0.93:
            return f"{word}{self.pick(['', '_', '-'])}{self.integer(1, 2030)}"
        return self.pick([word.upper(), word.capitalize(), f"{word}_{self.word()}_{self.word()}", self.code()])

    def folder(self) -> str:
        word = self.word() if self.chance(0.8) else self.stem()
        return f"{word}/{self.folder()}" if self.chance(0.2) else word

    def file(self) -> str:
        """A file name without folders."""
        if self.chance(0.05):
            return self.pick(["README", "Makefile", "LICENSE", "notes", "TODO", ".env", ".bashrc", self.stem()])
        return f"{self.stem()}.{self.from_list('ext')}"

    def path(self) -> str:
        share = self._uniform()
        if share < 0.72:
            return self.file()
        if share < 0.96:
            return f"{self.folder()}/{self.file()}"
        return f"{self.pick(['/', './', '~/', '../', '../', '../../', '../../../'])}{self.any_of(self.file, lambda: f'{self.folder()}/{self.file()}', lambda: f'{self.folder()}/{self.word()}')}"

    # longer text

    def phrase(self, least: int = 1, most: int = 5) -> str:
        """Plain words without marks."""
        return " ".join(self.any_word() for _ in range(self.integer(least, most)))

    def note(self) -> str:
        """What a person would write down in a line: a chore, a list, a statement."""
        style = self._uniform()
        if style < 0.22:
            verb = self.pick("buy sell call fix clean check pay book order paint meet visit finish send print".split())
            return f"{verb} {self.pick([self.thing, self.name, self.thing])()}" + self.pick(
                ["", "", "", f" and {self.thing()}", f" on {self.date()}", f" at {self.time()}", f" with {self.name()}"]
            )
        if style < 0.34:
            return self.pick([", ", " and ", ", ", "; "]).join(self.thing() for _ in range(self.integer(2, 4)))
        if style < 0.52:
            return self.fact()[0]
        if style < 0.6:
            return self.thing()
        return self.phrase(1, 7)

    def topic(self) -> tuple[str, str]:
        """A thing that facts are about: with its article, and without."""
        noun = self.from_list("topic") if self.chance(0.6) else self.word()
        if self.chance(0.3):
            noun = f"{self.pick([self.from_list('adjective'), self.word()])} {noun}"
        if self.chance(0.12):
            noun = f"{noun} {self.from_list('topic')}"
        if self.chance(0.15):
            owner = f"{self.name()}'s" if self.chance(0.7) else ""
            if owner:
                return f"{owner} {noun}", f"{owner} {noun}"
        return f"{self.pick(['the', 'my', 'the', 'my', 'our'])} {noun}", noun

    def fact(self) -> tuple[str, str]:
        """A statement, and what it is about."""
        topic, query = self.topic()
        ending = self.any_of(
            lambda: f"is on {self.date()}",
            lambda: f"is at {self.time()}",
            lambda: f"is {self.from_list('adjective')}",
            lambda: f"is {self.word()}",
            lambda: f"is {self.code()}",
            lambda: f"costs {self.number()} {self.pick(['euros', 'dollars', 'pounds'])}",
            lambda: f"lives in {self.city()}",
            lambda: f"starts at {self.time()}",
            lambda: f"is called {self.name()}",
            lambda: f"likes {self.thing()}",
            lambda: f"was moved to {self.date()}",
            lambda: f"needs {self.thing()}",
            lambda: f"is in {self.city()}",
            lambda: f"has {self.integer(2, 99)} {self.thing()}",
            lambda: f"is allergic to {self.thing()}",
            lambda: f"{self.word()} {self.phrase(1, 3)}",
        )
        return f"{topic} {ending}", query

    def sentence(self) -> str:
        text = self.fact()[0] if self.chance(0.5) else self.phrase(3, 10)
        return text[0].upper() + text[1:] + self.pick([".", ".", "!", "?", ""])

    def content(self) -> str:
        """Text of any kind, one to forty words; may hold marks, quotes and line breaks: it must be quoted."""
        style = self._uniform()
        if style < 0.55:
            return self.note()
        if style < 0.75:
            return self.sentence()
        if style < 0.83:
            return self.phrase(8, 32)
        if style < 0.9:
            return "\n".join(self.note() for _ in range(self.integer(2, 4)))
        if style < 0.94:
            return f'{self.note()} "{self.word()}" {self.phrase(1, 3)}'
        return self.pick([self.number, self.code, self.rare_word, self.stamp])()

    def document(self) -> str:
        """What a file may hold."""
        style = self._uniform()
        if style < 0.4:
            return self.note()
        if style < 0.6:
            return "\n".join(self.note() for _ in range(self.integer(2, 5)))
        if style < 0.8:
            return " ".join(self.sentence() for _ in range(self.integer(1, 3)))
        if style < 0.88:
            return f'{{"{self.word()}": {self.number()}, "{self.word()}": "{self.note()}"}}'
        if style < 0.94:
            return "\n".join(f"{self.word()},{self.number()}" for _ in range(self.integer(1, 4)))
        return self.content()

    def any_of(self, *makers: Callable[[], T]) -> T:
        return self.pick(makers)()
