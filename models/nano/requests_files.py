"""Requests about files: read, write, append, list, find, stat, remove.

Every pattern names its grammatical form; `make(w, tool)` picks one, makes its values and says what the call holds.
`<text>` is content inside the sentence, `<tail>` content at its end, `<quote>` quoted content anywhere. More patterns
are in the tables requests_files_*.py.
"""

from __future__ import annotations

from typing import Any

from llmasos.models.nano import requests_files_fifth as fifth
from llmasos.models.nano import requests_files_fourth as fourth
from llmasos.models.nano import requests_files_more as more
from llmasos.models.nano import requests_files_sixth as sixth
from llmasos.models.nano import requests_files_third as third
from llmasos.models.nano import slots
from llmasos.models.nano.phrase import expand, fill, joined
from llmasos.models.nano.phrase import slots as slots_of
from llmasos.models.nano.requests import Request
from llmasos.models.nano.words import Words

_F = "[|the |the |the file |the file |my |my file |file |this file: |that file ]"  # what stands before a path
_T = "[to|to|to the end of|at the end of|at the bottom of|onto|into|in|as a new line in|as the last line of|under]"
_LIMIT = (
    "[first <int> words of {short=1}|opening <int> words of {short=1}|top <int> words of {short=1}|"
    "initial <int> words of {short=1}]"
)
_AT_MOST = (
    "[, [at most|no more than|up to|maximum|max|not more than|only the first|just the first|limit] <int> words|"
    ", <int> words [at most|max|maximum|tops|only|is enough]| but [only|just] the first <int> words|"
    " with a [limit|maximum|cap] of <int> words| [up to|limited to|until] <int> words|"
    ", [upper limit|word limit|limit]:? <int> words]"
).replace(":?", "")

READ = (
    (
        "do",
        f"[read|open|show|display|print|view|load|cat|check|look at|take a look at|see|look into|pull up] {_F}<path>",
    ),
    ("do", f"[show|read|give|print|tell] me {_F}<path>"),
    (
        "do",
        f"[show|read|print|display|output|get|fetch|give|list] [me |us |]the [contents|content|text|words|lines] [of|in|from|inside] {_F}<path>",
    ),
    ("do", f"[tell|show] me what[ is|'s] [in|inside|written in] {_F}<path>"),
    ("do", f"[tell|show] me what {_F}<path> [says|contains|has in it|holds]"),
    ("do", "[read|show|print|open|view|display] the [file|document|note|text] [called|named|] <path>"),
    (
        "do",
        "[read|open|show] <path> [aloud|out loud|to me|for me|out to me|on screen|and show it to me|and tell me what it says]",
    ),
    ("do", f"[have|take|get] a [look|peek|glance] [at|into|inside] {_F}<path>"),
    ("do", f"[see|check|find out|look up] what[ is|'s] [in|inside|written in] {_F}<path>"),
    ("question", f"what[ is|'s|s] [in|inside|written in|stored in|there in|saved in] {_F}<path>"),
    ("question", f"what does {_F}<path> [say|contain|hold|have in it|tell us|look like|read]"),
    ("question", f"what [text|content] is [in|inside] {_F}<path>"),
    ("question", f"what did i [write|put|save|note down|store] in {_F}<path>"),
    ("question", f"do you know what[ is|'s] in {_F}<path>"),
    ("question", f"what [stands|can i find|will i find|do we have] in {_F}<path>"),
    ("say", f"i [want|need|would like|have] to [see|read|know] what[ is|'s] [in|inside] {_F}<path>"),
    ("say", f"i [wonder|am wondering|forgot] what[ is|'s] in {_F}<path>"),
    ("say", f"let me [see|read|have a look at|look at] {_F}<path>"),
    ("say", "<path>[:|,| -] [what does it say?|what's in it?|show it|read it|open it please|print it|what is inside?]"),
    ("noun", f"the [contents|content|text] [of|in|inside] {_F}<path>"),
    ("noun", f"[in|inside] {_F}<path>"),
    ("do", f"[read|show|print|display|give|show me|give me|read me|get|tell me] the {_LIMIT} {_F}<path>"),
    ("do", f"[read|open|show|print|show me|view|display] {_F}<path>{_AT_MOST}"),
    ("question", f"what are the {_LIMIT} {_F}<path>"),
    ("nouns", f"the {_LIMIT} {_F}<path>"),
    ("do", f"[read|show|print] [at most|up to|no more than|only|just] <int> words [of|from] {_F}<path>"),
)
WRITE = (
    (
        "do",
        f"[write|save|put|store|set down|record|jot down|note down] [|the text |the words |the line |this: ]<text> [to|into|in|in|to] {_F}<path>",
    ),
    (
        "do",
        f"[write|save|store|put] [to|into|in] {_F}<path>[:|: |,| the text| the words| the following:| this:] <tail>",
    ),
    (
        "do",
        "[create|make|start|set up|produce|generate] [a|a new|the|another] file [called |named |]<path> [with|containing|that says|saying|that contains|holding|with the text|with the content|which says] <tail>",
    ),
    (
        "do",
        "[create|make|write] [a file |]<path> [with|containing|saying|with the text|with the content|and put in it|and write in it] <tail>",
    ),
    ("do", f"[overwrite|replace|fill|set] {_F}<path> with <tail>"),
    (
        "do",
        f"[replace|overwrite|change] [the content of|the contents of|the text of|everything in|whatever is in|what is in] {_F}<path> [with|by|to] <tail>",
    ),
    ("do", f"[make|let|have] {_F}<path> [say|contain|read|hold] <tail>"),
    ("do", f"set the [content|contents|text] of {_F}<path> to <tail>"),
    (
        "do",
        "[save|store|write|put] <text> [as|in a file called|to a file named|in a file named|to a new file|into a new file called|under the name|in a new file,|in the file] <path>",
    ),
    ("do", "[write|put|save] this [to|in|into] <path>: <tail>"),
    ("say", "<path> should [say|contain|read|hold|have the text] <tail>"),
    (
        "say",
        "[i want|i need|i'd like] [a file|a new file] [called|named] <path> [with|that says|containing|saying] <tail>",
    ),
    ("say", "[in|into|to] <path>, [write|save|put] <tail>"),
    ("say", "<path>: [write|put|save] <text> [in it|there|into it|in there]"),
    ("say", "new file <path>[:| with the text| saying|, content:] <tail>"),
)
APPEND = (
    (
        "do",
        f"[append|add|attach|tack on] [|the text |the line |the words |a line saying |this: ]<text> {_T} {_F}<path>",
    ),
    (
        "do",
        f"[add|append] [to|at the end of|to the end of|at the bottom of] {_F}<path>[:|: | the line| the text| this:| a line saying|,] <tail>",
    ),
    (
        "do",
        f"[add|append|put] [a|another|one more|a new|one] [line|entry|item|row|note] [to|at the end of|at the bottom of|in] {_F}<path>[:| saying| that says| with| with the text|, namely] <tail>",
    ),
    (
        "do",
        f"[write|put|note|jot down|insert|stick] [|the line |the text ]<text> [at the end of|at the bottom of|as the last line of|as a new line in|onto the end of] {_F}<path>",
    ),
    ("do", f"[extend|continue|complete] {_F}<path> with [|the line |the text ]<tail>"),
    ("do", "[also |additionally |]add <text> to [my|the|our] [list|notes|log|list of things] in <path>"),
    (
        "do",
        f"[log|append|add] <text> [to|in] {_F}<path> without [overwriting|erasing|replacing|deleting|losing] [it|anything|the rest|what is there]",
    ),
    ("say", "[in|to] <path>, add [the line |]<tail>"),
    ("say", "<path>[:|,] add [the line |the entry |]<tail>"),
    ("say", "<path>: [append|add] <text> [at the end|to it|as a new line|at the bottom]"),
    ("say", "<path> [needs|should get] [another|one more|a new] line[:| saying] <tail>"),
    ("say", "one more [line|entry|item] for <path>: <tail>"),
)
LIST = (
    (
        "do",
        "[list|show|print|display|show me|list all|show all|enumerate|give me|see] [the|my|all|all the|] files[| here| in this folder| in the current folder| we have| i have| in the current directory| in here]",
    ),
    (
        "question",
        "[what|which] files [are here|are there|do i have|do we have|exist|are in this folder|are in the current directory|can you see|have i got]",
    ),
    ("question", "what[ is|'s|s] in [this|the current|my|the working] [folder|directory]"),
    ("say", "[ls|dir|ls please]"),
    ("nouns", "[the|my|all the] files [here|in this folder|in the current folder|in the working directory|]"),
    ("noun", "[the|a] [list of files|file list|directory listing|listing of files|list of my files]"),
    (
        "do",
        "[list|show|print|display|show me|list all|see|check|give me] [the|all|all the|my|] [files|things|documents|entries|contents] [in|inside|within|under|of|from] <where>",
    ),
    ("do", "[list|show|look into|look inside|open up|browse|show me] [the|] [folder|directory] <folder>"),
    (
        "do",
        "[list|show|print|show me|display] [the contents of|everything in|what is in|what's in|what is inside] <wheref>",
    ),
    (
        "question",
        "[what|which] files [are|do i have|do we have|are there|can be found|exist|did i put|live] [in|inside|under] <where>",
    ),
    ("question", "what[ is|'s|s] [in|inside|there in] <wheref>"),
    ("question", "what does <wheref> contain"),
    ("nouns", "[the|all|all the] files [in|inside|under|of] <where>"),
    ("noun", "[the|a] [list of files|file list|listing|directory listing] [of|for|in] <where>"),
    ("say", "ls <folder>"),
)
FIND = (
    (
        "do",
        "[find|search for|look for|locate|find me|get me|list|track down|hunt for] [all|every|all the|all of the|all my|any|the|] <ext> files {p=*.$}",
    ),
    (
        "do",
        "[find|search for|look for|locate|find me|list] [all|the|any|all my|] [files|documents] [ending in|ending with|that end in|that end with|with the extension|of type|with extension] [.|.|]<ext> {p=*.$}",
    ),
    (
        "do",
        "[find|search for|look for|locate|list|show|find me] [all|the|any|all the|] files [starting with|that start with|beginning with|whose name starts with|whose names begin with|that begin with] <word> {p=$*}",
    ),
    (
        "do",
        "[find|search for|look for|locate|list|find me] [all|the|any|all the|] files [with|that have|having|containing] <word> in [the|their|its] [name|names|filename] {p=*$*}",
    ),
    (
        "do",
        "[find|search for|look for|locate|list] [all|the|any|] files [whose name contains|whose names contain|whose filename has] <word> {p=*$*}",
    ),
    (
        "do",
        "[find|search for|look for|locate|list|find me] [all|the|any|every|] [files|file|names|paths] [matching|that match|that matches|like|of the form|by the pattern|with the pattern] <glob> {p=$}",
    ),
    ("do", "[find|glob|search for|look for] <glob> {p=$}"),
    (
        "do",
        "[find|locate|search for|look for|track down|find me|help me find|hunt down] [|the file |a file called |a file named |my file |the file named |files named |files called ]<file> {p=$}",
    ),
    (
        "do",
        "[find|see|find out|tell me|check|show me] where [|the file |my file ]<file> [is|lives|is stored|went|is hiding] {p=$}",
    ),
    (
        "question",
        "where [is|did i put|did i save|do i have|can i find|is my file|could|have i put] <file>[| stored| saved] {p=$}",
    ),
    (
        "question",
        "[is there|do i have|do we have|is there anywhere] [a file|any file|some file] [called|named] <file>[| somewhere| anywhere] {p=$}",
    ),
    ("question", "[which|what] files [end in|end with] [.|]<ext> {p=*.$}"),
    ("question", "[which|what] files [start with|begin with] <word> {p=$*}"),
    ("question", "[which|what] files have <word> in [their|the] name[s|] {p=*$*}"),
    ("question", "[which|what] <ext> files [are there|do i have|do we have|exist|can you find] {p=*.$}"),
    ("question", "[are there|do i have|do we have|have we got] any <ext> files[| somewhere| anywhere| at all] {p=*.$}"),
    ("nouns", "[all|all the|my|the] <ext> files {p=*.$}"),
    ("nouns", "[the|all] files [that match|matching] <glob> {p=$}"),
    ("say", "i [can't find|lost|misplaced|am looking for|cannot find|need to find] <file> {p=$}"),
    ("say", "[find|search] by [pattern|name]: <glob> {p=$}"),
)
STAT = (
    ("noun", f"the [size|file size|length|byte count] of {_F}<path> {{d=size}}"),
    ("question", f"how [big|large|long|heavy] is {_F}<path> {{d=size}}"),
    (
        "question",
        f"how many bytes [does <path> have|are in {_F}<path>|is <path>|has <path>|does <path> take|does <path> use] {{d=size}}",
    ),
    ("question", f"what size [is|has] {_F}<path> {{d=size}}"),
    ("do", f"[tell me|check|find out|see|let me know|look up|show me] how [big|large|long] {_F}<path> is {{d=size}}"),
    ("do", f"[check|look up|get|report|measure|determine|show] the [size|file size] of {_F}<path> {{d=size}}"),
    (
        "do",
        f"[tell me|find out|check|show me] how [much space|many bytes] {_F}<path> [takes|takes up|has|uses|needs] {{d=size}}",
    ),
    ("question", f"how much space does {_F}<path> [take|take up|use|need|occupy] {{d=size}}"),
    (
        "question",
        f"when was {_F}<path> [last |][changed|modified|edited|updated|touched|written|saved|altered] {{d=time}}",
    ),
    (
        "question",
        f"when did [i|we|somebody|anyone|someone] last [change|edit|modify|update|touch|save] {_F}<path> {{d=time}}",
    ),
    (
        "noun",
        f"the [modification time|time of change|last change|last modification date|date of change|change date|date of the last change] of {_F}<path> {{d=time}}",
    ),
    (
        "do",
        f"[tell me|check|find out|see|look up|let me know|show me] when {_F}<path> was [last |][changed|modified|edited|updated|touched|saved] {{d=time}}",
    ),
    ("question", f"what time was {_F}<path> [changed|modified|edited|last changed|last edited] {{d=time}}"),
    ("question", f"how [old|recent] is {_F}<path> {{d=time}}"),
    (
        "do",
        f"[stat|show the details of|show details of|get details about|get info on|give me information about|show info about|inspect the metadata of|get the metadata of|check the status of] {_F}<path> {{d=all}}",
    ),
    ("noun", f"the [details|stats|metadata|file information|properties|status] of {_F}<path> {{d=all}}"),
    (
        "do",
        f"[tell me|show me|check|find out|get] the size and [time of change|modification time|change date|date] of {_F}<path> {{d=all}}",
    ),
    (
        "question",
        f"how [big|large] is {_F}<path> and when was it [changed|modified|edited|last changed|updated] {{d=all}}",
    ),
)
REMOVE = (
    (
        "do",
        f"[delete|remove|erase|get rid of|trash|discard|rm|drop|throw away|throw out|bin|wipe|dump|destroy|unlink|eliminate|scrap|clear away] {_F}<path>",
    ),
    (
        "do",
        "[delete|remove|erase|get rid of|trash|discard] the [file|document|note] [called|named|with the name] <path>",
    ),
    ("do", "[make|let|have] <path> [disappear|go away|vanish]"),
    ("do", "[throw|toss] <path> [away|out|in the bin|in the trash]"),
    ("do", "[take|move] <path> [off the disk|to the trash|off my disk|out of the folder for good]"),
    (
        "say",
        "[i don't need|i no longer need|we don't need|nobody needs|i am done with|we are finished with|i have no use for] <path>[| any more| anymore|,] [delete it|so remove it|so delete it|get rid of it|remove it|please delete it|so erase it]",
    ),
    (
        "say",
        "<path> [can go|can be deleted|should be deleted|must go|has to go|needs to be removed|can be removed|is to be deleted|should go away|may be removed]",
    ),
    ("say", "<path>[:|,| -] [delete it|remove it|get rid of it|erase it|trash it]"),
    ("say", "i want <path> [gone|deleted|removed|erased]"),
    ("do", f"[permanently|completely] [delete|remove|erase] {_F}<path>"),
)
_FURTHER = ((more, "MORE"), (third, "THIRD"), (fourth, "FOURTH"), (fifth, "FIFTH"), (sixth, "SIXTH"))
PATTERNS = {
    "read_file": joined(READ, "READ", _FURTHER),
    "write_file": joined(WRITE, "WRITE", _FURTHER),
    "append_file": joined(APPEND, "APPEND", _FURTHER),
    "list_files": joined(LIST, "LIST", _FURTHER),
    "find_files": joined(FIND, "FIND", _FURTHER),
    "stat_file": joined(STAT, "STAT", _FURTHER),
    "remove_file": joined(REMOVE, "REMOVE", _FURTHER),
}


def _glob(w: Words) -> str:
    extension = w.from_list("ext")
    return w.pick([f"*.{extension}", f"{w.word()}*", f"*{w.word()}*", f"{w.word()}*.{extension}", f"{w.word()}?.{extension}", f"*_{w.integer(1, 99)}.{extension}", f"**/*.{extension}", f"{w.word()}/*.{extension}"])  # fmt: skip


def value(w: Words, slot: str) -> tuple[str, Any]:
    """(shown, value) of the slots that only files have."""
    if slot == "where":
        shown, value = slots.folder(w)
        return w.pick([shown, shown, f"the folder {shown}", f"the {shown} folder", f"the directory {shown}", f"my {shown} folder", f"the {shown} directory", f"folder {shown}"]), value  # fmt: skip
    if slot == "wheref":
        shown, value = slots.folder(w)
        return w.pick([f"the folder {shown}", f"the {shown} folder", f"the directory {shown}", f"my {shown} folder", f"folder {shown}", f"the {shown} directory"]), value  # fmt: skip
    if slot == "glob":
        value = _glob(w)
        return (slots.quoted(w, value) if w.chance(0.15) else value), value
    if slot == "file":
        value = w.file()
        return (slots.quoted(w, value) if w.chance(0.07) else value), value
    if slot == "ext":
        value = w.from_list("ext")
        return value, value
    if slot == "quote":
        value = w.content()
        return slots.quoted(w, value), value
    return slots.make(w, slot)


def names(w: Words) -> list[str]:
    """Names as a folder lists them."""
    found = [w.file() if w.chance(0.8) else w.word() + "/" for _ in range(w.integer(1, w.pick([3, 5, 9])))]
    return list(dict.fromkeys(sorted(found)))


def stat(w: Words) -> str:
    if w.chance(0.12):
        return f"folder, {w.integer(1, 99)} entries, changed {w.stamp()}"
    return f"file, {w.integer(0, w.pick([99, 2000, 90000]))} bytes, changed {w.stamp()}"


def result_of(w: Words, tool: str, arguments: dict[str, Any]) -> str:
    """What the tool could return."""
    if tool == "read_file":
        return "(empty)" if w.chance(0.05) else w.document()
    if tool == "write_file":
        return f"wrote {len(str(arguments['content']).encode())} bytes to {arguments['path']}"
    if tool == "append_file":
        return f"added 1 line to {arguments['path']}"
    if tool == "remove_file":
        return f"removed {arguments['path']}"
    if tool == "stat_file":
        return stat(w)
    if tool == "list_files":
        return "(empty)" if w.chance(0.07) else "\n".join(names(w))
    found = "\n".join(dict.fromkeys(w.path() for _ in range(w.integer(1, w.pick([1, 3, 6])))))
    return "(none)" if w.chance(0.08) else found


def answer_of(tool: str, arguments: dict[str, Any], result: str, detail: str = "all") -> str:
    """nano's canonical answer to a result that is no error."""
    path = arguments.get("path", "")
    if tool == "read_file":
        return f"{path} is empty." if result == "(empty)" else f"{path} says: {result}"
    if tool == "list_files":
        return "There are no files." if result == "(empty)" else "The files are: " + result.replace("\n", ", ")
    if tool == "find_files":
        return "I found no such files." if result == "(none)" else "I found: " + result.replace("\n", ", ")
    if tool == "stat_file":
        return _stat_answer(path, result, detail)
    return {"write_file": f"I wrote it to {path}.", "append_file": f"I added it to {path}."}.get(
        tool, f"I removed {path}."
    )


def _stat_answer(path: str, result: str, detail: str) -> str:
    _, size, changed = result.split(", ")
    if detail == "size":
        return f"{path} has {size}."
    return f"{path} was {changed}." if detail == "time" else f"{path}: {result}"


def make(w: Words, tool: str) -> Request:
    """A request for one of the file tools."""
    return from_pattern(w, tool, *w.pick(PATTERNS[tool]))


def from_pattern(w: Words, tool: str, form: str, pattern: str) -> Request:
    """The request that a pattern makes."""
    text, implied = expand(w.random, pattern)
    shown: dict[str, str] = {}
    values: dict[str, Any] = {}
    for slot in slots_of(text):
        shown[slot], values[slot] = value(w, slot)
    arguments = arguments_of(tool, values, implied)
    result = result_of(w, tool, arguments)
    answer = answer_of(tool, arguments, result, implied.get("d", "all"))
    open_end = text.endswith("<tail>")
    return Request(form, fill(text, shown), tool, arguments, result, answer, open_end)


def arguments_of(tool: str, values: dict[str, Any], implied: dict[str, str]) -> dict[str, Any]:
    if tool == "find_files":
        return {"pattern": implied["p"].replace("$", next(iter(values.values())))}
    if tool == "list_files":
        return {"path": next(iter(values.values()))} if values else {}
    arguments = {"path": values["path"]}
    if tool == "read_file" and "int" in values:
        arguments["max_words"] = values["int"]
    if tool in ("write_file", "append_file"):
        arguments["content"] = values.get("text", values.get("tail", values.get("quote")))
    return arguments
