"""Requests about files: read, write, append, list, find, stat, remove.

Every pattern names its grammatical form; `make(w, tool)` picks one, makes its values and says what the call holds.
`<text>` is content inside the sentence, `<tail>` content at its end, `<quote>` quoted content anywhere. The patterns of
a tool are in requests_TOOL.txt.
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
    for tool in "read_file write_file append_file list_files find_files stat_file remove_file".split()
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
