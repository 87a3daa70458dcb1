"""`llmasos data` as a person meets it: files in, files out, counts, one line for a mistake."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmasos.apps.cli import execute
from llmasos.apps.commands import parses

Data = Callable[..., tuple[int, str, str]]
REVIEWS = "".join(
    json.dumps({"text": f"Review {i}: {'good' if i % 2 else 'bad'} {i * i}", "user": f"u{i % 7}"}) + "\n"
    for i in range(100)
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Data:
    for name in [name for name in os.environ if name.startswith("LLMASOS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LLMASOS_MODEL_DRIVER", "sim")
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str, str]:
        code = execute(["data", *args])
        sys.stdout.flush()
        return (code, *capfd.readouterr())

    return run


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_show_says_what_is_there_and_what_is_wrong(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "one"}\n{"text": "one"}\n{"text": ""}\nnope\n{"text": "four", "n": 4}\n'
    )
    code, output, complaint = data("show", "a.jsonl", "-n", "1", "--model", "nano")
    assert (code, complaint) == (0, "")
    assert output.startswith("a.jsonl: 4 records (4 text), 1 that are none\n")
    assert "a.jsonl:2: the same text as line 1" in output and "a.jsonl:4: the JSON cannot be read" in output
    assert output.endswith("\na.jsonl:1\n  one\n")
    facts = json.loads(data("show", "a.jsonl", "--json", "--model", "nano")[1])
    assert (facts["records"], facts["bad"], facts["duplicates"], facts["empty"]) == (4, 1, 1, 1)
    assert facts["faults"] == {"duplicate": 1, "empty": 1, "not_json": 1}
    assert facts["chars"]["max"] == facts["tokens"]["max"] == 4  # the sim's tokens are bytes
    assert facts["fields"]["n"] == {"count": 1, "types": {"number": 1}}


def test_tokens_are_the_models_own(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMASOS_MODEL_DRIVER", "llama_cpp")
    chat = [{"role": "user", "content": "what time is it?"}, {"role": "assistant", "content": "It is late."}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"messages": chat}) + "\n")
    facts = json.loads(data("show", "a.jsonl", "--json", "--model", "nano")[1])
    assert 8 < facts["tokens"]["max"] < facts["chars"]["max"] + 20
    code, _, complaint = data("show", "a.jsonl", "--model", "nanu")
    assert code == 3 and "did you mean nano?" in complaint


def test_clean_counts_on_stderr_and_reports_line_by_line(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "I am a@b.org"}\n\n{"text": "i am  a@b.org"}\nnope\n{"text": "x", "n": 1.0}'
    )
    code, output, complaint = data("clean", "a.jsonl", "b.jsonl", "--redact", "emails", "--report", "why.jsonl")
    assert (code, output) == (0, "")
    assert complaint.splitlines() == [
        "read 4 records, wrote 2",
        "dropped 2: 1 duplicate, 1 not_json",
        "changed 1: 1 emails",
    ]
    assert (tmp_path / "b.jsonl").read_text() == '{"text": "I am [EMAIL]"}\n{"text": "x", "n": 1.0}\n'
    assert [(line["line"], line["action"], line["reason"]) for line in rows(tmp_path / "why.jsonl")] == [
        (1, "changed", "emails"),
        (3, "dropped", "duplicate"),
        (4, "dropped", "not_json"),
    ]
    code, output, complaint = data("clean", "a.jsonl", "b.jsonl", "--force", "--json")
    assert json.loads(output)["dropped"] == {"duplicate": 1, "not_json": 1} and complaint == ""


def test_formats_turn_into_json_lines_and_not_into_what_cannot_hold_them(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,label\n"one\ntwo",a\nthree,b\n')
    assert data("clean", "a.csv", "b.jsonl.gz")[0] == 0
    assert data("clean", "b.jsonl.gz", "c.csv")[0] == 0
    assert (tmp_path / "c.csv").read_text() == (tmp_path / "a.csv").read_text()
    code, _, complaint = data("clean", "a.csv", "d.txt")
    assert code == 1 and "holds texts alone" in complaint
    assert not (tmp_path / "d.txt").exists()
    (tmp_path / "e.txt").write_text("one\n\ntwo\nthree\n")
    assert data("clean", "e.txt", "f.txt", "--drop-empty")[2].startswith("read 4 records, wrote 3\n")
    assert data("clean", "e.txt", "g.jsonl", "--per", "paragraph")[0] == 0
    assert rows(tmp_path / "g.jsonl") == [{"text": "one"}, {"text": "two\nthree"}]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ([], 2, "show, clean, split or label"),
        (["shwo"], 2, "shwo"),
        (["show", "none.jsonl"], 3, "none.jsonl: No such file"),
        (["show", "a.xml"], 2, ".jsonl, .ndjson, .csv or .txt"),
        (["show", "."], 2, ".jsonl, .ndjson, .csv or .txt"),
        (["clean", "a.jsonl", "a.jsonl"], 2, "--force writes over it"),
        (["clean", "a.jsonl", "b.jsonl", "--dedupe", "fuzzy"], 2, "not 'fuzzy'"),
        (["clean", "a.jsonl", "b.jsonl", "--redact", "names"], 2, "not 'names'"),
        (["clean", "a.jsonl", "b.jsonl", "--report", "b.jsonl"], 2, "the data's own file"),
        (["clean", "a.jsonl", "-", "--json"], 2, "share standard output"),
        (["clean", "a.jsonl", "nowhere/b.jsonl"], 2, "No such file or directory"),
        (["split", "a.jsonl", "--train", "0.8"], 2, "make 1 together"),
        (["split", "a.jsonl", "--apart", "far"], 2, "takes near, not 'far'"),
        (["split", "a.jsonl", "--by", "author"], 1, "a.jsonl:1: the record has no field 'author'"),
        (["split", "-"], 2, "--out DIR"),
        (["label", "a.jsonl", "b.jsonl", "--labels", "one"], 2, "two or more"),
        (["label", "a.jsonl", "b.csv", "--labels", "a,b"], 2, "written to a .jsonl"),
        (["label", "a.jsonl", "b.jsonl", "--labels", "a,b", "--into", "user"], 1, "a field 'user' already"),
        (["label", "a.jsonl", "b.jsonl", "--labels", "a,b", "--prompt", "{txt}?"], 2, "no such field"),
        (["label", "none.jsonl", "b.jsonl", "--labels", "a,b"], 3, "none.jsonl: No such file"),
        (["label", "a.jsonl", "a.jsonl", "--labels", "a,b"], 2, "a.jsonl is what is read"),
        (["label", "a.jsonl", "a.jsonl", "--labels", "a,b", "--force"], 2, "a.jsonl is what is read"),
        (["label", "a.jsonl", "./a.jsonl", "--labels", "a,b", "--resume"], 2, "a.jsonl is what is read"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    data: Data, tmp_path: Path, args: list[str], code: int, says: str
) -> None:
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    ended, output, complaint = data(*args)
    assert (ended, output) == (code, "")
    assert complaint.startswith("llmasos: ") and complaint.count("\n") == 1 and says in complaint
    assert (tmp_path / "a.jsonl").read_text() == REVIEWS
    assert {path.name for path in tmp_path.iterdir()} <= {"a.jsonl", "home"}


def test_what_a_kill_left_is_no_hindrance_and_goes(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    left = [tmp_path / f".b.jsonl.{word}.tmp" for word in (os.getpid(), "0a1b2c3d", "5", "notes", "7")]
    for path in left:
        path.touch()
        os.utime(path, (0, 0))
    os.utime(left[4])
    with left[2].open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert data("clean", "a.jsonl", "b.jsonl")[0] == 0
    assert [path.exists() for path in left] == [False, False, True, True, True]


def test_split_writes_all_parts_or_none(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    code, output, complaint = data("split", "a.jsonl", "--seed", "3")
    assert (code, output) == (0, "") and complaint.count("records") == 3
    parts = {name: (tmp_path / f"a.{name}.jsonl").read_text() for name in ("train", "valid", "test")}
    assert sorted("".join(parts.values()).splitlines()) == sorted(REVIEWS.splitlines())
    code, _, complaint = data("split", "a.jsonl", "--seed", "3")
    assert code == 2 and "a.train.jsonl is there already" in complaint
    assert data("split", "a.jsonl", "--seed", "3", "--force")[0] == 0
    assert (tmp_path / "a.test.jsonl").read_text() == parts["test"]
    told = json.loads(
        data("split", "a.jsonl", "--by", "user", "--train", "0.5", "--test", "0.5", "--out", "d", "--json")[1]
    )
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["a.test.jsonl", "a.train.jsonl"]
    assert sum(part["records"] for part in told["parts"].values()) == 100
    (tmp_path / "bad.jsonl").write_text(REVIEWS + "nope\n")
    assert data("split", "bad.jsonl")[0] == 1
    assert not list(tmp_path.glob("*bad.t*"))


def test_a_stream_larger_than_its_memory_goes_through(tmp_path: Path) -> None:
    """90 MB through a process whose memory grows by less than half of that."""
    code = (
        "import sys, resource\nfrom llmasos.apps.cli import execute\n"
        "execute(['data', 'clean', '/dev/null', '-', '--format', 'jsonl'])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "ended = execute(['data', 'clean', '-', '-', '--redact', 'emails'])\n"
        "print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, file=sys.stderr)\n"
    )
    environment = {**os.environ, "LLMASOS_HOME": str(tmp_path / "home")}
    with (tmp_path / "out").open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, env=environment
        )
        assert child.stdin is not None and child.stderr is not None
        for i in range(15_000):
            child.stdin.write(b'{"text": "%d %s"}\n' % (i, b"lorem ipsum " * 500))
        child.stdin.close()
        told = child.stderr.read().decode()
        child.stderr.close()
        assert child.wait(60) == 0
    ended, grown_kb = told.splitlines()[-1].split()
    assert ended == "0" and "read 15000 records, wrote 15000" in told
    assert int(grown_kb) < 40_000
    assert (tmp_path / "out").stat().st_size > 90_000_000


# -- label ------------------------------------------------------------------------------------------------------------


def test_every_label_is_one_of_them_with_its_confidence(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    code, output, complaint = data("label", "a.jsonl", "b.jsonl", "--labels", "good,bad,so so", "--json")
    assert (code, complaint) == (0, "")
    found = rows(tmp_path / "b.jsonl")
    assert [row["text"] for row in found] == [row["text"] for row in rows(tmp_path / "a.jsonl")]
    assert {row["label"] for row in found} <= {"good", "bad", "so so"}
    assert all(0.0 < row["label_confidence"] <= 1.0 and row["label_logprob"] < 0.0 for row in found)
    told = json.loads(output)
    assert told["labelled"] == sum(told["labels"].values()) == 100
    again = data("label", "a.jsonl", "b.jsonl", "--labels", "good,bad,so so", "--resume")
    assert again == (0, "", "labelled 0 records, 100 were there\n")
    code, _, complaint = data("label", "a.jsonl", "b.jsonl", "--labels", "good,bad", "--resume")
    assert code == 1 and "record 1 is of other data, labels, prompt or model" in complaint


def test_killed_at_any_moment_it_goes_on_where_it_was(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    words = ["data", "label", "a.jsonl", "b.jsonl", "--labels", "good,bad"]
    assert data(*words[1:3], "whole.jsonl", *words[4:])[0] == 0
    out = tmp_path / "b.jsonl"
    for num_lines in (1, 30):
        child = subprocess.Popen([sys.executable, "-m", "llmasos.apps.cli", *words, "--resume"], cwd=tmp_path)
        while not out.exists() or out.read_bytes().count(b"\n") < num_lines:
            assert child.poll() is None
            time.sleep(0.001)
        child.send_signal(signal.SIGKILL)
        child.wait()
    with out.open("ab") as torn:
        torn.write(b'{"text": "Rev')
    code, _, complaint = data(*words[1:], "--resume")
    assert code == 0 and "were there" in complaint
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["none.jsonl", "b.jsonl", "--force"], 3),
        (["a.jsonl", "b.jsonl", "--force", "--into", "user"], 1),
        (["a.jsonl", "b.jsonl", "--force", "--prompt", "{txt}?"], 2),
        (["a.jsonl", "link.jsonl", "--force"], 2),
        (["a.jsonl", "hard.jsonl", "--force"], 2),
        (["a.jsonl", "b.jsonl", "--resume"], 1),
    ],
)
def test_a_file_keeps_what_it_has_until_the_first_record_is_labelled(
    data: Data, tmp_path: Path, args: list[str], code: int
) -> None:
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    (tmp_path / "link.jsonl").symlink_to("a.jsonl")
    (tmp_path / "hard.jsonl").hardlink_to(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").write_text('{"precious": 1}\n{"the last": "without a line break"}')
    before = (tmp_path / "b.jsonl").read_text()
    assert data("label", *args, "--labels", "good,bad")[0] == code
    assert ((tmp_path / "a.jsonl").read_text(), (tmp_path / "b.jsonl").read_text()) == (REVIEWS, before)


def test_a_model_that_is_not_there_costs_no_file(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMASOS_MODEL_DRIVER", "llama_cpp")
    (tmp_path / "a.jsonl").write_text(REVIEWS)
    assert data("label", "a.jsonl", "b.jsonl", "--labels", "good,bad", "--model", "nanu")[0] == 3
    assert not (tmp_path / "b.jsonl").exists()


def test_an_array_is_told_what_makes_lines_of_it(data: Data, tmp_path: Path) -> None:
    for text in ('[{"text": "one"}]\n', '[\n  {"text": "one"}\n]\n'):
        (tmp_path / "a.jsonl").write_text(text)
        code, _, complaint = data("clean", "a.jsonl", "b.jsonl", "--force")
        assert "jq -c" in data("show", "a.jsonl")[1], (code, complaint)
        assert "jq -c" in data("split", "a.jsonl")[2]


def test_a_record_too_long_for_the_window_has_a_reason_and_no_label(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "x" * 5000}) + '\n{"text": "short"}\n')
    code, _, complaint = data("label", "a.jsonl", "b.jsonl", "--labels", "good,bad")
    long, short = rows(tmp_path / "b.jsonl")
    assert code == 1 and "1 records have no label" in complaint
    assert long["label"] is None and "window" in long["label_error"]
    assert short["label"] in ("good", "bad") and "label_error" not in short


def test_a_bad_record_ends_it_behind_all_before_it(data: Data, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n{"text": "two"}\nnope\n')
    code, _, complaint = data("label", "a.jsonl", "b.jsonl", "--labels", "good,bad")
    assert code == 1 and complaint.startswith("llmasos: a.jsonl:3: ")
    assert len(rows(tmp_path / "b.jsonl")) == 2


def test_nano_says_labels_and_nothing_else(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMASOS_MODEL_DRIVER", "llama_cpp")
    (tmp_path / "a.txt").write_text("I love it\nIt is broken\n")
    code, _, complaint = data("label", "a.txt", "b.jsonl", "--labels", "positive,negative")
    assert code == 0, complaint
    assert {row["label"] for row in rows(tmp_path / "b.jsonl")} <= {"positive", "negative"}


def test_in_the_shell_a_sentence_about_data_is_a_request() -> None:
    assert parses(["data", "show", "a.jsonl"])
    assert not parses(["data", "is", "what", "I", "need"])
    assert not parses(["data", "show", "me", "the", "files"])
