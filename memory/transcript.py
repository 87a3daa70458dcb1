"""A conversation's messages and the context tokens they stand for, kept equal without tokenising twice.

- `add` takes a message; `prompt` appends to the context what the model has not read yet and opens an
  assistant segment; `close` says what the generation in that segment came to.
- What was generated keeps its own tokens: only the text behind it is rendered and tokenised.
- Text of messages is tokenised apart from the template's own, so a control token spelled out in a
  document stays text: nobody can end a turn or speak as the system from inside a message.
- `insert` and `rearrange` are the pager's: other messages in the window; `note` is what stands in for those that left.
- It does not know the engine; KV that no longer fits `context.tokens` is the engine's to drop.

Invariants:
1. After `prompt`, the context's tokens are those of the template rendered over `messages`, except that
   every generated message stands as it was sampled.
2. When a template rewrites the past (drops old reasoning, say), or the pager does, the context is rebuilt whole and
   `rebuilds` counts it. What was generated is then tokenised like any message.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from llmasos.memory.segment import Context, Labels, labels_of

Message = dict[str, Any]

# Private-use characters no template writes; a message's own are dropped from the rendering, never from the text.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARK = re.compile(f"{_OPEN}(\\d+)(?:\\.(\\d+))?{_CLOSE}")


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
        context.messages = self.messages  # type: ignore[assignment]
        self.tools = list(tools)
        self.rebuilds = 0
        self._template = template
        self._encode = encode
        self._end_texts = [text for text in end_texts if text]
        self._bos = bos
        self._read = 0  # messages the context already stands for
        self._open_text: str | None = None  # what the generation in the open segment ended with
        self._stale = False  # the context stands for other messages
        self._is_open = False  # its last segment waits for what is generated
        self._note = ""

    def add(self, role: str, content: str, **more: Any) -> None:
        self.messages.append({"role": role, "content": content, **more})

    def insert(self, at: int, messages: Sequence[Message]) -> None:
        """Put messages before number `at`, which the context does not hold yet."""
        assert at >= self._read, "the context has read past it"
        self.messages[at:at] = messages

    def rearrange(self, messages: Sequence[Message], note: str) -> None:
        """Have other messages in the window, and a note for the model on what is not there (empty: none)."""
        self.messages[:], self._note, self._stale = list(messages), note, True

    @property
    def num_unread(self) -> int:
        """Messages that the context does not hold yet."""
        return len(self.messages) - self._read

    def count(self, text: str) -> int:
        """Tokens of a message's text."""
        return len(self._encode(_unmarked(text), False))

    def prompt(self, labels: Labels | None = None) -> None:
        """Bring the context up to the messages and open the assistant's segment, unless it is all there already."""
        if self._is_open and self.num_unread == 0 and not self._stale:
            return
        rendered = self._render(self.messages, True)
        fresh = None if self._stale else self._fresh(rendered)
        if fresh is None:
            self.rebuilds += bool(self._read)
            self.context.segments.clear()
            self.context.tokens.clear()
            fresh = rendered
        self._append(fresh, labels)
        self._read, self._stale, self._is_open = len(self.messages), False, True
        self.context.append("assistant", "")

    def close(self, message: Message, generated: str) -> None:
        """The open segment became `message`; `generated` is its raw text, end token included if it was sampled."""
        self.messages.append(message)
        self._read, self._is_open = len(self.messages), False
        self._open_text = generated
        self.context.segments[-1].text = generated
        self.context.segments[-1].labels = labels_of(message)

    def fork(self, context: Context) -> Transcript:
        """The same conversation over a copy of the context."""
        twin = Transcript(context, self._template, self._encode, self._end_texts, self.tools, self._bos)
        twin.messages[:] = self.messages
        twin._read, twin._open_text = self._read, self._open_text
        twin._stale, twin._note, twin._is_open = self._stale, self._note, self._is_open
        return twin

    def _render(self, messages: Sequence[Message], prompt: bool) -> str:
        """With placeholders for what messages say; a template that looks at it finds it as `said`."""
        marked = [_marked(message, i) for i, message in enumerate(messages)]
        if self._note:
            marked = _noted(marked, self._note)
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
            at = match.end()
            if match[2] is not None:
                quoted = text[match.start() - 1 : match.start()] == '"'
                tokens += self._encode(_argument(message, int(match[2]), quoted), False)
                continue
            tokens += self._encode(_unmarked(message["content"]), False)
            self.context.append(message["role"], message["content"], tokens, labels or labels_of(message))
            tokens = []
            role, spelled = message["role"], message["content"]
        tokens += self._encode(text[at:], True)
        if self.context.segments and spelled:
            self.context.extend(tokens)
        else:
            self.context.append(role, text[at:], tokens, labels)


def _marked(message: Message, number: int) -> Message:
    """A message with placeholders for its text and for the texts among its calls' arguments."""
    calls = message.get("tool_calls")
    if calls:
        message = {**message, "tool_calls": _marked_calls(calls, number)}
    if not message["content"]:
        return message
    return {**message, "content": f"{_OPEN}{number}{_CLOSE}", "said": message["content"]}


def _marked_calls(calls: Sequence[Message], number: int) -> list[Message]:
    found = itertools.count()
    return [
        {**call, "function": {**function, "arguments": _mapped(function["arguments"], lambda _: _place(number, found))}}
        for call in calls
        for function in (call["function"],)
    ]


def _place(number: int, found: Iterator[int]) -> str:
    return f"{_OPEN}{number}.{next(found)}{_CLOSE}"


def _mapped(value: Any, change: Callable[[str], Any]) -> Any:
    """A JSON value with its texts changed, in order; not its keys, nor empty texts."""
    if isinstance(value, str):
        return change(value) if value else value
    if isinstance(value, dict):
        return {key: _mapped(inner, change) for key, inner in value.items()}
    return [_mapped(inner, change) for inner in value] if isinstance(value, list) else value


def _argument(message: Message, number: int, quoted: bool) -> str:
    """The text that `_marked_calls` gave a number; as JSON has it where the template wrote JSON."""
    texts: list[str] = []
    for call in message["tool_calls"]:
        _mapped(call["function"]["arguments"], texts.append)
    text = _unmarked(texts[number])
    return json.dumps(text, ensure_ascii=False)[1:-1] if quoted else text


def _noted(messages: Sequence[Message], note: str) -> list[Message]:
    """The note before what the user says first: every template has a place there."""
    at = next((i for i, message in enumerate(messages) if message["role"] == "user"), None)
    if at is None:
        return list(messages)
    first = messages[at]
    return [*messages[:at], {**first, "content": f"{note}\n\n{first['content']}"}, *messages[at + 1 :]]


def _unmarked(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")
