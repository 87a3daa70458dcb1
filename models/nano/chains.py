"""Requests that take two or three calls, the later ones made from what the earlier ones returned.

- `chain(w, names)` gives one whose tools are all listed; `Chain.steps` are (tool, arguments, result).
- A step that fails ends the chain with the answer for its error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from llmasos.models.nano import requests_files, requests_other, slots, sums
from llmasos.models.nano.phrase import OPEN, expand, fill
from llmasos.models.nano.requests import FAILED, Request, answer_to, core, error
from llmasos.models.nano.singles import single
from llmasos.models.nano.words import Words

Step: TypeAlias = tuple[str, dict[str, Any], str]

_AND = "[and|and then|then|, then|, and then|, and|and after that|and afterwards|; then|and also]"
_IT = "[the result|the answer|it|the outcome|what comes out|that|what you get]"
_PUT = "[write|save|put|store|record]"
_INTO = "[to|into|in|to the file|in the file|to a file called]"
_ADD = "[append|add]"
_ONTO = "[to|to the end of|at the end of|at the bottom of|to the file]"


@dataclass(frozen=True)
class Chain:
    """What is asked, the calls in order, and the answer."""

    form: str
    text: str
    steps: tuple[Step, ...]
    answer: str
    open_end: bool = False

    @property
    def request(self) -> Request:
        return Request(self.form, self.text, "", {}, "", self.answer, self.open_end)


def _say(w: Words, pattern: str, **values: str) -> str:
    return fill(expand(w.random, pattern)[0], values)


def _paths(w: Words) -> tuple[tuple[str, str], tuple[str, str]]:
    return slots.path(w), slots.path(w)


def _put(w: Words, path: str, content: str, append: bool) -> tuple[Step, str]:
    """The step that writes or appends, and its answer."""
    if append:
        return ("append_file", {"path": path, "content": content}, f"added 1 line to {path}"), f"I added it to {path}."
    size = len(content.encode())
    step = ("write_file", {"path": path, "content": content}, f"wrote {size} bytes to {path}")
    return step, f"I wrote it to {path}."


def _ending(w: Words, what: str) -> tuple[str, bool]:
    """A pattern that puts something into <b>, and whether it is added at the end."""
    append = w.chance(0.4)
    return (f"{_ADD} {what} {_ONTO} <b>" if append else f"{_PUT} {what} {_INTO} <b>"), append


def copy(w: Words) -> Chain:
    """Read a file and write its text to another."""
    (a, from_), (b, to) = _paths(w)
    append, limited = w.chance(0.35), w.chance(0.25)
    what = "[the text|the content|the contents|everything|what is written|the words|the lines|what is]"
    if limited:
        what = "the first <n> words"
    verbs = "[append|add|attach]" if append else "[copy|write|save|put|transfer|duplicate|store|transcribe|paste]"
    onto = "[to|to the end of|at the end of|onto]" if append else "[to|into|to the file|over to|in]"
    forms = [
        f"{verbs} {what} [of|from|in] <a> {onto} <b>",
        f"[take|read|get] {what} [of|from|in] <a> {_AND} {verbs} it {onto} <b>",
    ]
    if not limited:
        forms += [f"read <a> {_AND} {verbs} [it|the text|what it says|its content|its text|what you read] {onto} <b>"]
        forms += (
            []
            if append
            else [
                "copy <a> [to|into|over to|as] <b>",
                "make a copy of <a> [called|named|as|in] <b>",
                "duplicate <a> as <b>",
                "let <b> have the same [text|content] as <a>",
                "make <b> [a copy|a duplicate] of <a>",
            ]
        )
    n, most = slots.count(w)
    pattern = w.pick(forms)
    arguments: dict[str, Any] = {"path": from_}
    if limited:
        arguments["max_words"] = most
    elif w.chance(0.18):
        pattern += "[, at most <n> words|, upper limit <n> words|, but no more than <n> words|, <n> words at most|, only the first <n> words|, maximum <n> words|, with a limit of <n> words| (at most <n> words)|, up to <n> words]"
        arguments["max_words"] = most
    content = w.document()
    step, answer = _put(w, to, content, append)
    return Chain("do", _say(w, pattern, a=a, b=b, n=n), (("read_file", arguments, content), step), answer)


def _plain_sum(w: Words) -> tuple[str, str, str]:
    """A sum in words, its expression and its plain value."""
    while True:
        request = sums.make(w)
        value = request.result
        if request.form in ("noun", "do") and value.replace(".", "", 1).replace("-", "", 1).isdigit():
            return request.form, request.text, request.arguments["expression"]


def _sum_text(w: Words) -> tuple[str, Step, str]:
    """A sum as an imperative, its step and its value."""
    form, text, expression = _plain_sum(w)
    if form == "noun":
        text = expand(w.random, "[calculate|compute|work out|figure out|find|determine|get] ")[0] + " " + text
    value = sums.result_of(w, expression)
    return text, ("calculate", {"expression": expression}, value), value


def sum_to_file(w: Words) -> Chain:
    """Calculate, then write the result."""
    b, to = slots.path(w)
    if w.chance(0.35):
        form, text, expression = "noun", "", ""
        while form != "noun" or not text:
            form, text, expression = _plain_sum(w)
            if form == "do":
                text = ""
        value = sums.result_of(w, expression)
        step: Step = ("calculate", {"expression": expression}, value)
        what = expand(w.random, "[|the result of |the value of |the answer to ]")[0]
        ending, append = _ending(w, f"{what} {text}".strip())
        whole = fill(expand(w.random, ending)[0], {"b": b})
    else:
        text, step, value = _sum_text(w)
        ending, append = _ending(w, _IT)
        whole = f"{text} {_say(w, f'{_AND} {ending}', b=b)}".replace(" ,", ",").replace(" ;", ";")
    last, answer = _put(w, to, value, append)
    return Chain("do", whole, (step, last), answer)


def sum_to_memory(w: Words) -> Chain:
    """Calculate and remember the result under a name."""
    text, step, value = _sum_text(w)
    name = w.topic()[1] if w.chance(0.7) else w.pick(["total", "sum", "result", "answer", "number", "difference"])
    pattern = f"{_AND} [remember|keep in mind|memorise|memorize|note] {_IT} as [the|my|the] <n>"
    whole = f"{text} {_say(w, pattern, n=name)}".replace(" ,", ",").replace(" ;", ";")
    last: Step = ("remember", {"text": f"the {name} is {value}"}, "remembered")
    if "as my " in whole.replace(OPEN, ""):
        last = ("remember", {"text": f"my {name} is {value}"}, "remembered")
    return Chain("do", whole, (step, last), f"The result is {value}. I will remember that.")


def sum_twice(w: Words) -> Chain:
    """Calculate, then go on with the result."""
    text, step, value = _sum_text(w)
    n, digits = sums.number(w)
    pattern, operator = w.pick([("multiply {} by <n>", "*"), ("divide {} by <n>", "/"), ("add <n> to {}", "+"), ("subtract <n> from {}", "-"), ("take <n> away from {}", "-"), ("add <n>", "+"), ("multiply by <n>", "*"), ("subtract <n>", "-"), ("divide by <n>", "/")])  # fmt: skip
    pattern = pattern.replace("{}", "[the result|that|it|the answer]")
    whole = f"{text} {_say(w, f'{_AND} {pattern}', n=n)}".replace(" ,", ",").replace(" ;", ";")
    expression = f"{value}{operator}{digits}"
    final = sums.result_of(w, expression)
    return Chain(
        "do",
        whole,
        (step, ("calculate", {"expression": expression}, final)),
        answer_to(final, f"The result is {final}."),
    )


def memory_to_file(w: Words) -> Chain:
    """Look something up and write it down."""
    b, to = slots.path(w)
    full, query = w.topic()
    lines, asked = requests_other.facts(w, query)
    ending, append = _ending(
        w,
        "[what you remember about|what you know about|what i told you about|what i said about|what you recall about|the facts about|everything you remember about] <t>",
    )
    if w.chance(0.25):
        ending = f"[recall|look up in memory|look up in your memory] <t> {_AND} {_ADD if append else _PUT} [it|that|the fact|what you find|the answer] {_ONTO if append else _INTO} <b>"
    text = _say(w, ending, b=b, t=full)
    first: Step = ("recall", {"query": query}, lines)
    if not asked:
        return Chain("do", text, (first,), "I remember nothing about that.")
    last, answer = _put(w, to, asked, append)
    return Chain("do", text, (first, last), answer)


def time_to_file(w: Words) -> Chain:
    """Write what the clock says."""
    b, to = slots.path(w)
    now, _ = requests_other.clock(w, "both")
    ending, append = _ending(
        w,
        "the [current time|time|date|current date|date and time|current date and time|time and date|timestamp|present time]",
    )
    if w.chance(0.25):
        ending = f"[check|look at|read] the [time|clock|date] {_AND} {_ADD if append else _PUT} it {_ONTO if append else _INTO} <b>"
    last, answer = _put(w, to, now, append)
    return Chain("do", _say(w, ending, b=b), (("clock", {}, now), last), answer)


def names_to_file(w: Words) -> Chain:
    """List or find files and write their names."""
    b, to = slots.path(w)
    names = requests_files.names(w)
    step: Step
    if w.chance(0.5):
        shown, folder = slots.folder(w)
        here = w.chance(0.35)
        what = "[the|all the|the names of the|the list of|a list of|the names of all] files" + (
            " [here|in this folder|]" if here else " in [the folder <f>|<f>|the <f> folder]"
        )
        step = ("list_files", {} if here else {"path": folder}, "\n".join(names))
        verb = "[list|list all|show]"
    else:
        folder = shown = w.from_list("ext")
        what = "[the|all|the names of all|a list of all|the names of the|every|the list of] <f> files"
        step = ("find_files", {"pattern": f"*.{folder}"}, "\n".join(names))
        verb = "[find|search for|look for|find all]"
    ending, append = _ending(w, what)
    if w.chance(0.5):
        files = what.split("]", 1)[1].strip()
        ending = f"{verb} [the|all] {files} {_AND} {_ADD if append else _PUT} [their names|the names|the list|them|the result] {_ONTO if append else _INTO} <b>"
    last, answer = _put(w, to, ", ".join(names), append)
    return Chain("do", _say(w, ending, b=b, f=shown), (step, last), answer)


def _numbers(w: Words) -> tuple[list[str], str]:
    values = [str(w.integer(0, w.pick([9, 99, 999, 9999]))) for _ in range(w.integer(2, 5))]
    return values, w.pick(["\n", "\n", " ", ", ", "; "]).join(values)


def sum_of_file(w: Words) -> Chain:
    """Read numbers, calculate with them, and sometimes write the result."""
    (a, from_), (b, to) = _paths(w)
    values, content = _numbers(w)
    pattern, operator = w.pick([
        ("[add up|sum|sum up|total|add|add together|calculate the sum of|compute the total of|work out the sum of|find the sum of] [the numbers|all the numbers|all numbers|the values|the figures|everything] [in|from|of|listed in|stored in] <a>", "+"),
        ("[read <a>|read the numbers in <a>|get the numbers from <a>|open <a>] [and|and then|, then] [add them up|sum them|sum them up|add the numbers|calculate their sum|total them|add up the numbers]", "+"),
        ("[multiply|calculate the product of|compute the product of|multiply together] [the numbers|all the numbers|all numbers|the values|the figures] [in|from|of|listed in] <a>", "*"),
        ("[read <a>|read the numbers in <a>|get the numbers from <a>] [and|and then|, then] [multiply them|multiply the numbers|calculate their product]", "*"),
    ])  # fmt: skip
    expression = operator.join(values)
    result = sums.result_of(w, expression)
    steps: list[Step] = [("read_file", {"path": from_}, content), ("calculate", {"expression": expression}, result)]
    if w.chance(0.6):
        return Chain("do", _say(w, pattern, a=a), tuple(steps), f"The result is {result}.")
    ending, append = _ending(w, _IT)
    last, answer = _put(w, to, result, append)
    return Chain("do", _say(w, f"{pattern} {_AND} {ending}", a=a, b=b), (*steps, last), answer)


def read_back(w: Words) -> Chain:
    """Write, then read what was written."""
    b, path = slots.path(w)
    shown, content = slots.text(w)
    append = w.chance(0.3)
    before = w.document() + "\n" if append else ""
    put = "[append|add] <t> to <b>" if append else "[write|save|put|store] <t> [to|in|into] <b>"
    pattern = f"{put} {_AND} [read it back|read it|show me the file|read the file|show it to me|show me what it says|tell me what it says|read it to me|check what it says|read the file back|display it|show the file]"
    last, _ = _put(w, path, content, append)
    text = before + content
    return Chain(
        "do", _say(w, pattern, b=b, t=shown), (last, ("read_file", {"path": path}, text)), f"{path} says: {text}"
    )


def ask_and_keep(w: Words) -> Chain:
    """Ask the user and write or remember the reply."""
    b, path = slots.path(w)
    question = requests_other.indirect(w) if w.chance(0.6) else requests_other.question(w) + "?"
    who = "[me|the user|the human|the person]"
    shown = slots.quoted(w, question) if question.endswith("?") else question
    reply = w.pick([w.word, w.thing, w.note, w.number, w.name])()
    first: Step = ("ask", {"question": question}, reply)
    if w.chance(0.35):
        pattern = f"ask {who} <q> {_AND} [remember|keep in mind|memorise|note] [the answer|the reply|what i say|the response|my answer]"
        return Chain(
            "do",
            _say(w, pattern, q=shown),
            (first, ("remember", {"text": reply}, "remembered")),
            "I will remember that.",
        )
    ending, append = _ending(w, "[the answer|the reply|the response|what i say|my answer|my reply]")
    last, answer = _put(w, path, reply, append)
    return Chain("do", _say(w, f"ask {who} <q> {_AND} {ending}", q=shown, b=b), (first, last), answer)


def spawn_and_wait(w: Words) -> Chain:
    """Start another agent and take its answer."""
    task = requests_other.task(w)
    number = w.integer(2, w.pick([9, 99, 999]))
    pattern = f"[start|spawn|launch|run|create|use] [an agent|another agent|a new agent|a helper agent|a subagent|a process] [to|to|on:|with the request:|for:] <t> {_AND} [wait for it|wait for its answer|tell me its answer|give me its answer|tell me what it says|wait until it is done|wait for the result|show me the result|report its answer|wait for its reply]"
    if w.chance(0.3):
        pattern = f"[have|let|make] [an agent|another agent|a new agent|a helper agent] <t> {_AND} [wait for it|tell me its answer|give me its answer|wait for the answer|show me its reply]"
    text = w.any_of(lambda: f"The result is {w.number()}.", w.note, w.sentence, w.document)
    steps: tuple[Step, ...] = (
        ("spawn", {"request": task}, f"started process {number}"),
        ("wait", {"pid": number}, text),
    )
    return Chain("do", _say(w, pattern, t=task), steps, f"Process {number} says: {text}")


def find_and_use(w: Words) -> Chain:
    """Find a file, then read or delete what was found."""
    file = w.file()
    path = f"{w.folder()}/{file}" if w.chance(0.7) else file
    first: Step = ("find_files", {"pattern": file}, path)
    find = "[find|locate|look for|search for] [|the file |a file called ]<f>"
    if w.chance(0.6):
        content = w.document()
        text = _say(
            w,
            f"{find} {_AND} [read it|show it to me|open it|tell me what it says|show me its content|print it|read it to me]",
            f=file,
        )
        return Chain("do", text, (first, ("read_file", {"path": path}, content)), f"{path} says: {content}")
    text = _say(w, f"{find} {_AND} [delete it|remove it|erase it|get rid of it|trash it]", f=file)
    return Chain("do", text, (first, ("remove_file", {"path": path}, f"removed {path}")), f"I removed {path}.")


def file_to_memory(w: Words) -> Chain:
    """Read a file and remember or show its text."""
    a, path = slots.path(w)
    content = w.note()
    first: Step = ("read_file", {"path": path}, content)
    if w.chance(0.6):
        pattern = f"[[remember|memorise|memorize|keep in mind] [what <a> says|what is in <a>|the content of <a>|the text of <a>|what is written in <a>]|read <a> {_AND} [remember|memorise|keep in mind] [it|what it says|its content|the text|what you read]]"
        return Chain(
            "do", _say(w, pattern, a=a), (first, ("remember", {"text": content}, "remembered")), "I will remember that."
        )
    pattern = f"read <a> {_AND} [delete|remove|erase|trash|get rid of] [it|the file]"
    return Chain(
        "do", _say(w, pattern, a=a), (first, ("remove_file", {"path": path}, f"removed {path}")), f"I removed {path}."
    )


def move(w: Words) -> Chain:
    """Copy a file, then delete the old one: three steps."""
    (a, from_), (b, to) = _paths(w)
    content = w.document()
    last, _ = _put(w, to, content, False)
    pattern = f"[[move|rename] [|the file ]<a> [to|to|as|into] <b>|copy <a> to <b> {_AND} [delete|remove|erase] [<a>|the original|the old file|the first one|the old one]]"
    steps = (("read_file", {"path": from_}, content), last, ("remove_file", {"path": from_}, f"removed {from_}"))
    return Chain("do", _say(w, pattern, a=a, b=b), steps, f"I removed {from_}.")


_PAIRS = {
    "remove_file": "[delete|remove|erase|get rid of|trash|discard] [|the files |both ]<a> and <b>",
    "read_file": "[read|show me|open|print|display] [|the files |both ]<a> and <b>",
    "stat_file": "[how big are|how large are] <a> and <b>",
    "kill": "[stop|kill|terminate|end] [processes|the processes|process|pids|agents] <a> and <b>",
    "wait": "[wait for|await] [processes|the processes|process|agents|both] <a> and <b>",
    "calculate": "[what is|what's|calculate|compute|how much is|tell me] <a> and <b>",
}


def pair(w: Words) -> Chain:
    """One verb with two objects."""
    tool = w.pick(tuple(_PAIRS))
    values: list[Any]
    if tool == "calculate":
        (a, x), (b, y) = _expression(w), _expression(w)
        values = [x, y]
    elif tool in ("kill", "wait"):
        (a, first), (b, second) = slots.pid(w), slots.pid(w)
        values = [first, second]
    else:
        (a, x), (b, y) = _paths(w)
        values = [x, y]
    key = {"calculate": "expression", "kill": "pid", "wait": "pid"}.get(tool, "path")
    steps, answers = [], []
    for value in values:
        arguments = {key: value}
        result, answer = _outcome(w, tool, arguments)
        steps.append((tool, arguments, result))
        answers.append(answer)
    text = _say(w, _PAIRS[tool], a=a, b=b)
    form = "question" if text.startswith(("what", "how")) else "do"
    return Chain(form, text, tuple(steps), " ".join(answers))


def _expression(w: Words) -> tuple[str, str]:
    while True:
        typed, exact = sums.expression(w)
        if not sums.value(exact).startswith(FAILED):
            return typed, exact


def _outcome(w: Words, tool: str, arguments: dict[str, Any]) -> tuple[str, str]:
    if tool == "calculate":
        result = sums.result_of(w, arguments["expression"])
        return result, f"The result is {result}."
    if tool in ("kill", "wait"):
        return requests_other.outcome(w, tool, arguments, "")
    result = requests_files.result_of(w, tool, arguments)
    return result, requests_files.answer_of(tool, arguments, result, "size")


def two(w: Words, names: Collection[str]) -> Chain:
    """Two requests that have nothing to do with each other, in one message."""
    usable = [name for name in names if name in _SINGLE]
    for tries in range(40):
        first, second = (single(w, w.pick(usable), failures=0.02) for _ in range(2))
        if tries == 39:
            return Chain(
                first.form, first.text, ((first.tool, first.arguments, first.result),), first.answer, first.open_end
            )
        if first.form == "do" and second.form == "do" and not first.open_end:
            joint = expand(
                w.random,
                "[ and | and then | and |, then |, and then |; | and also | and after that |. then |. also |. | and please |, and ]",
            )[0]
            joint = joint if joint.endswith(" ") else joint + " "
            text, form = (
                f"{first.text} {joint}{second.text}".replace(" ,", ",").replace(" ;", ";").replace(" . ", ". "),
                "do",
            )
            break
        if (
            first.form in ("noun", "question", "say", "nouns")
            and second.form in ("noun", "question", "nouns")
            and not first.open_end
            and not second.open_end
        ):
            joint = w.pick([" and ", ", and ", " and also ", " and then "]) if first.form != "say" else ". "
            one, other = core(w, first).rstrip("?"), core(w, second)
            text, form = f"{one}{joint}{other}", "say"
            break
    steps: list[Step] = [(first.tool, first.arguments, first.result)]
    if first.result.startswith(FAILED):
        return Chain(form, text, tuple(steps), first.answer, second.open_end)
    steps.append((second.tool, second.arguments, second.result))
    return Chain(form, text, tuple(steps), f"{first.answer} {second.answer}", second.open_end)


_SINGLE = (*requests_files.PATTERNS, "calculate", *requests_other.PATTERNS)
_RW = ("read_file", "write_file", "append_file")
CHAINS: tuple[tuple[Callable[[Words], Chain], tuple[str, ...], int], ...] = (
    (copy, _RW, 16),
    (sum_to_file, ("calculate", "write_file", "append_file"), 12),
    (sum_to_memory, ("calculate", "remember"), 6),
    (sum_twice, ("calculate",), 7),
    (memory_to_file, ("recall", "write_file", "append_file"), 8),
    (time_to_file, ("clock", "write_file", "append_file"), 6),
    (names_to_file, ("list_files", "find_files", "write_file", "append_file"), 8),
    (sum_of_file, ("calculate", *_RW), 10),
    (read_back, _RW, 6),
    (ask_and_keep, ("ask", "remember", "write_file", "append_file"), 7),
    (spawn_and_wait, ("spawn", "wait"), 6),
    (find_and_use, ("find_files", "read_file", "remove_file"), 6),
    (file_to_memory, ("read_file", "remember", "remove_file"), 5),
    (move, (*_RW, "remove_file"), 3),
    (pair, tuple(_PAIRS), 9),
)
_DRAWN = tuple(entry for entry in CHAINS for _ in range(entry[2]))


def chain(w: Words, names: Collection[str]) -> Chain:
    """A request of two or three steps that the listed tools can do; now and then its first step fails."""
    for _ in range(8):
        make, needed, _ = w.pick(_DRAWN)
        if set(needed) <= set(names) and w.chance(0.82):
            made = make(w)
            return _failing(w, made) if w.chance(0.05) else made
    return two(w, names)


def _failing(w: Words, made: Chain) -> Chain:
    """The same request, but its first call fails and ends it."""
    tool, arguments, _ = made.steps[0]
    subject = next((str(value) for value in arguments.values() if len(str(value)) < 40), tool)
    result, answer = error(w, subject)
    return Chain(made.form, made.text, ((tool, arguments, result),), answer, made.open_end)
