"""Imports of an app's own modules from their source, whatever bytecode lies beside it.

- `run(path, name)` runs a file as the module of that name; its folder is its package.
- Neither it nor what it imports of its package, at whatever time, reads or writes a `__pycache__`: no digest covers one
  and it may say that nobody is to compare it with its source (PEP 552, unchecked).
- It is for names that begin with `PREFIX`. Other modules are cached as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

PREFIX = "llmasos_app_"


class _Source(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _Sources(MetaPathFinder):
    """Finds what an ordinary import finds in an app's package, and has it compiled anew."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None or not fullname.startswith(PREFIX):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader, spec.cached = _Source(spec.loader.name, spec.loader.path), None
        return spec


_SOURCES = _Sources()


def run(path: Path, name: str) -> ModuleType:
    """The module, in `sys.modules`; also when it raises what its code raises. `name` begins with `PREFIX`."""
    assert name.startswith(PREFIX)
    if _SOURCES not in sys.meta_path:
        sys.meta_path.insert(0, _SOURCES)
    loader = _Source(name, str(path))
    spec = spec_from_file_location(name, path, loader=loader, submodule_search_locations=[str(path.parent)])
    assert spec is not None
    spec.cached = None
    module = sys.modules[name] = module_from_spec(spec)
    loader.exec_module(module)
    return module
