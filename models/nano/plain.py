"""The plainest ways to ask, as people type them most: a third of all single requests are of these few.

Next to hundreds of rarer phrasings they would hardly be met: `write buy milk to todo.txt` came once in 5,000 turns.
"""

from __future__ import annotations

from llmasos.models.nano import requests_files, requests_other, sums
from llmasos.models.nano.phrase import expand
from llmasos.models.nano.requests import Request, answer_to
from llmasos.models.nano.words import Words

PLAIN: dict[str, tuple[tuple[str, str], ...]] = {
    "read_file": (
        ("say", "[read|show|open|cat|show me|print] <path>"),
        ("question", "[what does <path> say|what is in <path>|what's in <path>|what does <path> contain]"),
    ),
    "write_file": (
        ("say", "[write|save|put|store] <text> [to|in|into] <path>"),
        ("say", "[write|save] <text> [to|in] [a file called|the file] <path>"),
        ("say", "[create|make] [|a file |the file ]<path> [with|saying|that says|containing] <tail>"),
    ),
    "append_file": (
        ("say", "[append|add] <text> to <path>"),
        ("say", "add [the line|a line saying|the text] <text> to <path>"),
    ),
    "list_files": (("say", "[list the files|list files|ls|show the files|list all files|show me the files]"),
                   ("question", "[what files are here|which files are here|what files are there|what files do i have]")),
    "find_files": (("say", "[find|search for|list] [all|all the|the] <ext> files{p=*.$}"), ("say", "find [the file |]<file>{p=$}"),
                   ("question", "where is <file>{p=$}")),
    "stat_file": (("question", "how [big|large] is <path>{d=size}"), ("question", "when was <path> [changed|modified|last changed]{d=time}"),
                  ("say", "stat <path>{d=all}")),
    "remove_file": (("say", "[delete|remove|rm|erase] [|the file ]<path>"),),
    "clock": (("question", "[what time is it|what's the time|what time is it now] {d=time}"),
              ("question", "[what day is it|what's the date|what is the date today|what day is today] {d=date}")),
    "remember": (("say", "[remember|please remember|remember that|please remember that|remember:] <line>"),),
    "recall": (("question", "[what do you know about|do you remember|when is|what did i tell you about|what did i say about|what do you remember about] <topic>"),
               ("question", "[what is|what's|when is|where is] <topic>"), ("say", "recall <topic>")),
    "forget": (("say", "forget [|about |what you know about ]<topic>"),),
    "spawn": (("say", "[start|spawn|run|launch] [an agent|another agent|a new agent|a process] to <task>"),),
    "processes": (("question", "[which|what] [processes|agents] are running"), ("say", "[ps|list the processes|show the processes|list processes]")),
    "kill": (("say", "[kill|stop|end|terminate] [|process |agent |pid ]<pid>"),),
    "wait": (("say", "wait for [|process |agent |pid ]<pid>"),),
    "ask": (("say", "ask [me|the user] <indirect>"), ("say", "ask [me|the user][:|] <quest>")),
    "tell": (("say", "tell [me|the user] that <line>"), ("say", "[say|show] <q>")),
}  # fmt: skip
SUMS = (
    ("question", "[what is|what's|how much is] <a> [times|x|multiplied by] <b>", "$a*$b"),
    ("question", "[what is|what's|how much is] <a> [plus|and] <b>", "$a+$b"),
    ("question", "[what is|what's|how much is] <a> minus <b>", "$a-$b"),
    ("question", "[what is|what's|how much is] <a> divided by <b>", "$a/$b"),
    ("question", "[what is|what's] <a>[%| percent] of <b>", "$a*$b/100"),
    ("say", "[add|sum] <a> and <b>", "$a+$b"),
    ("say", "multiply <a> [by|and] <b>", "$a*$b"),
)


def plain(w: Words, tool: str) -> Request:
    """A request for a built-in tool in the plainest words."""
    if tool != "calculate":
        form, pattern = w.pick(PLAIN[tool])
        if tool in requests_files.PATTERNS:
            return requests_files.from_pattern(w, tool, form, pattern)
        return requests_other.from_pattern(w, tool, form, pattern)
    if w.chance(0.4):
        sign = w.pick("+-*/")
        a, b, gap = w.number(), w.number(), w.pick(["", " ", " "])
        form, text, exact = "question", expand(w.random, "[what is|what's|calculate|how much is|] ")[0], f"{a}{sign}{b}"
        text = f"{text} {a}{gap}{sign}{gap}{b}".strip()
    else:
        form, text, exact = sums.from_pattern(w, *w.pick(SUMS))
    result = sums.result_of(w, exact)
    return Request(form, text, tool, {"expression": exact}, result, answer_to(result, f"The result is {result}."))
