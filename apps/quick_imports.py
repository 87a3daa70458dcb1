"""Importing what a daemon needs, in less time: a fifth of its start (docs/performance.md).

- `with quick_imports():` around import statements.
- pydantic asks every installed package whether it is a plugin of its, once; FastAPI loads all of pydantic's first
  version to see whether a route's parameter is one of its models. None of ours is, so neither is looked for meanwhile.
- `rare_collections()` is for the whole process: imports make 300,000 objects that stay, and the garbage collector
  would look through them 200 times.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"
_FIRST_VERSION = "pydantic.v1"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Apps that are loaded afterwards find both as they always are."""
    plugins, first_version = os.environ.get(_PLUGINS), sys.modules.get(_FIRST_VERSION)
    os.environ[_PLUGINS] = "__all__"
    sys.modules[_FIRST_VERSION] = first_version or cast(ModuleType, None)  # to Python, a module that is not there
    try:
        yield
    finally:
        if first_version is None:
            del sys.modules[_FIRST_VERSION]
        if plugins is None:
            del os.environ[_PLUGINS]
        else:
            os.environ[_PLUGINS] = plugins


def rare_collections() -> None:
    gc.set_threshold(50_000, 20, 20)
