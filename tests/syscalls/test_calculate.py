"""Arithmetic is exact, quick and fails in one way only."""

from __future__ import annotations

import ast
import gc
import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.errors import SyscallError
from llmasos.syscalls.calculate import MAX_LENGTH, Calculate, evaluate
from tests.pace import allowed


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("17*23", "391"),
        ("17 × 23", "391"),
        ("3 - 7", "-4"),
        ("5/2", "2.5"),
        ("1/3", "1/3 (about 0.3333333333)"),
        ("-2/3", "-2/3 (about -0.6666666667)"),
        ("0.1+0.2", "0.3"),
        (".5 + 1.", "1.5"),
        ("2+3*4", "14"),
        ("(2+3)*4", "20"),
        ("-2**2", "-4"),
        ("2**3**2", "512"),
        ("2^10", "1024"),
        ("2**-2", "0.25"),
        ("-7//2", "-4"),
        ("-7%3", "2"),
        ("7.5 % 2", "1.5"),
        ("sqrt(16)", "4"),
        ("sqrt(1/4)", "0.5"),
        ("sqrt(2)", "about 1.4142135624"),
        ("sqrt(2)**2", "about 2"),
        ("8**(1/3)", "2"),
        ("2**0.5", "about 1.4142135624"),
        ("round(2/3, 2)", "0.67"),
        ("round(2.5)", "2"),
        ("round(sqrt(2), 3)", "1.414"),
        ("round(1234, -2)", "1200"),
        ("min(3, 1/2, 2)", "0.5"),
        ("max(1, sqrt(2))", "about 1.4142135624"),
        ("abs(-3)", "3"),
        ("1e3", "1000"),
        ("1e-20/3", "1/300000000000000000000 (about 3.333333333e-21)"),
        ("1/1e6", "0.000001"),
    ],
)
def test_results_read_as_promised(expression: str, result: str) -> None:
    assert Calculate().calculate(expression) == result


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ("", "EINVAL", "empty"),
        ("1/0", "EINVAL", "division by zero"),
        ("5 % (1-1)", "EINVAL", "division by zero"),
        ("0**-1", "EINVAL", "division by zero"),
        ("sqrt(-1)", "EINVAL", "negative"),
        ("2 3", "EINVAL", "unexpected '3'"),
        ("2 +", "EINVAL", "ends too early"),
        ("(1", "EINVAL", "not closed"),
        ("1)", "EINVAL", "unexpected"),
        ("sqrt 2", "EINVAL", "parentheses"),
        ("sqrt(1,2)", "EINVAL", "one number"),
        ("__import__('os')", "EINVAL", "cannot read"),
        ("exit()", "EINVAL", "unknown name 'exit'"),
        ("9**9**9", "ERANGE", "1000 digits"),
        ("1e9999", "ERANGE", "1000 digits"),
        ("2**(10**500+0.5)", "ERANGE", "1000 digits"),
        ("(" * 100 + "1" + ")" * 100, "EINVAL", "deep"),
        ("-" * 100 + "1", "EINVAL", "deep"),
        ("2**" * 100 + "1", "EINVAL", "deep"),
        ("1+" * MAX_LENGTH + "1", "EFBIG", "characters"),
    ],
)
def test_what_has_no_value_says_why(expression: str, code: str, message: str) -> None:
    with pytest.raises(SyscallError, match=message) as caught:
        evaluate(expression)
    assert caught.value.code == code


def evaluated(expression: str) -> Fraction | None:
    """The value, within the time that any expression may take; None where it has none."""
    gc.disable()  # a collection of a long suite's garbage takes longer, and is no fault of an expression
    started = time.thread_time()
    try:
        return evaluate(expression).value
    except SyscallError:
        return None
    finally:
        took = time.thread_time() - started
        gc.enable()
        assert took < 0.2 or took < allowed(0.2), expression


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="0123456789.eE+-*/%() ,sqrtabminxound_²٣", max_size=60) | st.text(max_size=30))
def test_any_text_has_a_value_or_a_syscall_error(expression: str) -> None:
    evaluated(expression)


numbers = st.integers(0, 999).map(str) | st.decimals("0", "999", places=3).map(str)


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(parts, st.sampled_from(["+", "-", "*", "/", "//", "%"]), parts).map(
        lambda p: f"({p[0]} {p[1]} {p[2]})"
    )
    named = st.tuples(st.sampled_from(["abs", "min", "max"]), parts).map(lambda p: f"{p[0]}({p[1]})")
    power = st.tuples(parts, st.integers(-3, 4)).map(lambda p: f"({p[0]}) ** {p[1]}")
    return binary | named | power | parts.map(lambda p: f"-{p}")


@settings(max_examples=300, deadline=None)
@given(st.recursive(numbers, combined, max_leaves=8))
def test_it_equals_arithmetic_on_fractions(expression: str) -> None:
    value = evaluated(expression)
    if value is not None:
        assert value == by_python(expression)


def by_python(expression: str) -> Fraction:
    """Python's own parser over fractions."""

    class Exact(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> Any:
            source = ast.get_source_segment(expression, node)
            return ast.Call(ast.Name("Fraction", ast.Load()), [ast.Constant(source)], [])

    tree = ast.fix_missing_locations(Exact().visit(ast.parse(expression, mode="eval")))
    names = {"Fraction": Fraction, "abs": abs, "min": lambda *a: min(a), "max": lambda *a: max(a)}
    return Fraction(eval(compile(tree, "test", "eval"), {"__builtins__": {}}, names))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["9" * 300, "1e900", "7", "0.3", "sqrt(2)", "1/3", "(-5)", "1e-900", "round(3,999)"]),
        min_size=2,
        max_size=12,
    ),
    st.lists(st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), min_size=11, max_size=11),
)
def test_the_worst_operands_stay_quick(operands: list[str], operators: list[str]) -> None:
    evaluated(operands[0] + "".join(o + n for o, n in zip(operators, operands[1:], strict=False)))
