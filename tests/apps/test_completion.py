"""What Tab offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from llmasos.apps.completion import ShellCompleter


@pytest.fixture
def offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShellCompleter:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").touch()
    return ShellCompleter(
        ["models", "kill", "jobs"], pids=lambda: ["7", "12"], models=lambda: ["nano", "qwen"], apps=lambda: ["shop"]
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("mod", ["models"]),
        ("", ["jobs", "kill", "models", "shop"]),
        ("sh", ["shop"]),
        ("run s", ["shop"]),
        ("run shop no", ["notes.txt"]),
        ("remove ", ["shop"]),
        ("kill 1", ["12"]),
        ("kill -S", ["-STOP"]),
        ("show q", ["qwen"]),
        ("export q", ["qwen"]),
        ("export qwen no", ["notes.txt"]),
        ("read no", ["notes.txt"]),
        ("read do", ["docs/"]),
        ("read docs/", ["docs/a.md"]),
        ("read /nowhere/x", []),
        ("what is ", []),
    ],
)
def test_tab(offers: ShellCompleter, typed: str, offered: list[str]) -> None:
    found = offers.get_completions(Document(typed), CompleteEvent())
    assert [completion.text for completion in found] == offered
