"""A file gets its name in one step, on any file system, and never in another's place."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from llmasos.drivers.model_files import check_room, copy, disk_errors, place, sha256_of
from llmasos.errors import DriverError, StorageError, UsageError


@pytest.mark.parametrize("links", [True, False])
def test_a_place_that_is_taken_stays_as_it_is_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    fresh, final = tmp_path / "fresh", tmp_path / "final"
    fresh.write_text("new")
    place(fresh, final, overwrite=False)
    assert final.read_text() == "new" and not fresh.exists()
    fresh.write_text("newer")
    with pytest.raises(FileExistsError):
        place(fresh, final, overwrite=False)
    assert final.read_text() == "new"
    place(fresh, final, overwrite=True)
    assert final.read_text() == "newer" and not fresh.exists()


def test_a_copy_never_goes_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 10_000_000)
    seen: list[tuple[int, int]] = []
    sha256 = copy(tmp_path / "a", tmp_path / "b", lambda *counts: seen.append(counts))
    assert sha256 == sha256_of(tmp_path / "a") == sha256_of(tmp_path / "b")
    assert [done for done, _ in seen] == [4194304, 8388608, 10_000_000]
    with pytest.raises(FileExistsError):
        copy(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, StorageError), (errno.EDQUOT, StorageError), (errno.EIO, DriverError)]
)
def test_what_the_disk_refuses_is_one_line(number: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"^cannot keep x: "), disk_errors("cannot keep x"):
        raise OSError(number, "it refuses")
    with pytest.raises(UsageError, match="cannot keep x: y is there already"), disk_errors("cannot keep x"):
        raise FileExistsError(errno.EEXIST, "exists", "y")


def test_room_is_asked_of_the_disk_that_a_folder_will_be_on(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    check_room(tmp_path / "not" / "yet", 1)
    with pytest.raises(StorageError, match=f"no room in {tmp_path}: "):
        check_room(tmp_path / "not" / "yet", free * 2)
