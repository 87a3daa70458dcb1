"""One request as a process of the kernel: its body adds what was said and lets the model answer once.

- `Turn.chat(request)`, `Turn.text(request)` are programs; `start(kernel)` spawns one, `finish()` ends and reaps it.
- The process has no capabilities: calls are the client's to run, the kernel runs none of them.
- `said` is what the model has said so far, `result()` what it came to in the end, or the refusal that it is instead.

A process that is full (its window, a limit on tokens) ends its answer with `length`, as long as it has said anything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self

import anyio

from llmasos import Kernel, Sampling
from llmasos.apps.daemon.conversation import conversation
from llmasos.apps.daemon.refusals import Refused, refusal
from llmasos.apps.daemon.shapes import ChatRequest, CompletionRequest
from llmasos.errors import GrammarError, NoSuchProcess, QuotaExceeded, WindowTooSmall
from llmasos.events import Event, Exited, ProcessHandle, Program, Said, Signal, Task, Text
from llmasos.serving import Constraint, Model

SHOWN_CHARS = 200  # of a request, in `ps`


class Turn:
    """The answer to one request in the making."""

    def __init__(self, name: str, model: str, request: str, system: str, sampling: Sampling) -> None:
        self.model = model
        self.tools: list[dict[str, Any]] = []
        self._program = Program(name, self._body, system, capabilities=frozenset(), pages=False)
        self._request = request[:SHOWN_CHARS]
        self.sampling = sampling
        self._messages: Sequence[Mapping[str, Any]] = ()
        self._prompt: str | None = None
        self._max_tokens: int | None = None
        self._stops: list[str] = []
        self._schema: Mapping[str, Any] | None = None
        self._must_call = False
        self._task: Task | None = None
        self._kernel: Kernel | None = None
        self._handle: ProcessHandle | None = None

    @classmethod
    def chat(cls, request: ChatRequest, default: Sampling, *, number: int = 0, name: str = "chat") -> Self:
        """`number` is that among the answers to the request. Raises Refused."""
        system, messages = conversation(request.messages)
        last = messages[-1]["content"] if messages else system
        turn = cls(name, request.model, last, system, request.sampling(default, number))
        turn._messages, turn.tools = messages, request.callable_tools
        turn._max_tokens, turn._stops = request.limit, request.stops
        turn._schema, turn._must_call = request.wanted_schema, request.must_call
        return turn

    @classmethod
    def text(cls, request: CompletionRequest, prompt: str, default: Sampling, *, number: int = 0) -> Self:
        turn = cls("completion", request.model, prompt, "", request.sampling(default, number))
        turn._prompt = prompt
        turn._max_tokens, turn._stops = request.max_tokens, request.stops
        return turn

    async def start(self, kernel: Kernel) -> None:
        """Raises LLMasOSError when there may be no such process."""
        self._kernel = kernel
        self._handle = await kernel.spawn(self._program, self._request, model=self.model)

    @property
    def handle(self) -> ProcessHandle:
        assert self._handle is not None, "the turn has not been started"
        return self._handle

    @property
    def said(self) -> Said:
        return self._task.said if self._task is not None else Said()

    async def pieces(self) -> AsyncIterator[str]:
        """The text as it comes, until the process has ended."""
        async for event in self.handle.events():
            if isinstance(event, Text):
                yield event.text

    async def begun(self) -> Event:
        """The first that is seen of the answer: text, or the end."""
        async for event in self.handle.events():
            if isinstance(event, Text | Exited):
                return event
        raise AssertionError("a process ends with Exited")

    async def ended(self) -> None:
        assert self._kernel is not None
        await self._kernel.wait(self.handle.pid)

    def result(self) -> Said:
        """What the process, which has ended, came to. Raises Refused."""
        failure = self.handle.process.failure
        if failure is not None:
            raise refusal(failure, "response_format" if isinstance(failure, GrammarError) and self._schema else None)
        return self.said

    def kill(self) -> None:
        """End the process, soon, if there is one and it has not ended."""
        if self._kernel is not None and self._handle is not None and self._handle.process.alive:
            self._kernel.kill(self._handle.pid, Signal.KILL)

    async def finish(self) -> None:
        """End the process, if it has not, and forget it: its journal stays."""
        if self._kernel is None or self._handle is None:
            return
        self.kill()
        with anyio.CancelScope(shield=True), suppress(NoSuchProcess):  # the kernel may have forgotten it
            await self._kernel.wait(self._handle.pid, by=self._kernel.init)

    # -- the body -----------------------------------------------------------------------------------------------------

    async def _body(self, task: Task, request: str) -> str:
        self._task = task
        try:
            await (self._answer(task) if self._prompt is None else self._continue(task, self._prompt))
        except (WindowTooSmall, QuotaExceeded):
            if not task.said.logprobs:
                raise
            task.said.finish_reason = "length"
        return task.said.text

    async def _answer(self, task: Task) -> None:
        task.tools = self.tools
        for message in self._messages:
            await task.add(**message)
        await task.complete(
            max_tokens=self._max_tokens,
            sampling=self.sampling,
            stop=self._stops,
            grammar=self._grammar(await task.model()),
        )

    async def _continue(self, task: Task, prompt: str) -> None:
        await task.continue_text(prompt, max_tokens=self._max_tokens, sampling=self.sampling, stop=self._stops)

    def _grammar(self, model: Model) -> Constraint | None:
        """What the message has to be, where that is more than the kernel sees to itself."""
        if self.tools and (self._must_call or self._schema is not None):
            family, answer = model.template.family, self._schema
            return model.grammars.tools(family, self.tools, required=self._must_call, answer=answer)
        return model.grammars.json(self._schema) if self._schema is not None else None


def check_bias(sampling: Sampling, model: Model) -> None:
    """Raises Refused for a bias on a token that the model does not have."""
    size = model.driver.tokenizer.vocab_size
    if sampling.logit_bias and max(sampling.logit_bias) >= size:
        what = f"logit_bias names token {max(sampling.logit_bias)}; {model.name} has {size}"
        raise Refused(400, what, param="logit_bias", code="invalid_value")
