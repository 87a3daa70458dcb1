"""The built-in calls are, to the letter, those the embedded model was trained on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from llmasos.errors import BadArguments
from llmasos.kernel.syscall import SyscallTable
from llmasos.memory.store import open_store
from llmasos.syscalls.calculate import Calculate
from llmasos.syscalls.clock import Clock
from llmasos.syscalls.files import Files
from llmasos.syscalls.memory import Memory
from llmasos.syscalls.process import Processes
from llmasos.syscalls.user import User

LISTED = """
read_file(path: string, max_words?: integer) - Read a text file.
write_file(path: string, content: string) - Write text to a file, replacing what it said.
append_file(path: string, content: string) - Add a line of text to the end of a file.
list_files(path?: string) - List the files in a folder.
find_files(pattern: string) - Find files by name pattern.
stat_file(path: string) - Size and time of change of a file.
remove_file(path: string) - Delete a file.
calculate(expression: string) - Compute an arithmetic expression exactly.
clock() - Current date and time.
remember(text: string) - Remember a fact.
recall(query: string) - Look up remembered facts.
forget(query: string) - Forget a remembered fact.
spawn(request: string) - Start another agent on a request.
processes() - List the running processes.
kill(pid: integer) - Stop a process.
wait(pid: integer) - Wait for a process and get its answer.
ask(question: string) - Ask the user a question.
tell(message: string) - Show the user a message.
"""


@pytest.fixture
def table(tmp_path: Path) -> SyscallTable:
    table = SyscallTable()
    for family in (Files(), Calculate(), Clock(), Memory(open_store(tmp_path)), Processes(), User()):
        table.mount(family)
    return table


def kind(schema: dict[str, Any]) -> str:
    """A parameter's JSON type, the null of an optional one left out."""
    return str(schema["type"] if "type" in schema else schema["anyOf"][0]["type"])


def test_the_table_is_the_one_nano_knows(table: SyscallTable) -> None:
    lines = []
    for call in table:
        required = call.parameters.get("required", [])
        parameters = (
            f"{name}{'' if name in required else '?'}: {kind(schema)}"
            for name, schema in call.parameters["properties"].items()
        )
        lines.append(f"{call.name}({', '.join(parameters)}) - {call.description}")
    assert "\n".join(lines) == LISTED.strip()


def test_what_can_be_undone_or_repeated_is_known_of_each(table: SyscallTable) -> None:
    again = {call.name for call in table if call.registration.idempotent}
    assert again == {
        *("read_file", "write_file", "list_files", "find_files", "stat_file", "calculate", "clock"),
        *("remember", "recall", "processes", "wait"),
    }
    destroys = {call.name for call in table if call.registration.effect == "destroy"}
    assert destroys == {"remove_file", "forget", "kill"}


def test_wrong_arguments_are_refused_before_a_handler_sees_them(table: SyscallTable) -> None:
    for name, arguments in (
        ("read_file", {"path": "a", "max_words": 0}),
        ("read_file", {"path": "a", "max_words": "3"}),
        ("kill", {"pid": "8"}),
        ("write_file", {"path": "a"}),
        ("clock", {"zone": "UTC"}),
    ):
        with pytest.raises(BadArguments):
            table.get(name).validate(arguments)
    assert table.get("read_file").validate({"path": "a", "max_words": None}) == {"path": "a", "max_words": None}


def test_the_clock_tells_the_injected_time_in_english() -> None:
    assert Clock(lambda: datetime(2026, 11, 23, 20, 31)).clock() == "Monday 2026-11-23 20:31"
    assert Clock(lambda: datetime(2026, 3, 1, 0, 5)).clock() == "Sunday 2026-03-01 00:05"
