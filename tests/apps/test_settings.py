"""`config set` edits the user's file by lines: comments and what it does not know stay."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from llmasos.apps.settings import edited, write
from llmasos.config import load_config
from llmasos.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", "[model]\nthreads = 4\n"),
        ("# mine\n[limits]\ntokens = 5\n", "# mine\n[limits]\ntokens = 5\n\n[model]\nthreads = 4\n"),
        ("[model]\n# why\nthreads = 1\nname = 'x'\n", "[model]\n# why\nthreads = 4\nname = 'x'\n"),
        ("[model]\nname = 'x'\n[limits]\n", "[model]\nthreads = 4\nname = 'x'\n[limits]\n"),
        ("[limits]\nthreads = 1\n[ model ]\n", "[limits]\nthreads = 1\n[ model ]\nthreads = 4\n"),
    ],
)
def test_only_the_keys_line_changes(text: str, result: str) -> None:
    assert edited(text, "model.threads", "4") == result
    assert tomllib.loads(result)["model"]["threads"] == 4


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("limits.tokens", "none", None),
        ("limits.seconds", "2.5", 2.5),
        ("security.capabilities", "files:read,clock", ("files:read", "clock")),
        ("model.name", 'a "quoted" name', 'a "quoted" name'),
        ("journal.synchronous", "full", "full"),
    ],
)
def test_what_is_set_is_read_back(home: Path, key: str, text: str, value: object) -> None:
    write(key, text)
    assert load_config().get(key) == value


def test_a_list_over_lines_is_left_to_the_person(home: Path) -> None:
    file = home / "llmasos.toml"
    file.write_text('[security]\ncapabilities = [\n  "clock",\n]\n')
    with pytest.raises(ConfigError, match="edit the file"):
        write("security.capabilities", "files")
    assert "clock" in file.read_text()


def test_a_broken_file_is_not_built_upon(home: Path) -> None:
    (home / "llmasos.toml").write_text("[model]\nnaem = 'x'\n")
    with pytest.raises(ConfigError, match=r"model\.naem"):
        write("model.name", "nano")
