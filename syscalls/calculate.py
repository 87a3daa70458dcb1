"""Exact arithmetic for models that cannot do sums: a small parser over fractions, no `eval` anywhere.

- `evaluate("2*(3+4)")` gives a `Number`; `str` of it is what the model reads: `14`, `2.5`, `1/3 (about 0.3333333333)`.
- `+ - * / // % **` as Python has them, parentheses, `sqrt abs min max round` (halves go to the even side).
- Roots that are not exact are taken to 50 digits and said to be `about`; so is whatever is made of them.
- Every size is checked before it is computed: length, nesting, digits. No expression can take long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from llmasos.errors import SyscallError
from llmasos.kernel.syscall import syscall
from llmasos.syscalls.rational import MAX_DIGITS, Number, apply, checked, power, too_large, wrong

MAX_LENGTH = 1000  # characters of an expression
MAX_DEPTH = 40  # of parentheses and signs
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]+)|(\*\*|//|[-+*/%(),]))")
_SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**"})


class Calculate:
    @syscall(effect="pure", capability="calculate", family="calculate", roles={"expression": "param"})
    def calculate(self, expression: str) -> str:
        """Compute an arithmetic expression exactly."""
        return str(evaluate(expression))


def evaluate(expression: str) -> Number:
    """The value of an expression. Raises SyscallError, and nothing else, on anything that has none."""
    if len(expression) > MAX_LENGTH:
        raise SyscallError(f"the expression has {len(expression)} characters, {MAX_LENGTH} at most", "EFBIG")
    return _Parser(_tokens(expression)).whole()


def _tokens(expression: str) -> list[str]:
    text = expression.translate(_SPELLINGS).rstrip()
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise wrong(f"cannot read {text[at:].strip()[:20]!r}")
        tokens.append(match[match.lastindex or 0])
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent with Python's precedence: sums, products, signs, powers, atoms."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Number:
        if not self._tokens:
            raise wrong("the expression is empty")
        value = self._sum()
        if self._at < len(self._tokens):
            raise wrong(f"unexpected {self._tokens[self._at]!r}")
        return value

    def _take(self, *wanted: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in wanted:
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def _sum(self) -> Number:
        value = self._product()
        while operator := self._take("+", "-"):
            value = apply(operator, value, self._product())
        return value

    def _product(self) -> Number:
        value = self._signed()
        while operator := self._take("*", "/", "//", "%"):
            value = apply(operator, value, self._signed())
        return value

    def _signed(self) -> Number:
        self._deeper()
        sign = self._take("+", "-")
        value = self._signed() if sign else self._power()
        self._depth -= 1
        return Number(-value.value, value.exact) if sign == "-" else value

    def _power(self) -> Number:
        base = self._atom()
        return power(base, self._signed()) if self._take("**") else base

    def _atom(self) -> Number:
        if self._at == len(self._tokens):
            raise wrong("the expression ends too early")
        token = self._tokens[self._at]
        self._at += 1
        if token == "(":
            return self._closed(self._sum())
        if token[0].isdigit() or token[0] == ".":
            return _literal(token)
        if token.isidentifier():
            return self._call(token)
        raise wrong(f"unexpected {token!r}")

    def _call(self, name: str) -> Number:
        if name not in _FUNCTIONS:
            raise wrong(f"unknown name {name[:20]!r}; known: {', '.join(_FUNCTIONS)}")
        if not self._take("("):
            raise wrong(f"{name} needs parentheses")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        return self._closed(_FUNCTIONS[name](arguments))

    def _closed(self, value: Number) -> Number:
        if not self._take(")"):
            raise wrong("a parenthesis is not closed")
        return value

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise wrong(f"nested more than {MAX_DEPTH} deep")


def _literal(token: str) -> Number:
    mantissa, _, exponent = token.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
        raise too_large()
    return checked(Fraction(f"{mantissa}e{exponent}" if exponent else mantissa), True)


def _sqrt(arguments: list[Number]) -> Number:
    return power(_one("sqrt", arguments), Number(Fraction(1, 2)))


def _abs(arguments: list[Number]) -> Number:
    number = _one("abs", arguments)
    return Number(abs(number.value), number.exact)


def _min(arguments: list[Number]) -> Number:
    return Number(min(a.value for a in arguments), all(a.exact for a in arguments))


def _max(arguments: list[Number]) -> Number:
    return Number(max(a.value for a in arguments), all(a.exact for a in arguments))


def _round(arguments: list[Number]) -> Number:
    """To whole numbers or to decimals. A rounded root is exact again: that is what rounding is for."""
    places = arguments[1].value if len(arguments) == 2 else Fraction(0)
    if len(arguments) > 2 or places.denominator != 1:
        raise wrong("round takes a number, and a whole number of decimals")
    if abs(places) > MAX_DIGITS:
        raise too_large()
    return checked(Fraction(round(arguments[0].value, int(places))), True)


_FUNCTIONS: dict[str, Callable[[list[Number]], Number]] = {
    "sqrt": _sqrt,
    "abs": _abs,
    "min": _min,
    "max": _max,
    "round": _round,
}


def _one(name: str, arguments: list[Number]) -> Number:
    if len(arguments) != 1:
        raise wrong(f"{name} takes one number")
    return arguments[0]
