"""Requests about time, memory, processes and the user.

- What is remembered, told, asked or handed to an agent is copied as typed, without the full stop at its end.
- What is looked up or forgotten is the topic as typed, without its article: "the launch date" -> "launch date".
"""

from __future__ import annotations

from typing import Any

from llmasos.models.nano import requests_other_fifth as fifth
from llmasos.models.nano import requests_other_fourth as fourth
from llmasos.models.nano import requests_other_more as more
from llmasos.models.nano import requests_other_sixth as sixth
from llmasos.models.nano import requests_other_third as third
from llmasos.models.nano import slots
from llmasos.models.nano.phrase import expand, fill, joined
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.requests import Request
from llmasos.models.nano.words import Words

CLOCK = (
    ("noun", "the [time|current time|exact time|time now|clock time|time right now|local time] {d=time}"),
    ("question", "what time is it[| now| right now| exactly| here| at the moment| already] {d=time}"),
    (
        "question",
        "[how late is it|what's the hour|what does the clock say|do you have the time|have you got the time|got the time|can you check the clock] {d=time}",
    ),
    (
        "do",
        "[tell me|check|show me|look up|find out|see|let me know] [what time it is|the time|the current time|what the clock says|how late it is] {d=time}",
    ),
    ("do", "[check|look at|read] the clock {d=time}"),
    (
        "say",
        "[time please|time?|time now?|what time?|current time please|i lost track of time, what time is it?|clock please] {d=time}",
    ),
    (
        "noun",
        "[the date|today's date|the current date|the day|the date today|the day of the week|the weekday] {d=date}",
    ),
    (
        "question",
        "[what|which] [day|date|weekday] [is it|is today|do we have|do we have today|is it today|are we on|is this] {d=date}",
    ),
    ("question", "what's the date[| today] {d=date}"),
    ("question", "what [year|month] [is it|are we in|is this] {d=date}"),
    ("question", "[is it monday|is it friday already|is today sunday|is it the weekend|is it saturday yet] {d=date}"),
    (
        "do",
        "[tell me|check|show me|look up|find out|let me know] [what day it is|what the date is|today's date|which day we have|the date|what day today is|the weekday] {d=date}",
    ),
    ("say", "[date please|today's date?|date?|what day?|i forgot what day it is] {d=date}"),
    ("noun", "the [date and time|time and date|current date and time|time and the date|date and the time] {d=both}"),
    ("question", "what [day and time|time and day|date and time] is it {d=both}"),
    ("do", "[tell me|check|show me] the [date and time|time and date|day and the time|timestamp] {d=both}"),
    ("question", "what day is it and what time {d=both}"),
)
REMEMBER = (
    (
        "do",
        "[remember|memorise|memorize|keep in mind|note|store the fact|make a note|don't forget|do not forget|bear in mind|take note|learn|save the fact|never forget|save to memory|store in your memory|keep in memory|retain] that <line>",
    ),
    (
        "do",
        "[remember|memorise|memorize|keep in mind|note|store|don't forget|save|know|take note of|remember the following|save this fact|note this|remember this fact|keep this in mind|commit this to memory|save in memory|for your memory|store this]: <line>",
    ),
    ("do", "remember [this|this for me|this for later|the following|one thing]: <line>"),
    ("do", "[remember|memorise|note|keep in mind] <line>"),
    ("do", "[remember|memorise|memorize|store|save] the fact <q>"),
    ("do", "[remember|memorise|memorize|store|keep in mind] <q>"),
    (
        "say",
        "<line>[, remember that| - remember that|, please remember that|, keep that in mind|. remember this|. please remember it|, don't forget that|, make a note of that|, remember it for me]",
    ),
    (
        "say",
        "[fyi|for the record|for later|note to self|remember for later|just so you remember|for future reference]: <line>",
    ),
    ("say", "you should [know|remember] that <line>"),
    ("say", "i want you to [know|remember|keep in mind] that <line>"),
    ("say", "[here is|here's] [a fact|something] to [remember|keep in mind|memorise]: <line>"),
)
RECALL = (
    ("question", "what did i [tell you|say|mention|ask you to remember] about <topic>"),
    ("question", "what do you [remember|know|recall|have] about <topic>"),
    (
        "question",
        "do you [remember|recall] [|anything about |something about |what i said about |what i told you about ]<topic>",
    ),
    ("question", "do you [remember|recall|still know|know] [when|where|how|who|what] <topic> is"),
    ("question", "[when|where|what|who|how much] [is|was] my <own>"),
    ("question", "what's my <own>"),
    ("question", "[when|where|what] did i say [that|] <topic> [is|was]"),
    ("question", "[when|where|what|how] did i tell you <topic> is"),
    ("question", "have i [told you|said|mentioned|ever said] [anything|something|what you need] about <topic>"),
    ("question", "did i [mention|tell you|say] [anything|something] about <topic>"),
    ("question", "is there [anything|something] in [your|] memory about <topic>"),
    ("do", "[recall|remind me about|remind me of|think back to|tell me again about] <topic>"),
    ("do", "remind me [when|where|what|who|how] <topic> is"),
    (
        "do",
        "[look up|check|search|look through|consult|go through|query] [your|the] [memory|memories|notes in memory|remembered facts|facts] [for|about|on] <topic>",
    ),
    (
        "do",
        "[tell me|say|repeat|give me|recall|look up] what [i told you|you remember|you know|i said|you recall|i once said|you were told] about <topic>",
    ),
    ("do", "[recall|tell me] [everything|anything|all|the facts] [you know|i told you|you remember] about <topic>"),
    ("nouns", "[the facts|your memories] about <topic>"),
    (
        "say",
        "i [forgot|can't remember|don't remember|no longer know] [when|where|what|who] <topic> is[, do you?|, do you know?|, remind me|, can you help?|]",
    ),
    ("say", "i told you [something|a thing] about <topic>[, what was it?|, do you remember?|, what did i say?]"),
    ("say", "<topic>: what [did i say|do you remember|did i tell you|do you know]?"),
)
FORGET = (
    (
        "do",
        "[forget|erase from memory|drop from memory|delete from memory|remove from your memory|erase from your memory|wipe from memory] <topic>",
    ),
    (
        "do",
        "[forget|drop|erase|unlearn] [about|the fact about|what i said about|what i told you about|everything about|all about|the facts about|what you know about|whatever you know about|anything about] <topic>",
    ),
    ("do", "forget that <line>"),
    (
        "do",
        "[delete|remove|erase|clear|drop|wipe] [what you remember|what you know|the memory|your memory|the fact|the note in memory|the remembered fact|your memories|the entry in memory] [about|on|of] <topic>",
    ),
    ("do", "[remove|delete|erase|drop|clear|wipe] <topic> from [memory|your memory|what you remember|your memories]"),
    ("do", "stop remembering [things about |anything about |]<topic>"),
    ("do", "[no longer|don't] [remember|keep in mind] <topic>"),
    ("say", "you [can|may|should|must|could] forget [about |]<topic>[| now| again]"),
    ("say", "i want you to forget [about |]<topic>"),
    (
        "say",
        "<topic> [is no longer true|is out of date|does not matter any more|is not important any more|is history], forget it",
    ),
    ("say", "never mind <topic>, forget [it|about it]"),
)
SPAWN = (
    (
        "do",
        "[start|spawn|launch|create|run|fire up|use|get|kick off|begin|open|set up] [another|an|a new|a second|one more|a helper|a separate|a background] [agent|agent|process|agent process|helper agent|subagent] to <task>",
    ),
    (
        "do",
        "[start|spawn|launch|create|run] [another|an|a new|a second|one more] [agent|agent|process|subagent] [on|for|with|with the request|with the task|on the request|on the task|for the task][: |: | ]<task>",
    ),
    (
        "do",
        "[start|spawn|launch|run] [an agent|another agent|a process|a new agent] [that should|which should|that will|that has to|who should|that must] <task>",
    ),
    (
        "do",
        "[have|let|make|ask] [another agent|a new agent|a helper agent|a second agent|someone else|a subagent|another process|an agent] <task>",
    ),
    (
        "do",
        "[get|ask|tell|order|send|assign|task|instruct] [another agent|a new agent|a helper agent|a second agent|a subagent|another process|an agent] to <task>",
    ),
    (
        "do",
        "[delegate|hand off|hand over|outsource|give] [this|the following|a task] [|to another agent|to a helper|to a new process|to an agent]: <task>",
    ),
    (
        "do",
        "<task> [in the background|in another process|in a separate process|with another agent|in a new process|in parallel|using another agent|in a subagent|through a helper agent]",
    ),
    ("do", "[start|spawn|launch] [|a process |an agent |another agent ]<q>"),
    ("say", "i [need|want] [another agent|a new agent|an agent|a helper agent|a second agent] to <task>"),
    ("say", "[new agent|new process|spawn|background task|background job|subagent]: <task>"),
)
PROCESSES = (
    (
        "do",
        "[list|show|print|display|show me|give me|list all|show all|see|check] [the|all|all the|my|] [|running |active |current |live ][processes|agents|tasks|jobs]",
    ),
    (
        "question",
        "[what|which] [processes|agents|tasks|jobs] [are running|are active|are there|run|do we have|do i have running|are alive|are going on|are still running|exist|are running right now]",
    ),
    ("question", "what[ is|'s|s] [running|running right now|currently running|going on in the system|being executed]"),
    (
        "question",
        "[is anything running|is something running|are any agents running|are there any processes|who is running|how many processes are running|how many agents are there|are any processes still running|which pids are there]",
    ),
    ("nouns", "the [|running |active |current ][processes|agents|jobs|tasks]"),
    (
        "noun",
        "the [process list|list of processes|process table|list of running agents|list of agents|overview of processes]",
    ),
    ("say", "[ps|ps please|process list|processes?|running processes please|top]"),
    (
        "do",
        "[tell me|check|see|find out|show me|look] [what is running|what's running|which processes are running|which agents are active|what processes there are]",
    ),
)
_P = "[process|process|process number|pid|agent|task|job|process with pid|the process|the agent|process id|number|the process with the id|process no.]"
KILL = (
    (
        "do",
        f"[stop|kill|terminate|end|cancel|abort|halt|shut down|close|quit|interrupt|finish off|destroy|put an end to|get rid of|take down|end] {_P} <pid>",
    ),
    ("do", "[kill|terminate|stop|end|abort] <pid>"),
    ("do", f"[make|let|have] {_P} <pid> [stop|end|quit|exit]"),
    ("do", f"[shut|take|bring] {_P} <pid> down"),
    (
        "say",
        f"{_P} <pid> [must stop|should be stopped|has to stop|needs to be killed|can be killed|should stop|can go|has to end|must be terminated|should be ended]",
    ),
    ("say", f"i [want|need] {_P} <pid> [stopped|killed|gone|terminated|ended]"),
    ("say", "kill -9 <pid>"),
    (
        "say",
        f"{_P} <pid> [is stuck|hangs|takes too long|runs wild|is not needed any more|misbehaves], [kill it|stop it|end it|terminate it]",
    ),
)
WAIT = (
    (
        "do",
        f"[wait for|await|wait on|hold on for|hang on for] {_P} <pid>[| to finish| to end| to be done| to complete| to answer| to return]",
    ),
    (
        "do",
        f"wait [until|till] {_P} <pid> [is done|has finished|finishes|is finished|is ready|ends|has ended|completes|answers|is through]",
    ),
    (
        "do",
        f"[get|fetch|collect|show me|give me|tell me|pick up|bring me] the [answer|result|output|reply|outcome|response] [of|from] {_P} <pid>",
    ),
    ("question", f"what [did|does] {_P} <pid> [say|answer|return|find|report|come up with|reply|produce|give]"),
    ("question", f"what [is|was] the [answer|result|output|reply|outcome] of {_P} <pid>"),
    ("do", f"[tell me|see|check|find out] what {_P} <pid> [says|said|answers|answered|found|returned|reports]"),
    ("noun", f"the [answer|result|output|reply|outcome] of {_P} <pid>"),
    (
        "say",
        f"once {_P} <pid> is [done|ready|finished], [give me its answer|tell me what it says|show me the result|tell me the result]",
    ),
    (
        "say",
        f"when {_P} <pid> [finishes|is done|ends], [tell me what it said|tell me the answer|give me the result|show me its answer]",
    ),
    ("say", f"join {_P} <pid>"),
)
ASK = (
    (
        "do",
        "ask [me|the user|the person|the human|them|the customer][:|:|: |,| this:| the question:| the following:] <quest>",
    ),
    ("do", "ask [me|the user|the person|the human|the operator] <q>"),
    ("do", "[put|pose|ask] the question <q>[| to me| to the user]"),
    ("do", "ask [me|the user|the person|the human|the customer] <indirect>"),
    ("do", "[pose|put] [this question|a question] to [me|the user]: <quest>"),
    ("do", "[question|query|quiz|prompt|poll] [me|the user] [with|about this]: <quest>"),
    ("do", "[find out from|check with|get an answer from|inquire of] [me|the user|the human] <indirect>"),
    ("say", "[question for the user|ask user|a question for me|question to me|user question]: <quest>"),
)
TELL = (
    ("do", "tell [me|the user|the person|the human|them|everyone|the operator|the customer] that <line>"),
    ("do", "[say|show|display|print|output] [to me|to the user|] <q>"),
    (
        "do",
        "[show|send|give|display to|write|pass] [me|the user|the human] [the message|a message|a note|a notice|the text][:| saying| that says|,|] <tail>",
    ),
    (
        "do",
        "[notify|inform|alert|warn|remind|let] [me|the user|the human|the operator|the customer] [know |]that <line>".replace(
            "remind|let", "advise"
        ).replace("[know |]", ""),
    ),
    ("do", "let [me|the user|the human|the person|them|everyone] know that <line>"),
    ("do", "[tell|inform|notify|message|say to] [me|the user|the human|the person|them|the operator]: <line>"),
    (
        "do",
        "[display|show|print|output|put up|post|announce] [the message|the notice|the text|a message|the words|this message|the line][:|:| saying|] <tail>",
    ),
    ("do", "[announce|report|declare] [to me |to the user |]that <line>"),
    ("say", "[message to the user|tell user|notification|message for me|notice to the user|message]: <line>"),
    ("say", "the user should [know|be told|hear|be informed] that <line>"),
)
_FURTHER = ((more, "MORE"), (third, "THIRD"), (fourth, "FOURTH"), (fifth, "FIFTH"), (sixth, "SIXTH"))
PATTERNS = {
    "clock": joined(CLOCK, "CLOCK", _FURTHER),
    "remember": joined(REMEMBER, "REMEMBER", _FURTHER),
    "recall": joined(RECALL, "RECALL", _FURTHER),
    "forget": joined(FORGET, "FORGET", _FURTHER),
    "spawn": joined(SPAWN, "SPAWN", _FURTHER),
    "processes": joined(PROCESSES, "PROCESSES", _FURTHER),
    "kill": joined(KILL, "KILL", _FURTHER),
    "wait": joined(WAIT, "WAIT", _FURTHER),
    "ask": joined(ASK, "ASK", _FURTHER),
    "tell": joined(TELL, "TELL", _FURTHER),
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
