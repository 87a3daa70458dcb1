"""A loaded model as processes use it: the engine that runs it and what turns messages into its tokens."""

from __future__ import annotations

from dataclasses import dataclass

from llmasos.drivers.driver import Driver
from llmasos.drivers.grammar import GrammarCompiler
from llmasos.drivers.template import ChatTemplate
from llmasos.kernel.engine import Engine
from llmasos.memory.near import NearTools


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    driver: Driver
    engine: Engine
    template: ChatTemplate
    grammars: GrammarCompiler
    vocabulary: str = ""  # the name it is kept under beside the journal (`drivers/vocabulary_file.py`)
    near: NearTools | None = None  # where the template shows the tools near to a request
