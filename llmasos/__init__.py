"""llmasos: an operating system for LLM agents.

The public names, loaded when they are first used: `App`, `Kernel`, `LLM`, `syscall`, `Untrusted`, `Limits`,
`Sampling`, `Signal`, and the errors of `llmasos.errors`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmasos.app import App as App
    from llmasos.boot import Kernel as Kernel
    from llmasos.drivers.sampling import Sampling as Sampling
    from llmasos.errors import LLMasOSError as LLMasOSError
    from llmasos.kernel.limits import Limits as Limits
    from llmasos.kernel.signals import Signal as Signal
    from llmasos.kernel.syscall import Untrusted as Untrusted
    from llmasos.kernel.syscall import syscall as syscall
    from llmasos.llm import LLM as LLM

__version__ = "0.1.0"

_HOMES = {
    "App": "llmasos.app",
    "Kernel": "llmasos.boot",
    "LLM": "llmasos.llm",
    "LLMasOSError": "llmasos.errors",
    "Limits": "llmasos.kernel.limits",
    "Sampling": "llmasos.drivers.sampling",
    "Signal": "llmasos.kernel.signals",
    "Untrusted": "llmasos.kernel.syscall",
    "syscall": "llmasos.kernel.syscall",
}
__all__ = ["LLM", "App", "Kernel", "LLMasOSError", "Limits", "Sampling", "Signal", "Untrusted", "syscall"]


def __getattr__(name: str) -> Any:
    """Public names on demand: `import llmasos` stays quick, so `llmasos --help` does."""
    if name not in _HOMES:
        raise AttributeError(f"module 'llmasos' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
