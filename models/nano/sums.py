"""Requests to calculate: arithmetic in words and in symbols, and the one expression that each stands for.

The expression follows the order of the words and holds no spaces: "15% of 240" is `15*240/100`, "subtract 5 from 20"
is `20-5`, "the square root of 144" is `sqrt(144)`, "5 squared" is `5**2`.
"""

from __future__ import annotations

from llmasos.errors import SyscallError
from llmasos.models.nano.phrase import CLOSE, OPEN, expand, slots, table
from llmasos.models.nano.requests import FAILED, Request, answer_to
from llmasos.models.nano.words import Words
from llmasos.syscalls.calculate import evaluate

_WORDS = {
    "+": "[plus|plus|added to]",
    "-": "[minus|minus|less|take away]",
    "*": "[times|times|multiplied by|x|by]",
    "/": "[divided by|divided by|over|split by]",
    "**": "[to the power of|to the power|raised to|raised to the power of|to the]",
    "%": "[mod|modulo]",
}
_SIGNS = {"+": ["+"], "-": ["-"], "*": ["*", "*", "x", "×"], "/": ["/", "/", "÷"], "**": ["**", "^"], "%": ["%"]}

# (form, pattern, expression) of sums.txt; $a and $b are the numbers of <a> and <b>.
PATTERNS = tuple(
    (form, pattern, exact) for form, line in table("sums.txt") for pattern, _, exact in [line.partition(" => ")]
)
_FREE = table("sums_frames.txt")  # sentences around a whole expression, <e>


def number(w: Words, small: bool = False) -> tuple[str, str]:
    """(as typed, as digits)"""
    if w.chance(0.2):
        value = w.integer(0, w.pick([12, 20, 99, 999]))
        return w.in_words(value), str(value)
    digits = str(w.integer(1, 12)) if small else w.number()
    return digits, digits


def _operand(w: Words, words: bool) -> tuple[str, str]:
    share = w.random.random()
    if share < 0.03:
        digits = w.number()
        return (f"{w.pick(['minus', 'negative'])} {digits}" if words else f"-{digits}"), f"-{digits}"
    if share < 0.06 and words:
        typed, digits = number(w)
        return w.pick([f"the square root of {typed}", f"root {typed}"]), f"sqrt({digits})"
    if share < 0.08:
        typed, digits = number(w)
        return (f"{typed} squared", f"{digits}**2") if words else (f"sqrt({digits})", f"sqrt({digits})")
    return number(w) if words or w.chance(0.05) else (lambda digits: (digits, digits))(w.number())


def expression(w: Words) -> tuple[str, str]:
    """A sum as typed and as the calculator takes it: one to four operators, in words, signs or both."""
    words, spaced = w.chance(0.5), w.chance(0.6)
    typed, exact = _operand(w, words)
    for i in range(w.pick([1, 1, 1, 1, 1, 2, 2, 3, 4])):
        operator = w.pick(["+", "-", "*", "/", "+", "-", "*", "/", "+", "*", "**" if i == 0 else "+", "%"])
        right, right_exact = number(w, small=True) if operator == "**" else _operand(w, words)
        if words:
            sign = expand(w.random, _WORDS[operator])[0]
            typed = f"{typed} {sign} {right}"
        else:
            sign = w.pick(_SIGNS[operator])
            typed = f"{typed} {sign} {right}" if spaced or sign == "x" else f"{typed}{sign}{right}"
        exact = f"{exact}{operator}{right_exact}"
        if i == 0 and w.chance(0.1) and not words:
            typed, exact = f"({typed})", f"({exact})"
    if not words and w.chance(0.08):
        typed, exact = f"{w.integer(2, 99)}*({typed})", f"?*({exact})"
        exact = exact.replace("?", typed.split("*", 1)[0])
        typed = typed if w.chance(0.5) else typed.replace("*(", " * (", 1)
    return typed, exact


def value(expression: str) -> str:
    """What the calculator returns, errors included."""
    try:
        return str(evaluate(expression))
    except SyscallError as error:
        return f"{FAILED}{error.code}: {error}"


def result_of(w: Words, expression: str) -> str:
    """The calculator's result; one that is too long to be interesting is replaced by a number."""
    text = value(expression)
    return text if len(text) < 40 else w.number()


def make(w: Words, tool: str = "calculate") -> Request:
    """A request to calculate."""
    if w.chance(0.5):
        form, text, exact = _fixed(w)
    else:
        form, pattern = w.pick(_FREE)
        typed, exact = expression(w)
        text = expand(w.random, pattern)[0].replace("<e>", OPEN + typed + CLOSE if w.chance(0.9) else typed)
    result = result_of(w, exact)
    return Request(form, text, tool, {"expression": exact}, result, answer_to(result, f"The result is {result}."))


def _fixed(w: Words) -> tuple[str, str, str]:
    return from_pattern(w, *w.pick(PATTERNS))


def from_pattern(w: Words, form: str, pattern: str, exact: str) -> tuple[str, str, str]:
    """(form, text, expression) that a pattern makes."""
    text = expand(w.random, pattern)[0]
    for slot in dict.fromkeys(slots(text)):
        typed, digits = number(w)
        text = text.replace(f"<{slot}>", OPEN + typed + CLOSE)
        exact = exact.replace(f"${slot}", digits)
    return form, text, exact
