"""A program: what `spawn` runs. An app, or the model itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from llmasos.drivers.sampling import Sampling
from llmasos.kernel.syscall import Syscall

if TYPE_CHECKING:
    from llmasos.kernel.task import Task

Body = Callable[["Task", str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Program:
    """`capabilities` None means the default of an agent; they are cut to the parent's in any case.

    Those that its own `calls` need are granted with them: who runs the program runs its calls.
    """

    name: str
    body: Body
    system: str = ""
    calls: tuple[Syscall, ...] = ()
    capabilities: frozenset[str] | None = None
    sampling: Sampling | None = None  # None: the kernel's default
    pages: bool = True  # False: what does not fit the window is an error, as those expect who send a whole conversation
    streams: bool = True  # what its model says is its output, token by token; else only what the body returns
    digest: str = ""  # of the code that its calls and its system text come from: who goes on with it needs the same
    held: str = ""  # untrusted sources that its request is from, besides its parent's
    coded: bool = False  # its body is code in Python, which asks for all it wants through its execution (code.py)
    resumable: bool = False  # another kernel finds it by name and digest, and its body can be gone on with
    brought: bool = False  # only its parent's code has it: that finds it


# Gives the program of a name, of that digest where one is named. Raises LLMasOSError: AppNotFound, AppDamaged.
FindProgram = Callable[[str, str | None], Awaitable[Program]]


class Runnable(Protocol):
    """Whatever has a program: an app."""

    def program(self) -> Program: ...
