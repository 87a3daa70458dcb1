"""`llmasos data`: records a second of each command, the most memory of it, and how often a model's labels are right.

Records are 400 characters of made-up words, a tenth of them copies with a word changed: 200,000 for all but
--dedupe near and --apart near, which get 20,000. Labels: 40 reviews, 20 plainly good and 20 plainly bad (reviews.txt),
and 1,000 records for the speed, which is that of reading them: made-up words are many tokens; the reference is a coin.
There is no peer: nothing else here reads the same files to the same end.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LLMASOS = str(Path(sys.executable).parent / "llmasos")
MANY, FEW, LABELLED = 200_000, 20_000, 1_000
CHARS = 400
REVIEWS = Path(__file__).parent / "reviews.txt"


def measure() -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        _write(place / "many.jsonl", MANY)
        _write(place / "few.jsonl", FEW)
        _write(place / "labelled.jsonl", LABELLED)
        commands = {
            "show": (MANY, ["show", "many.jsonl", "--json"]),
            "clean": (MANY, ["clean", "many.jsonl", "a.jsonl", "--dedupe", "none"]),
            "clean_exact": (MANY, ["clean", "many.jsonl", "b.jsonl"]),
            "clean_redact": (
                MANY,
                ["clean", "many.jsonl", "c.jsonl", "--dedupe", "none", "--redact", "emails,phones,keys"],
            ),
            "clean_near": (FEW, ["clean", "few.jsonl", "d.jsonl", "--dedupe", "near"]),
            "split": (MANY, ["split", "many.jsonl", "--out", "s"]),
            "split_apart_near": (FEW, ["split", "few.jsonl", "--apart", "near", "--out", "t"]),
            "label_nano": (LABELLED, ["label", "labelled.jsonl", "e.jsonl", "--labels", "good,bad"]),
        }
        rows = {name: _timed(place, num, words) for name, (num, words) in commands.items()}
        return {"rows": rows, "labels_of_nano": _accuracy(place)}


def _write(file: Path, num: int) -> None:
    chance = random.Random(num)
    words = ["".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(2 + i % 9)) for i in range(5000)]
    text: list[str] = []
    with file.open("w") as out:
        for i in range(num):
            if i % 10 or not text:
                text = []
                while sum(map(len, text)) + len(text) < CHARS:
                    text.append(chance.choice(words))
            else:
                text = [*text[:-1], "changed"]
            out.write(json.dumps({"text": " ".join(text), "number": i}) + "\n")


def _timed(place: Path, num: int, words: list[str]) -> dict[str, float]:
    """One run, from a cold interpreter."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [LLMASOS, "data", *words],
        cwd=place,
        env={**os.environ, "LLMASOS_HOME": str(place / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise RuntimeError(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return {
        "records": num,
        "seconds": round(seconds, 2),
        "records_per_s": round(num / seconds),
        "peak_mb": round(used.ru_maxrss / 1024),
    }


def _accuracy(place: Path) -> dict[str, float]:
    lines = [line.split("\t") for line in REVIEWS.read_text().splitlines()]
    data = "".join(json.dumps({"text": text, "truth": truth}) + "\n" for truth, text in lines)
    (place / "reviews.jsonl").write_text(data)
    _timed(place, len(lines), ["label", "reviews.jsonl", "reviewed.jsonl", "--labels", "positive,negative"])
    found = [json.loads(line) for line in (place / "reviewed.jsonl").read_text().splitlines()]
    right = sum(row["label"] == row["truth"] for row in found)
    return {"reviews": len(found), "right": right, "said_negative": sum(row["label"] == "negative" for row in found)}
