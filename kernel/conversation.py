"""A process's conversation with its model: its messages, its window, and one generated message after the other.

- `add` a message, `complete` with the model, `continue_text` without a template; `readable` fits a result in.
- Every message is journaled, at the latest before what follows from it: `restore` takes the conversation up from
  them, and `complete(partial=...)` goes on inside a message whose tokens are in the journal already.
- Where the kernel pages, `paging` keeps the context within its window.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.drivers.sampling import Constraint, Sampling, TokenSampler
from llmasos.drivers.tool_calls import BadCall, ToolCall
from llmasos.errors import DriverError, ProcessFailed, StoreUnavailable, UsageError, WindowTooSmall
from llmasos.kernel.events import Text
from llmasos.kernel.generation import fenced
from llmasos.kernel.journal import Record
from llmasos.kernel.model import Model
from llmasos.kernel.paging import Paging
from llmasos.kernel.slices import Slices
from llmasos.kernel.spelling import Spelling
from llmasos.kernel.stop import StopStrings
from llmasos.memory.near import near_ones
from llmasos.memory.segment import UNTRUSTED, Segment, merged, untrusted
from llmasos.memory.transcript import Transcript

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

_log = logging.getLogger(__name__)
SHOWN = "shown"  # marks, in a record, a message that is no whole answer: so many characters of it were shown
ANSWER_PART = 8  # one part in so many of a window is kept free of results, for the answer


@dataclass(slots=True)
class Said:
    """What one generation came to."""

    text: str = ""
    raw: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    bad_calls: list[BadCall] = field(default_factory=list)
    finish_reason: str = ""
    logprobs: list[tuple[int, float | None]] = field(default_factory=list)
    top_logprobs: list[tuple[tuple[int, float], ...]] = field(default_factory=list)  # as many as `logprobs`

    def take(self, piece: str | ToolCall | BadCall) -> None:
        """What the parser found next."""
        if isinstance(piece, ToolCall):
            self.calls.append(piece)
        elif isinstance(piece, BadCall):
            self.bad_calls.append(piece)
        else:
            self.text += piece

    @property
    def message(self) -> dict[str, Any]:
        """As a message of the conversation, in OpenAI's shape."""
        calls = [{"type": "function", "function": {"name": c.name, "arguments": c.arguments}} for c in self.calls]
        unread = self.bad_calls[0].raw if self.bad_calls and not calls else ""
        message: dict[str, Any] = {"role": "assistant", "content": self.text + unread}
        return {**message, "tool_calls": calls} if calls else message


class Conversation:
    """One task's. Begun with the program's system text at its first use."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._kernel = task.kernel
        self._process = task.process
        self._transcript: Transcript | None = None
        self.said = Said()  # what the last generation came to, or has so far
        self._next_segment = 0  # id of the first that the journal does not have
        self._unwritten: list[Record] = []  # messages that the journal does not have yet
        self._seed: int | None = None  # that a message under way was begun with
        self._vocabulary = ""  # that the journal says its tokens are of
        self._closed: Said | None = None  # the last generation that has become a message
        self._kept: Said | None = None  # and the last that has one in the journal
        self._restored = ""  # the untrusted sources of all that was taken up after a restart
        self.paging: Paging | None = None  # once there is a transcript, where the kernel pages

    async def model(self) -> Model:
        return await self._kernel.model(self._process.model)

    async def window_tokens(self) -> int:
        """How long its context may be."""
        return (await self.model()).engine.window_tokens(self._process)

    async def transcript(self) -> Transcript:
        if self._transcript is None:
            model = await self.model()
            tokenizer = model.driver.tokenizer
            self._transcript = Transcript(
                self._process.context,
                model.template,
                lambda text, special: tokenizer.encode(text, special=special),
                [tokenizer.token_bytes(t).decode(errors="replace") for t in sorted(tokenizer.end_tokens)],
                self._task.tools,
                model.driver.bos_token if model.driver.add_bos and not model.template.writes_bos else None,
            )
            system = self._task.program.system or model.driver.info.metadata.get("llmasos.system", "")
            if system:
                self._transcript.add("system", system)
            if self._kernel.new_pager is not None and self._task.program.pages:
                self.paging = Paging(self._task, self._kernel.new_pager(self._process.pid, self._transcript))
        return self._transcript

    async def adopt(self, other: Conversation) -> None:
        """Go on from a copy of another's (fork)."""
        self._process.context = other._process.context.copy()
        self._next_segment = self._process.context.next_id
        self._transcript = (await other.transcript()).fork(self._process.context)
        if self._kernel.new_pager is not None and other.paging is not None:
            archive = self._kernel.new_pager(self._process.pid, self._transcript).archive
            self.paging = Paging(self._task, other.paging.pager.fork(self._transcript, archive))

    async def restore(
        self,
        messages: Sequence[dict[str, Any]],
        folded: Sequence[dict[str, Any]],
        always: dict[str, Any],
        seed: int | None = None,
    ) -> None:
        """Take up messages that the journal has, texts of which the window has a part only, and what always stays.

        `seed`: of the message that was under way.
        """
        (await self.transcript()).messages += messages
        self._seed = seed
        self._restored = merged(*(message.get(UNTRUSTED, "") for message in messages))
        if self.paging is not None:
            await anyio.to_thread.run_sync(self.paging.pager.restore, folded, always, await self.window_tokens())

    async def add(self, role: str, content: str, **more: Any) -> None:
        transcript = await self.transcript()
        if self.paging is not None and role != "system":
            content, excerpt = await self.paging.taken(role, content, await self.window_tokens(), more)
            more |= excerpt
        if role == "user" and (near := await self._near(content)) is not None:
            more["near"] = near
        transcript.add(role, content, **more)
        self._note(transcript.messages[-1])

    async def _near(self, text: str) -> str | None:
        """What its template is told of the tools near to a text; kept with the message, so that it never changes.

        No process ends for want of a hint: without it the template searches by words.
        """
        near, tools = (await self.model()).near, self._task.tools
        if near is None or not near.concerns(tools):
            return None
        try:
            return await anyio.to_thread.run_sync(near.hint, text, tools)
        except (StoreUnavailable, DriverError) as error:
            _log.warning("tools are not looked up by meaning: %s", error)
            return None

    def _callable(self, model: Model, messages: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """The tools that may be called now: right after a request, not those of others that are far from it."""
        tools, hint = self._task.tools, messages[-1].get("near") if messages else None
        return (near_ones(tools, hint, model.near.known) if hint and model.near else None) or tools

    def _doubting(self, model: Model, messages: Sequence[dict[str, Any]], sampling: Sampling) -> Sampling:
        """Right after a request that nothing listed is near to, a call has to be likelier by so much."""
        hint = messages[-1].get("near") if messages else None
        mark = model.grammars.call_mark(model.template.family)
        if model.near is None or hint is None or mark is None or not (less := model.near.doubt(self._task.tools, hint)):
            return sampling
        return replace(sampling, logit_bias={**sampling.logit_bias, mark: sampling.logit_bias.get(mark, 0.0) - less})

    async def readable(self, text: str) -> str:
        """A result as the model reads it: whole, or as an error with both sizes where its window has no room.

        Where the kernel pages there is room for any: `add` archives what is too long.
        """
        if self.paging is not None:
            return text
        model, window = await self.model(), await self.window_tokens()
        room = max(0, window - len(self._process.context.tokens) - window // ANSWER_PART)
        num_tokens = (
            len(model.driver.tokenizer.encode(text)) if len(text.encode()) > room else 0
        )  # a token is a byte or more
        return f"error EFBIG: the result has {num_tokens} tokens and {room} fit" if num_tokens > room else text

    async def complete(
        self,
        *,
        max_tokens: int | None = None,
        sampling: Sampling | None = None,
        stop: Sequence[str] = (),
        grammar: Constraint | None = None,
        partial: Sequence[int] = (),
    ) -> Said:
        """Let the model say one message: call or text, or what `grammar` wants.

        `partial` are tokens of it that were sampled before a restart.
        """
        transcript, model = await self.transcript(), await self.model()
        if self.paging is not None:
            await self.paging.read(await self.window_tokens())
        else:
            transcript.prompt()
        chosen = sampling or self._task.program.sampling or self._kernel.sampling
        chosen = self._seeded(chosen, goes_on=bool(partial))
        await self.flush(self._next_segment)
        sources = merged(self._process.context.untrusted, self._restored if partial else "")
        said = self.said = Said()
        parser = model.template.parser()
        if grammar is None and self._task.tools:
            grammar = model.grammars.tools(model.template.family, self._callable(model, transcript.messages))
            chosen = self._doubting(model, transcript.messages, chosen)
        sampler = TokenSampler(chosen, grammar, transcript.context.tokens[-chosen.penalty_window :])
        whole = False
        try:
            async with aclosing(self._sampled(model, sampler, max_tokens, said, stop, partial)) as pieces:
                async for text in pieces:
                    self._take(said, parser.feed(text))
            self._take(said, parser.finish())
            whole = not said.bad_calls
        finally:
            message = {**said.message, **untrusted(sources)}  # it was made from those, wherever they are by now
            transcript.close(message, said.raw)
            self._note(message if whole else {**message, SHOWN: len(said.text)})
            self._closed = said
        await self.flush()
        return said

    def _seeded(self, sampling: Sampling, *, goes_on: bool) -> Sampling:
        """With a seed where chance has a part: on record, so that a restart goes on with the same draws."""
        if sampling.temperature == 0.0 or sampling.seed is not None:
            return sampling
        seed = self._seed if goes_on and self._seed is not None else secrets.randbits(53)
        self._unwritten.append(Record(self._process.pid, "sampling", {"seed": seed}))
        return replace(sampling, seed=seed)

    async def continue_text(
        self, prompt: str, *, max_tokens: int | None, sampling: Sampling, stop: Sequence[str] = ()
    ) -> Said:
        """Plain continuation of a text, without a chat template."""
        model = await self.model()
        context = self._process.context
        first = context.next_id
        tokens = model.driver.tokenizer.encode(prompt)
        bos = [model.driver.bos_token] if model.driver.add_bos and model.driver.bos_token is not None else []
        if not (tokens or bos or context.tokens):
            raise UsageError("the prompt is empty, and this model has no token to begin with")
        context.append("user", prompt, [*([] if context.tokens else bos), *tokens])
        context.append("assistant", "")
        await self.flush(first)
        said = self.said = Said()
        sampler = TokenSampler(sampling, None, context.tokens[-sampling.penalty_window :])
        try:
            async with aclosing(self._sampled(model, sampler, max_tokens, said, stop)) as pieces:
                async for text in pieces:
                    self._take(said, [text])
        finally:
            self._unwritten.append(Record(self._process.pid, "text", {"content": said.text}))
            self._closed = said
        await self.flush()
        return said

    async def flush(self, first_segment: int | None = None, also: Sequence[Record] = ()) -> None:
        """Write what the journal lacks: messages, and the segments from one on; `also` in the same commit."""
        records, self._unwritten = self._unwritten, []
        if first_segment is not None:
            fresh = [s for s in self._process.context.segments if s.segment_id >= first_segment]
            records += await self._whose_tokens()
            records += [Record(self._process.pid, "segment", _fact(segment)) for segment in fresh]
            self._next_segment = self._process.context.next_id
        if records or also:
            try:
                await anyio.to_thread.run_sync(self._kernel.journal.append, [*records, *also])
            except BaseException:  # the disk is full, or its turn was ended just now: they are still owed
                self._unwritten = [*records, *self._unwritten]
                raise
        self._kept = self._closed

    async def interrupted(self) -> None:
        """Its turn was ended, and no restart may take it up."""
        self._unwritten.append(Record(self._process.pid, "interrupted", {}))
        await self.flush()

    def last_words(self) -> list[Record]:
        """What was heard of a message that the journal will not have, for its end."""
        if not (self.said.text and self._task.program.streams) or self.said is self._kept:
            return []
        return [Record(self._process.pid, "said", {"text": self.said.text})]

    async def _whose_tokens(self) -> list[Record]:
        """Once: what the numbers of the tokens that follow stand for."""
        model = await self.model()
        if self._vocabulary == model.vocabulary:
            return []
        self._vocabulary = model.vocabulary
        return [Record(self._process.pid, "vocabulary", {"name": model.vocabulary, "model": model.name})]

    def _note(self, message: dict[str, Any]) -> None:
        self._unwritten.append(Record(self._process.pid, "message", message))

    async def _sampled(
        self,
        model: Model,
        sampler: TokenSampler,
        max_tokens: int | None,
        said: Said,
        stop: Sequence[str],
        partial: Sequence[int] = (),
    ) -> AsyncGenerator[str, None]:
        """Text of the tokens as they come, end tokens left out; fills `raw`, `logprobs`, `finish_reason`."""
        await self._task.checkpoint()
        spelling = Spelling(model.driver.tokenizer)
        stops = StopStrings(stop)
        if partial:
            _check_tokens(partial, model)
            done = sampler.replay(partial)
            partial = [*partial, *await self._owed(sampler)]
            self._process.context.extend(partial)
            if shown := stops.feed(spelling.text(partial)):
                yield shown
            said.raw = spelling.raw
            if done or partial[-1] in model.driver.tokenizer.end_tokens:
                said.finish_reason = "stop"
                return
        safe = fenced(sampler, model.driver.info.vocab_size)  # one for all that follows
        while True:
            generation = Slices(self._task, model.engine, safe, max_tokens, spelling)
            try:
                async with generation:
                    async for emissions in generation:
                        said.logprobs += [(e.token, e.logprob) for e in emissions]
                        said.top_logprobs += [e.top_logprobs for e in emissions]
                        if shown := stops.feed(spelling.text([e.token for e in emissions])):
                            yield shown
                        if stops.hit:
                            break
                break
            except WindowTooSmall:
                if self.paging is None or not await self.paging.make_room(await self.window_tokens()):
                    raise
                max_tokens = generation.left
            finally:  # whoever leaves early leaves tokens in the context that nobody was shown
                spelling.text([e.token for e in generation.unseen])
                said.raw = spelling.raw
        said.finish_reason = "stop" if stops.hit else generation.finish_reason
        if rest := stops.finish():
            yield rest

    async def _owed(self, sampler: TokenSampler) -> tuple[int, ...]:
        """What a grammar forces behind a beginning that was cut in the middle of it (a step back); journaled."""
        if sampler.owed:
            segment = self._process.context.segments[-1].segment_id
            owed = Record(self._process.pid, "tokens", {"segment": segment, "tokens": list(sampler.owed)})
            await anyio.to_thread.run_sync(self._kernel.journal.append, [owed])
        return sampler.owed

    def _take(self, said: Said, pieces: Iterable[str | ToolCall | BadCall]) -> None:
        for piece in pieces:
            said.take(piece)
            if isinstance(piece, str) and self._task.program.streams:
                self._task.publish(Text(self._process.pid, piece))


def _check_tokens(tokens: Sequence[int], model: Model) -> None:
    """A journal from elsewhere may be of another model of that name. Raises ProcessFailed."""
    size = model.driver.info.vocab_size
    if not all(isinstance(token, int) and 0 <= token < size for token in tokens):
        raise ProcessFailed(f"the message it was in has tokens that {model.name} does not have")


def _fact(segment: Segment) -> dict[str, Any]:
    return {"id": segment.segment_id, "role": segment.role, "text": segment.text, "tokens": segment.tokens}
