"""Requests about time, memory, processes and the user.

- What is remembered, told, asked or handed to an agent is copied as typed, without the full stop at its end.
- What is looked up or forgotten is the topic as typed, without its article: "the launch date" -> "launch date".
- The patterns of a tool are in requests_TOOL.txt.
"""

from __future__ import annotations

from typing import Any

from llmasos.models.nano import slots
from llmasos.models.nano.phrase import expand, fill, table
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.requests import Request
from llmasos.models.nano.words import Words

PATTERNS = {
    tool: table(f"requests_{tool}.txt")
    for tool in "clock remember recall forget spawn processes kill wait ask tell".split()
}
ANSWERS = {"remember": "I will remember that.", "tell": "Done."}


def question(w: Words) -> str:
    """A question to ask somebody."""
    noun = w.thing() if w.chance(0.6) else w.topic()[1]
    return w.pick([
        f"which {noun} do you {w.pick(['like', 'prefer', 'want', 'need', 'use', 'mean'])}",
        f"what is your {w.pick(['favourite ', 'favorite ', '', ''])}{noun}", f"do you {w.pick(['want', 'need', 'like', 'have'])} {noun}",
        f"how many {noun} do you need", f"when should the {noun} {w.pick(['start', 'end', 'arrive', 'be ready', w.word()])}",
        f"should i {w.word()} the {noun}", f"is the {noun} {w.from_list('adjective')}", f"where is the {noun}", f"who {w.word()} the {noun}",
        f"are you {w.word()} {w.phrase(0, 3)}".strip(), f"which {noun} should i {w.word()}", f"what {w.phrase(1, 4)}", f"how {w.phrase(1, 5)}",
        f"{noun} or {w.thing()}", f"can {w.name()} {w.phrase(1, 3)}", f"what {noun} would suit you {w.date()}",
    ])  # fmt: skip


def indirect(w: Words) -> str:
    """A question inside a sentence: "which colour I prefer"."""
    noun = w.thing() if w.chance(0.6) else w.topic()[1]
    who = w.pick(["I", "i", "they", "we", "he"])
    return w.pick([
        f"which {noun} {who} {w.pick(['like', 'prefer', 'want', 'need', 'use'])}", f"what {w.pick(['my', 'their', 'the'])} {noun} is", f"whether {who} {w.pick(['want', 'need', 'like'])} {noun}",
        f"how many {noun} {who} need", f"when the {noun} should {w.pick(['start', 'end', 'arrive', w.word()])}", f"if the {noun} is {w.from_list('adjective')}",
        f"where the {noun} is", f"who {w.word()} the {noun}", f"what {who} {w.word()} for {w.thing()}", f"for {w.pick(['my', 'their', 'the'])} {noun}", f"what to do with the {noun}",
        f"if {who} {w.phrase(1, 4)}", f"about the {noun}", f"how {who} {w.phrase(1, 3)}",
    ])  # fmt: skip


def task(w: Words) -> str:
    """What another agent shall do: an imperative of any length."""
    if w.chance(0.35):
        return w.from_list("task")
    verb = w.pick(
        "read count check sort find list write fix test compare summarise watch update rename copy build send collect review clean".split()
    )
    if w.chance(0.15):
        verb = w.word()
    return f"{verb} {w.any_of(w.path, lambda: 'the ' + w.thing(), lambda: 'all ' + w.thing(), w.note, lambda: w.phrase(1, 6))}".rstrip(
        ".!?,;: "
    )


def _value(w: Words, slot: str) -> tuple[str, Any]:
    if slot == "topic":
        full, query = w.topic()
        return (full, query) if w.chance(0.75) else (query, query)
    if slot == "own":
        query = w.topic()[1].split("'s ")[-1]
        return query, query
    if slot == "q":
        text = w.content() if w.chance(0.6) else question(w) + w.pick(["?", "?", ""])
        return slots.quoted(w, text), text
    if slot == "quest":
        text = question(w)
        text = text[0].upper() + text[1:] if w.chance(0.4) else text
        text += "?" if w.chance(0.7) else ""
        return (slots.quoted(w, text) if w.chance(0.15) else text), text
    if slot == "indirect":
        text = indirect(w)
        return text, text
    if slot == "task":
        text = task(w)
        return (slots.quoted(w, text) if w.chance(0.08) else text), text
    return slots.make(w, slot)


def facts(w: Words, query: str) -> tuple[str, str]:
    """What memory holds about a query (one to three lines), and the line that was asked for."""
    if w.chance(0.1):
        return "(nothing)", ""
    asked = (
        f"{w.pick(['the', 'my', 'the', 'our'])} {query} {w.fact()[0].split(' ', 2)[-1]}"
        if "'s " not in query
        else f"{query} is {w.note()}"
    )
    others = [w.fact()[0] for _ in range(w.pick([0, 0, 0, 1, 2]))]
    lines = [asked, *others]
    if others and w.chance(0.2):
        lines = [others[0], asked, *others[1:]]
    return "\n".join(lines), asked


def process_line(w: Words) -> str:
    return f"{w.integer(1, w.pick([9, 99, 999]))} {w.pick(['agent', 'agent', 'init', 'shell', 'daemon', w.word()])} {w.pick(['running', 'waiting', 'ready', 'blocked', 'zombie', 'sleeping'])}"


def outcome(w: Words, tool: str, arguments: dict[str, Any], detail: str) -> tuple[str, str]:
    """A possible result and the canonical answer to it."""
    if tool in ANSWERS:
        return {"remember": "remembered", "tell": "told"}[tool], ANSWERS[tool]
    if tool == "clock":
        return clock(w, detail)
    if tool == "recall":
        lines, asked = facts(w, arguments["query"])
        return lines, f"You told me: {asked}" if asked else "I remember nothing about that."
    if tool == "forget":
        lines, asked = facts(w, arguments["query"])
        return (f"forgot: {asked}", f"I forgot: {asked}") if asked else (lines, "There was nothing to forget.")
    if tool == "spawn":
        number = w.integer(2, w.pick([9, 99, 999]))
        return f"started process {number}", f"I started process {number}."
    if tool == "processes":
        lines = "\n".join(process_line(w) for _ in range(w.integer(1, w.pick([2, 4, 6]))))
        return lines, "The processes are: " + lines.replace("\n", ", ")
    if tool == "kill":
        return f"stopped process {arguments['pid']}", f"I stopped process {arguments['pid']}."
    if tool == "wait":
        text = w.any_of(lambda: f"The result is {w.number()}.", w.document, w.sentence, w.note)
        return text, f"Process {arguments['pid']} says: {text}"
    reply = w.any_of(w.word, w.thing, w.note, w.number, lambda: w.pick(["yes", "no", "maybe", "I don't know"]))
    return reply, f"You said: {reply}"


DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def clock(w: Words, detail: str) -> tuple[str, str]:
    now = f"{w.pick(DAYS)} {w.stamp()}"
    day, time = now.rsplit(" ", 1)
    return now, {"time": f"It is {time}.", "date": f"Today is {day}."}.get(detail, f"It is {now}.")


_KEYS = {"remember": "text", "recall": "query", "forget": "query", "spawn": "request", "kill": "pid", "wait": "pid"} | {
    "ask": "question",
    "tell": "message",
}
_OPEN = ("<line>", "<tail>", "<quest>", "<indirect>", "<task>")


def make(w: Words, tool: str) -> Request:
    """A request for one of these tools."""
    return from_pattern(w, tool, *w.pick(PATTERNS[tool]))


def from_pattern(w: Words, tool: str, form: str, pattern: str) -> Request:
    """The request that a pattern makes."""
    text, implied = expand(w.random, pattern)
    shown: dict[str, str] = {}
    values: list[Any] = []
    for slot in slots_of(text):
        shown[slot], value = _value(w, slot)
        values.append(value)
    arguments = {_KEYS[tool]: values[0]} if values else {}
    result, answer = outcome(w, tool, arguments, implied.get("d", "both"))
    return Request(form, fill(text, shown), tool, arguments, result, answer, text.endswith(_OPEN))
