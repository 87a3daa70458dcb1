"""A GGUF header is checked before native code sees it: damage of any kind is one line, never a crash."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmasos.drivers import gguf
from llmasos.errors import ModelDamaged, ModelNotFound
from tests.pace import allowed

Value = int | float | bool | str | list[str] | list[float] | list[int]
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def value(kind: int, content: Value) -> bytes:
    if kind == STRING:
        return string(str(content))
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], content)


def array(kind: int, *items: Value) -> bytes:
    return struct.pack("<IQ", kind, len(items)) + b"".join(value(kind, item) for item in items)


def key(name: str, kind: int, content: Value | bytes) -> bytes:
    data = content if isinstance(content, bytes) else value(kind, content)
    return string(name) + struct.pack("<I", kind) + data


def tensor(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


KEYS = [
    key("general.architecture", STRING, "llama"),
    key("general.name", STRING, "Tiny one"),
    key("general.file_type", U32, 7),
    key("llama.context_length", U32, 2048),
    key("llama.attention.head_count", U32, 4),
    key("tokenizer.ggml.tokens", ARRAY, array(STRING, "<s>", "a", "Ġb")),
    key("tokenizer.ggml.scores", ARRAY, array(F32, 0.0, -1.0, -2.0)),
    key("tokenizer.chat_template", STRING, "{{ messages }}"),
]
TENSORS = [tensor("token_embd.weight", (32, 3), 8, 0), tensor("output_norm.weight", (32,), 0, 128)]
DATA_BYTES = 128 + 128  # 3 q8_0 rows of 34 bytes, padded; 32 floats


def build(
    keys: list[bytes] = KEYS,
    tensors: list[bytes] = TENSORS,
    *,
    version: int = 3,
    num_keys: int | None = None,
    num_tensors: int | None = None,
    data_bytes: int = DATA_BYTES,
) -> bytes:
    counts = (num_tensors if num_tensors is not None else len(tensors), len(keys) if num_keys is None else num_keys)
    header = b"GGUF" + struct.pack("<IQQ", version, *counts) + b"".join(keys) + b"".join(tensors)
    return header + bytes(-len(header) % 32) + bytes(data_bytes)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "model.gguf"
        path.write_bytes(data)
        return path

    return write


def test_header_says_what_the_model_is(written: Callable[[bytes], Path]) -> None:
    header = gguf.check(written(build()))
    assert (header.architecture, header.name, header.quantization) == ("llama", "Tiny one", "q8_0")
    assert (header.num_parameters, header.window_tokens, header.vocab_size) == (128, 2048, 3)
    assert header.chat_template == "{{ messages }}"
    assert header.array("tokenizer.ggml.tokens") == ["<s>", "a", "Ġb"]
    assert header.array("tokenizer.ggml.scores") == [0.0, -1.0, -2.0]
    assert header.array("no.such.key") == []
    assert [(t.name, t.shape, t.type_name, t.num_bytes) for t in header.tensors] == [
        ("token_embd.weight", (32, 3), "q8_0", 102),
        ("output_norm.weight", (32,), "f32", 128),
    ]
    assert header.strings()["llama.context_length"] == "2048" and "tokenizer.ggml.tokens" not in header.strings()


def test_file_type_is_guessed_where_it_is_not_told(written: Callable[[bytes], Path]) -> None:
    assert gguf.check(written(build([KEYS[0]]))).quantization == "f32"


def test_fingerprint_tells_models_apart(written: Callable[[bytes], Path]) -> None:
    one = gguf.fingerprint(gguf.check(written(build())))
    assert one == gguf.fingerprint(gguf.check(written(build()))) and len(one) == 32
    assert one != gguf.fingerprint(gguf.check(written(build())), "other layout")
    assert one != gguf.fingerprint(gguf.check(written(build()[:-1] + b"\1")))


def without(number: int, *new: bytes) -> list[bytes]:
    return [*KEYS[:number], *new, *KEYS[number + 1 :]]


DAMAGED = {
    "not a GGUF file": b"PK\3\4" + build()[4:],
    "too short": b"GGUF",
    "big-endian": build(version=3 << 24),
    "version 1;": build(version=1),
    "version 9;": build(version=9),
    "tensors are more than": build(num_tensors=2**60),
    "keys are more than": build(num_keys=2**63),
    "ends inside": build(num_keys=20)[:400],
    "there twice: general.name": build([*KEYS, KEYS[1]]),
    "key 0 is empty": build([key("", U32, 1)]),
    "is not UTF-8": build([key("general.name", STRING, struct.pack("<Q", 2) + b"\xff\xfe")]),
    "bytes long": build([struct.pack("<Q", 2**62)]),
    "unknown type 77": build([string("a") + struct.pack("<I", 77)]),
    "array of the unknown type 9": build([key("a", ARRAY, struct.pack("<IQ", ARRAY, 1))]),
    "the file ends inside a": build([key("a", ARRAY, struct.pack("<IQ", STRING, 2**61))]),
    "the file ends inside b": build([key("b", ARRAY, struct.pack("<IQ", U32, 2**62))]),
    "general.alignment is 12": build([*KEYS, key("general.alignment", U32, 12)]),
    "general.alignment is 0": build([*KEYS, key("general.alignment", U32, 0)]),
    "general.alignment is 'x'": build([*KEYS, key("general.alignment", STRING, "x")]),
    "has 0 dimensions": build(tensors=[tensor("t", (), 0, 0)]),
    "has 5 dimensions": build(tensors=[tensor("t", (1, 1, 1, 1, 1), 0, 0)]),
    "tensor t has the unknown type 5": build(tensors=[tensor("t", (32,), 5, 0)]),
    "impossible shape (31,)": build(tensors=[tensor("t", (31,), 8, 0)]),
    "impossible shape (0,)": build(tensors=[tensor("t", (0,), 0, 0)]),
    "impossible shape (1099511627776, 1099511627777)": build(tensors=[tensor("t", (2**40, 2**40 + 1), 0, 0)]),
    "expected at 0": build(tensors=[tensor("t", (32,), 0, 32)]),
    "expected at 128": build(tensors=[TENSORS[0], tensor("t", (32,), 0, 0)]),
    "past the end of the file": build(data_bytes=DATA_BYTES - 1),
    "ends past": build(tensors=[tensor("t", (2**40, 2**20, 1), 0, 0)]),
    "the same name": build(tensors=[tensor("t", (32,), 0, 0), tensor("t", (32,), 0, 128)]),
    "the name of tensor 0 is 64 bytes": build(tensors=[tensor("n" * 64, (32,), 0, 0)]),
    "not a model": build(without(0)),
    "no tensors": build(tensors=[]),
    "head_count is 0": build(without(4, key("llama.attention.head_count", U32, 0))),
    "context_length is 4294967295": build(without(3, key("llama.context_length", U32, 2**32 - 1))),
    "tokens is not an array": build(without(5, key("tokenizer.ggml.tokens", U32, 5))),
    "tokens is not an array of": build(without(5, key("tokenizer.ggml.tokens", ARRAY, array(U32, 1, 2, 3)))),
    "has a token twice": build(without(5, key("tokenizer.ggml.tokens", ARRAY, array(STRING, "a", "b", "a")))),
    "has 2 entries for 3 tokens": build(without(6, key("tokenizer.ggml.scores", ARRAY, array(F32, 0.0, 0.0)))),
}


@pytest.mark.parametrize("reason", DAMAGED)
def test_damage_is_named_in_one_line(written: Callable[[bytes], Path], reason: str) -> None:
    path = written(DAMAGED[reason])
    with pytest.raises(ModelDamaged) as caught:
        gguf.check(path)
    message = str(caught.value)
    assert reason in message and str(path) in message and "\n" not in message


@pytest.mark.parametrize("name", ["missing.gguf", "."])
def test_what_is_no_file_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelNotFound):
        gguf.check(tmp_path / name)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), num_flips=st.integers(1, 6), cut=st.booleans())
def test_random_damage_is_refused_or_read_never_a_crash(
    written: Callable[[bytes], Path], seed: int, num_flips: int, cut: bool
) -> None:
    rng = random.Random(seed)
    data = bytearray(build())
    for _ in range(num_flips):
        data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    if cut:
        del data[rng.randrange(len(data)) :]
    try:
        header = gguf.check(written(bytes(data)))
    except ModelDamaged as error:
        assert "\n" not in str(error)
        return
    assert all(tensor.offset + tensor.num_bytes <= len(data) for tensor in header.tensors)


def test_big_token_lists_are_walked_not_decoded(written: Callable[[bytes], Path]) -> None:
    tokens = struct.pack("<IQ", STRING, 150_000) + b"".join(string(f"token{i}") for i in range(150_000))
    path = written(build([KEYS[0], key("tokenizer.ggml.tokens", ARRAY, tokens)]))
    started = time.thread_time()
    header = gguf.check(path)
    assert header.vocab_size == 150_000
    assert (took := time.thread_time() - started) < 1.0 or took < allowed(1.0)
