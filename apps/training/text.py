"""Dialogues as tokens: the chat template, and which tokens the loss looks at.

- `Template()` renders nano's shipped template exactly as Hugging Face's renderer would.
- `weights_of(ids, ...)` finds the assistant's turns by the control tokens, so there is one source of truth for the
  format: the template.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
from jinja2.sandbox import ImmutableSandboxedEnvironment
from numpy.typing import NDArray

from llmasos.models import nano

FOLDER = Path(nano.__path__[0])


def _tojson(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


class Template:
    """A chat template in jinja's sandbox with Hugging Face's settings and filter."""

    def __init__(self, source: str | None = None) -> None:
        self.source = source if source is not None else (FOLDER / "template.jinja").read_text("utf-8")
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.filters["tojson"] = _tojson
        self._template = environment.from_string(self.source)

    def render(
        self, messages: Sequence[Any], tools: Sequence[Any] | None = None, add_generation_prompt: bool = False
    ) -> str:
        return self._template.render(
            messages=list(messages), tools=list(tools or ()), add_generation_prompt=add_generation_prompt
        )


class Marks:
    """The token ids that delimit turns."""

    def __init__(self, tokenizer: Any) -> None:
        self.pad: int = tokenizer.token_to_id("<|endoftext|>")
        self.start: int = tokenizer.token_to_id("<|im_start|>")
        self.end: int = tokenizer.token_to_id("<|im_end|>")
        head = {role: tokenizer.encode(role + "\n").ids for role in ("system", "user", "assistant", "tool")}
        self.heads = head
        self.call: list[int] = tokenizer.encode('<tool_call>\n{"name": "').ids
        self.value: list[int] = tokenizer.encode('": "').ids
        self.name_end: int = tokenizer.token_to_id('",')


def weights_of(
    ids: Sequence[int], marks: Marks, prompt_weight: float, choice_weight: float = 1.0
) -> NDArray[numpy.float32]:
    """One loss weight per token: (T,) -> (T,).

    1 for what the assistant says and its end mark, `prompt_weight` for user and tool text, 0 for the system message
    and the marks and role names that the template writes; `choice_weight` where the assistant chooses: its first
    token, the tool's name and the first token of each text it passes.
    """
    weights = numpy.zeros(len(ids), numpy.float32)
    at = 0
    while at < len(ids):
        assert ids[at] == marks.start
        stop = ids.index(marks.end, at)
        for role, head in marks.heads.items():
            first = at + 1 + len(head)
            if list(ids[at + 1 : first]) == head:
                weights[first : stop + 1] = {"assistant": 1.0, "system": 0.0}.get(role, prompt_weight)
                if role == "assistant":
                    weights[first] = choice_weight
                    name = first + len(marks.call)
                    if list(ids[first:name]) == marks.call and marks.name_end in ids[name:stop]:
                        weights[name : ids.index(marks.name_end, name)] = choice_weight
                        for value in range(name, stop):
                            if list(ids[value - len(marks.value) : value]) == marks.value:
                                weights[value] = choice_weight
                break
        at = stop + 2  # the mark and its line end
    return weights
