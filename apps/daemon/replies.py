"""What a turn came to, in OpenAI's words: messages, chunks, log-probabilities, usage.

- `chat(turn)`, `completion(turn)` are whole answers; `ChatChunks`, `TextChunks` say the same piece by piece.
- An answer's id ends with the pid of the process that gave it, or the first of several.
- A token that a grammar forced has probability 1 by construction: its logprob is 0 and it has no alternatives.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.turn import Turn
from llmasos.apps.daemon.turns import Turns
from llmasos.events import Said
from llmasos.serving import Model

_REASONS = {"grammar": "stop", "interrupted": "stop"}


def text_of(said: Said, tools: Sequence[object]) -> str:
    """The text of a message; where no calls are possible, what looks like one is text too."""
    unread = "".join(bad.raw for bad in said.bad_calls)
    made = "".join(call.raw for call in said.calls) if not tools else ""
    return said.text + made + unread


def calls_of(turn: Turn) -> list[dict[str, Any]]:
    """Their ids are the process's and the call's number: the same however often they are asked for."""
    calls = turn.said.calls if turn.tools else []
    return [
        {
            "id": f"call_{turn.handle.pid}_{number}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
        }
        for number, call in enumerate(calls)
    ]


def finish_reason(said: Said, tools: Sequence[object]) -> str:
    if said.calls and tools:
        return "tool_calls"
    return _REASONS.get(said.finish_reason, said.finish_reason)


def usage(turns: Turns) -> dict[str, Any]:
    """A prompt with several answers counts once."""
    prompts = [turn.handle.process.accounting for turn in turns.prompts]
    num_prompt = sum(used.prompt_tokens for used in prompts)
    num_said = sum(turn.handle.process.accounting.completion_tokens for turn in turns.all)
    return {
        "prompt_tokens": num_prompt,
        "completion_tokens": num_said,
        "total_tokens": num_prompt + num_said,
        "prompt_tokens_details": {"cached_tokens": sum(used.cached_tokens for used in prompts)},
    }


def chat(turns: Turns, model: Model, logprobs: bool) -> dict[str, Any]:
    choices = [_message_choice(turn, model, logprobs, i) for i, turn in enumerate(turns.all)]
    return {**_head(turns, model, "chat.completion", "chatcmpl"), "choices": choices, "usage": usage(turns)}


def _message_choice(turn: Turn, model: Model, logprobs: bool, index: int) -> dict[str, Any]:
    said = turn.result()
    calls = calls_of(turn)
    text = text_of(said, turn.tools)
    message: dict[str, Any] = {"role": "assistant", "content": text if text or not calls else None, "refusal": None}
    return {
        "index": index,
        "message": {**message, "tool_calls": calls} if calls else message,
        "logprobs": {"content": token_logprobs(said, model, 0), "refusal": None} if logprobs else None,
        "finish_reason": finish_reason(said, turn.tools),
    }


def completion(turns: Turns, model: Model, logprobs: bool) -> dict[str, Any]:
    choices = [_text_choice(turn, model, logprobs, i) for i, turn in enumerate(turns.all)]
    return {**_head(turns, model, "text_completion", "cmpl"), "choices": choices, "usage": usage(turns)}


def _text_choice(turn: Turn, model: Model, logprobs: bool, index: int) -> dict[str, Any]:
    said = turn.result()
    told = text_logprobs(said, model, 0, 0) if logprobs else None
    return {"index": index, "text": said.text, "logprobs": told, "finish_reason": finish_reason(said, ())}


class Chunks(Protocol):
    """One streamed answer, in order: `first`, `text`..., `last`; `failed` where it ends with an error instead.

    Usage comes behind the last of them, where it is asked for.
    """

    ends_with_done: bool  # OpenAI's older streams say that they are over

    def first(self) -> list[dict[str, Any]]: ...

    def text(self, piece: str) -> list[dict[str, Any]]: ...

    def last(self) -> Iterator[dict[str, Any]]:
        """Raises Refused when it failed."""
        ...

    def failed(self, refused: Refused) -> list[dict[str, Any]]: ...


class ChatChunks:
    """Of a chat."""

    ends_with_done = True

    def __init__(self, turns: Turns, index: int, model: Model, *, logprobs: bool, counts_usage: bool) -> None:
        self._turns, self._index, self._turn, self._model = turns, index, turns.all[index], model
        self._logprobs, self._counts_usage = logprobs, counts_usage
        self._head = _head(turns, model, "chat.completion.chunk", "chatcmpl")
        self._shown = 0  # characters
        self._told = 0  # tokens whose log-probability was given

    def first(self) -> list[dict[str, Any]]:
        return [self._chunk({"role": "assistant", "content": "", "refusal": None})]

    def text(self, piece: str) -> list[dict[str, Any]]:
        self._shown += len(piece)
        return [self._chunk({"content": piece}, logprobs=self._new_logprobs())]

    def last(self) -> Iterator[dict[str, Any]]:
        """What was held back, the calls, and how it ended."""
        said = self._turn.result()
        if rest := text_of(said, self._turn.tools)[self._shown :]:
            yield from self.text(rest)
        if calls := calls_of(self._turn):
            yield self._chunk({"tool_calls": [{"index": i, **call} for i, call in enumerate(calls)]})
        logprobs = self._new_logprobs()
        told = logprobs if logprobs and logprobs["content"] else None
        yield self._chunk({}, finish_reason(said, self._turn.tools), told)
        if self._counts_usage and self._turn is self._turns.all[-1]:
            yield {**self._head, "choices": [], "usage": usage(self._turns)}

    def failed(self, refused: Refused) -> list[dict[str, Any]]:
        return [refused.body]

    def _new_logprobs(self) -> dict[str, Any] | None:
        if not self._logprobs:
            return None
        since, self._told = self._told, len(self._turn.said.logprobs)
        return {"content": token_logprobs(self._turn.said, self._model, since), "refusal": None}

    def _chunk(
        self, delta: dict[str, Any], reason: str | None = None, logprobs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        choice = {"index": self._index, "delta": delta, "logprobs": logprobs, "finish_reason": reason}
        chunk = {**self._head, "choices": [choice]}
        return {**chunk, "usage": None} if self._counts_usage else chunk


class TextChunks:
    """Of a plain completion."""

    ends_with_done = True

    def __init__(self, turns: Turns, index: int, model: Model, *, logprobs: bool, counts_usage: bool) -> None:
        self._turns, self._index, self._turn, self._model = turns, index, turns.all[index], model
        self._logprobs, self._counts_usage = logprobs, counts_usage
        self._head = _head(turns, model, "text_completion", "cmpl")
        self._shown = 0  # characters
        self._told = 0  # tokens whose log-probability was given

    def first(self) -> list[dict[str, Any]]:
        return []  # a text begins with its text

    def failed(self, refused: Refused) -> list[dict[str, Any]]:
        return [refused.body]

    def text(self, piece: str) -> list[dict[str, Any]]:
        return [self._chunk(piece)]

    def last(self) -> Iterator[dict[str, Any]]:
        yield self._chunk("", finish_reason(self._turn.result(), ()))
        if self._counts_usage and self._turn is self._turns.all[-1]:
            yield {**self._head, "choices": [], "usage": usage(self._turns)}

    def _chunk(self, piece: str, reason: str | None = None) -> dict[str, Any]:
        told = text_logprobs(self._turn.said, self._model, self._told, self._shown) if self._logprobs else None
        self._told, self._shown = len(self._turn.said.logprobs), self._shown + len(piece)
        choice = {"index": self._index, "text": piece, "logprobs": told, "finish_reason": reason}
        chunk = {**self._head, "choices": [choice]}
        return {**chunk, "usage": None} if self._counts_usage else chunk


def text_logprobs(said: Said, model: Model, since: int, offset: int) -> dict[str, Any]:
    """The older form: columns. `offset` is the place in the text of token number `since`, in characters."""
    rows = token_logprobs(said, model, since)
    ends = itertools.accumulate((len(row["token"]) for row in rows), initial=offset)
    return {
        "tokens": [row["token"] for row in rows],
        "token_logprobs": [row["logprob"] for row in rows],
        "top_logprobs": [{top["token"]: top["logprob"] for top in row["top_logprobs"]} for row in rows],
        "text_offset": list(ends)[:-1],
    }


def token_logprobs(said: Said, model: Model, since: int) -> list[dict[str, Any]]:
    """Each token from number `since` on, without the one that ended the message."""
    ends = model.driver.tokenizer.end_tokens
    rows = list(zip(said.logprobs, said.top_logprobs, strict=True))[since:]
    return [
        {
            **_token(token, logprob or 0.0, model),
            "top_logprobs": [_token(other, value, model) for other, value in top],
        }
        for (token, logprob), top in rows
        if token not in ends
    ]


def _token(token: int, logprob: float, model: Model) -> dict[str, Any]:
    spelled = model.driver.tokenizer.token_bytes(token)
    return {"token": spelled.decode(errors="replace"), "logprob": logprob, "bytes": list(spelled)}


def _head(turns: Turns, model: Model, kind: str, prefix: str) -> dict[str, Any]:
    return {
        "id": f"{prefix}-{turns.all[0].handle.pid}",
        "object": kind,
        "created": int(time.time()),
        "model": model.name,
        "system_fingerprint": model.driver.info.fingerprint,
    }
