"""A running process from the inside: what its body may do, and the channels it is reached through.

- A body gets its `Task`: `add` a message, `complete` with the model, `trap` a syscall, `input` from the user.
- Each is a checkpoint where a STOPPED process waits for CONT and a cancelled one ends.
- It does not decide: `gate.py` does for calls, `engine.py` for tokens, `kernel.py` for life and death.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectSendStream

from llmasos.drivers.sampling import Constraint, Sampling
from llmasos.errors import NoSuchProcess, ProcessError, ProcessFailed, ProcessKilled, SyscallError
from llmasos.kernel.breakpoints import Breaks
from llmasos.kernel.capability import holds
from llmasos.kernel.conversation import Conversation, Said
from llmasos.kernel.events import Answered, Asked, CallEnded, CallStarted, Event, EventStream, StateChanged
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.journal import Record
from llmasos.kernel.model import Model
from llmasos.kernel.paging import Paging
from llmasos.kernel.process import State
from llmasos.kernel.process_table import INIT
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.kernel.syscall import SyscallTable
from llmasos.memory.transcript import Transcript
from llmasos.memory.waits import INPUT, READER

if TYPE_CHECKING:
    from llmasos.kernel.consent import Grant
    from llmasos.kernel.execution import Returning
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.process import Process
    from llmasos.kernel.slices import Slices


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
        self.was_attended = False  # before a restart: what it asked about may still be answered
        self.asks = False  # and has not yet
        self.grants: set[Grant] = set()  # what was approved
        self.table = table
        self.stream = EventStream()
        self.calls: list[CallRecord] = []
        self.scope = anyio.CancelScope()
        self.ended = anyio.Event()
        self.killed_by: Signal | None = None
        self.told = anyio.Lock()  # held by who tells it something, from the record on until it can be read
        self._inputs, self._input = anyio.create_memory_object_stream[str](1024)
        self._replies, self._reply = anyio.create_memory_object_stream[str](16)
        self._running = anyio.Event()
        self._running.set()
        self._turn: anyio.CancelScope | None = None
        self.time: anyio.CancelScope | None = None  # of the whole body: its limit on seconds
        self._held = False  # its reader does not keep up
        self._seq = 0  # of the last call
        self.earlier: Counter[str] = Counter()  # what it used under earlier kernels, as limits count it
        self.unpaid_calls = 0  # of those, and of ended children's, for which its limits have no room any more
        self._wanted = (State.READY, "")  # where the body is, also while STOPPED
        self.tools: list[dict[str, Any]] = [call.tool for call in self.allowed()]  # as the model is shown them
        self.is_resumed = False  # it has a past under an earlier kernel
        self.resumable = False  # the journal has all that it takes to go on in another kernel
        self.returning: Returning | None = None  # what its code goes on from
        self.suspended = False  # its kernel ends and it does not: the next one recovers it
        self.breaks = Breaks()
        self.slices: Slices | None = None  # of the message in the making
        self.conversation = Conversation(self)

    @property
    def pid(self) -> int:
        return self.process.pid

    # -- what a body does ---------------------------------------------------------------------------------------------

    async def model(self) -> Model:
        return await self.conversation.model()

    async def transcript(self) -> Transcript:
        """The process's messages; begun with the program's system text and the calls it may make."""
        return await self.conversation.transcript()

    @property
    def paging(self) -> Paging | None:
        """Once it has a transcript, where the kernel pages."""
        return self.conversation.paging

    def allowed(self) -> SyscallTable:
        """The calls the process has the capability for: the others are not even shown to the model."""
        table = SyscallTable()
        for call in self.table:
            if holds(self.process.capabilities, call.registration.capability):
                table.register(call)
        return table

    async def add(self, role: str, content: str, **more: Any) -> None:
        """A message the model reads at the next `complete`; one too long for the window is archived in part."""
        await self.conversation.add(role, content, **more)

    async def complete(
        self,
        *,
        max_tokens: int | None = None,
        sampling: Sampling | None = None,
        stop: Sequence[str] = (),
        grammar: Constraint | None = None,
        partial: Sequence[int] = (),
    ) -> Said:
        """Let the model say one message (call or text, or what `grammar` wants), streaming its text as events."""
        return await self.conversation.complete(
            max_tokens=max_tokens, sampling=sampling, stop=stop, grammar=grammar, partial=partial
        )

    @property
    def said(self) -> Said:
        """What the last generation came to, or has so far."""
        return self.conversation.said

    async def continue_text(
        self, prompt: str, *, max_tokens: int | None, sampling: Sampling, stop: Sequence[str] = ()
    ) -> Said:
        """Plain continuation of a text, without a chat template."""
        return await self.conversation.continue_text(prompt, max_tokens=max_tokens, sampling=sampling, stop=stop)

    async def readable(self, text: str) -> str:
        """A result as the model reads it: whole, or an error that names sizes."""
        return await self.conversation.readable(text)

    async def trap(self, name: str, arguments: Mapping[str, Any], number: int | None = None) -> CallRecord:
        """One syscall through the gate. Raises QuotaExceeded when a limit of the process ends it."""
        await self.checkpoint()
        await self.conversation.flush()
        seq, record = self.next_call() if number is None else number, None
        await self.halt(self.breaks.at_call(name))
        self.publish(CallStarted(self.pid, seq, name, dict(arguments)))
        self.become(State.WAITING, name)
        try:
            record = await self.kernel.gate.trap(self.process, self.table, name, arguments, seq)
        finally:
            self.become(State.READY)
            if record is None:
                self.publish(CallEnded(self.pid, seq, name, "allow", None, "EINTR: interrupted", 0.0))
        self.note_call(record)
        self.publish(CallEnded(self.pid, seq, name, record.decision, record.result, record.error, record.seconds))
        return record

    async def input(self) -> str | None:
        """The next thing the user says; None when no more will come."""
        if self._is_told_nothing and not self._inputs.statistics().current_buffer_used:
            return None
        self.become(State.WAITING, INPUT)
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
        self.asks = True
        self.publish(Asked(self.pid, question))
        try:
            return await self._reply.receive()
        except anyio.EndOfStream:
            raise SyscallError("nobody is there to answer", "ENOTTY") from None
        finally:
            self.asks = False

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
        await self.conversation.interrupted()
        self.publish(Answered(self.pid, "", "interrupted"))
        return ""

    async def checkpoint(self) -> None:
        """Wait while STOPPED."""
        await anyio.lowlevel.checkpoint()
        await self._running.wait()
        await anyio.lowlevel.checkpoint_if_cancelled()  # woken by a KILL, not by CONT: the call must not be made

    async def halt(self, reason: str | None) -> None:
        """Stop for a reason, if there is one, and wait for CONT; on record first."""
        if reason is not None:
            record = Record(self.pid, "signal", {"signal": Signal.STOP.name, "by": self.pid, "reason": reason})
            await anyio.to_thread.run_sync(self.kernel.journal.append, [record])
            self.stop(reason)
        await self.checkpoint()

    # -- how it is reached --------------------------------------------------------------------------------------------

    @property
    def calling(self) -> str:
        """The call it is in the middle of, also while STOPPED; empty for none."""
        state, waiting_on = self._wanted
        return waiting_on if state is State.WAITING and waiting_on not in (INPUT, READER) else ""

    @property
    def _is_told_nothing(self) -> bool:
        """Not by a user, nor by a parent."""
        return not self.interactive and self.process.ppid == INIT

    def check_reads(self, num_more: int = 0) -> None:
        """Raises what `say` would, behind so many that are on their way."""
        told = self._inputs.statistics()
        if self._is_told_nothing or self.killed_by or not (told.open_receive_streams and told.open_send_streams):
            raise NoSuchProcess(f"process {self.pid} reads no more")
        if told.current_buffer_used + num_more >= told.max_buffer_size:
            raise ProcessError(f"process {self.pid} has too much unread input")

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

    @property
    def is_interrupted(self) -> bool:
        """INT has ended the turn under way."""
        return self._turn is not None and self._turn.cancel_called

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

    def next_call(self) -> int:
        """Its number."""
        self._seq += 1
        return self._seq

    def go_on_counting(self, last_call: int) -> None:
        """Number calls from here on: those before are in the journal."""
        self._seq = max(self._seq, last_call)

    def note_call(self, record: CallRecord) -> None:
        """A call that has come back; one made again, under its old number, is the one that it was."""
        if not self.calls or record.seq > self.calls[-1].seq:
            self.calls.append(record)
            return
        at = next((i for i, call in enumerate(self.calls) if call.seq == record.seq), len(self.calls))
        self.calls[at : at + 1] = [record]

    def uncharge_call(self) -> None:
        """One of an earlier kernel's is made again, and charged then."""
        if self.unpaid_calls:
            self.unpaid_calls -= 1
        else:
            self.process.budget.refund("syscalls")

    def keep_time(self) -> None:
        """The limit on seconds may have changed."""
        if self.time is not None and not self.time.cancel_called:  # one that has come stays: the body is ending
            left = self.process.budget.seconds_left()
            self.time.deadline = math.inf if left is None else anyio.current_time() + left

    def suspend(self) -> None:
        """End here without ending: nothing of it is journaled any more."""
        self.suspended = True
        self._running.set()
        self.scope.cancel()

    def stop(self, reason: str = "") -> None:
        """`reason` is what it is shown to be stopped on, if that is not a signal."""
        if self.process.state is not State.STOPPED:
            self._running = anyio.Event()
            self.kernel.pause(self.process)
            self._show(State.STOPPED, reason)

    def cont(self) -> None:
        if self.process.state is State.STOPPED:
            self._show(*self._wanted)
            self._running.set()
            if not self._held:
                self.kernel.resume(self.process)

    def hold(self, held: bool) -> None:
        """Compose no rows for it while it is held: what a pipe does to its writer."""
        if held is self._held or not self.process.alive:
            return
        self._held = held
        stopped = self.process.state is State.STOPPED
        if held:
            self.kernel.pause(self.process)
            if not stopped and self._wanted[0] is State.READY:
                self.kernel.waits.begin(self.pid, READER)
                self._show(State.WAITING, READER)
        elif not stopped:
            if self.process.waiting_on == READER:
                self.kernel.waits.end(self.pid)
                self._show(*self._wanted)
            self.kernel.resume(self.process)

    def become(self, state: State, waiting_on: str = "") -> None:
        """Move the state, unless STOPPED: then CONT shows it."""
        if state is State.WAITING:
            self.kernel.waits.begin(self.pid, waiting_on)
        else:
            self.kernel.waits.end(self.pid)
        self._wanted = (state, waiting_on)
        if self.process.alive and self.process.state is not State.STOPPED:
            self._show(state, waiting_on)

    def publish(self, event: Event) -> None:
        self.stream.publish(event)

    def close(self) -> None:
        self.kernel.waits.end(self.pid)
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


def raise_for_exit(process: Process) -> str:
    """A finished process's answer. Raises what ended it."""
    if process.exit_code == 0:
        return process.answer or ""
    raise process.failure or ProcessFailed(f"process {process.pid} failed")
