"""A loaded model as processes use it: the engine that runs it and what turns messages into its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llmasos.drivers.driver import Driver
from llmasos.drivers.grammar import GrammarCompiler
from llmasos.drivers.template import ChatTemplate
from llmasos.kernel.engine import Engine


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    driver: Driver
    engine: Engine
    template: ChatTemplate
    grammars: GrammarCompiler
    near: Callable[[str, Sequence[dict[str, Any]]], str | None] | None = None  # names the tools near to a text; blocks
