"""The examples of README.md and docs/ are true: each runs as it stands, and prints what it says it prints.

- ```console blocks: `$ ` lines run in bash, one folder and one state directory a document; `...` matches anything.
- ```python blocks run as a file, of the name that their first line may have (`# shop.py`); a ```text block right behind
  one is what it prints.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    line: int
    kind: str
    body: str
    expected: str | None


def examples(text: str) -> Iterator[Example]:
    """A document's commands and programs, in order."""
    blocks = list(_BLOCK.finditer(text))
    for block, after in itertools.zip_longest(blocks, blocks[1:]):
        line = text[: block.start()].count("\n") + 1
        if block[1] == "console":
            for part in re.split(r"^\$ ", block[2], flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield Example(line, "console", command, output)
        elif block[1] == "python":
            follows = after is not None and after[1] == "text" and not text[block.end() : after.start()].strip()
            yield Example(line, "python", block[2], after[2] if after is not None and follows else None)


def run(example: Example, folder: Path, environment: dict[str, str]) -> str:
    if example.kind == "console":
        command = ["bash", "-c", example.body]
    else:
        named = re.match(r"# (\w+\.py)\n", example.body)
        name = named[1] if named else "example.py"
        (folder / name).write_text(example.body)
        command = [sys.executable, name]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
    ).stdout


def matches(expected: str, output: str) -> bool:
    pattern = re.escape(expected.rstrip("\n")).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, output.rstrip("\n"), re.DOTALL) is not None


@pytest.mark.timeout(600)
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_examples_are_true(document: Path, tmp_path: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    path = f"{Path(sys.executable).parent}:{clean['PATH']}"
    environment = {**clean, "LLMASOS_HOME": str(tmp_path / "home"), "PATH": path}
    folder = tmp_path / "work"
    folder.mkdir()
    wrong = []
    for example in examples(document.read_text("utf-8")):
        output = run(example, folder, environment)
        if example.expected is not None and not matches(example.expected, output):
            wrong.append(f"{document.name}:{example.line}: {example.body}\nexpected {example.expected}\ngot {output}")
    assert not wrong, "\n".join(wrong)


def test_the_examples_are_found() -> None:
    assert sum(1 for document in DOCUMENTS for _ in examples(document.read_text("utf-8"))) >= 20


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_promises_are_held_by_tests_that_exist() -> None:
    """`tests/room/test_file.py::test_name`, each with its function."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "promises.md").read_text("utf-8"))
    assert len(named) > 40
    for file, name in named:
        assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), f"{file}::{name}"
