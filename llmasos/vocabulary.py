"""A model's tokens without the model: how long a text or a conversation is to it, with no weights loaded.

- `with vocabulary(config, "nano") as tokens: tokens.count("hello")`.
- `conversation(messages)` counts what the model would read, its template included; `window_tokens` is what it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llmasos.boot import SIM_WINDOW_TOKENS, catalog
from llmasos.config import Config
from llmasos.drivers import gguf
from llmasos.drivers.driver import Tokenizer
from llmasos.drivers.template import PLAIN, ChatTemplate


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Good until its context manager ends."""

    name: str
    window_tokens: int
    _tokenizer: Tokenizer
    _template: ChatTemplate

    def count(self, text: str) -> int:
        return len(self._tokenizer.encode(text))

    def conversation(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> int:
        """Raises TemplateError for what the template cannot say."""
        text = self._template.render(messages, tools or None, add_generation_prompt=False)
        return len(self._tokenizer.encode(text, special=True))


@contextmanager
def vocabulary(config: Config, name: str) -> Iterator[Vocabulary]:
    """Of a model by name or path. Raises ModelNotFound, ModelDamaged, DriverNotInstalled."""
    if config.model.driver == "sim":
        from llmasos.drivers.sim import TEMPLATE, SimTokenizer

        window = config.model.window_tokens or SIM_WINDOW_TOKENS
        yield Vocabulary(name, window, SimTokenizer(), ChatTemplate(TEMPLATE))
        return
    header = gguf.check(catalog(config.home).resolve(name).resolve())
    from llmasos.drivers.llama_tokenizer import Vocabulary as Loaded

    loaded = Loaded(header)
    try:
        names = [
            "" if token is None or token < 0 else loaded.token_bytes(token).decode(errors="replace")
            for token in (loaded.bos_token, loaded.eos_token)
        ]
        template = ChatTemplate(header.chat_template or PLAIN, bos=names[0], eos=names[1])
        window = min(config.model.window_tokens or header.window_tokens, header.window_tokens)
        yield Vocabulary(name, window, loaded, template)
    finally:
        loaded.close()
