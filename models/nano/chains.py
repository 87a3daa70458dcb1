"""Requests that take two or three calls, the later ones made from what the earlier ones returned.

- `chain(w, names)` gives one whose tools are all listed; `Chain.steps` are (tool, arguments, result).
- A step that fails ends the chain with the answer for its error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from llmasos.models.nano import chain_phrases as phrases
from llmasos.models.nano import requests_files, requests_other, slots, sums
from llmasos.models.nano.chain import Chain, Step, paths, put, say
from llmasos.models.nano.chain_pairs import pair, two
from llmasos.models.nano.chain_phrases import IT as _IT
from llmasos.models.nano.chain_phrases import either as _either
from llmasos.models.nano.chain_phrases import ending as _ending
from llmasos.models.nano.chain_phrases import kept as _kept
from llmasos.models.nano.chain_phrases import take as _from
from llmasos.models.nano.phrase import expand, fill
from llmasos.models.nano.requests import answer_to, error
from llmasos.models.nano.words import Words


def _plain_copy(w: Words, source: tuple[str, str], target: tuple[str, str], limit: tuple[str, int] | None) -> Chain:
    """The plainest words for it."""
    between = ", [upper limit|at most|up to|no more than] <n> words," if limit else ""
    pattern = f"read <a> and [put|write|save|copy] [what it says|what it says|it]{between} [in|into|to] <b>"
    arguments: dict[str, Any] = {"path": source[1], **({"max_words": limit[1]} if limit else {})}
    content = w.document()
    step, reply = put(w, target[1], content, append=False)
    text = say(w, pattern, a=source[0], b=target[0], n=limit[0] if limit else "")
    return Chain("do", text, (("read_file", arguments, content), step), reply)


def copy(w: Words) -> Chain:
    """Read a file and write its text to another."""
    (a, from_), (b, to) = paths(w)
    append, limited = w.chance(0.35), w.chance(0.25)
    n, most = slots.count(w)
    arguments: dict[str, Any] = {"path": from_}
    if w.chance(0.45):
        return _plain_copy(w, (a, from_), (b, to), (n, most) if limited else None)
    if limited:
        what = "the [first|first|opening|initial] <n> words [of|from|in] <a>"
        arguments["max_words"] = most
    else:
        what = w.pick([phrases.TEXT_OF, phrases.TEXT_OF, phrases.SAYS])
    share = w.random.random()
    if share < 0.25:
        verb, onto = (phrases.ADD, phrases.ONTO) if append else (phrases.PUT_VERB, phrases.INTO)
        first = "[take|read|get|open|fetch] " + (what if limited or w.chance(0.5) else "<a>")
        it = "[them|these words|those words]" if limited else "[it|the text|what you read]"
        form, pattern = _from(w, phrases.THEN, first, f"{verb} {it} {onto} <b>")
    elif limited and share < 0.55:
        form, pattern = _either(w, append, phrases.COPY_ADDED_LIMIT, phrases.COPY_LIMIT)
    elif limited or share < 0.6:
        form, pattern = _either(w, append, phrases.ADDED, phrases.PUT, what, "them" if limited else "it")
    elif share < 0.7 and not append:
        form = "do"
        pattern = f"[copy|write|save|put|transfer|duplicate|store|transcribe|paste] {what} [to|into|to the file|over to|in] <b>"
    else:
        form, pattern = _either(w, append, phrases.COPY_ADDED, phrases.COPY)
    text = expand(w.random, pattern)[0]
    if not limited and not text.endswith(("please", "need")) and w.chance(0.15):
        body, mark = text.removesuffix("?"), "?" if text.endswith("?") else ""
        text = body + expand(w.random, phrases.LIMIT)[0].replace("(", " (") + mark
        arguments["max_words"] = most
    content = w.document()
    step, answer = put(w, to, content, append)
    return Chain(form, fill(text, {"a": a, "b": b, "n": n}), (("read_file", arguments, content), step), answer)


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


def _sum_noun(w: Words) -> tuple[str, Step, str]:
    """A sum as a thing ("the result of 3 + 4"), its step and its value."""
    form, text, expression = _plain_sum(w)
    while form != "noun" or text.startswith("what "):
        form, text, expression = _plain_sum(w)
    if w.chance(0.25) or not text.startswith(phrases.NAMED):
        text = w.pick(["the result of ", "the value of ", "the answer to ", "the outcome of "]) + text
    value = sums.result_of(w, expression)
    return text, ("calculate", {"expression": expression}, value), value


def sum_to_file(w: Words) -> Chain:
    """Calculate, then write the result."""
    b, to = slots.path(w)
    append = w.chance(0.4)
    if w.chance(0.5):
        text, step, value = _sum_noun(w)
        if w.chance(0.25):
            form, pattern = _either(w, append, phrases.ASKED_ADDED, phrases.ASKED_PUT, text)
        else:
            form, pattern = _either(w, append, phrases.ADDED, phrases.PUT, text)
    else:
        text, step, value = _sum_text(w)
        if w.chance(0.6):
            ending, append = _ending(w, _IT)
            form, pattern = _from(w, phrases.THEN, text, ending)
        elif w.chance(0.35) and text.split(" ", 1)[0] in phrases.CLAUSE:
            form, pattern = _either(w, append, phrases.WHEN_ADDED, phrases.WHEN_PUT, text)
        else:
            form, pattern = _either(w, append, phrases.SUM_ADDED, phrases.SUM_PUT, text)
    last, answer = put(w, to, value, append)
    return Chain(form, say(w, pattern, b=b), (step, last), answer)


def sum_to_memory(w: Words) -> Chain:
    """Calculate and remember the result under a name."""
    named = w.chance(0.5)
    text, step, value = _sum_noun(w) if named else _sum_text(w)
    name = w.topic()[1] if w.chance(0.7) else w.pick(["total", "sum", "result", "answer", "number", "difference"])
    owner = w.pick(["the", "the", "my"])
    form, pattern = _from(w, phrases.SUM_NAMED if named else phrases.SUM_KEPT, text)
    last: Step = ("remember", {"text": f"{owner} {name} is {value}"}, "remembered")
    answer = f"The result is {value}. I will remember that."
    return Chain(form, say(w, pattern.replace("@", owner), n=name), (step, last), answer)


def sum_twice(w: Words) -> Chain:
    """Calculate, then go on with the result."""
    named = w.chance(0.35)
    text, step, value = _sum_noun(w) if named else _sum_text(w)
    n, digits = sums.number(w)
    pattern, operator = w.pick(phrases.STEPS)
    then = pattern.replace("{}", "[the result|that|it|the answer]")
    form, pattern = _from(w, phrases.GO_ON_FROM if named else phrases.GO_ON, text, then)
    whole = say(w, pattern, n=n)
    expression = f"{value}{operator}{digits}"
    final = sums.result_of(w, expression)
    return Chain(
        form,
        whole,
        (step, ("calculate", {"expression": expression}, final)),
        answer_to(final, f"The result is {final}."),
    )


def memory_to_file(w: Words) -> Chain:
    """Look something up and write it down."""
    b, to = slots.path(w)
    full, query = w.topic()
    lines, asked = requests_other.facts(w, query)
    form, pattern, append = _kept(
        w, phrases.TOLD, phrases.RECALL_FIRST, phrases.FOUND, phrases.TOLD_ADDED, phrases.TOLD_PUT
    )
    text = say(w, pattern, b=b, t=full)
    first: Step = ("recall", {"query": query}, lines)
    if not asked:
        return Chain(form, text, (first,), "I remember nothing about that.")
    last, answer = put(w, to, asked, append)
    return Chain(form, text, (first, last), answer)


def time_to_file(w: Words) -> Chain:
    """Write what the clock says."""
    b, to = slots.path(w)
    now, _ = requests_other.clock(w, "both")
    what_next = "[it|the answer|what it says]"
    form, pattern, append = _kept(w, phrases.NOW, phrases.CLOCK_FIRST, what_next, phrases.NOW_ADDED, phrases.NOW_PUT)
    last, answer = put(w, to, now, append)
    return Chain(form, say(w, pattern, b=b), (("clock", {}, now), last), answer)


def names_to_file(w: Words) -> Chain:
    """List or find files and write their names."""
    b, to = slots.path(w)
    names = requests_files.names(w)
    step: Step
    if w.chance(0.5):
        shown, folder = slots.folder(w)
        here = w.chance(0.35)
        files = "files" + (
            " [here|in this folder|in the current folder]" if here else " in [the folder <f>|<f>|the <f> folder]"
        )
        step = ("list_files", {} if here else {"path": folder}, "\n".join(names))
        first = phrases.LIST_FIRST
    else:
        folder = shown = w.from_list("ext")
        files = "[<f> files|<f> files|<f> files|files ending in .<f>|files with the extension <f>]"
        step = ("find_files", {"pattern": f"*.{folder}"}, "\n".join(names))
        first = phrases.FIND_FIRST
    append, share = w.chance(0.4), w.random.random()
    if share < 0.4:
        ending, append = _ending(w, phrases.THEIR)
        form, pattern = _from(w, phrases.THEN, first, ending)
    elif share < 0.55:
        form, pattern = _either(w, append, phrases.WHICH_ADDED, phrases.WHICH_PUT)
    else:
        plural = w.integer(0, 1)
        what = phrases.LISTED[plural]
        form, pattern = _either(w, append, phrases.ADDED, phrases.PUT, what, ("it", "them")[plural])
    last, answer = put(w, to, ", ".join(names), append)
    return Chain(form, say(w, pattern.replace("#", files), b=b, f=shown), (step, last), answer)


def _numbers(w: Words) -> tuple[list[str], str]:
    values = [str(w.integer(0, w.pick([9, 99, 999, 9999]))) for _ in range(w.integer(2, 5))]
    return values, w.pick(["\n", "\n", " ", ", ", "; "]).join(values)


def sum_of_file(w: Words) -> Chain:
    """Read numbers, calculate with them, and sometimes write the result."""
    (a, from_), (b, to) = paths(w)
    values, content = _numbers(w)
    form, pattern, operator = w.pick(phrases.FILE_SUMS)
    alone = w.chance(0.6)
    if alone and w.chance(0.25):
        form, pattern, operator = w.pick(phrases.FILE_QUESTIONS)
    expression = operator.join(values)
    result = sums.result_of(w, expression)
    steps: list[Step] = [("read_file", {"path": from_}, content), ("calculate", {"expression": expression}, result)]
    if alone:
        return Chain(form, say(w, pattern, a=a), tuple(steps), f"The result is {result}.")
    ending, append = _ending(w, _IT)
    if form == "noun":
        form, pattern = _either(w, append, phrases.ADDED, phrases.PUT, pattern)
    elif form == "do":
        form, pattern = _from(w, phrases.THEN, pattern, ending)
    else:
        pattern = f"{pattern}[, then |, and then |, and |. then |. after that, |; afterwards ]{ending}"
    last, answer = put(w, to, result, append)
    return Chain(form, say(w, pattern, a=a, b=b), (*steps, last), answer)


def read_back(w: Words) -> Chain:
    """Write, then read what was written."""
    b, path = slots.path(w)
    shown, content = slots.text(w)
    append = w.chance(0.3)
    before = w.document() + "\n" if append else ""
    if w.chance(0.3):
        form, pattern = _either(w, append, phrases.SEEN_ADDED, phrases.SEEN)
    else:
        first = phrases.ADD_TEXT if append else phrases.WRITE_TEXT
        form, pattern = _from(w, phrases.THEN, first, phrases.READ_IT)
    last, _ = put(w, path, content, append)
    text = before + content
    said = say(w, pattern, b=b, t=shown, q=slots.quoted(w, content))
    return Chain(form, said, (last, ("read_file", {"path": path}, text)), f"{path} says: {text}")


def ask_and_keep(w: Words) -> Chain:
    """Ask the user and write or remember the reply."""
    b, path = slots.path(w)
    question = requests_other.indirect(w) if w.chance(0.6) else requests_other.question(w) + "?"
    shown = slots.quoted(w, question) if question.endswith("?") else question
    said = {"q": shown, "T": shown if question.endswith("?") else slots.quoted(w, question)}
    reply = w.pick([w.word, w.thing, w.note, w.number, w.name])()
    first: Step = ("ask", {"question": question}, reply)
    asking = phrases.ASK_QUOTED if question.endswith("?") and w.chance(0.5) else phrases.ASK_FIRST
    own = question.endswith("?") and w.chance(0.35)
    if w.chance(0.35):
        remember = "[remember|keep in mind|memorise|note] [the answer|the reply|what i say|the response|my answer]"
        form, pattern = _from(w, phrases.ASKED_KEPT) if own else _from(w, phrases.THEN, asking, remember)
        steps = (first, ("remember", {"text": reply}, "remembered"))
        return Chain(form, say(w, pattern, **said), steps, "I will remember that.")
    ending, append = _ending(w, phrases.REPLY)
    form, pattern = _from(w, phrases.THEN, asking, ending)
    if own:
        form, pattern = _either(w, append, phrases.ASKED_REPLY_ADDED, phrases.ASKED_REPLY_PUT)
    last, answer = put(w, path, reply, append)
    return Chain(form, say(w, pattern, b=b, **said), (first, last), answer)


def spawn_and_wait(w: Words) -> Chain:
    """Start another agent and take its answer."""
    task = requests_other.task(w)
    number = w.integer(2, w.pick([9, 99, 999]))
    form, pattern = _from(w, phrases.THEN, phrases.SPAWN_FIRST, phrases.AWAIT)
    if w.chance(0.3):
        form, pattern = _from(w, phrases.SPAWNED)
    text = w.any_of(lambda: f"The result is {w.number()}.", w.note, w.sentence, w.document)
    steps: tuple[Step, ...] = (
        ("spawn", {"request": task}, f"started process {number}"),
        ("wait", {"pid": number}, text),
    )
    said = say(w, pattern, t=task, T=slots.quoted(w, task))
    return Chain(form, said, steps, f"Process {number} says: {text}")


def find_and_use(w: Words) -> Chain:
    """Find a file, then read or delete what was found."""
    file = w.file()
    path = f"{w.folder()}/{file}" if w.chance(0.7) else file
    first: Step = ("find_files", {"pattern": file}, path)
    read, own = w.chance(0.6), w.chance(0.45)
    form, pattern = _from(w, phrases.THEN, phrases.FIND_FILE, phrases.SHOW_IT if read else phrases.DROP_IT)
    if own:
        form, pattern = _from(w, phrases.FOUND_READ if read else phrases.FOUND_DROP)
    text = say(w, pattern, f=file)
    if read:
        content = w.document()
        return Chain(form, text, (first, ("read_file", {"path": path}, content)), f"{path} says: {content}")
    return Chain(form, text, (first, ("remove_file", {"path": path}, f"removed {path}")), f"I removed {path}.")


def file_to_memory(w: Words) -> Chain:
    """Read a file and remember or show its text."""
    a, path = slots.path(w)
    content = w.note()
    first: Step = ("read_file", {"path": path}, content)
    if w.chance(0.6):
        form, pattern = _from(w, phrases.FILE_KEPT)
        last: Step = ("remember", {"text": content}, "remembered")
        return Chain(form, say(w, pattern, a=a), (first, last), "I will remember that.")
    form, pattern = _from(w, phrases.FILE_DROPPED)
    last = ("remove_file", {"path": path}, f"removed {path}")
    return Chain(form, say(w, pattern, a=a), (first, last), f"I removed {path}.")


def move(w: Words) -> Chain:
    """Copy a file, then delete the old one: three steps."""
    (a, from_), (b, to) = paths(w)
    content = w.document()
    last, _ = put(w, to, content, False)
    form, pattern = _from(w, phrases.MOVED)
    steps = (("read_file", {"path": from_}, content), last, ("remove_file", {"path": from_}, f"removed {from_}"))
    return Chain(form, say(w, pattern, a=a, b=b), steps, f"I removed {from_}.")


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
    (pair, tuple(phrases.PAIRS), 9),
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
