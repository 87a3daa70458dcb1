"""Model files on disk: what is there, what it is, and bringing more in.

- `Catalog(root, {"nano": path})`: models imported into `root`, and those that came with the package.
- `import_file` checks a GGUF and keeps it as `root/NAME.gguf`; `resolve` gives the path of a name, or of a path.
- `list` and `show` describe without loading; `verify` compares with the hash taken on import; `remove` deletes.
- It does not know drivers: a path is all it hands out.

On disk: `NAME.gguf` beside `NAME.json` (hash, size, where it came from). The record is written first and the model
appears in one step, so a model is whole whenever it is there. What somebody put there by hand is listed too; it has no
hash to verify against.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from llmasos.drivers import gguf
from llmasos.errors import DriverError, ModelDamaged, ModelNotFound, UsageError

Progress = Callable[[int, int], None]  # bytes done, bytes in all
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CHUNK_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model file. `problem` says what is wrong with it; then what the header would tell is missing."""

    name: str
    path: Path
    bytes: int
    embedded: bool = False
    title: str = ""
    architecture: str = ""
    quantization: str = ""
    num_parameters: int = 0
    window_tokens: int = 0
    sha256: str = ""
    source: str = ""
    problem: str = ""


class Catalog:
    """The models of one state directory."""

    def __init__(self, root: Path, embedded: Mapping[str, Path]) -> None:
        self.root = root
        self.embedded = dict(embedded)

    def names(self) -> list[str]:
        """Embedded models first, then imported ones by name."""
        imported = {path.stem for path in self.root.glob("*.gguf") if _NAME.fullmatch(path.stem)}
        return [name for name, path in self.embedded.items() if path.is_file()] + sorted(imported - set(self.embedded))

    def list(self) -> list[ModelEntry]:
        return [self.show(name) for name in self.names()]

    def show(self, name: str) -> ModelEntry:
        """What a model's header says. Raises ModelNotFound."""
        path = self._path(name)
        record = {} if name in self.embedded else _record(path)
        entry = ModelEntry(
            name,
            path,
            path.stat().st_size,
            embedded=name in self.embedded,
            sha256=str(record.get("sha256", "")),
            source=str(record.get("source", "")),
        )
        return _described(entry)

    def resolve(self, name_or_path: str | Path) -> Path:
        """The file of a model, by name or by path. Raises ModelNotFound, with the nearest name."""
        text = str(name_or_path)
        if text in self.names():
            return self._path(text)
        path = Path(text).expanduser()
        if path.is_file() and ("/" in text or path.suffix == ".gguf"):
            return path
        if "/" in text or path.suffix == ".gguf":
            raise ModelNotFound(f"no such model file: {text}")
        raise self._not_found(text)

    def import_file(self, path: Path, name: str | None = None, *, progress: Progress | None = None) -> ModelEntry:
        """Keep a GGUF under a name, without a copy where the file system allows it.

        The same file again is no error. Raises ModelNotFound, ModelDamaged, UsageError, DriverError.
        """
        path = path.expanduser().resolve()
        if not path.is_file():
            raise ModelNotFound(f"no such model file: {path}")
        gguf.check(path)
        name = _checked_name(name if name is not None else _name_of(path))
        if name in self.embedded:
            raise UsageError(f"{name} is the name of a model that came with the package; give another")
        with _disk_errors(f"cannot import {path.name}"):
            self._keep(path, name, progress)
        return self.show(name)

    def remove(self, name: str) -> None:
        """Delete an imported model. Raises ModelNotFound, UsageError for an embedded one."""
        if name in self.embedded:
            raise UsageError(f"{name} came with the package and cannot be removed")
        path = self._path(name)
        with _disk_errors(f"cannot remove {name}"):
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)

    def verify(self, name: str, *, progress: Progress | None = None) -> ModelEntry:
        """Check a model's header, and its content where a hash was taken. Raises ModelNotFound, ModelDamaged."""
        entry = self.show(name)
        if entry.problem:
            raise ModelDamaged(entry.problem)
        with _disk_errors(f"cannot read {name}"):
            if entry.sha256 and _hash(entry.path, progress) != entry.sha256:
                raise ModelDamaged(f"{name} is not what was imported: its SHA-256 differs ({entry.path})")
        return entry

    def _keep(self, path: Path, name: str, progress: Progress | None) -> None:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        final = self.root / f"{name}.gguf"
        if final == path:
            raise UsageError(f"{path} is in the catalog already, as {name}")
        fresh = self.root / f".{name}.{os.getpid()}.partial"
        try:
            sha256 = _link_or_copy(path, fresh, progress)
            if final.exists() and _hash(final, None) != sha256:
                raise UsageError(f"there is another model named {name}; give another name, or remove it first")
            _write(final.with_suffix(".json"), _record_of(path, fresh, sha256))
            fresh.replace(final)
            _sync_folder(self.root)
        finally:
            fresh.unlink(missing_ok=True)  # `replace` of two links to one file leaves both

    def _path(self, name: str) -> Path:
        if name not in self.names():
            raise self._not_found(name)
        return self.embedded.get(name) or self.root / f"{name}.gguf"

    def _not_found(self, name: str) -> ModelNotFound:
        if name in self.embedded:
            return ModelNotFound(f"the embedded model {name} is missing from this installation: {self.embedded[name]}")
        nearest = difflib.get_close_matches(name.lower(), self.names(), 1, 0.5)
        hint = f"; did you mean {nearest[0]}?" if nearest else f"; there are: {', '.join(self.names()) or 'none'}"
        return ModelNotFound(f"no model named {name}{hint}")


def _described(entry: ModelEntry) -> ModelEntry:
    try:
        header = gguf.check(entry.path)
    except ModelDamaged as error:
        return replace(entry, problem=str(error))
    return replace(
        entry,
        title=header.name,
        architecture=header.architecture,
        quantization=header.quantization,
        num_parameters=header.num_parameters,
        window_tokens=header.window_tokens,
    )


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.endswith((".gguf", ".json")):
        raise UsageError(f"not a model's name: {name!r} (1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit)")
    return name


def _name_of(path: Path) -> str:
    """A name from a file's."""
    name = re.sub(r"[^a-z0-9._-]+", "-", path.name.lower().removesuffix(".gguf")).strip("-._")
    return name[:64].rstrip("-._") or "model"


def _record(path: Path) -> dict[str, Any]:
    """What was noted on import; nothing for a file put there by hand, or when the note is damaged."""
    try:
        record = json.loads(path.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _record_of(source: Path, kept: Path, sha256: str) -> dict[str, Any]:
    imported = datetime.now(UTC).isoformat(timespec="seconds")
    return {"sha256": sha256, "bytes": kept.stat().st_size, "source": str(source), "imported": imported}


def _link_or_copy(source: Path, target: Path, progress: Progress | None) -> str:
    """A second name for the file where possible, else a copy; its SHA-256."""
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        with target.open("xb") as out:
            sha256 = _hash(source, progress, out)
            out.flush()
            os.fsync(out.fileno())
        return sha256
    return _hash(target, progress)


def _hash(path: Path, progress: Progress | None, copy_to: BinaryIO | None = None) -> str:
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            if copy_to is not None:
                copy_to.write(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, total)
    return digest.hexdigest()


def _write(path: Path, record: Mapping[str, Any]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(record, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DriverError(f"{what}: {error.strerror or error}") from error
