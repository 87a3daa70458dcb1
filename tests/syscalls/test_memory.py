"""remember, recall, forget as a model meets them, over the real store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from llmasos.errors import SyscallError
from llmasos.kernel.kernel import Kernel
from llmasos.kernel.process import Process
from llmasos.kernel.syscall import Caller
from llmasos.memory.store import open_store
from llmasos.syscalls.memory import Memory


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    store = open_store(tmp_path / "memory")
    yield Memory(store)
    store.close()


def recall(memory: Memory, query: str, archived: Sequence[str] = ()) -> str:
    """As an agent calls it whose archive has this to say."""
    said = memory.recall(caller(archived), query)
    assert isinstance(said, str)
    return said


def forget(memory: Memory, query: str) -> str:
    said = memory.forget(caller(), query)
    assert isinstance(said, str)
    return said


def caller(archived: Sequence[str] = ()) -> Caller:
    pages = [SimpleNamespace(text=text, page=SimpleNamespace(untrusted={})) for text in archived]
    paging = SimpleNamespace(archived=lambda query, limit: pages, forget=lambda query, fact: None)
    task = SimpleNamespace(paging=paging if archived else None)
    kernel = SimpleNamespace(task=lambda pid: task)
    return Caller(cast(Process, SimpleNamespace(pid=1)), cast(Kernel, kernel))


def test_a_fact_is_remembered_recalled_and_forgotten(memory: Memory) -> None:
    assert recall(memory, "when is the launch?") == "(nothing)"
    assert memory.remember("the launch is on friday") == "remembered"
    assert memory.remember("the launch is on friday") == "remembered"
    assert memory.remember("the wifi password is tulip42") == "remembered"
    assert recall(memory, "when is the launch?") == "the launch is on friday"
    assert forget(memory, "the launch") == "forgot: the launch is on friday"
    assert forget(memory, "the launch") == "(nothing)"
    assert recall(memory, "when is the launch?") == "(nothing)"
    assert recall(memory, "wifi") == "the wifi password is tulip42"


def test_up_to_three_facts_come_best_first(memory: Memory) -> None:
    for n, what in enumerate(["red car", "blue car", "green car", "old car garage", "bicycle"]):
        memory.remember(f"the {what} is on level {n}")
    lines = recall(memory, "where is the green car").splitlines()
    assert lines[0] == "the green car is on level 2"
    assert len(lines) <= 3 and all("car" in line for line in lines)


def test_what_left_the_window_is_recalled_behind_the_facts(memory: Memory) -> None:
    memory.remember("the launch is on friday")
    assert recall(memory, "launch", ["we spoke of the launch"]) == "the launch is on friday\nwe spoke of the launch"


def test_what_is_not_about_the_question_is_not_told(memory: Memory) -> None:
    memory.remember("the launch is on friday")
    assert recall(memory, "what is the capital of France?") == "(nothing)"
    assert recall(memory, "?") == "(nothing)"


def test_a_fact_is_one_line(memory: Memory) -> None:
    memory.remember(" the code\nis 1234\n")
    assert recall(memory, "code") == "the code is 1234"


@pytest.mark.parametrize(
    ("text", "code"), [("", "EINVAL"), (" \n", "EINVAL"), ("x" * 5000, "EFBIG"), ("\ud800", "EINVAL")]
)
def test_what_is_no_fact_is_refused(memory: Memory, text: str, code: str) -> None:
    for verb in (memory.remember, lambda query: recall(memory, query), lambda query: forget(memory, query)):
        with pytest.raises(SyscallError) as caught:
            verb(text)
        assert caught.value.code == code


def test_a_store_that_fails_is_an_error_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SyscallError, match="memory is unavailable"):
        Memory(open_store(tmp_path / "file" / "memory")).remember("x")
