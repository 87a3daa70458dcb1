"""Requests to calculate: arithmetic in words and in symbols, and the one expression that each stands for.

The expression follows the order of the words and holds no spaces: "15% of 240" is `15*240/100`, "subtract 5 from 20"
is `20-5`, "the square root of 144" is `sqrt(144)`, "5 squared" is `5**2`.
"""

from __future__ import annotations

from llmasos.errors import SyscallError
from llmasos.models.nano.phrase import CLOSE, OPEN, expand, slots
from llmasos.models.nano.requests import FAILED, Request, answer_to
from llmasos.models.nano.sums_fourth import FOURTH, FREE_FOURTH
from llmasos.models.nano.sums_more import FREE_MORE, MORE
from llmasos.models.nano.sums_third import FREE_THIRD, THIRD
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

# (form, pattern, expression); $a and $b are the numbers of <a> and <b>.
PATTERNS = (
    ("do", "[multiply|multiply] <a> [by|with|and|times] <b>", "$a*$b"),
    ("do", "divide <a> [by|by|into] <b>", "$a/$b"),
    ("do", "[split|share|distribute] <a> [between|among|by|into|across] <b>[| people| parts| friends| teams]", "$a/$b"),
    ("do", "[subtract|take|take away|deduct|remove] <a> from <b>", "$b-$a"),
    ("do", "[add|add up|sum|sum up|total|add together] <a> and <b>", "$a+$b"),
    ("do", "add <a> to <b>", "$a+$b"),
    ("do", "[add|add up|sum|sum up|total] <a>, <b>[,|] and <c>", "$a+$b+$c"),
    ("do", "[add|sum|total] [up |][the numbers |these: |]<a>, <b>, <c>[,|] and <d>", "$a+$b+$c+$d"),
    ("do", "[raise|take] <a> to the power [of |]<b>", "$a**$b"),
    ("do", "[square|square the number] <a>", "$a**2"),
    ("do", "[cube|cube the number] <a>", "$a**3"),
    ("do", "[double|double the number|double up] <a>", "$a*2"),
    ("do", "[triple|treble] <a>", "$a*3"),
    ("do", "[halve|halve the number] <a>", "$a/2"),
    ("do", "[increase|raise] <a> by <b>", "$a+$b"),
    ("do", "[decrease|reduce|lower] <a> by <b>", "$a-$b"),
    ("do", "[increase|raise] <a> by <b>[%| percent]", "$a+$a*$b/100"),
    ("do", "[decrease|reduce|lower|discount] <a> by <b>[%| percent]", "$a-$a*$b/100"),
    ("do", "take <b>[%| percent] off <a>", "$a-$a*$b/100"),
    ("do", "[add|add a tip of|add a tax of] <b>[%| percent] to <a>", "$a+$a*$b/100"),
    ("noun", "the [sum|total] of <a> and <b>", "$a+$b"),
    ("noun", "the [sum|total] of <a>, <b>[,|] and <c>", "$a+$b+$c"),
    ("noun", "the product of <a> and <b>", "$a*$b"),
    ("noun", "the product of <a>, <b>[,|] and <c>", "$a*$b*$c"),
    ("noun", "the [difference|difference in value] [between|of] <a> and <b>", "$a-$b"),
    ("noun", "the [quotient|ratio] of <a> and <b>", "$a/$b"),
    ("noun", "the [square root|root|sqrt] of <a>", "sqrt($a)"),
    ("noun", "the square of <a>", "$a**2"),
    ("noun", "the cube of <a>", "$a**3"),
    ("noun", "the [average|mean|arithmetic mean] of <a> and <b>", "($a+$b)/2"),
    ("noun", "the [average|mean] of <a>, <b>[,|] and <c>", "($a+$b+$c)/3"),
    ("noun", "the remainder [of|when] <a> [divided|is divided] by <b>", "$a%$b"),
    ("noun", "<a>[%| percent| per cent] of <b>", "$a*$b/100"),
    ("noun", "[half|one half] of <a>", "$a/2"),
    ("noun", "half <a>", "$a/2"),
    ("noun", "[twice|double|two times] <a>", "$a*2"),
    ("noun", "[three times|triple|thrice] <a>", "$a*3"),
    ("noun", "[a third|one third] of <a>", "$a/3"),
    ("noun", "[a quarter|one quarter|a fourth] of <a>", "$a/4"),
    ("noun", "[a fifth|one fifth] of <a>", "$a/5"),
    ("noun", "[a tenth|one tenth] of <a>", "$a/10"),
    ("noun", "<a> squared", "$a**2"),
    ("noun", "<a> cubed", "$a**3"),
    ("noun", "<a>[%| percent] off [of |]<b>", "$b-$b*$a/100"),
    ("question", "how much is <a>[%| percent] of <b>", "$a*$b/100"),
    ("question", "how [many times|often] does <b> [go|fit] into <a>", "$a/$b"),
    ("question", "what do you get [if you|when you] [multiply|take] <a> [by|times] <b>", "$a*$b"),
    ("question", "what do you get [if you|when you] divide <a> by <b>", "$a/$b"),
    ("question", "what do [you|we] get [if|when] [you|we|i] add <a> [to|and] <b>", "$a+$b"),
    ("question", "what [is left|remains] [if|when] [i|you|we] [take|subtract] <a> from <b>", "$b-$a"),
    ("question", "if i have <a> [euros|dollars|pounds|apples|points] and [spend|lose|give away|use] <b>, how [much|many] [is left|are left|do i have left|remains|remain]", "$a-$b"),
    ("question", "[if|suppose] i have <a> [apples|books|euros|points|coins] and [get|buy|find|win|receive] <b> more, how many do i have", "$a+$b"),
    ("question", "how much [is it for|do i pay for|are|would i pay for|cost|is] <a> [tickets|items|boxes|bottles|books|of them] at <b> [each|a piece|apiece|per piece|euros each|dollars each]", "$a*$b"),
    ("say", "<a> [tickets|items|boxes|bottles|books|hours|chairs] at <b> [each|a piece|apiece|euros each|dollars per unit], what[ is|'s] the total[?|]", "$a*$b"),
    ("question", "what does each [one|person|of us] [get|pay] [if|when] [we|you|i] [split|divide|share] <a> [by|between|among] <b>[| people| friends| persons]", "$a/$b"),
    ("question", "how many [minutes are in <a> hours|seconds are in <a> minutes]", "$a*60"),
    ("question", "how many hours are in <a> days", "$a*24"),
    ("question", "how many days are in <a> weeks", "$a*7"),
    ("question", "how [much|many] more is <a> than <b>", "$a-$b"),
    ("question", "how [far|much] is <a> from <b>", "$b-$a"),
    *MORE,
    *THIRD,
    *FOURTH,
)  # fmt: skip
_FREE = (
    ("noun", "<e>"),
    ("noun", "<e>"),
    ("noun", "the [result|value|answer|outcome] [of|to|for] <e>"),
    ("question", "how much is <e>"),
    ("question", "how much [does|would] <e> [make|equal|come to|give]"),
    ("question", "what does <e> [make|equal|come to|give|evaluate to|amount to|come out at]"),
    ("question", "what do [i|you|we] get for <e>"),
    ("question", "how many is <e>"),
    ("question", "what <e> [is|makes|equals]"),
    (
        "do",
        "[calculate|compute|work out|evaluate|solve|figure out|do the math:|calc|find|determine|reckon|do the sum] <e>",
    ),
    ("do", "[calculate|compute|work out|evaluate|solve|find|determine|figure out] the [result|value|answer] of <e>"),
    (
        "do",
        "[calculate|compute|work out|figure out|tell me|find out] [what|how much] <e> [is|makes|equals|comes to|gives]",
    ),
    ("do", "use the calculator [for|on] <e>"),
    ("say", "<e> [=|= ?|=?|equals?|is what?|is how much?|makes what?|gives?]"),
    ("say", "<e>[, what is that?|, how much is it?|, please calculate|: solve it|, work it out]"),
    (
        "say",
        "i [need|want|'d like|have] to [know|find out] [what|how much] <e> is".replace(
            "i [need|want|'d like|have]", "i [need|want|have]"
        ),
    ),
    *FREE_MORE,
    *FREE_THIRD,
    *FREE_FOURTH,
)


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
