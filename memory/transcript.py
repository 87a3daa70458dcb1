"""A conversation's messages and the context tokens they stand for, kept equal without tokenising twice.

- `add` takes a message; `prompt` appends to the context what the model has not read yet and opens an
  assistant segment; `close` says what the generation in that segment came to.
- What was generated keeps its own tokens: only the text behind it is rendered and tokenised.
- Text of messages is tokenised apart from the template's own, so a control token spelled out in a
  document stays text: nobody can end a turn or speak as the system from inside a message.
- It does not know the engine; KV that no longer fits `context.tokens` is the engine's to drop.

Invariants:
1. After `prompt`, the context's tokens are those of the template rendered over `messages`, except that
   every generated message stands as it was sampled.
2. When a template rewrites the past (drops old reasoning, say), the context is rebuilt whole and
   `rebuilds` counts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from llmasos.memory.segment import Context, Labels

Message = dict[str, Any]

# Private-use characters no template writes; a message's own are dropped from the rendering, never from the text.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


class Template(Protocol):
    def render(
        self, messages: Sequence[Message], tools: Sequence[Message] | None = None, add_generation_prompt: bool = True
    ) -> str: ...


class Transcript:
    """One process's messages over its context.

    `encode(text, special)` gives tokens; `end_texts` are the spellings of the tokens that end a turn.
    """

    def __init__(
        self,
        context: Context,
        template: Template,
        encode: Callable[[str, bool], list[int]],
        end_texts: Sequence[str],
        tools: Sequence[Message] = (),
        bos: int | None = None,
    ) -> None:
        self.context = context
        self.messages: list[Message] = []
        self.tools = list(tools)
        self.rebuilds = 0
        self._template = template
        self._encode = encode
        self._end_texts = [text for text in end_texts if text]
        self._bos = bos
        self._read = 0  # messages the context already stands for
        self._open_text: str | None = None  # what the generation in the open segment ended with

    def add(self, role: str, content: str, **more: Any) -> None:
        self.messages.append({"role": role, "content": content, **more})

    def prompt(self, labels: Labels | None = None) -> None:
        """Bring the context up to the messages and open the assistant's segment."""
        rendered = self._render(self.messages, True)
        fresh = self._fresh(rendered)
        if fresh is None:
            self.rebuilds += bool(self._read)
            self.context.segments.clear()
            self.context.tokens.clear()
            fresh = rendered
        self._append(fresh, labels)
        self._read = len(self.messages)
        self.context.append("assistant", "")

    def close(self, message: Message, generated: str) -> None:
        """The open segment became `message`; `generated` is its raw text, end token included if it was sampled."""
        self.messages.append(message)
        self._read = len(self.messages)
        self._open_text = generated
        self.context.segments[-1].text = generated

    def fork(self, context: Context) -> Transcript:
        """The same conversation over a copy of the context."""
        twin = Transcript(context, self._template, self._encode, self._end_texts, self.tools, self._bos)
        twin.messages = list(self.messages)
        twin._read, twin._open_text = self._read, self._open_text
        return twin

    def _render(self, messages: Sequence[Message], prompt: bool) -> str:
        """With placeholders for what messages say; a template that looks at it finds it as `said`."""
        marked = [
            {**m, "content": f"{_OPEN}{i}{_CLOSE}", "said": m["content"]} if m["content"] else m
            for i, m in enumerate(messages)
        ]
        return self._template.render(marked, self.tools or None, prompt)

    def _fresh(self, rendered: str) -> str | None:
        """The rendered text behind what the context holds; None when they do not line up."""
        if not self._read:
            return rendered if not self.context.tokens else None
        past = self._render(self.messages[: self._read], False)
        tail = self._tail(past)
        return None if tail is None or not rendered.startswith(past) else tail + rendered[len(past) :]

    def _tail(self, past: str) -> str | None:
        """What the template writes behind the last generated message, less what was sampled of it."""
        last, generated = self.messages[self._read - 1], self._open_text
        if last["role"] != "assistant" or generated is None:
            return None
        ended = next((end for end in self._end_texts if generated.endswith(end)), None)
        at = max((past.rfind(end) + (len(end) if ended else 0) for end in self._end_texts if end in past), default=-1)
        mark = f"{_OPEN}{self._read - 1}{_CLOSE}"
        start = past.rfind(mark) + len(mark) if last["content"] and mark in past else 0
        if at >= start:
            return past[at:]
        return past[start:] if start and not ended else None

    def _append(self, text: str, labels: Labels | None) -> None:
        """Tokens of rendered text, a segment for each message begun in it."""
        tokens: list[int] = [self._bos] if self._bos is not None and not self.context.tokens else []
        role, spelled = "system", ""
        at = 0
        for match in _MARK.finditer(text):
            message = self.messages[int(match[1])]
            tokens += self._encode(text[at : match.start()], True)
            tokens += self._encode(_unmarked(message["content"]), False)
            at = match.end()
            self.context.append(message["role"], message["content"], tokens, labels)
            tokens = []
            role, spelled = message["role"], message["content"]
        tokens += self._encode(text[at:], True)
        if self.context.segments and spelled:
            self.context.extend(tokens)
        else:
            self.context.append(role, text[at:], tokens, labels)


def _unmarked(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")
