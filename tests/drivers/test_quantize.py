"""What llama.cpp's quantiser makes can be loaded and generates; what it cannot make is one line."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from llmasos.drivers import gguf, llama_lanes
from llmasos.drivers.driver import Row
from llmasos.drivers.quantize import (
    KINDS,
    NEEDS_MATRIX,
    base_type,
    bits_per_weight,
    fell_back,
    kind_of,
    quantize,
    quantized_types,
    smallest_bytes,
)
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.errors import DriverBroken, DriverError, StorageError, UsageError

writer = pytest.importorskip("gguf")
from llmasos.drivers.gguf_random import RandomShape, write_random  # noqa: E402 - it needs gguf


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of 256: every type has whole blocks."""
    path = tmp_path_factory.mktemp("wide") / "wide.gguf"
    write_random(path, RandomShape(width=256, ffn=512))
    return path


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("narrow") / "narrow.gguf"
    write_random(path)
    return path


def tokens_of(path: Path, num: int = 8) -> list[int]:
    driver = llama_lanes.load(path, num_sequences=1)
    try:
        sequence = driver.open()
        given = driver.tokenizer.encode("the thing")
        sampler = TokenSampler(Sampling())
        said = []
        for _ in range(num):
            [sample] = driver.step([Row(sequence, given, sampler)])
            assert sample is not None
            said.append(sample.token)
            given = [sample.token]
        return said
    finally:
        driver.shutdown()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made_and_generates(wide: Path, tmp_path: Path, kind: str) -> None:
    target, seen = tmp_path / "out.gguf", list[tuple[int, int]]()
    quantize(wide, target, kind, threads=1, requantize=False, progress=lambda *counts: seen.append(counts))
    before, after = gguf.check(wide), gguf.check(target)
    assert after.quantization == kind
    assert after.num_parameters == before.num_parameters
    assert fell_back(after, kind) == {}
    assert base_type(kind) in {tensor.type_name for tensor in after.tensors}
    assert smallest_bytes(before, kind) <= sum(tensor.num_bytes for tensor in after.tensors)
    assert seen == [(done, len(after.tensors)) for done in range(len(after.tensors))]
    assert len(tokens_of(target)) == 8


def test_eight_bits_say_what_sixteen_do(wide: Path, tmp_path: Path) -> None:
    quantize(wide, tmp_path / "q8.gguf", "q8_0", threads=2, requantize=False)
    assert tokens_of(tmp_path / "q8.gguf") == tokens_of(wide)
    assert 8.5 <= bits_per_weight(gguf.check(tmp_path / "q8.gguf")) < 8.6


def test_rows_that_are_no_whole_blocks_are_counted(narrow: Path, tmp_path: Path) -> None:
    quantize(narrow, tmp_path / "k.gguf", "q4_k_m", threads=1, requantize=False)
    made = gguf.check(tmp_path / "k.gguf")
    assert fell_back(made, "q4_k_m") == {"q5_0": 12, "q8_0": 3}
    assert fell_back(made, "q4_0") == {}
    assert quantized_types(made) == ["q5_0", "q8_0"] and quantized_types(gguf.check(narrow)) == []


def test_what_is_quantised_is_quantised_again_only_when_told(narrow: Path, tmp_path: Path) -> None:
    quantize(narrow, tmp_path / "q8.gguf", "q8_0", threads=1, requantize=False)
    with pytest.raises(DriverError, match="requantizing from type q8_0 is disabled"):
        quantize(tmp_path / "q8.gguf", tmp_path / "q4.gguf", "q4_0", threads=1, requantize=False)
    quantize(tmp_path / "q8.gguf", tmp_path / "q4.gguf", "q4_0", threads=1, requantize=True)
    assert gguf.check(tmp_path / "q4.gguf").quantization == "q4_0"


@pytest.mark.parametrize(
    ("word", "kind"), [("Q4_K_M", "q4_k_m"), ("q4_k", "q4_k_m"), ("Q5_K", "q5_k_m"), ("BF16", "bf16"), ("F16", "f16")]
)
def test_a_kind_is_found_by_llama_cpp_s_names(word: str, kind: str) -> None:
    assert kind_of(word) == kind


@pytest.mark.parametrize(
    ("word", "says"),
    [("q4k", "did you mean q4_k?"), ("zebra", "unknown type 'zebra'; There are: f32"), ("", "unknown type ''")],
)
def test_an_unknown_kind_names_the_nearest(word: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        kind_of(word)
    assert says in str(error.value)


@pytest.mark.parametrize("kind", sorted(NEEDS_MATRIX))
def test_kinds_that_need_an_importance_matrix_are_refused_by_name(kind: str) -> None:
    with pytest.raises(UsageError, match=f"{kind} needs an importance matrix"):
        kind_of(kind)


def test_a_file_that_only_looks_like_a_model_is_one_line(tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "gizmo.gguf"
    made = writer.GGUFWriter(str(path), "gizmo")
    made.add_tensor("token_embd.weight", np.zeros((2, 32), np.float32))
    made.write_header_to_file()
    made.write_kv_data_to_file()
    made.write_tensors_to_file()
    made.close()
    gguf.check(path)
    with pytest.raises(DriverError, match="unknown model architecture: 'gizmo'"):
        quantize(path, tmp_path / "out.gguf", "q8_0", threads=1, requantize=False)


def test_a_folder_that_takes_nothing_is_one_line(narrow: Path) -> None:
    with pytest.raises(StorageError, match="could not write to /proc"):
        quantize(narrow, Path("/proc/nowhere.gguf"), "q8_0", threads=1, requantize=False)


def quantisers() -> set[int]:
    """Our children that are past their exec."""
    found = set[int]()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"quantize_main" in (folder / "cmdline").read_bytes():
                found.add(int(folder.name))
        except (OSError, IndexError, ValueError):
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("number", "says"), [(signal.SIGSEGV, "was killed by SIGSEGV"), (signal.SIGSTOP, "stood still for 2 s")]
)
def test_a_death_or_a_hang_of_native_code_is_one_error(
    tmp_path: Path, wide: Path, number: signal.Signals, says: str
) -> None:
    def strike() -> None:
        while not (found := quantisers()):
            time.sleep(0.01)
        os.kill(found.pop(), number)

    thread = threading.Thread(target=strike)
    thread.start()
    with pytest.raises(DriverBroken, match=says):
        quantize(wide, tmp_path / "out.gguf", "iq3_s", threads=1, requantize=False)
    thread.join()
    assert quantisers() == set()
