"""Turns that lean on earlier ones: "delete it", "and times 3?", "no, I meant b.txt".

`refer(scene)` adds such a turn if the last turn left something to refer to, and says whether it did.
"""

from __future__ import annotations

from collections.abc import Callable

from llmasos.models.nano import requests_files, requests_other, slots, sums, talk
from llmasos.models.nano.phrase import expand, fill
from llmasos.models.nano.requests import FAILED, Request, answer_to
from llmasos.models.nano.scene import Scene

_ALSO = "[do the same [for|with]|now do that for|same for|the same for|also|and|and now|what about|how about|and what about|now|repeat that for|likewise for]"
_INSTEAD = "[no, i meant|i meant|sorry, i meant|no, not that one, i meant|oops, i meant|wrong file, i meant|correction:|actually i meant|no, the other one:]"


def _say(scene: Scene, pattern: str, **values: str) -> str:
    return fill(expand(scene.w.random, pattern)[0], values)


def _ask(
    scene: Scene,
    tool: str,
    pattern: str,
    arguments: dict[str, object],
    result: str,
    answer: str,
    open_end: bool = False,
    **values: str,
) -> bool:
    if tool not in scene.names:
        return False
    form = "question" if pattern.startswith("?") else "say" if pattern.startswith((_ALSO, _INSTEAD)) else "do"
    scene.ask(Request(form, _say(scene, pattern.lstrip("?"), **values), tool, arguments, result, answer, open_end))
    return True


def about_file(scene: Scene) -> bool:
    """Do something with the file that was spoken of."""
    path = scene.path
    if path is None or scene.last is None or scene.last[0] == "remove_file":
        return other_file(scene)
    w = scene.w
    tool = w.pick(["read_file", "remove_file", "stat_file", "append_file", "write_file", "other"])
    if tool == "other":
        return other_file(scene)
    patterns = {
        "read_file": w.pick(
            [
                "[read|show|open|print|display] [it|that file|the file|this file|it again|the file again|it to me]",
                "?what does it say[| now]",
                "?what[ is|'s] in it[| now]",
                "show me [it|what it says|what is in it|its content]",
            ]
        ),
        "remove_file": "[delete|remove|erase|trash|get rid of|discard|throw away] [it|that file|the file|this file|it again]",
        "stat_file": w.pick(
            [
                "?how [big|large|long] is [it|that file|the file|this file]{d=size}",
                "?when was [it|that file|the file] [changed|modified|last changed|edited]{d=time}",
            ]
        ),
        "append_file": w.pick(
            [
                "[add|append] <t> to [it|that file|the file|the end of it]",
                "[also |]add [the line |]<t> [to it|there|at the end|to the file]",
            ]
        ),
        "write_file": w.pick(
            [
                "[overwrite|replace] [it|that file|the file|its content] with <t>",
                "[write|put|save] <t> [into it|into that file|in it instead]",
            ]
        ),
    }
    shown, content = slots.text(w)
    text, implied = expand(w.random, patterns[tool])
    arguments: dict[str, object] = {"path": path}
    if tool in ("append_file", "write_file"):
        arguments["content"] = content
    result = (
        scene.last[1]["content"]
        if tool == "read_file" and scene.last[0] == "write_file"
        else requests_files.result_of(w, tool, arguments)
    )
    answer = requests_files.answer_of(tool, arguments, result, implied.get("d", "all"))
    return _ask(scene, tool, text, arguments, result, answer, t=shown)


def other_file(scene: Scene) -> bool:
    """The last call again, for another file."""
    last = scene.last
    if last is None or last[0] not in ("read_file", "remove_file", "stat_file", "append_file", "write_file"):
        return False
    w, (shown, path) = scene.w, slots.path(scene.w)
    arguments = {**last[1], "path": path}
    pattern = f"{_ALSO} <b>" if w.chance(0.65) else f"{_INSTEAD} <b>"
    result = requests_files.result_of(w, last[0], arguments)
    reply = scene.messages[-1]["content"]
    detail = "all" if f"{last[1]['path']}: " in reply else "time" if " was changed " in reply else "size"
    return _ask(
        scene,
        last[0],
        pattern,
        arguments,
        result,
        requests_files.answer_of(last[0], arguments, result, detail),
        b=shown,
    )


_SUMS = (
    ("[and|and now|now|then|] [times|multiplied by] <n>", "$*#"), ("[and|and now|now|then|] plus <n>", "$+#"), ("[and|and now|now|then|] minus <n>", "$-#"), ("[and|and now|then|] divided by <n>", "$/#"),
    ("[add|now add|then add] <n>[| to it| to that| to the result]", "$+#"), ("[subtract|take away|take] <n> from [it|that|the result]", "$-#"),
    ("[multiply|multiply] [it|that|the result] [by|with] <n>", "$*#"), ("divide [it|that|the result] by <n>", "$/#"), ("[double|double] [it|that|the result]", "$*2"),
    ("[halve] [it|that|the result]", "$/2"), ("[what is|what's|and] half of [it|that|this]", "$/2"), ("square [it|that|the result]", "$**2"), ("[what is|what's|and] <n>[%| percent] of [it|that|this]", "#*$/100"),
    ("[what is|what's] the square root of [it|that|this]", "sqrt($)"),
)  # fmt: skip


def about_number(scene: Scene) -> bool:
    """Go on with the number calculated last."""
    number = scene.number
    if number is None or "calculate" not in scene.names:
        return False
    w = scene.w
    if w.chance(0.2):
        return keep_number(scene)
    pattern, form = w.pick(_SUMS)
    typed, digits = sums.number(w, small=w.chance(0.5))
    taken = f"({number})" if number.startswith("-") and "**" in form else number
    expression = form.replace("$", taken).replace("#", digits)
    result = sums.result_of(w, expression)
    form = "say" if pattern.startswith("[and") else "question" if pattern.startswith("[what") else "do"
    scene.ask(
        Request(
            form,
            _say(scene, pattern, n=typed),
            "calculate",
            {"expression": expression},
            result,
            answer_to(result, f"The result is {result}."),
        )
    )
    return True


def keep_number(scene: Scene) -> bool:
    """Write or remember the number calculated last."""
    w, number = scene.w, str(scene.number)
    shown, path = slots.path(w)
    if w.chance(0.4):
        name = w.topic()[1]
        return _ask(
            scene,
            "remember",
            "[remember|keep in mind|memorise|note] [it|that|this|the result] as the <t>",
            {"text": f"the {name} is {number}"},
            "remembered",
            "I will remember that.",
            t=name,
        )
    if w.chance(0.4):
        return _ask(
            scene,
            "append_file",
            "[add|append] [it|that|the result] to <b>",
            {"path": path, "content": number},
            f"added 1 line to {path}",
            f"I added it to {path}.",
            b=shown,
        )
    return _ask(
        scene,
        "write_file",
        "[write|save|put|store] [it|that|the result|this] [to|in|into] <b>",
        {"path": path, "content": number},
        f"wrote {len(number)} bytes to {path}",
        f"I wrote it to {path}.",
        b=shown,
    )


def about_agent(scene: Scene) -> bool:
    """Wait for or stop the agent that was started."""
    if scene.pid is None:
        return False
    w, arguments = scene.w, {"pid": scene.pid}
    tool, pattern = w.pick(
        [
            (
                "wait",
                "[wait for it|wait for its answer|wait until it is done|get its answer|tell me its answer|give me its result]",
            ),
            ("wait", "?[what did it say|what is its answer|what did it find|what does it say]"),
            ("kill", "[stop|kill|cancel|terminate|end] [it|that|it again|that process|that agent]"),
        ]
    )
    result, answer = requests_other.outcome(w, tool, dict(arguments), "")
    return _ask(scene, tool, pattern, dict(arguments), result, answer)


def about_found(scene: Scene) -> bool:
    """Read or delete the only file that was found."""
    if scene.last is None or scene.last[0] != "find_files" or "\n" in scene.last[2] or scene.last[2] == "(none)":
        return False
    w, path = scene.w, scene.last[2]
    tool, pattern = w.pick(
        [
            ("read_file", "[read|open|show me|show|print] [it|that file|that|that one]"),
            ("remove_file", "[delete|remove|erase|get rid of] [it|that file|that one]"),
        ]
    )
    arguments = {"path": path}
    result = requests_files.result_of(w, tool, arguments)
    return _ask(scene, tool, pattern, dict(arguments), result, requests_files.answer_of(tool, arguments, result))


def about_fact(scene: Scene) -> bool:
    """Forget what was just remembered."""
    if scene.fact is None:
        return False
    return _ask(
        scene,
        "forget",
        "[forget|forget about|delete|erase] [that|it|that again|it again]",
        {"query": scene.fact},
        f"forgot: {scene.fact}",
        f"I forgot: {scene.fact}",
    )


def again(scene: Scene) -> bool:
    """The last call once more."""
    if scene.last is None or scene.last[0] not in ("clock", "processes", "list_files", "find_files"):
        return False
    tool, arguments, result = scene.last
    w = scene.w
    text = expand(
        w.random,
        "[again|once more|one more time|do that again|do it again|repeat that|check again|same again|try again|and now]",
    )[0]
    if tool == "clock":
        reply = scene.messages[-1]["content"]
        detail = "date" if reply.startswith("Today") else "both" if reply.count(" ") > 3 else "time"
        detail = (
            "time" if reply.startswith("It is") and reply.count(" ") == 2 else detail if detail == "date" else "both"
        )
        result, answer = requests_other.clock(w, detail)
    elif tool == "processes":
        result, answer = requests_other.outcome(w, tool, {}, "")
    else:
        result = requests_files.result_of(w, tool, arguments)
        answer = requests_files.answer_of(tool, arguments, result)
    scene.ask(Request("say", text, tool, arguments, result, answer))
    return True


def name(scene: Scene) -> bool:
    """Introduce oneself, or ask for one's name later."""
    if scene.person is not None:
        scene.say(talk.name_question(scene.w), f"Your name is {scene.person}.")
        return True
    said, reply, scene.person = talk.introduction(scene.w)
    scene.say(said, reply)
    return True


_TURNS: tuple[Callable[[Scene], bool], ...] = (
    about_file,
    about_file,
    about_number,
    about_agent,
    about_found,
    about_fact,
    again,
)


def refer(scene: Scene) -> bool:
    """A turn about what the last one left, if it left anything."""
    if scene.last is None or scene.last[2].startswith(FAILED):
        return False
    order = list(_TURNS)
    scene.w.random.shuffle(order)
    return any(turn(scene) for turn in order)
