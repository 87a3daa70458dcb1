"""Model files on disk: what is there, what it is, and bringing more in.

- `Catalog(root, {"nano": path})`: models imported into `root`, and those that came with the package.
- `import_file` checks a GGUF and keeps it as `root/NAME.gguf`; `resolve` gives the path of a name, or of a path.
- `room_for(name)` is a place in the store for a file that is being made, and `adopt` makes a model of it.
- `list` and `show` describe without loading; `verify` compares with the hash taken on import; `export` copies, checked;
  `remove` deletes.
- It does not know drivers: a path is all it hands out.

On disk: `NAME.gguf` beside `NAME.json` (hash, size, where it came from). The record is written first and the model
appears in one step, so a model is whole whenever it is there. What somebody put there by hand is listed too; it has no
hash to verify against.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llmasos.drivers import gguf
from llmasos.drivers.model_files import (
    Progress,
    check_room,
    copy,
    disk_errors,
    link_or_copy,
    place,
    sha256_of,
    sweep,
    sync_file,
    unfinished,
    write_record,
)
from llmasos.errors import ModelDamaged, ModelNotFound, UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model came from, as its record keeps it; empty is not known, or not said of its kind."""

    source: str = ""  # a file, a URL, hf:owner/repo:file, or the model that it was made of
    revision: str = ""  # of the source: the commit or the ETag that a server named
    source_sha256: str = ""
    source_quantization: str = ""
    made_by: str = ""  # what made it of its source


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
    imported: str = ""  # when, in UTC
    source: str = ""
    revision: str = ""
    source_sha256: str = ""
    source_quantization: str = ""
    made_by: str = ""
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
        origin = Origin(**{field.name: str(record.get(field.name, "")) for field in fields(Origin)})
        entry = ModelEntry(
            name,
            path,
            path.stat().st_size,
            embedded=name in self.embedded,
            sha256=str(record.get("sha256", "")),
            imported=str(record.get("imported", "")),
            source=origin.source,
            revision=origin.revision,
            source_sha256=origin.source_sha256,
            source_quantization=origin.source_quantization,
            made_by=origin.made_by,
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
        if text.startswith("hf:"):
            raise ModelNotFound(f"{text} is no model's name here: llmasos pull {text} fetches it and says its name")
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
        name = self.usable(name if name is not None else name_of(path.name))
        with disk_errors(f"cannot import {path.name}"):
            self._keep(path, name, progress)
        return self.show(name)

    def usable(self, name: str) -> str:
        """The name, if it may be that of a model that comes in. Raises UsageError."""
        if not _NAME.fullmatch(name) or name.endswith((".gguf", ".json")):
            raise UsageError(
                f"not a model's name: {name!r} (1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit)"
            )
        if name in self.embedded:
            raise UsageError(f"{name} is the name of a model that came with the package: give another with --name")
        return name

    def free(self, name: str) -> str:
        """The name, if it is usable and nobody's yet. Raises UsageError."""
        if self.usable(name) in self.names():
            raise UsageError(f"there is a model named {name}: give another with --name, or llmasos rm {name} first")
        return name

    @contextmanager
    def room_for(self, name: str, num_bytes: int) -> Iterator[Path]:
        """A file of the store that is no model yet, to be written and adopted; it is gone afterwards.

        Raises StorageError when so many bytes do not fit.
        """
        with disk_errors(f"cannot write to {self.root}"):
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        check_room(self.root, num_bytes)
        fresh = self._fresh(name)
        try:
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)

    def adopt(
        self, file: Path, name: str, origin: Origin, *, sha256: str = "", progress: Progress | None = None
    ) -> ModelEntry:
        """Make a model of a file of the store, which goes; one with another content than `sha256` stays and is none.

        Raises ModelDamaged, UsageError, DriverError.
        """
        gguf.check(file)
        with disk_errors(f"cannot keep {name}"):
            found = sha256_of(file, progress)
            if sha256 and found != sha256:
                raise ModelDamaged(f"{name} is not what its source says: SHA-256 {found}, expected {sha256}")
            sync_file(file)
            self._admit(file, self.free(name), found, origin)
        return self.show(name)

    def export(
        self, name: str, target: Path, *, force: bool = False, progress: Progress | None = None
    ) -> tuple[Path, str]:
        """Copy a model's file out, checked on both sides, whole or not at all: where it is, and its SHA-256.

        A folder gets it under its name.

        Raises ModelNotFound, ModelDamaged, UsageError, StorageError, DriverError.
        """
        entry = self.show(name)
        final = target.expanduser()
        final = (final / f"{name}.gguf" if final.is_dir() else final).resolve()
        _check_target(entry.path, final, force=force)
        self._check_apart(final)
        check_room(final.parent, entry.bytes)
        fresh = final.with_name(f".{final.name}.{os.getpid()}.partial")
        with disk_errors(f"cannot export {name}"):
            try:
                sha256 = copy(entry.path, fresh, progress)
                if entry.sha256 and sha256 != entry.sha256:
                    raise ModelDamaged(f"{name} is not what was imported: its SHA-256 differs ({entry.path})")
                if sha256_of(fresh) != sha256:
                    raise ModelDamaged(f"{final} would not be what was read: the disk changed it")
                place(fresh, final, overwrite=force)
            finally:
                fresh.unlink(missing_ok=True)
        return final, sha256

    def remove(self, name: str) -> None:
        """Delete an imported model. Raises ModelNotFound, UsageError for an embedded one."""
        if name in self.embedded:
            raise UsageError(f"{name} came with the package and cannot be removed")
        path = self._path(name)
        with disk_errors(f"cannot remove {name}"):
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)

    def verify(self, name: str, *, progress: Progress | None = None) -> ModelEntry:
        """Check a model's header, and its content where a hash was taken. Raises ModelNotFound, ModelDamaged."""
        entry = self.show(name)
        if entry.problem:
            raise ModelDamaged(entry.problem)
        with disk_errors(f"cannot read {name}"):
            if entry.sha256 and sha256_of(entry.path, progress) != entry.sha256:
                raise ModelDamaged(f"{name} is not what was imported: its SHA-256 differs ({entry.path})")
        return entry

    def _keep(self, path: Path, name: str, progress: Progress | None) -> None:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.root / f"{name}.gguf" == path:
            raise UsageError(f"{path} is in the catalog already, as {name}")
        fresh = self._fresh(name)
        try:
            sha256 = link_or_copy(path, fresh, progress)
            final = self.root / f"{name}.gguf"
            if final.exists() and sha256_of(final) != sha256:
                raise UsageError(f"there is another model named {name}; give another name, or remove it first")
            if final.exists() and _record(final).get("sha256") == sha256:
                return  # and what is known of it stays
            self._admit(fresh, name, sha256, Origin(str(path)))
        finally:
            fresh.unlink(missing_ok=True)

    def _admit(self, file: Path, name: str, sha256: str, origin: Origin) -> None:
        """The record first: a model is whole whenever it is there."""
        final = self.root / f"{name}.gguf"
        imported = datetime.now(UTC).isoformat(timespec="seconds")
        facts = {"sha256": sha256, "bytes": file.stat().st_size, "imported": imported}
        write_record(final.with_suffix(".json"), facts | {key: value for key, value in asdict(origin).items() if value})
        place(file, final, overwrite=True)

    def _check_apart(self, final: Path) -> None:
        """Raises UsageError for a place among the models: they come in by import, with their hash."""
        if final.is_relative_to(self.root.resolve()):
            raise UsageError(f"{final} is among the models here: export copies out, import brings in")
        for name, path in self.embedded.items():
            if final.exists() and path.exists() and final.samefile(path):
                raise UsageError(f"{final} is the file of {name}")

    def _fresh(self, name: str) -> Path:
        sweep(self.root)
        return unfinished(self.root / name)

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


def name_of(file_name: str) -> str:
    """A model's name from a file's."""
    name = re.sub(r"[^a-z0-9._-]+", "-", file_name.lower().removesuffix(".gguf")).strip("-._")
    return name[:64].rstrip("-._") or "model"


def _record(path: Path) -> dict[str, Any]:
    """What was noted on import; nothing for a file put there by hand, or when the note is damaged."""
    try:
        record = json.loads(path.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _check_target(source: Path, final: Path, *, force: bool) -> None:
    """Raises UsageError for a place that nothing can, or should, be written to."""
    if not final.parent.is_dir():
        raise UsageError(f"no such folder: {final.parent}")
    if not final.exists():
        return
    if not final.is_file():
        raise UsageError(f"{final} is not a file")
    if final.samefile(source):
        raise UsageError(f"{final} is the model's own file")
    if not force:
        raise UsageError(f"{final} is there already; --force overwrites it")
