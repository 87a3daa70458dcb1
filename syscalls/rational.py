"""Rational numbers with a size limit, roots where they must be, and how a number is written for a reader.

- `Number` is a value and whether it is exact; `apply` and `power` make new ones, `checked` bounds them.
- Sizes are checked before anything large is computed, so no operation takes long.
- It knows no expressions: `calculate.py` parses them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from llmasos.errors import SyscallError

MAX_DIGITS = 1000  # of any number on the way
_MAX_BITS = int(MAX_DIGITS * math.log2(10))
_ROOT_DIGITS = 50
_SHOWN_DECIMALS = 10


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


def apply(operator: str, left: Number, right: Number) -> Number:
    a, b = left.value, right.value
    if operator in ("/", "//", "%") and b == 0:
        raise wrong("division by zero")
    value = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "//": lambda: Fraction(a // b),
        "%": lambda: a % b,
    }[operator]()
    return checked(value, left.exact and right.exact)


def power(base: Number, exponent: Number) -> Number:
    n, root = exponent.value.numerator, exponent.value.denominator
    if base.value == 0 and n < 0:
        raise wrong("division by zero")
    if root != 1:
        return _fractional_power(base, exponent)
    size = max(_bits(base.value) - 1, 0) * abs(n)  # 1 to any power stays 1
    if size > _MAX_BITS:
        raise too_large()
    return checked(base.value**n, base.exact and exponent.exact)


def _fractional_power(base: Number, exponent: Number) -> Number:
    if base.value < 0:
        raise wrong("a root of a negative number is not real")
    exact_root = _exact_root(base.value, exponent.value.denominator)
    if exact_root is not None and base.exact and exponent.exact:
        return power(Number(exact_root), Number(Fraction(exponent.value.numerator)))
    if base.value == 0:
        return Number(Fraction(0), False)
    if abs(exponent.value) > _MAX_BITS:
        raise too_large()
    size = float(exponent.value) * (math.log10(base.value.numerator) - math.log10(base.value.denominator))
    if abs(size) > MAX_DIGITS:
        raise too_large()
    with localcontext(prec=_ROOT_DIGITS + 10) as context:
        context.Emax, context.Emin = 10 * MAX_DIGITS, -10 * MAX_DIGITS
        value = _as_decimal(base.value) ** _as_decimal(exponent.value)
    return checked(Fraction(value), False)


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


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def checked(value: Fraction, exact: bool) -> Number:
    """A number within the size limit; an inexact one is kept to the digits that mean something."""
    if not exact and _bits(value) > 8 * _ROOT_DIGITS and value:
        scale = _ROOT_DIGITS - _magnitude(value)
        value = Fraction(round(value * Fraction(10) ** scale)) / Fraction(10) ** scale
    if _bits(value) > _MAX_BITS:
        raise too_large()
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


def wrong(message: str) -> SyscallError:
    return SyscallError(message, "EINVAL")


def too_large() -> SyscallError:
    return SyscallError(f"a number has more than {MAX_DIGITS} digits", "ERANGE")
