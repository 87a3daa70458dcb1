"""Reads a GGUF header and checks it, before native code sees the file: a native assert would end the process.

- `check(path)` returns a `GGUFHeader` or raises ModelDamaged with one line that says what is wrong where.
- Every count, length, type and offset is checked against the file's size before anything is read or allocated.
- Big arrays (token lists, merges) are walked but not decoded; `header.array(key)` decodes one.
- `fingerprint(header)` tells one model file from another without reading all of it.
- It does not know what the weights mean; a file can pass and still be refused by the native loader.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias

from llmasos.drivers.gguf_types import FILE_TYPES, TENSOR_TYPES
from llmasos.errors import ModelDamaged, ModelNotFound

Scalar: TypeAlias = int | float | bool | str

STRING, ARRAY = 8, 9
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_SCALARS = {kind: struct.Struct("<" + letter) for kind, letter in _FORMATS.items()}
_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")

MAX_HEADER_BYTES = 256 * 2**20
MAX_NAME_BYTES = 63  # of a tensor; ggml keeps 64 with the terminator
MAX_KEY_BYTES = 65535
MAX_COUNT = 2**20  # of keys, of tensors
MAX_SIDE = 2**40  # elements along one dimension

# What native code divides by or allocates by: missing is the loader's business, absurd is ours.
_HYPERPARAMETERS = {
    "context_length": 2**31 - 1,
    "embedding_length": 2**20,
    "block_count": 4096,
    "feed_forward_length": 2**24,
    "attention.head_count": 65536,
    "attention.key_length": 65536,
    "attention.value_length": 65536,
}
# Arrays that native code reads without asking for their type: key -> element types.
_TYPED_ARRAYS = {
    "tokenizer.ggml.tokens": {STRING},
    "tokenizer.ggml.merges": {STRING},
    "tokenizer.ggml.scores": {6},
    "tokenizer.ggml.token_type": {4, 5},
}


@dataclass(frozen=True, slots=True)
class ArrayRef:
    """An array of the metadata that was walked over: where it lies."""

    kind: int
    count: int
    offset: int
    num_bytes: int


@dataclass(frozen=True, slots=True)
class TensorInfo:
    name: str
    shape: tuple[int, ...]  # fastest dimension first, as ggml has it
    type_name: str
    offset: int  # from the start of the file
    num_bytes: int

    @property
    def num_elements(self) -> int:
        elements = 1
        for side in self.shape:
            elements *= side
        return elements


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """What a checked file says about itself."""

    path: Path
    version: int
    num_bytes: int
    data_offset: int
    metadata: dict[str, Scalar | ArrayRef] = field(repr=False)
    tensors: tuple[TensorInfo, ...] = field(repr=False)

    def text(self, key: str, default: str = "") -> str:
        value = self.metadata.get(key)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: int = 0) -> int:
        value = self.metadata.get(key)
        return value if isinstance(value, int) else default

    def array(self, key: str) -> list[Scalar]:
        """Decode an array; the file is read again."""
        ref = self.metadata.get(key)
        if not isinstance(ref, ArrayRef):
            return []
        with self.path.open("rb") as file:
            reader = _Reader(file, self.path, self.num_bytes)
            reader.seek(ref.offset)
            return [reader.value(ref.kind, key) for _ in range(ref.count)]

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    @property
    def name(self) -> str:
        return self.text("general.name") or self.path.stem

    @property
    def num_parameters(self) -> int:
        return sum(tensor.num_elements for tensor in self.tensors)

    @property
    def quantization(self) -> str:
        named = FILE_TYPES.get(self.number("general.file_type", -1))
        return named or self._commonest_type()

    @property
    def window_tokens(self) -> int:
        return self.number(f"{self.architecture}.context_length")

    @property
    def vocab_size(self) -> int:
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        return tokens.count if isinstance(tokens, ArrayRef) else 0

    @property
    def chat_template(self) -> str | None:
        return self.text("tokenizer.chat_template") or None

    def strings(self) -> dict[str, str]:
        """The scalars of the metadata as text, for showing."""
        return {key: str(value) for key, value in self.metadata.items() if not isinstance(value, ArrayRef)}

    def _commonest_type(self) -> str:
        sizes: dict[str, int] = {}
        for tensor in self.tensors:
            sizes[tensor.type_name] = sizes.get(tensor.type_name, 0) + tensor.num_bytes
        return max(sizes, key=lambda name: sizes[name], default="unknown")


class _Reader:
    """Little-endian reads, each checked against the file's size first; the file is read as it is needed."""

    def __init__(self, file: BinaryIO, path: Path, num_bytes: int) -> None:
        self._file = file
        self._path = path
        self._limit = min(num_bytes, MAX_HEADER_BYTES)
        self._data = b""
        self._base = 0  # where in the file _data starts
        self.position = 0

    def seek(self, position: int) -> None:
        self._file.seek(position)
        self._data, self._base, self.position = b"", position, position

    def fail(self, what: str) -> ModelDamaged:
        return ModelDamaged(f"{self._path}: {what}")

    def need(self, num_bytes: int, what: str) -> int:
        """Where in `data` the next bytes are; afterwards the position is past them."""
        end = self.position + num_bytes
        if end > self._limit:
            raise self.fail(f"the file ends inside {what}")
        while end > self._base + len(self._data):
            more = self._file.read(max(1 << 18, end - self._base - len(self._data)))
            if not more:
                raise self.fail(f"the file ends inside {what}")
            self._data += more
        start, self.position = self.position - self._base, end
        return start

    def u32(self, what: str) -> int:
        start = self.need(4, what)
        return int(_U32.unpack_from(self._data, start)[0])

    def u64(self, what: str) -> int:
        start = self.need(8, what)
        return int(_U64.unpack_from(self._data, start)[0])

    def string(self, what: str, max_bytes: int = MAX_HEADER_BYTES) -> str:
        length = self.u64(what)
        if length > max_bytes:
            raise self.fail(f"{what} is {length} bytes long, more than {max_bytes}")
        start = self.need(length, what)
        try:
            return self._data[start : start + length].decode()
        except UnicodeDecodeError:
            raise self.fail(f"{what} is not UTF-8") from None

    def value(self, kind: int, what: str) -> Scalar:
        if kind == STRING:
            return self.string(what)
        scalar = _SCALARS.get(kind)
        if scalar is None:
            raise self.fail(f"{what} has the unknown type {kind}")
        start = self.need(scalar.size, what)
        value: Scalar = scalar.unpack_from(self._data, start)[0]
        return value

    def array(self, what: str) -> ArrayRef:
        """Walk over an array."""
        kind, count = self.u32(what), self.u64(what)
        start = self.position
        if kind == STRING:
            self._skip_strings(count, what)
        elif kind in _SCALARS:
            self._skip(count * _SCALARS[kind].size, what)
        else:
            raise self.fail(f"{what} is an array of the unknown type {kind}")
        return ArrayRef(kind, count, start, self.position - start)

    def repeats(self, ref: ArrayRef) -> bool:
        """Whether a string stands twice in an array that was walked over; empty ones do not count."""
        unpack, at = _U64.unpack_from, ref.offset - self._base
        seen: set[bytes] = set()
        num_empty = 0
        for _ in range(ref.count):
            end = at + 8 + unpack(self._data, at)[0]
            seen.add(self._data[at + 8 : end])
            num_empty += end == at + 8
            at = end
        return len(seen) + max(0, num_empty - 1) < ref.count

    def _skip(self, num_bytes: int, what: str) -> None:
        self.need(num_bytes, what)

    def _skip_strings(self, count: int, what: str) -> None:
        """Walk over strings; a token list has 150,000, so the loop is spelled out."""
        if self.position + 8 * count > self._limit:
            raise self.fail(f"the file ends inside {what}")
        unpack = _U64.unpack_from
        for _ in range(count):
            at = self.position - self._base
            if at + 8 > len(self._data):
                at = self.need(8, what)
                self.position -= 8
            end = self.position + 8 + unpack(self._data, at)[0]
            if end > self._base + len(self._data):
                self.need(end - self.position, what)
            self.position = end


def check(path: Path) -> GGUFHeader:
    """A model file's header, checked. Raises ModelNotFound, ModelDamaged."""
    try:
        num_bytes = path.stat().st_size
        if not path.is_file():  # a device or a pipe would block, a folder has no bytes
            raise ModelNotFound(f"{path}: not a file")
        with path.open("rb") as file:
            return _check_header(_Reader(file, path, num_bytes), path, num_bytes)
    except OSError as error:
        raise ModelNotFound(f"{path}: {error.strerror or error}") from None


def _check_header(reader: _Reader, path: Path, num_bytes: int) -> GGUFHeader:
    version = _version(reader)
    num_tensors, num_keys = reader.u64("the tensor count"), reader.u64("the key count")
    for count, what in ((num_tensors, "tensors"), (num_keys, "keys")):
        if count > MAX_COUNT:
            raise reader.fail(f"{count} {what} are more than {MAX_COUNT}")
    metadata = _metadata(reader, num_keys)
    alignment = _alignment(reader, metadata)
    raw = [_tensor(reader, i) for i in range(num_tensors)]
    data_offset = _pad(reader.position, alignment)
    tensors = _place(reader, raw, data_offset, alignment, num_bytes)
    header = GGUFHeader(path, version, num_bytes, data_offset, metadata, tensors)
    _check_hyperparameters(reader, header)
    _check_tokenizer(reader, header)
    return header


def _version(reader: _Reader) -> int:
    if reader._limit < 24:
        raise reader.fail("not a GGUF file (too short)")
    if reader.u32("the magic number") != 0x46554747:
        raise reader.fail("not a GGUF file")
    version = reader.u32("the version")
    if version & 0xFFFF == 0:
        raise reader.fail("a big-endian GGUF file, which this machine cannot run")
    if version not in (2, 3):
        raise reader.fail(f"GGUF version {version}; versions 2 and 3 can be read")
    return version


def _metadata(reader: _Reader, num_keys: int) -> dict[str, Scalar | ArrayRef]:
    metadata: dict[str, Scalar | ArrayRef] = {}
    for i in range(num_keys):
        key = reader.string(f"key {i}", MAX_KEY_BYTES)
        if not key or key in metadata:
            raise reader.fail(f"key {i} is {'there twice: ' + key if key else 'empty'}")
        kind = reader.u32(key)
        metadata[key] = reader.array(key) if kind == ARRAY else reader.value(kind, key)
    return metadata


def _alignment(reader: _Reader, metadata: dict[str, Scalar | ArrayRef]) -> int:
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 1 <= alignment <= 2**20 or alignment & (alignment - 1):
        raise reader.fail(f"general.alignment is {alignment!r}, not a power of two")
    return alignment


def _tensor(reader: _Reader, index: int) -> tuple[str, tuple[int, ...], int, int]:
    """Name, shape, type and offset of a tensor as the file says, with shape and type checked."""
    name = reader.string(f"the name of tensor {index}", MAX_NAME_BYTES)
    num_dimensions = reader.u32(name)
    if not 1 <= num_dimensions <= 4:
        raise reader.fail(f"tensor {name} has {num_dimensions} dimensions")
    shape = tuple(reader.u64(name) for _ in range(num_dimensions))
    kind, offset = reader.u32(name), reader.u64(name)
    if kind not in TENSOR_TYPES:
        raise reader.fail(f"tensor {name} has the unknown type {kind}")
    if not all(1 <= side <= MAX_SIDE for side in shape) or shape[0] % TENSOR_TYPES[kind][1]:
        raise reader.fail(f"tensor {name} has the impossible shape {shape} for {TENSOR_TYPES[kind][0]}")
    return name, shape, kind, offset


def _place(
    reader: _Reader,
    raw: list[tuple[str, tuple[int, ...], int, int]],
    data_offset: int,
    alignment: int,
    num_bytes: int,
) -> tuple[TensorInfo, ...]:
    """The tensors where they lie: one after the other, aligned, inside the file, with distinct names."""
    tensors: list[TensorInfo] = []
    expected = 0
    for name, shape, kind, offset in raw:
        type_name, block, block_bytes = TENSOR_TYPES[kind]
        tensor = TensorInfo(name, shape, type_name, data_offset + offset, 0)
        size = tensor.num_elements // block * block_bytes
        if offset != expected:
            raise reader.fail(f"tensor {name} is at {offset} of the data, expected at {expected}")
        if tensor.offset + size > num_bytes:
            raise reader.fail(f"tensor {name} ends past the end of the file, which is cut short or damaged")
        expected = _pad(offset + size, alignment)
        tensors.append(TensorInfo(name, shape, type_name, tensor.offset, size))
    if len({tensor.name for tensor in tensors}) != len(tensors):
        raise reader.fail("two tensors have the same name")
    return tuple(tensors)


def _check_hyperparameters(reader: _Reader, header: GGUFHeader) -> None:
    if not header.architecture or not header.tensors:
        raise reader.fail("no general.architecture, or no tensors: not a model")
    for name, highest in _HYPERPARAMETERS.items():
        key = f"{header.architecture}.{name}"
        value = header.metadata.get(key, 1)
        if isinstance(value, int) and not 1 <= value <= highest:
            raise reader.fail(f"{key} is {value}, not from 1 to {highest}")


def _check_tokenizer(reader: _Reader, header: GGUFHeader) -> None:
    for key, kinds in _TYPED_ARRAYS.items():
        ref = header.metadata.get(key)
        if ref is not None and (not isinstance(ref, ArrayRef) or ref.kind not in kinds):
            raise reader.fail(f"{key} is not an array of the right type")
    for key in ("tokenizer.ggml.scores", "tokenizer.ggml.token_type"):
        ref = header.metadata.get(key)
        if isinstance(ref, ArrayRef) and ref.count != header.vocab_size:
            raise reader.fail(f"{key} has {ref.count} entries for {header.vocab_size} tokens")
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if isinstance(tokens, ArrayRef) and reader.repeats(tokens):
        raise reader.fail("tokenizer.ggml.tokens has a token twice")


def _pad(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment


def fingerprint(header: GGUFHeader, layout: str = "") -> str:
    """A hash of the header, samples of the weights and `layout`: another model has another one. About 1 ms."""
    digest = hashlib.sha256(f"{header.num_bytes} {layout}".encode())
    with header.path.open("rb") as file:
        digest.update(file.read(min(header.data_offset, 2**20)))
        for tensor in header.tensors[:: max(1, len(header.tensors) // 32)]:
            file.seek(tensor.offset)
            digest.update(file.read(min(tensor.num_bytes, 4096)))
    return digest.hexdigest()[:32]
