"""Exact arithmetic for models that cannot do sums: a small parser over fractions, no `eval` anywhere.

- `evaluate("2*(3+4)")` gives a `Number`; `str` of it is what the model reads: `14`, `2.5`, `1/3 (about 0.3333333333)`.
- `+ - * / // % **` as Python has them, parentheses, `sqrt abs min max round` (halves go to the even side).
- Roots that are not exact are taken to 50 digits and said to be `about`; so is whatever is made of them.
- Every size is checked before it is computed: length, nesting, digits. No expression can take long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from llmasos.errors import SyscallError
from llmasos.kernel.syscall import syscall

MAX_LENGTH = 1000  # characters of an expression
MAX_DEPTH = 40  # of parentheses and signs
MAX_DIGITS = 1000  # of any number on the way
_MAX_BITS = int(MAX_DIGITS * math.log2(10))
_ROOT_DIGITS = 50
_SHOWN_DECIMALS = 10
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]+)|(\*\*|//|[-+*/%(),]))")
_SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**"})


class Calculate:
    @syscall(effect="pure", capability="calculate", family="calculate", roles={"expression": "param"})
    def calculate(self, expression: str) -> str:
        """Compute an arithmetic expression exactly."""
        return str(evaluate(expression))


@dataclass(frozen=True, slots=True)
class Number:
    """A rational number; `exact` is False once a root was rounded on the way."""

    value: Fraction
    exact: bool = True

    def __str__(self) -> str:
        if not self.exact:
            return f"about {_rounded(self.value)}"
        if self.value.denominator == 1:
            return str(self.value.numerator)
        places = _terminating_places(self.value.denominator)
        if places is not None:
            return _decimal(self.value, places)
        return f"{self.value} (about {_rounded(self.value)})"


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
            raise _wrong(f"cannot read {text[at:].strip()[:20]!r}")
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
            raise _wrong("the expression is empty")
        value = self._sum()
        if self._at < len(self._tokens):
            raise _wrong(f"unexpected {self._tokens[self._at]!r}")
        return value

    def _take(self, *wanted: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in wanted:
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def _sum(self) -> Number:
        value = self._product()
        while operator := self._take("+", "-"):
            value = _apply(operator, value, self._product())
        return value

    def _product(self) -> Number:
        value = self._signed()
        while operator := self._take("*", "/", "//", "%"):
            value = _apply(operator, value, self._signed())
        return value

    def _signed(self) -> Number:
        self._deeper()
        sign = self._take("+", "-")
        value = self._signed() if sign else self._power()
        self._depth -= 1
        return Number(-value.value, value.exact) if sign == "-" else value

    def _power(self) -> Number:
        base = self._atom()
        return _power(base, self._signed()) if self._take("**") else base

    def _atom(self) -> Number:
        if self._at == len(self._tokens):
            raise _wrong("the expression ends too early")
        token = self._tokens[self._at]
        self._at += 1
        if token == "(":
            return self._closed(self._sum())
        if token[0].isdigit() or token[0] == ".":
            return _literal(token)
        if token.isidentifier():
            return self._call(token)
        raise _wrong(f"unexpected {token!r}")

    def _call(self, name: str) -> Number:
        if name not in _FUNCTIONS:
            raise _wrong(f"unknown name {name[:20]!r}; known: {', '.join(_FUNCTIONS)}")
        if not self._take("("):
            raise _wrong(f"{name} needs parentheses")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        return self._closed(_FUNCTIONS[name](arguments))

    def _closed(self, value: Number) -> Number:
        if not self._take(")"):
            raise _wrong("a parenthesis is not closed")
        return value

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _wrong(f"nested more than {MAX_DEPTH} deep")


def _literal(token: str) -> Number:
    mantissa, _, exponent = token.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
        raise _too_large()
    return _checked(Fraction(f"{mantissa}e{exponent}" if exponent else mantissa), True)


def _apply(operator: str, left: Number, right: Number) -> Number:
    a, b = left.value, right.value
    if operator in ("/", "//", "%") and b == 0:
        raise _wrong("division by zero")
    value = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "//": lambda: Fraction(a // b),
        "%": lambda: a % b,
    }[operator]()
    return _checked(value, left.exact and right.exact)


def _power(base: Number, exponent: Number) -> Number:
    n, root = exponent.value.numerator, exponent.value.denominator
    if base.value == 0 and n < 0:
        raise _wrong("division by zero")
    if root != 1:
        return _fractional_power(base, exponent)
    size = max(_bits(base.value) - 1, 0) * abs(n)  # 1 to any power stays 1
    if size > _MAX_BITS:
        raise _too_large()
    return _checked(base.value**n, base.exact and exponent.exact)


def _fractional_power(base: Number, exponent: Number) -> Number:
    if base.value < 0:
        raise _wrong("a root of a negative number is not real")
    exact_root = _exact_root(base.value, exponent.value.denominator)
    if exact_root is not None and base.exact and exponent.exact:
        return _power(Number(exact_root), Number(Fraction(exponent.value.numerator)))
    if base.value == 0:
        return Number(Fraction(0), False)
    if abs(exponent.value) > _MAX_BITS:
        raise _too_large()
    power = float(exponent.value) * (math.log10(base.value.numerator) - math.log10(base.value.denominator))
    if abs(power) > MAX_DIGITS:
        raise _too_large()
    with localcontext(prec=_ROOT_DIGITS + 10) as context:
        context.Emax, context.Emin = 10 * MAX_DIGITS, -10 * MAX_DIGITS
        value = _as_decimal(base.value) ** _as_decimal(exponent.value)
    return _checked(Fraction(value), False)


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    """The root when it is rational. A degree beyond the bits leaves only 0 and 1."""
    if degree > _MAX_BITS:
        return value if value in (0, 1) else None
    top, bottom = _integer_root(value.numerator, degree), _integer_root(value.denominator, degree)
    root = Fraction(top, bottom)
    return root if top**degree == value.numerator and bottom**degree == value.denominator else None


def _integer_root(value: int, degree: int) -> int:
    """The whole part of a root, by Newton's method from above."""
    if degree == 2 or value < 2:
        return math.isqrt(value) if degree == 2 else value
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _sqrt(arguments: list[Number]) -> Number:
    return _power(_one("sqrt", arguments), Number(Fraction(1, 2)))


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
        raise _wrong("round takes a number, and a whole number of decimals")
    if abs(places) > MAX_DIGITS:
        raise _too_large()
    return _checked(Fraction(round(arguments[0].value, int(places))), True)


_FUNCTIONS: dict[str, Callable[[list[Number]], Number]] = {
    "sqrt": _sqrt,
    "abs": _abs,
    "min": _min,
    "max": _max,
    "round": _round,
}


def _one(name: str, arguments: list[Number]) -> Number:
    if len(arguments) != 1:
        raise _wrong(f"{name} takes one number")
    return arguments[0]


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _checked(value: Fraction, exact: bool) -> Number:
    """A number within the size limit; an inexact one is kept to the digits that mean something."""
    if not exact and _bits(value) > 8 * _ROOT_DIGITS and value:
        scale = _ROOT_DIGITS - _magnitude(value)
        value = Fraction(round(value * Fraction(10) ** scale)) / Fraction(10) ** scale
    if _bits(value) > _MAX_BITS:
        raise _too_large()
    return Number(value, exact)


def _magnitude(value: Fraction) -> int:
    """About the power of ten of a number that is not zero."""
    return int((value.numerator.bit_length() - value.denominator.bit_length()) * math.log10(2))


def _terminating_places(denominator: int) -> int | None:
    """Decimals that write a fraction exactly; None when none do."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


def _decimal(value: Fraction, places: int) -> str:
    """A number rounded to decimals, without zeros at the end."""
    scaled = round(abs(value) * 10**places)
    digits = str(scaled).zfill(places + 1)
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def _rounded(value: Fraction) -> str:
    """Ten decimals; where they show too little or too much, ten digits and a power of ten."""
    if value == 0 or Fraction(1, 10**5) <= abs(value) < 10**20:
        return _decimal(value, _SHOWN_DECIMALS)
    with localcontext(prec=_SHOWN_DECIMALS):
        return f"{_as_decimal(value).normalize():e}".replace("E", "e")


def _wrong(message: str) -> SyscallError:
    return SyscallError(message, "EINVAL")


def _too_large() -> SyscallError:
    return SyscallError(f"a number has more than {MAX_DIGITS} digits", "ERANGE")
