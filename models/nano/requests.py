"""A request: what a person says, the one call it asks for, what the tool returns and what nano then answers.

- `Request.text` has a grammatical `form`; `dress` puts it into a sentence as people type them.
- Values in the text stand between guards (see phrase.py): framing, typos and casing leave them alone.

The forms: "do" (an imperative), "noun" and "nouns" (what to give), "question", "say" (already a sentence).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from llmasos.models.nano.phrase import CLOSE, OPEN, bare
from llmasos.models.nano.words import Words

FAILED = "error "
ERRORS = (
    "ENOENT: no such file: {}",
    "ENOENT: no such file: {}",
    "ENOENT: {} does not exist",
    "EPERM: not allowed: {}",
    "EPERM: permission denied",
    "EACCES: access to {} is denied",
    "EINVAL: bad value: {}",
    "EINVAL: invalid argument",
    "EEXIST: {} is there already",
    "EISDIR: {} is a folder",
    "ENOTDIR: {} is not a folder",
    "EDQUOT: the quota is used up",
    "ETIMEDOUT: no answer in {} s",
    "ETIMEDOUT: the {} took too long",
    "EFBIG: {} is too large",
    "ESRCH: no such process: {}",
    "EIO: the {} failed",
    "EBUSY: {} is busy",
    "ECONNREFUSED: no connection to {}",
    "EAGAIN: try again later",
    "ENOSPC: no space left",
    "ENOSYS: {} is not supported",
)


@dataclass(frozen=True)
class Request:
    """One call in words. `open_end`: the text ends in unquoted content, so nothing may follow it."""

    form: str
    text: str
    tool: str
    arguments: dict[str, Any]
    result: str
    answer: str
    open_end: bool = False


# What the built-in tools say themselves; {} is the subject, # a number.
FILE_ERRORS = (
    *["ENOENT: no such file: {}"] * 4,
    *["EPERM: outside the workspace: {}"] * 2,
    *["ENOENT: no such folder: {}", "EISDIR: is a folder: {}", "ENOTDIR: not a folder: {}"],
    *["EACCES: permission denied: {}", "EINVAL: not a text file: {}", "EROFS: read-only file system: {}"],
    *[
        "ENOSPC: no space left on the device: {}",
        "ENAMETOOLONG: name too long: {}",
        "ELOOP: too many symbolic links: {}",
    ],
    *["EFBIG: # bytes are too many: # at most", "EFBIG: the result has # tokens and # fit"],
)
OTHER_ERRORS = (
    *["ESRCH: no such process: {}", "ENOTTY: nobody is there to answer", "ECHILD: process # failed: {}"],
    *["EDQUOT: # syscalls are used up", "EDQUOT: the limit of # children is reached", "EINVAL: {} is empty"],
    *[
        "EIO: the memory is unavailable: {}",
        "EFBIG: the text has # characters, # at most",
        "ETIMEDOUT: no answer in # s",
    ],
)


def _code(w: Words, about_file: bool) -> str:
    share = w.random.random()
    if share < 0.15:
        return f"E{w.made_up().upper()}: {w.phrase(1, 6)}"
    if share < 0.4:
        return w.pick(ERRORS)
    text = w.pick(FILE_ERRORS if about_file else OTHER_ERRORS)
    while "#" in text:
        text = text.replace("#", str(w.integer(1, w.pick([30, 999, 99999]))), 1)
    return text


def error(w: Words, subject: str, about_file: bool = False) -> tuple[str, str]:
    """A failed call's result, and the answer to it."""
    text = _code(w, about_file).replace("{}", subject if w.chance(0.8) else w.word())
    return FAILED + text, "That did not work: " + text.split(": ", 1)[1]


def answer_to(result: str, good: str) -> str:
    """The answer to a result that may be an error."""
    return "That did not work: " + result.split(": ", 1)[1] if result.startswith(FAILED) else good


def failing(w: Words, request: Request) -> Request:
    """The same request, but its call fails."""
    subject = next((str(value) for value in request.arguments.values() if len(str(value)) < 40), request.tool)
    result, answer = error(w, subject, "path" in request.arguments)
    return Request(request.form, request.text, request.tool, request.arguments, result, answer, request.open_end)


# How imperatives and nouns become sentences.

_DO = (
    *["{}"] * 14,
    *["please {}"] * 4,
    *["can you {}?", "could you {}?", "can you please {}?", "could you please {}?", "pls {}", "would you {}?"],
    *["i need you to {}", "i want you to {}", "i'd like you to {}", "go ahead and {}", "let's {}", "kindly {}"],
    *["will you {}?", "i would like to {}", "i want to {}", "help me {}", "just {}", "now {}", "you should {}"],
    *["we need to {}", "i need to {}", "can u {}", "plz {}", "would you be able to {}?", "try to {}", "do this: {}"],
    *["your task: {}", "be so kind and {}", "be a dear and {}", "would you kindly {}?", "time to {}", "next, {}"],
    *[
        "i'd like to {}",
        "you can {}",
        "feel free to {}",
        "let us {}",
        "may i ask you to {}?",
        "i was hoping you could {}",
    ],
    *[
        "do me a favour and {}",
        "make sure to {}",
        "any chance you could {}?",
        "is it possible to {}?",
        "you need to {}",
    ],
    *["why don't you {}?", "might you {}?", "i have to {}", "quickly {}", "please, {}", "could we {}?", "gotta {}"],
    *["would it be possible to {}?", "do you think you could {}?", "can i ask you to {}?", "can i get you to {}?"],
    *["it would be great if you could {}", "i'd be grateful if you could {}", "it'd be nice if you could {}"],
    *["i'd appreciate it if you could {}", "i was wondering if you could {}", "i wonder if you could {}"],
    *["you'd help me a lot if you could {}", "see if you can {}", "be sure to {}", "i must ask you to {}"],
    *["i'm asking you to {}", "all you have to do is {}", "your job is to {}", "the plan is to {}", "we have to {}"],
    *["could you maybe {}?", "could you quickly {}?", "can we {}?", "shall we {}?", "need you to {}", "want you to {}"],
    *["we should {}", "it's your turn to {}", "i'd love for you to {}", "i'm gonna need you to {}", "go on and {}"],
    *["proceed to {}", "first of all, {}", "for starters, {}", "your mission: {}", "to do now: {}", "the next job: {}"],
    *["would you be so kind as to {}?", "would you be willing to {}?", "are you able to {}?", "are you free to {}?"],
    *["can somebody {}?", "could someone please {}?", "hurry up and {}", "give me a hand and {}", "help us {}"],
    *["what i need you to do is {}", "here is what i need: {}", "my request: {}", "do the following: {}", "ok now {}"],
    *["can you try to {}?", "could you try to {}?", "will you please {}?", "you may {}", "you could {}", "you must {}"],
)
_NOUN = (
    *[
        "what is {}?",
        "what's {}?",
        "whats {}",
        "give me {}",
        "tell me {}",
        "show me {}",
        "i need {}",
        "{}",
        "{}, please",
    ],
    *["could you tell me {}?", "can you give me {}?", "find out {}", "let me know {}", "i want to know {}", "{}?"],
    *["i'd like to know {}", "do you know {}?", "please give me {}", "please tell me {}", "can you show me {}?"],
    *["what might {} be?", "get me {}", "let me see {}", "i need to know {}", "can i have {}?", "may i see {}?"],
    *["could i get {}?", "just tell me {}", "i'm looking for {}", "please show me {}", "what would be {}?", "get {}"],
    *["i would like {}", "can you tell me {}?", "show {}", "i wonder what {} is", "tell me what {} is", "fetch {}"],
    *["can you find out {}?", "i'm curious about {}", "check {}", "do you know what {} is?", "mind telling me {}?"],
    *["would you tell me {}?", "i could use {}", "i have to know {}", "bring me {}"],
    *["it would help to know {}", "could you look up {}?", "may i have {}?", "may i ask for {}?", "might i see {}?"],
    *[
        "i'd love to know {}",
        "i'd love to see {}",
        "i'm interested in {}",
        "can you get me {}?",
        "could you get me {}?",
    ],
    *["could you show me {}?", "would you show me {}?", "please get me {}", "please let me know {}", "tell us {}"],
    *["let's see {}", "let's have {}", "let us know {}", "show us {}", "give us {}", "can we see {}?", "i want {}"],
    *["can we have {}?", "i want to see {}", "i'd like to have {}", "i'd like to see {}", "i need to see {}", "now {}"],
    *["i need you to tell me {}", "i need you to get me {}", "any idea what {} is?", "find out what {} is"],
    *["please find out {}", "please check {}", "what could {} be?", "can somebody tell me {}?", "could we get {}?"],
    *["i was wondering about {}", "i'm asking for {}", "we need {}", "we need to know {}", "do tell me {}"],
)
_NOUNS = [text.replace("is", "are") if text.startswith(("what is", "do you know what")) else text for text in _NOUN]
_NOUNS = [text.replace("what's", "what are").replace("whats", "what r").replace("{} is", "{} are") for text in _NOUNS]
_NOUNS = [text for text in _NOUNS if "might" not in text and "would be" not in text]
_OPENERS = (
    "hey, |hi, |hello, |ok so |ok, |okay |alright, |so |um, |yo, |listen, |nano, |hey nano, |hi nano, |hello there, |"
    "well, |right, |excuse me, |quick one: |quick question: |one thing: |good morning, |hey there, |dear nano, |"
    "first, |oh, |and |also, |then |sorry, |actually, |hmm, |if you don't mind, |if possible, |when you can, |"
    "for my boss, |before i forget, |real quick, |one more: |task: |i'm in a hurry, |as a favour, |by the way, |"
    "since you're here, |good evening! |hello! |hi! |hey! |ok! |thanks. |great. |perfect, |cool, |for tomorrow, |"
    "i am in the middle of something. |my colleague asked for this: |sorry to bother you again, |good afternoon, |"
    "i hope you are well. |it's me again. |my hands are full. |the phone is ringing. |i have a small request: |"
    "i'm new here. |i'm back. |long day today. |no time to explain. |this one is easy: |you're doing great. |"
    "let me think... |one second... ok, |alright then, |on second thought, |anyway, |look, |please, |"
    "pardon me, |forgive me for asking, |i hate to ask, but |may i ask something? |got a minute? |are you there? |"
    "can you help me? |here comes the next one: |next question: |next job: |last one for today: |and one more thing: |"
    "we are in a meeting. |the boss is waiting. |i am on the train. |i'm tired. |my eyes are bad. |it's late. |"
    "i forgot to do this earlier. |as promised, |as always, |as usual, |as discussed, |just to be safe, |"
    "just to be sure, |for a change, |to be quick: |if it's not too much trouble, |if you have time, |"
    "whenever you are ready, |thanks for the last one. |that was helpful. |nice. now |good. now |ok next, |"
    "right then, |dear assistant, |hey buddy, |hi friend, |my friend, |assistant: |computer, |hiya, |howdy, |evening, "
).split("|")
_HELLOS = (
    "hey, |hi, |hello, |ok, |um, |nano, |hey nano, |hi nano, |hello! |hi! |hey! |well, |oh, |hmm, |thanks. ".split("|")
)
_CLOSERS = (
    " please| please|, please| for me| for me please|, thanks| thanks|, thank you| right away| now| quickly| asap|"
    " if you can| when you have a minute| when you get a chance|, will you| real quick|, it's urgent| for my boss|"
    " before lunch|, ok| if you don't mind| if possible|, i'm in a hurry| at once|, cheers| then| again please|"
    ", nano| as soon as you can|, would you| if that's ok|, i need it for work| pls| plz|, it is important| thx|"
    " so that i can go home| because my boss wants it|. thanks in advance|, before the meeting starts|, no rush|"
    ", people are waiting|, my boss is waiting for it|, i have to leave soon|, the meeting starts soon|. i owe you one|"
    ". that would help a lot|. no hurry|. take your time|. much obliged|. it matters to me|. appreciate it|"
    ", if it's not too much trouble|, if that works for you|, whenever it suits you|, that would be great|"
    ", that would be lovely|, i'd be grateful|, it would help me a lot|. i'm counting on you|, be quick|, that's all|"
    ", we are running late|, i can't do it myself|, my hands are full|, you're the best|, mate|, buddy|, dear|"
    " if it isn't any bother| straight away| without delay| at your convenience|, as always|, as discussed|"
    ", just to be sure|, just to be safe|, it won't take long|. sorry for the trouble|. that is all i need|"
    ", my team needs it|, we need it for the meeting|. thank you so much|. many thanks|. you are a star|. thx a lot|"
    ". then i can go to bed| if you'd be so kind| if you please|, if i may ask|, friend|. it's late"
).split("|")
_STRAYS = "really kindly uh um just like simply please maybe actually now there well even so quickly here".split()
_ENDS = ["", "", "", "", ".", ".", "!"]
_LITERAL = re.compile(rf"({OPEN}[^{CLOSE}]*{CLOSE})")


def core(w: Words, request: Request) -> str:
    """The request as a sentence without fillers."""
    frame = "{}"
    if request.form == "do" and w.chance(0.6):
        frame = w.pick(_DO)
    elif request.form == "noun":
        frame = w.pick(_NOUN)
    elif request.form == "nouns":
        frame = w.pick(_NOUNS)
    elif request.form == "question":
        frame = w.pick(["{}?", "{}?", "{}"])
    if request.open_end:
        frame = frame.rstrip("?").removesuffix(", please") if frame.endswith(("?", "{}, please")) else frame
    return frame.replace("{}", request.text)


def finish(w: Words, text: str, open_end: bool = False) -> str:
    """Fillers, punctuation, casing and typos around a sentence; guards taken out."""
    if w.chance(0.22):
        text = w.pick(_HELLOS if text[0] == OPEN else _OPENERS) + text
    if not open_end:
        mark = text[-1] if text[-1] in "?!." else ""
        body = text[: -len(mark)] if mark else text
        closer = w.pick(_CLOSERS) if w.chance(0.18) else ""
        if mark == "?" and closer[:1] != ".":
            mark = w.pick(["?", "?", "?", ""])
        if closer.startswith("."):  # a sentence of its own
            text = body + (mark or ".") + closer[1:] + w.pick(_ENDS)
        else:
            text = body + closer + (mark or w.pick(_ENDS))
    elif not text.endswith(tuple(".!?" + c + CLOSE for c in ".!?\"'”`)")) and text[-2] not in ".!?\"'”`)":
        text += w.pick(["", "", "", ".", ""])
    return bare(_noise(w, text))


def dress(w: Words, request: Request) -> str:
    """The request as a person types it."""
    text = core(w, request)
    return finish(w, _outside(text, lambda part: _stray(w, part)) if w.chance(0.08) else text, request.open_end)


def _noise(w: Words, text: str) -> str:
    share = w.random.random()
    if share < 0.35 and text[0] != OPEN:
        return text[0].upper() + _pronoun(text[1:])
    if share < 0.37:
        return _outside(text, str.upper)
    if share < 0.38:
        return _outside(text, str.title)
    if share < 0.43:
        return _outside(text, lambda part: _typos(w, part))
    return text if share < 0.9 else _pronoun(text)


def _stray(w: Words, text: str) -> str:
    """One word too many, unknown as often as not, and never beside a value."""
    words = text.split(" ")
    if len(words) > 3:
        words.insert(w.integer(2, len(words) - 2), w.pick([*_STRAYS, w.made_up(), w.made_up()]))
    return " ".join(words)


def _pronoun(text: str) -> str:
    return re.sub(r"\bi\b(?=[ '])", "I", text) if OPEN not in text else _outside(text, _pronoun)


def _outside(text: str, change: Any) -> str:
    """`change` on everything but the values."""
    return "".join(part if part.startswith(OPEN) else change(part) for part in _LITERAL.split(text))


def _typos(w: Words, text: str) -> str:
    """One slip in a longer word: letters swapped, lost or doubled."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and w.chance(0.2):
            at = w.integer(1, len(word) - 2)
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            words[i] = w.pick([swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]])
            break
    return " ".join(words)
