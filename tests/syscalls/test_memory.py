"""remember, recall, forget as a model meets them, over the real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmasos.errors import SyscallError
from llmasos.memory.store import open_store
from llmasos.syscalls.memory import Memory


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    store = open_store(tmp_path / "memory")
    yield Memory(store)
    store.close()


def test_a_fact_is_remembered_recalled_and_forgotten(memory: Memory) -> None:
    assert memory.recall("when is the launch?") == "(nothing)"
    assert memory.remember("the launch is on friday") == "remembered"
    assert memory.remember("the launch is on friday") == "remembered"
    assert memory.remember("the wifi password is tulip42") == "remembered"
    assert memory.recall("when is the launch?") == "the launch is on friday"
    assert memory.forget("the launch") == "forgot: the launch is on friday"
    assert memory.forget("the launch") == "(nothing)"
    assert memory.recall("when is the launch?") == "(nothing)"
    assert memory.recall("wifi") == "the wifi password is tulip42"


def test_up_to_three_facts_come_best_first(memory: Memory) -> None:
    for n, what in enumerate(["red car", "blue car", "green car", "old car garage", "bicycle"]):
        memory.remember(f"the {what} is on level {n}")
    lines = memory.recall("where is the green car").splitlines()
    assert lines[0] == "the green car is on level 2"
    assert len(lines) <= 3 and all("car" in line for line in lines)


def test_what_is_not_about_the_question_is_not_told(memory: Memory) -> None:
    memory.remember("the launch is on friday")
    assert memory.recall("what is the capital of France?") == "(nothing)"
    assert memory.recall("?") == "(nothing)"


def test_a_fact_is_one_line(memory: Memory) -> None:
    memory.remember(" the code\nis 1234\n")
    assert memory.recall("code") == "the code is 1234"


@pytest.mark.parametrize(
    ("text", "code"), [("", "EINVAL"), (" \n", "EINVAL"), ("x" * 5000, "EFBIG"), ("\ud800", "EINVAL")]
)
def test_what_is_no_fact_is_refused(memory: Memory, text: str, code: str) -> None:
    for verb in (memory.remember, memory.recall, memory.forget):
        with pytest.raises(SyscallError) as caught:
            verb(text)
        assert caught.value.code == code


def test_a_store_that_fails_is_an_error_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SyscallError, match="memory is unavailable"):
        Memory(open_store(tmp_path / "file" / "memory")).remember("x")
