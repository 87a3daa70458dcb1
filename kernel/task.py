"""A running process from the inside: what its body may do, and the channels it is reached through.

- A body gets its `Task`: `add` a message, `complete` with the model, `trap` a syscall, `input` from the user.
- Each is a checkpoint where a STOPPED process waits for CONT and a cancelled one ends.
- It does not decide: `gate.py` does for calls, `engine.py` for tokens, `kernel.py` for life and death.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectSendStream

from llmasos.drivers.driver import Sampler
from llmasos.drivers.sampling import Constraint, Sampling, TokenSampler
from llmasos.drivers.tool_calls import BadCall, ToolCall
from llmasos.errors import NoSuchProcess, ProcessError, ProcessFailed, ProcessKilled, SyscallError
from llmasos.kernel.capability import holds
from llmasos.kernel.events import Answered, Asked, CallEnded, CallStarted, Event, EventStream, StateChanged, Text
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.journal import Record
from llmasos.kernel.model import Model
from llmasos.kernel.paging import Paging
from llmasos.kernel.process import State
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.kernel.spelling import Spelling
from llmasos.kernel.stop import StopStrings
from llmasos.kernel.syscall import SyscallTable
from llmasos.memory.transcript import Transcript

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.process import Process

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

    @property
    def message(self) -> dict[str, Any]:
        """As a message of the conversation, in OpenAI's shape."""
        calls = [{"type": "function", "function": {"name": c.name, "arguments": c.arguments}} for c in self.calls]
        unread = self.bad_calls[0].raw if self.bad_calls and not calls else ""
        message: dict[str, Any] = {"role": "assistant", "content": self.text + unread}
        return {**message, "tool_calls": calls} if calls else message


class Task:
    """One live process. Its public names are what a body may use; faces use `ProcessHandle`."""

    def __init__(
        self,
        kernel: Kernel,
        process: Process,
        program: Program,
        table: SyscallTable,
        *,
        interactive: bool = False,
        attended: bool = False,
    ) -> None:
        self.kernel = kernel
        self.process = process
        self.program = program
        self.interactive = interactive
        self.attended = attended  # somebody is there to answer an `ask`
        self.table = table
        self.stream = EventStream()
        self.calls: list[CallRecord] = []
        self.scope = anyio.CancelScope()
        self.ended = anyio.Event()
        self.killed_by: Signal | None = None
        self._inputs, self._input = anyio.create_memory_object_stream[str](1024)
        self._replies, self._reply = anyio.create_memory_object_stream[str](16)
        self._running = anyio.Event()
        self._running.set()
        self._turn: anyio.CancelScope | None = None
        self._seq = 0  # of the last call
        self._wanted = (State.READY, "")  # where the body is, also while STOPPED
        self.tools: list[dict[str, Any]] = [call.tool for call in self.allowed()]  # as the model is shown them
        self._transcript: Transcript | None = None
        self.paging: Paging | None = None  # once it has a transcript, where the kernel pages
        self.said = Said()  # what the last generation came to, or has so far

    @property
    def pid(self) -> int:
        return self.process.pid

    # -- what a body does ---------------------------------------------------------------------------------------------

    async def model(self) -> Model:
        return await self.kernel.model(self.process.model)

    async def transcript(self) -> Transcript:
        """The process's messages; begun with the program's system text and the calls it may make."""
        if self._transcript is None:
            model = await self.model()
            tokenizer = model.driver.tokenizer
            self._transcript = Transcript(
                self.process.context,
                model.template,
                lambda text, special: tokenizer.encode(text, special=special),
                [tokenizer.token_bytes(t).decode(errors="replace") for t in sorted(tokenizer.end_tokens)],
                self.tools,
                model.driver.bos_token if model.driver.add_bos and not model.template.writes_bos else None,
            )
            system = self.program.system or model.driver.info.metadata.get("llmasos.system", "")
            if system:
                self._transcript.add("system", system)
            if self.kernel.new_pager is not None:
                self.paging = Paging(self, self.kernel.new_pager(self.pid, self._transcript))
        return self._transcript

    async def adopt(self, other: Task) -> None:
        """Go on from a copy of another's conversation (fork)."""
        self.process.context = other.process.context.copy()
        self._transcript = (await other.transcript()).fork(self.process.context)
        if self.kernel.new_pager is not None and other.paging is not None:
            archive = self.kernel.new_pager(self.pid, self._transcript).archive
            self.paging = Paging(self, other.paging.pager.fork(self._transcript, archive))

    def allowed(self) -> SyscallTable:
        """The calls the process has the capability for: the others are not even shown to the model."""
        table = SyscallTable()
        for call in self.table:
            if holds(self.process.capabilities, call.registration.capability):
                table.register(call)
        return table

    async def add(self, role: str, content: str, **more: Any) -> None:
        """A message the model reads at the next `complete`; one too long for the window is archived in part."""
        transcript = await self.transcript()
        if self.paging is not None and role != "system":
            content = await self.paging.shortened(role, content, await self.window_tokens())
        transcript.add(role, content, **more)

    async def window_tokens(self) -> int:
        """How long its context may be."""
        return (await self.model()).engine.window_tokens(self.process)

    async def complete(
        self,
        *,
        max_tokens: int | None = None,
        sampling: Sampling | None = None,
        stop: Sequence[str] = (),
        grammar: Constraint | None = None,
    ) -> Said:
        """Let the model say one message (call or text, or what `grammar` wants), streaming its text as events."""
        transcript, model = await self.transcript(), await self.model()
        first = transcript.context.next_id
        if self.paging is not None:
            await self.paging.read(await self.window_tokens())
        else:
            transcript.prompt()
        await self._journal_segments(first)
        said = self.said = Said()
        parser = model.template.parser()
        if grammar is None and self.tools:
            grammar = model.grammars.tools(model.template.family, self.tools)
        chosen = sampling or self.program.sampling or self.kernel.sampling
        sampler = TokenSampler(chosen, grammar, transcript.context.tokens[-chosen.penalty_window :])
        try:
            async with aclosing(self._sampled(model, sampler, max_tokens, said, stop)) as pieces:
                async for text in pieces:
                    self._take(said, parser.feed(text))
            self._take(said, parser.finish())
        finally:
            transcript.close(said.message, said.raw)
        return said

    async def continue_text(
        self, prompt: str, *, max_tokens: int | None, sampling: Sampling, stop: Sequence[str] = ()
    ) -> Said:
        """Plain continuation of a text, without a chat template."""
        model = await self.model()
        context = self.process.context
        first = context.next_id
        tokens = model.driver.tokenizer.encode(prompt)
        bos = [model.driver.bos_token] if model.driver.add_bos and model.driver.bos_token is not None else []
        context.append("user", prompt, [*([] if context.tokens else bos), *tokens])
        context.append("assistant", "")
        await self._journal_segments(first)
        said = self.said = Said()
        sampler = TokenSampler(sampling, None, context.tokens[-sampling.penalty_window :])
        async with aclosing(self._sampled(model, sampler, max_tokens, said, stop)) as pieces:
            async for text in pieces:
                self._take(said, [text])
        return said

    async def readable(self, text: str) -> str:
        """A result as the model reads it: whole, or as an error with both sizes where its window has no room.

        Where the kernel pages there is room for any: `add` archives what is too long.
        """
        if self.paging is not None:
            return text
        model, window = await self.model(), await self.window_tokens()
        room = max(0, window - len(self.process.context.tokens) - window // ANSWER_PART)
        num_tokens = (
            len(model.driver.tokenizer.encode(text)) if len(text.encode()) > room else 0
        )  # a token is a byte or more
        return f"error EFBIG: the result has {num_tokens} tokens and {room} fit" if num_tokens > room else text

    async def trap(self, name: str, arguments: Mapping[str, Any]) -> CallRecord:
        """One syscall through the gate. Raises QuotaExceeded when a limit of the process ends it."""
        await self.checkpoint()
        self._seq += 1
        seq, record = self._seq, None
        self.publish(CallStarted(self.pid, seq, name, dict(arguments)))
        self.become(State.WAITING, name)
        try:
            record = await self.kernel.gate.trap(self.process, self.table, name, arguments, seq)
        finally:
            self.become(State.READY)
            if record is None:
                self.publish(CallEnded(self.pid, seq, name, "allow", None, "EINTR: interrupted", 0.0))
        self.calls.append(record)
        self.publish(CallEnded(self.pid, seq, name, record.decision, record.result, record.error, record.seconds))
        return record

    async def input(self) -> str | None:
        """The next thing the user says; None when no more will come."""
        self.become(State.WAITING, "input")
        try:
            return await self._input.receive()
        except anyio.EndOfStream:
            return None
        finally:
            self.become(State.READY)

    async def ask(self, question: str) -> str:
        """The user's reply. Raises SyscallError ENOTTY when nobody is there."""
        if not self.attended:
            raise SyscallError("nobody is there to answer", "ENOTTY")
        with suppress(anyio.WouldBlock, anyio.EndOfStream):  # a late answer to an earlier question is none to this one
            while True:
                self._reply.receive_nowait()
        self.publish(Asked(self.pid, question))
        try:
            return await self._reply.receive()
        except anyio.EndOfStream:
            raise SyscallError("nobody is there to answer", "ENOTTY") from None

    async def interruptible(self, body: Callable[[Task, str], Awaitable[str]], request: str) -> str:
        """Run one turn so that INT ends it alone; a process that is no conversation ends with it."""
        with anyio.CancelScope() as scope:
            self._turn = scope
            try:
                return await body(self, request)
            finally:
                self._turn = None
        if not self.interactive:
            raise ProcessKilled("interrupted", Signal.INT)
        self.publish(Answered(self.pid, "", "interrupted"))
        return ""

    async def checkpoint(self) -> None:
        """Wait while STOPPED."""
        await anyio.lowlevel.checkpoint()
        await self._running.wait()

    # -- how it is reached --------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Raises NoSuchProcess when nobody is there to read it, ProcessError when too much is unread."""
        self._send(self._inputs, text)

    def close_input(self) -> None:
        self._inputs.close()

    def reply(self, text: str | None) -> None:
        """Answer an `ask`; None says that nobody will."""
        if text is None:
            self._replies.close()
        else:
            self._send(self._replies, text)

    def _send(self, channel: MemoryObjectSendStream[str], text: str) -> None:
        try:
            channel.send_nowait(text)
        except (anyio.ClosedResourceError, anyio.BrokenResourceError):
            raise NoSuchProcess(f"process {self.pid} reads no more") from None
        except anyio.WouldBlock:
            raise ProcessError(f"process {self.pid} has too much unread input") from None

    def interrupt(self) -> None:
        """End the turn under way; a process that has none to end is killed by it."""
        if self._turn is not None:
            self._turn.cancel()
        elif not self.interactive:
            self.kill(Signal.INT)

    def kill(self, signal: Signal) -> None:
        self.killed_by = self.killed_by or signal
        self._running.set()
        self.scope.cancel()

    def stop(self) -> None:
        if self.process.state is not State.STOPPED:
            self._running = anyio.Event()
            self.kernel.pause(self.process)
            self._show(State.STOPPED)

    def cont(self) -> None:
        if self.process.state is State.STOPPED:
            self._show(*self._wanted)
            self._running.set()
            self.kernel.resume(self.process)

    def become(self, state: State, waiting_on: str = "") -> None:
        """Move the state, unless STOPPED: then CONT shows it."""
        self._wanted = (state, waiting_on)
        if self.process.alive and self.process.state is not State.STOPPED:
            self._show(state, waiting_on)

    def publish(self, event: Event) -> None:
        self.stream.publish(event)

    def close(self) -> None:
        for channel in (self._inputs, self._input, self._replies, self._reply):
            channel.close()
        self.stream.close()
        self.ended.set()

    # -- inside -------------------------------------------------------------------------------------------------------

    def _show(self, state: State, waiting_on: str = "") -> None:
        changed = (self.process.state, self.process.waiting_on) != (state, waiting_on)
        self.process.become(state, waiting_on)
        if changed:
            self.publish(StateChanged(self.pid, state.value, waiting_on))

    async def _sampled(
        self, model: Model, sampler: Sampler, max_tokens: int | None, said: Said, stop: Sequence[str]
    ) -> AsyncGenerator[str, None]:
        """Text of the tokens as they come, end tokens left out; fills `raw`, `logprobs`, `finish_reason`."""
        await self.checkpoint()
        spelling = Spelling(model.driver.tokenizer)
        stops = StopStrings(stop)
        generation = model.engine.generate(self.process, sampler, max_tokens=max_tokens)
        try:
            async with generation:
                async for emissions in generation:
                    said.logprobs += [(e.token, e.logprob) for e in emissions]
                    said.top_logprobs += [e.top_logprobs for e in emissions]
                    if shown := stops.feed(spelling.text([e.token for e in emissions])):
                        yield shown
                    if stops.hit:
                        break
        finally:  # whoever leaves early leaves tokens in the context that nobody was shown
            spelling.text([e.token for e in generation.unseen])
            said.raw = spelling.raw
        said.finish_reason = "stop" if stops.hit else generation.finish_reason
        if rest := stops.finish():
            yield rest

    def _take(self, said: Said, pieces: Iterable[str | ToolCall | BadCall]) -> None:
        for piece in pieces:
            if isinstance(piece, ToolCall):
                said.calls.append(piece)
            elif isinstance(piece, BadCall):
                said.bad_calls.append(piece)
            else:
                said.text += piece
                if self.program.streams:
                    self.publish(Text(self.pid, piece))

    async def _journal_segments(self, first: int) -> None:
        records = [
            Record(self.pid, "segment", {"id": s.segment_id, "role": s.role, "text": s.text, "tokens": s.tokens})
            for s in self.process.context.segments
            if s.segment_id >= first
        ]
        await anyio.to_thread.run_sync(self.kernel.journal.append, records)


def raise_for_exit(process: Process) -> str:
    """A finished process's answer. Raises what ended it."""
    if process.exit_code == 0:
        return process.answer or ""
    raise process.failure or ProcessFailed(f"process {process.pid} failed")
