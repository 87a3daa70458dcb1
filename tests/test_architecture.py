"""The house holds: who imports whom, what is public, what is packaged."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import llmasos

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = ("llmasos", "kernel", "syscalls", "apps", "memory", "drivers", "models")
# A room may import itself, those to its right, and llmasos.errors, which imports nothing.
MAY_IMPORT = {
    "apps": {"apps", "llmasos", "models"},
    "llmasos": {"llmasos", "syscalls", "kernel", "memory", "drivers", "models"},
    "syscalls": {"syscalls", "kernel", "memory", "drivers"},
    "kernel": {"kernel", "memory", "drivers"},
    "memory": {"memory", "drivers"},
    "drivers": {"drivers"},
    "models": {"models", "syscalls"},  # what nano learns of sums is what `calculate` says
}
CONCRETE_DRIVERS = {"sim", "llama_cpp", "llama_lanes", "worker", "torch", "openai", "catalog"}
# Files of apps that measure a room from inside say so here, with their reason.
INSIDE: dict[str, set[str]] = {
    "apps/train.py": set(),
    "apps/training/export.py": {"drivers"},  # writes the GGUF that drivers/ reads
    "apps/training/grow.py": {"drivers"},  # reads it back
    "apps/pull.py": {"drivers"},  # gives the catalog what it fetched
    "apps/pull_minilm.py": {"drivers"},  # converts what it fetched
    "apps/quantize.py": {"drivers"},  # has its quantiser work, and reads what came out
    "apps/doctor.py": {"drivers"},  # asks whether the native library loads
}


def sources() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Names of modules that a file imports, wherever in it, with their lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            assert node.module is not None
            yield node.module, node.lineno
            if node.module == "llmasos":
                yield from ((f"llmasos.{alias.name}", node.lineno) for alias in node.names)


def room_of(module: str) -> str | None:
    """Which room a module is in; None for what is not ours, and for llmasos.errors, which all may use."""
    parts = module.split(".")
    if parts[0] != "llmasos" or module == "llmasos.errors":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else "llmasos"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    room = name.split("/")[0]
    allowed = MAY_IMPORT[room] | INSIDE.get(name, set())
    for module, line in imported(path):
        assert module.split(".")[0] not in ROOMS[1:], f"{name}:{line}: {module} must be imported as llmasos.{module}"
        target = room_of(module)
        if name != "llmasos/errors.py" and target is not None:
            assert target in allowed, f"{name}:{line}: {room} may not import {module}"
        if room == "kernel" and module.startswith("llmasos.drivers."):
            assert module.split(".")[2] not in CONCRETE_DRIVERS, f"{name}:{line}: the kernel knows no driver"


def test_errors_import_nothing_of_ours() -> None:
    assert [m for m, _ in imported(ROOT / "llmasos/errors.py") if m.startswith("llmasos")] == []


def test_every_folder_with_python_is_packaged() -> None:
    mapping = PYPROJECT["tool"]["setuptools"]["package-dir"]
    folders = {str(path.parent.relative_to(ROOT)) for path in sources()}
    assert folders == set(mapping.values())
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == set(mapping)
    for folder in folders:
        assert (ROOT / folder / "__init__.py").is_file(), f"{folder} has no __init__.py"


def test_public_names_are_as_documented() -> None:
    assert sorted(llmasos.__all__) == sorted(
        ["App", "Kernel", "LLM", "LLMasOSError", "Limits", "Sampling", "Signal", "Untrusted", "syscall"]
    )
    for name in llmasos.__all__:
        assert getattr(llmasos, name) is not None
    with pytest.raises(AttributeError):
        _ = llmasos.nothing_of_the_kind


def test_type_checkers_see_every_room_and_every_file_of_the_front_door() -> None:
    links = ROOT / "typings" / "llmasos"
    expected = {path.name for path in (ROOT / "llmasos").glob("*.py")} | set(ROOMS[1:])
    assert {link.name for link in links.iterdir()} >= expected, "run `make links`"
    for link in links.iterdir():
        assert link.is_symlink() and link.exists(), f"{link} leads nowhere"


def test_files_can_be_read_in_one_sitting() -> None:
    code = [path for path in sources() if path.relative_to(ROOT).parts[0] != "models"]  # nano's phrases are data
    long = {str(p.relative_to(ROOT)): n for p in code if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [str(p.relative_to(ROOT)) for p in sources() if p.read_text("utf-8").strip() and not _docstring(p)]
    assert silent == []


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_every_dependency_is_pinned() -> None:
    pins = {
        re.split(r"==", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    names = {re.split(r"[^A-Za-z0-9_-]", spec)[0].lower().replace("_", "-") for spec in wanted} - {"llmasos"}
    assert names <= pins
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text().splitlines()
