"""The shell: a line is a request to an agent, unless its first word is a command, an app or a builtin.

- One conversation goes on from line to line; `&`, `|` and apps start processes of their own beside it.
- ^C interrupts what is in the foreground, ^Z stops it into a job, ^D leaves.
- On a terminal it is prompt_toolkit's; piped, every line is a request and nothing but answers is printed.
- A line whose first word is a command but which is none (`show me the files`) is a request after all.

Builtins are in shell_builtins.py, a line's grammar in shell_line.py, jobs in jobs.py.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from llmasos import Kernel, Limits
from llmasos.apps.approvals import glimpse, in_place
from llmasos.apps.cli import complain
from llmasos.apps.commands import command_names, parses
from llmasos.apps.jobs import Job, Jobs
from llmasos.apps.printable import one_line
from llmasos.apps.programs import Chosen, chosen, is_app, program
from llmasos.apps.questions import Unanswered
from llmasos.apps.screen import Screen, follow, terminal_ask
from llmasos.apps.shell_builtins import BUILTINS, builtin
from llmasos.apps.shell_line import Line, NotACommand, first_word, parse, words
from llmasos.apps.terminal import Lines
from llmasos.config import load_config
from llmasos.errors import LLMasOSError, ProcessKilled, UsageError
from llmasos.events import Answered, ApprovalAsked, Exited, ProcessHandle, Program, Signal, StateChanged


class Leave(Exception):
    """`exit`, with its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Shell:
    """One session over a running kernel. `run_line` is one line, from words to outcome."""

    def __init__(self, kernel: Kernel, screen: Screen, group: TaskGroup, *, attended: bool) -> None:
        self.kernel, self.screen, self.attended = kernel, screen, attended
        self.jobs = Jobs()
        self.limits: list[str] = []  # what `ulimit` set
        self.lines: list[str] = []  # what `history` shows
        self.code = 0  # of the last line
        self.capturing = False  # whether what runs now is read by a pipe or a file
        self._group = group
        self._conversation: Job | None = None
        self._foreground: ProcessHandle | None = None
        self._waiting: anyio.CancelScope | None = None  # a builtin that ^C may end
        self._child: anyio.abc.Process | None = None  # a command that runs outside
        self.model = kernel.default_model

    # -- a line -------------------------------------------------------------------------------------------------------

    async def run_line(self, text: str) -> None:
        """Run one line; what goes wrong is one line on stderr. Raises Leave."""
        if not text.strip() or text.lstrip().startswith("#"):
            return
        self.lines.append(text)
        try:
            line = parse(text)
            self.code = 0
            await self._run(line)
        except LLMasOSError as error:
            self.screen.finish()
            self.code = complain(str(error), error.exit_code)
        finally:
            self.screen.finish()

    async def _run(self, line: Line) -> None:
        source = _read(line.stdin)
        if line.background:
            return await self._in_background(line, source)
        if len(line.stages) == 1 and line.stdin is None and line.stdout is None:
            return await self._to_screen(line.stages[0])
        text = source
        for stage in line.stages:
            text = await self._captured(stage, text)
        if line.stdout is None:
            self.screen.begin()
            self.screen.text(text)
        else:
            _write(line.stdout, text, append=line.append)
        return None

    async def _to_screen(self, stage: str) -> None:
        try:
            output = await self._command(stage, capture=False)
        except NotACommand:
            await self._converse(stage)
            return
        if output:
            self.screen.begin()
            self.screen.text(output if output.endswith("\n") else f"{output}\n")

    async def _captured(self, stage: str, stdin: str) -> str:
        """A stage's output; what was piped in is added to its request."""
        try:
            return await self._command(stage, capture=True)
        except NotACommand:
            return await self._answer(stage, stdin)

    async def _command(self, stage: str, *, capture: bool) -> str:
        """A builtin's or a command's output. Raises NotACommand for a request."""
        name, argv = first_word(stage), words(stage)
        self.capturing = capture
        if name in command_names() and (argv[1:] == ["--help"] or (len(argv) == 1 and name not in BUILTINS)):
            return await self.outside(argv, capture=capture)
        if name in BUILTINS:
            return await builtin(self, name, argv[1:])
        if name in command_names() and (parses(argv) or any(w.startswith("-") for w in argv[1:])):
            return await self.outside(argv, capture=capture)
        raise NotACommand

    async def outside(self, argv: list[str], *, capture: bool) -> str:
        """A command in a process of its own: ^C ends it, whatever it is at, and the shell goes on."""
        command = [sys.executable, "-m", "llmasos.apps.cli", *argv]
        async with await anyio.open_process(
            command, stdin=None, stdout=subprocess.PIPE if capture else None, stderr=None
        ) as child:
            self._child = child
            try:
                output = b"".join([chunk async for chunk in child.stdout]) if child.stdout else b""
                code = await child.wait()
            finally:
                self._child = None
        self.code = code if code >= 0 else 128 - code
        self.follow_settings()
        return output.decode(errors="replace")

    def follow_settings(self) -> None:
        """`use M` in the shell holds from the next line on."""
        config = load_config()
        if config.model.name != self.model:
            self.model = config.model.name
            self._end_conversation()

    # -- processes ----------------------------------------------------------------------------------------------------

    async def spawn(self, text: str, *, interactive: bool = False) -> ProcessHandle:
        """A process for a request, or for an app's name and its request."""
        choice = chosen(text.split(maxsplit=1) if self._is_app(text) else [text], self.kernel.config.home)
        return await self.kernel.spawn(
            await self.loaded(choice),
            choice.request,
            limits=self.session_limits(),
            model=self.model,
            workspace=Path.cwd(),
            interactive=interactive,
            attended=self.attended,
        )

    async def loaded(self, choice: Chosen) -> Program:
        """An app's code may take its time: ^C gives it up. Raises AppNotFound, AppDamaged, UsageError."""
        with anyio.CancelScope() as self._waiting:
            try:
                return await program(self.kernel, choice)
            finally:
                self._waiting = None
        raise ProcessKilled("interrupted", Signal.INT)

    def session_limits(self) -> Limits | None:
        return Limits.parse(self.limits, self.kernel.limits) if self.limits else None

    async def _converse(self, text: str) -> None:
        """The next turn of the conversation; an app gets a process of its own."""
        if self._is_app(text):
            await self.attend(self.jobs.add(await self.spawn(text), text))
            return
        job = self._conversation
        if job is None or not job.handle.process.alive:
            job = self._conversation = self.jobs.add(await self.spawn(text, interactive=True), text, conversation=True)
        else:
            job.request = text
            job.handle.say(text)
        await self.attend(job)

    async def attend(self, job: Job) -> None:
        """Follow a job until its turn is over, it stops, or it ends."""
        self.screen.begin()
        job.telling.cancel()
        job.foreground, self._foreground = True, job.handle
        try:
            event = await follow(job.events, self.screen, self._ask, job.handle.reply, self._consent, job.unanswered)
        finally:
            job.foreground, self._foreground = False, None
        if not isinstance(event, Exited | None):
            for question in job.unanswered.approvals.values():
                self._tell_question(job, question)
        match event:
            case Answered(error=error):
                self._conversation = job if job.conversation else self._conversation
                self.code = 130 if error == "interrupted" else int(error is not None)
            case StateChanged(waiting_on=reason):
                self._conversation = None if self._conversation is job else self._conversation
                self.screen.note(f"[{job.number}] stopped  {job.pid}  {reason or one_line(job.request, 60)}")
            case Exited() | None:
                self.jobs.remove(job)
                if self._conversation is job:
                    self._conversation = None
                    if self.attended:
                        self.screen.note("the conversation is over; the next line begins another")
                await job.handle.wait()

    async def _answer(self, request: str, stdin: str) -> str:
        """A process of its own, whose output goes on instead of being shown."""
        return await self.attend_quietly(await self.spawn("\n\n".join(part for part in (request, stdin) if part)))

    async def attend_quietly(self, handle: ProcessHandle) -> str:
        """A foreground process's answer, not shown. Raises what ended it."""
        self._foreground = handle
        events, quiet, still = handle.events(), self.screen.quiet(), Unanswered()
        reply, consent = handle.reply, self._consent
        try:
            while not isinstance(await follow(events, quiet, self._ask, reply, consent, still), Exited | None):
                pass
            return await handle.wait()
        finally:
            self._foreground = None

    async def _in_background(self, line: Line, source: str) -> None:
        if len(line.stages) > 1 or line.stdout is not None:
            raise UsageError("a background job is one request: | and > are for the foreground")
        text = "\n\n".join(part for part in (line.stages[0], source) if part)
        if first_word(line.stages[0]) in BUILTINS or parses(words(line.stages[0])):
            raise UsageError("only requests run in the background")
        job = self.jobs.add(await self.spawn(text), line.stages[0])
        self.screen.note(f"[{job.number}] {job.pid}")
        self.watch(job)

    def watch(self, job: Job) -> None:
        """Tell when a job behind the prompt has ended."""
        self._group.start_soon(self._watch, job)
        self._group.start_soon(self._tell_questions, job)

    async def _tell_questions(self, job: Job) -> None:
        with anyio.CancelScope() as job.telling:
            async for event in job.handle.events(job.heard):
                job.heard += 1
                told = job.unanswered.approvals  # when it went behind the prompt
                if isinstance(event, ApprovalAsked) and not job.foreground and event.question["id"] not in told:
                    self._tell_question(job, event.question)

    def _tell_question(self, job: Job, question: dict[str, Any]) -> None:
        """One that waits behind the prompt, where nobody is asked in place."""
        number = question["id"]
        if any(waits.id == number for waits in self.kernel.consent.pending()):
            self.screen.note(f"[{job.number}] asks: {glimpse(question)}: approve {number}, deny {number}, or fg")

    async def _watch(self, job: Job) -> None:
        if job.conversation:
            job.handle.close_input()
        try:
            outcome = await job.handle.wait()
        except LLMasOSError as error:
            outcome = " ".join(str(error).split())
        if not job.foreground:
            self.jobs.remove(job)
            self.screen.note(f"[{job.number}] {job.state}  {job.pid}  {outcome}")

    def interrupt(self, number: Signal) -> None:
        """^C or ^Z at the terminal, for what is in the foreground. A command outside has had its own ^C."""
        if self._foreground is not None and self._foreground.process.alive:
            self.screen.end_line()
            self._foreground.kill(number)
        elif self._waiting is not None and number is Signal.INT:
            self._waiting.cancel()
        elif self._child is not None and number is Signal.STOP:
            self._child.send_signal(signal.SIGCONT)  # it is no job: nothing could continue it

    async def interruptible(self, work: Awaitable[str]) -> str:
        """Run a builtin that takes its time, so that ^C ends it."""
        with anyio.CancelScope() as self._waiting:
            try:
                return await work
            finally:
                self._waiting = None
        self.code = 130
        return ""

    def chdir(self, folder: Path) -> None:
        """The conversation goes along: its files are those of the new folder."""
        if self._conversation is not None and self._conversation.handle.process.alive:
            self.kernel.chdir(self._conversation.handle.pid, folder)

    def _is_app(self, text: str) -> bool:
        word = first_word(text)
        return is_app(word, self.kernel.config.home) or (word.endswith(".py") and Path(word).is_file())

    def _end_conversation(self) -> None:
        if self._conversation is not None:
            self._conversation.handle.close_input()
            self.jobs.remove(self._conversation)
            self._conversation = None

    async def _ask(self, question: str) -> str | None:
        return await terminal_ask(self.screen, question)

    async def _consent(self, question: dict[str, Any]) -> None:
        await in_place(self.screen, self._ask_approval, self.decide)(question)

    async def _ask_approval(self, question: str) -> str | None:
        return await terminal_ask(self.screen, question, fresh=True)

    async def decide(self, question: str, approved: bool, scope: str) -> None:
        await self.kernel.consent.answer(question, approved, scope=scope, by="terminal")


def _read(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(errors="replace")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def _write(path: Path, text: str, *, append: bool) -> None:
    try:
        with path.open("a" if append else "w") as file:
            file.write(text if text.endswith("\n") or not text else f"{text}\n")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


# -- the session ------------------------------------------------------------------------------------------------------


def main() -> int:
    """The shell on this terminal, or over what is piped in; the code of the last line."""
    return anyio.run(_session)


async def _session() -> int:
    terminal = sys.stdin.isatty()
    async with Kernel.boot() as kernel, anyio.create_task_group() as group:
        shell = Shell(kernel, Screen.for_terminal(), group, attended=terminal)
        await group.start(_signals, shell)
        try:
            async with _typed(kernel, shell) if terminal else _piped() as lines:
                async for line in lines:
                    await shell.run_line(line)
        except Leave as leave:
            shell.code = leave.code
        group.cancel_scope.cancel()
    return shell.code


async def _signals(shell: Shell, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTSTP) as received:
        task_status.started()
        async for number in received:
            if number == signal.SIGINT and not shell.attended:
                raise KeyboardInterrupt
            shell.interrupt(Signal.INT if number == signal.SIGINT else Signal.STOP)


@asynccontextmanager
async def _piped() -> AsyncIterator[AsyncIterator[str]]:
    async def lines() -> AsyncIterator[str]:
        source = Lines(sys.stdin.fileno())
        while (line := await source.read()) is not None:
            yield line

    yield lines()


@asynccontextmanager
async def _typed(kernel: Kernel, shell: Shell) -> AsyncIterator[AsyncIterator[str]]:
    from llmasos.apps.shell_prompt import prompts

    async with prompts(kernel, shell) as lines:
        yield lines
