"""`export`: a model's file comes out whole and checked, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llmasos.boot import embedded_nano
from tests.apps.conftest import Command, is_one_line, on_a_small_disk

NANO = hashlib.sha256(embedded_nano().read_bytes()).hexdigest()


def test_what_is_exported_is_the_model_and_comes_back_in(command: Command, tmp_path: Path) -> None:
    done = command("export", "nano", "out.gguf", "--json")
    file = tmp_path / "work" / "out.gguf"
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {"name": "nano", "file": str(file), "bytes": file.stat().st_size, "sha256": NANO}
    assert hashlib.sha256(file.read_bytes()).hexdigest() == NANO
    assert command("import", "out.gguf", "--name", "mini").code == 0
    shown = json.loads(command("show", "mini", "--json").out)
    assert (shown["sha256"], shown["source"]) == (NANO, str(file))
    assert [path.name for path in file.parent.iterdir()] == ["out.gguf"]


def test_another_model_is_never_written_over(command: Command, tmp_path: Path) -> None:
    command("export", "nano", "x.gguf")
    assert command("import", "x.gguf", "--name", "mini").code == 0
    folder = Path(json.loads(command("show", "mini", "--json").out)["path"]).parent
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())
    link = tmp_path / "work" / "link"
    link.symlink_to(folder)
    for target in (folder / "mini.gguf", folder / "new.gguf", folder, link, link / "mini.gguf"):
        done = command("export", "nano", str(target), "--force")
        assert done.code == 2 and is_one_line(done.err) and "among the models here" in done.err
    assert sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()) == before


def test_a_folder_gets_it_under_its_name_and_nothing_is_overwritten_unasked(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "work" / "nano.gguf"
    file.write_text("something else")
    done = command("export", "nano", ".")
    assert (done.code, done.out) == (2, "") and is_one_line(done.err) and "--force" in done.err
    assert file.read_text() == "something else"
    done = command("export", "nano", ".", "--force")
    assert (done.code, done.out) == (0, f"{file} (11.5 MB)\n")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == NANO


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["nanu", "x.gguf"], 3, "did you mean nano?"),
        (["./x.gguf", "y.gguf"], 2, "export takes a name"),
        (["nano", "nowhere/x.gguf"], 2, "no such folder"),
        (["nano", "/dev/null"], 2, "/dev/null is not a file"),
        (["nano", "/dev/null", "--force"], 2, "/dev/null is not a file"),
        (["nano", str(embedded_nano()), "--force"], 2, "the model's own file"),
        (["nano"], 2, "Missing argument 'FILE'"),
    ],
)
def test_a_mistake_is_one_line(command: Command, tmp_path: Path, args: list[str], code: int, says: str) -> None:
    done = command("export", *args)
    assert (done.code, done.out) == (code, "") and is_one_line(done.err) and says in done.err
    assert list((tmp_path / "work").iterdir()) == []


def test_what_cannot_fit_is_not_begun(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10_000_000))
    done = command("export", "nano", "x.gguf")
    assert done.code == 1 and is_one_line(done.err) and "11.5 MB are needed, 10.0 MB are free" in done.err
    assert list((tmp_path / "work").iterdir()) == []


def test_a_disk_that_refuses_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        on_a_small_disk([sys.executable, "-m", "llmasos.apps.cli", "export", "nano", str(tmp_path / "x.gguf")]),
        env={**os.environ, "LLMASOS_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and is_one_line(done.stderr) and "File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_changed_since_it_came_is_not_given_on(command: Command, tmp_path: Path) -> None:
    command("export", "nano", "x.gguf")
    command("import", "x.gguf", "--name", "m")
    stored = tmp_path / "home" / "models" / "m.gguf"
    content = bytearray(stored.read_bytes())
    content[-1] ^= 1
    stored.write_bytes(content)
    done = command("export", "m", "y.gguf")
    assert done.code == 1 and is_one_line(done.err) and "SHA-256 differs" in done.err
    assert not (tmp_path / "work" / "y.gguf").exists()


def test_in_the_shell_it_is_the_command_unless_it_sets_a_variable(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llmasos.apps.cli"],
        input="export nano x.gguf\nexport LLMASOS_LIMITS_SECONDS=60\nexport nano x.gguf\n",
        env={**os.environ, "LLMASOS_HOME": str(tmp_path / "home"), "LLMASOS_MODEL_DRIVER": "sim"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == f"{tmp_path / 'x.gguf'} (11.5 MB)\n"
    assert done.returncode == 2 and is_one_line(done.stderr) and "is there already" in done.stderr
