"""strace, replay, diff, checkpoint, restore, branch: a process's past, on the real model."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
QUESTION = "what is 17 times 23?"


@pytest.fixture
def llmasos(tmp_path: Path) -> Run:
    def run(*words: str, home: str = "home") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LLMASOS_HOME": str(tmp_path / home)}
        command = [sys.executable, "-c", "from llmasos.apps.cli import main; main()", *words]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, timeout=60
        )

    return run


def test_a_process_is_looked_at_branched_and_compared(llmasos: Run) -> None:
    assert llmasos("run", QUESTION).stdout == "The result is 391.\n"
    assert 'calculate(expression="17*23") = 391 <0.0' in llmasos("strace", "2").stdout
    lines = [line.split(maxsplit=1)[1] for line in llmasos("replay", "2").stdout.splitlines()]
    assert lines == [
        f"user: {QUESTION}",
        'assistant: calculate(expression="17*23")',
        "tool: 391",
        "assistant: The result is 391.",
        "exit 0",
    ]
    seq = llmasos("replay", "2").stdout.splitlines()[1].split()[0]
    assert llmasos("replay", "2", "--to", seq).stdout.splitlines()[-1].endswith('calculate(expression="17*23")')
    assert llmasos("branch", "2", "--at", seq).stdout == "The result is 391.\n", "it goes on from the middle"
    same = llmasos("diff", "2", "3")
    assert (same.returncode, same.stdout) == (0, "")
    assert llmasos("branch", "2", "--say", "what is 6 times 7?").stdout == "The result is 42.\n"
    differ = llmasos("diff", "2", "4")
    assert differ.returncode == 1 and "+user: what is 6 times 7?" in differ.stdout


def test_replay_makes_again_what_was_said_from_the_tokens_and_no_model(llmasos: Run, tmp_path: Path) -> None:
    llmasos("run", QUESTION)
    (tmp_path / "llmasos.toml").write_text('[model]\nname = "gone"\n')  # and no file of it anywhere
    raw = llmasos("replay", "2", "--raw").stdout
    call = '<tool_call>\n{"name": "calculate", "arguments": {"expression": "17*23"}}\n</tool_call><|im_end|>'
    assert f"<|im_start|>assistant\n{call}\n<|im_start|>tool\n391<|im_end|>" in raw
    assert raw.endswith("<|im_start|>assistant\nThe result is 391.<|im_end|>")
    seqs = [seq for seq, kind, _ in journaled(tmp_path) if kind == "tokens"]
    cut = llmasos("replay", "2", "--to", str(seqs[0])).stdout.splitlines()
    assert cut[-1].startswith("       assistant: <tool_call>")
    assert cut[-1].endswith("tokens of a message that was not finished)")
    seq, body = next((seq, body) for seq, kind, body in journaled(tmp_path) if kind == "message" and "391" in body)
    change(tmp_path, seq, body.replace("391", "392"))
    assert llmasos("replay", "2").returncode == 0, "the tool's message has no tokens of the model's"
    seq, body = [(seq, body) for seq, kind, body in journaled(tmp_path) if kind == "message"][-1]
    change(tmp_path, seq, body.replace("391", "17"))
    differs = llmasos("replay", "2")
    assert differs.returncode == 1
    assert differs.stderr.endswith(f"record {seq}: its tokens say 'The result is 391.', and not what it says\n")


def test_replay_says_when_nothing_can_read_the_tokens(llmasos: Run, tmp_path: Path) -> None:
    llmasos("run", QUESTION)
    (file,) = (tmp_path / "home" / "vocabularies").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    done = llmasos("replay", "2")
    assert done.returncode == 0 and "assistant: The result is 391." in done.stdout
    assert "tokens could not be compared: their vocabulary is not on record" in done.stderr
    done = llmasos("replay", "2", "--raw")
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.endswith(".json.gz: damaged\n")


def journaled(tmp_path: Path) -> list[tuple[int, str, str]]:
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "journal.db")) as db:
        return db.execute("SELECT seq, kind, body FROM record WHERE pid = 2 ORDER BY seq").fetchall()


def change(tmp_path: Path, seq: int, body: str) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "journal.db", isolation_level=None)) as db:
        db.execute("UPDATE record SET body = ? WHERE seq = ?", (body, seq))


def test_a_checkpoint_is_restored_on_another_machine(llmasos: Run, tmp_path: Path) -> None:
    llmasos("run", QUESTION)
    assert "records in seven.json" in llmasos("checkpoint", "2", "seven.json").stdout
    restored = llmasos("restore", "seven.json", home="elsewhere")
    assert (restored.stdout, restored.returncode) == ("The result is 391.\n", 0)
    assert "assistant: The result is 391." in llmasos("replay", "2", home="elsewhere").stdout


def test_a_checkpoint_of_another_model_is_refused(llmasos: Run, tmp_path: Path) -> None:
    llmasos("run", QUESTION)
    llmasos("checkpoint", "2", "seven.json")
    document = json.loads((tmp_path / "seven.json").read_text())
    first = next(i for i, r in enumerate(document["records"]) if r["kind"] == "tokens")
    document["records"] = document["records"][: first + 1]
    document["records"][-1]["body"]["tokens"] = [10**9]
    (tmp_path / "seven.json").write_text(json.dumps(document))
    done = llmasos("restore", "seven.json")
    assert done.returncode == 1 and "has tokens that nano does not have" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["strace", "9"], 3, "no process 9"),
        (["replay", "9"], 3, "no process 9"),
        (["diff", "9", "8"], 3, "no process 9"),
        (["checkpoint", "9", "x.json"], 3, "no process 9"),
        (["branch", "9"], 3, "no process 9"),
        (["restore", "none.json"], 2, "none.json: No such file or directory"),
        (["restore", "bad.json"], 2, "bad.json: no checkpoint of llmasos"),
        (["restore", "new.json"], 2, "new.json: a checkpoint of format 7, this llmasos reads 1"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    llmasos: Run, tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    (tmp_path / "bad.json").write_text("[1]")
    (tmp_path / "new.json").write_text('{"llmasos_checkpoint": 7}')
    done = llmasos(*words)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1) and says in done.stderr
