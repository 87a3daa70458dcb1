"""`quantize`: another model, whole, with what it came from; or one line and nothing left."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llmasos.boot import embedded_nano
from tests.apps.conftest import Command, is_one_line, on_a_small_disk

pytest.importorskip("gguf")
from llmasos.drivers.gguf_random import RandomShape, write_random


@pytest.fixture
def half(command: Command, tmp_path: Path) -> Command:
    """With a model `half` in f16."""
    write_random(tmp_path / "half.gguf", RandomShape(width=256, ffn=512))
    assert command("import", str(tmp_path / "half.gguf")).code == 0
    return command


def store(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "home" / "models").iterdir())


def test_a_smaller_model_is_made_and_says_what_it_came_from(half: Command, tmp_path: Path) -> None:
    done = half("quantize", "half", "Q4_K_M")
    assert (done.code, done.err) == (0, "")
    assert done.out == ("half f16 2.8 MB (16.01 bits a weight) -> half-q4_k_m 0.9 MB (4.92): llmasos use half-q4_k_m\n")
    shown = json.loads(half("show", "half-q4_k_m", "--json").out)
    content = (tmp_path / "home" / "models" / "half-q4_k_m.gguf").read_bytes()
    assert shown["quantization"] == "q4_k_m" and shown["made_by"].startswith("llama.cpp (llama-cpp-python 0.")
    assert (shown["source"], shown["source_quantization"]) == ("half", "f16")
    assert shown["source_sha256"] == hashlib.sha256((tmp_path / "half.gguf").read_bytes()).hexdigest()
    assert shown["sha256"] == hashlib.sha256(content).hexdigest()
    assert "source quantization  f16\n" in half("show", "half-q4_k_m").out
    assert store(tmp_path) == ["half-q4_k_m.gguf", "half-q4_k_m.json", "half.gguf", "half.json"]
    assert half("use", "half-q4_k_m").code == 0


def test_nano_in_four_bits_still_answers(command: Command) -> None:
    done = command("quantize", "nano", "q4_0")
    assert done.code == 2 and is_one_line(done.err)
    assert "nano is q8_0 already: q4_0 of that adds its losses" in done.err and "--requantize" in done.err
    done = command("quantize", "nano", "q4_0", "--requantize", "--name", "small", "--json")
    assert done.code == 0 and is_one_line(done.err) and "adds its losses" in done.err
    facts = json.loads(done.out)
    assert facts["name"] == "small" and facts["fallbacks"] == {}
    assert facts["bytes"] < facts["source_bytes"] and facts["bits_per_weight"] < 5 < facts["source_bits_per_weight"]
    assert facts["source_sha256"] == hashlib.sha256(embedded_nano().read_bytes()).hexdigest()
    done = command("run", "--model", "small", "what is 17 times 23?")
    assert (done.code, done.out) == (0, "The result is 391.\n")


def test_rows_that_are_no_whole_blocks_are_said(command: Command) -> None:
    done = command("quantize", "nano", "q4_k_m", "--requantize")
    assert done.code == 0
    assert "43 matrices have rows that 256 does not divide, as q4_k_m needs: 38 as q5_0, 5 as q8_0" in done.err


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["haff", "q4_0"], 3, "did you mean half?"),
        (["./half.gguf", "q4_0"], 2, "quantize takes a name"),
        (["half", "q4k"], 2, "did you mean q4_k?"),
        (["half", "iq2_xs"], 2, "importance matrix"),
        (["half", "F16"], 2, "half is f16 already"),
        (["half", "q8_0", "--name", "nano"], 2, "came with the package"),
        (["half", "q8_0", "--name", "half"], 2, "there is a model named half"),
        (["half", "q8_0", "--name", "../x"], 2, "not a model's name"),
        (["half"], 2, "Missing argument 'Q'"),
    ],
)
def test_a_mistake_is_one_line(half: Command, tmp_path: Path, args: list[str], code: int, says: str) -> None:
    done = half("quantize", *args)
    assert (done.code, done.out) == (code, "") and is_one_line(done.err) and says in done.err
    assert store(tmp_path) == ["half.gguf", "half.json"]


def test_a_source_that_is_damaged_never_reaches_native_code(half: Command, tmp_path: Path) -> None:
    path = tmp_path / "home" / "models" / "half.gguf"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    done = half("quantize", "half", "q8_0")
    assert done.code == 1 and is_one_line(done.err) and "SHA-256 differs" in done.err
    path.write_bytes(content[: len(content) // 2])
    done = half("quantize", "half", "q8_0")
    assert done.code == 1 and is_one_line(done.err) and "past the end of the file" in done.err
    assert store(tmp_path) == ["half.gguf", "half.json"]


def test_what_cannot_fit_is_not_begun(half: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    done = half("quantize", "half", "q8_0")
    assert done.code == 1 and is_one_line(done.err) and "1.5 MB are needed, 1.0 MB are free" in done.err
    assert store(tmp_path) == ["half.gguf", "half.json"]


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """`quantize big TYPE` in a process of its own, at its slow work once returned."""
    home = {**os.environ, "LLMASOS_HOME": str(tmp_path / "home"), "LLMASOS_MODEL_THREADS": "1"}
    line = [sys.executable, "-m", "llmasos.apps.cli"]
    write_random(tmp_path / "big.gguf", RandomShape(width=512, ffn=2048, layers=6))
    subprocess.run([*line, "import", str(tmp_path / "big.gguf")], env=home, check=True, capture_output=True, timeout=60)

    def begun(kind: str, *, small_disk: bool = False) -> subprocess.Popen[str]:
        words = [*line, "quantize", "big", kind]
        process = subprocess.Popen(
            on_a_small_disk(words) if small_disk else words,
            env=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while process.poll() is None and not any(name.endswith(".partial") for name in store(tmp_path)):
            time.sleep(0.01)
        return process

    return begun


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGKILL, -9)])
def test_however_it_is_ended_nothing_is_left(start: Start, tmp_path: Path, number: signal.Signals, code: int) -> None:
    process = start("iq3_s")
    assert process.poll() is None
    process.send_signal(number)
    out, complaint = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in complaint
    ends = time.monotonic() + 30
    while store(tmp_path) != ["big.gguf", "big.json"] and time.monotonic() < ends:
        time.sleep(0.05)
    assert store(tmp_path) == ["big.gguf", "big.json"]


def test_a_disk_that_refuses_in_the_middle_leaves_nothing(start: Start, tmp_path: Path) -> None:
    process = start("q8_0", small_disk=True)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1 and is_one_line(complaint) and "is the disk full?" in complaint
    assert store(tmp_path) == ["big.gguf", "big.json"]
