"""A model in three lines: `LLM.from_pretrained("nano").generate_text("hello")`.

- A kernel of its own runs behind it, in a thread, with a state directory that lasts as long as the object.
- `generate_text` speaks through the model's chat template when it has one; `raw=True` continues the plain text.
- `tools=True` lets it make syscalls as an agent does, in the current directory; by default it only says text.
"""

from __future__ import annotations

import tempfile
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from llmasos.boot import Kernel
from llmasos.drivers.sampling import Sampling
from llmasos.errors import UsageError
from llmasos.kernel.agent import agent
from llmasos.kernel.program import Body, Program
from llmasos.kernel.task import Task


class LLM:
    """A loaded model. Use `from_pretrained`; free it with `close`, `with`, or by letting it go."""

    def __init__(self, kernel: Kernel, portal: BlockingPortal, stack: ExitStack) -> None:
        self._kernel = kernel
        self._portal = portal
        self._free = weakref.finalize(self, stack.close)

    @classmethod
    def from_pretrained(cls, model: str = "nano") -> Self:
        """Load a model by name or path. Raises ModelNotFound, ModelDamaged."""
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="llmasos-")))
            portal = stack.enter_context(start_blocking_portal())
            kernel = stack.enter_context(portal.wrap_async_context_manager(Kernel.boot(home=home, model=model)))
            portal.call(kernel.model, model)
            return cls(kernel, portal, stack.pop_all())

    def generate_text(
        self,
        prompt: str,
        *,
        max_tokens: int | None = None,
        raw: bool = False,
        tools: bool = False,
        temperature: float = 0.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
    ) -> str:
        """Text for a prompt. Raises WindowTooSmall when it does not fit."""
        if tools and (raw or max_tokens is not None):
            raise UsageError("generate_text: tools=True takes neither raw nor max_tokens: an agent ends by itself")
        sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        body = agent if tools else _speaker(max_tokens, raw, sampling)
        capabilities = None if tools else frozenset[str]()
        program = Program("llm", body, capabilities=capabilities, sampling=sampling)
        return self._portal.call(self._run, program, prompt)

    async def _run(self, program: Program, prompt: str) -> str:
        return await (await self._kernel.spawn(program, prompt)).wait()

    def close(self) -> None:
        """Free the model. Idempotent."""
        self._free()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _speaker(max_tokens: int | None, raw: bool, sampling: Sampling) -> Body:
    async def body(task: Task, request: str) -> str:
        if raw:
            return (await task.continue_text(request, max_tokens=max_tokens, sampling=sampling)).text
        await task.add("user", request)
        return (await task.complete(max_tokens=max_tokens, sampling=sampling)).text

    return body
