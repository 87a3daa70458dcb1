"""The shell's prompt on a terminal: line editing, history on disk, completion; plain where the terminal is dumb."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.patch_stdout import patch_stdout

from llmasos import Kernel
from llmasos.apps.commands import command_names
from llmasos.apps.completion import ShellCompleter
from llmasos.apps.programs import app_names
from llmasos.apps.shell_builtins import BUILTINS
from llmasos.boot import catalog

if TYPE_CHECKING:
    from llmasos.apps.shell import Shell


@asynccontextmanager
async def prompts(kernel: Kernel, shell: Shell) -> AsyncIterator[AsyncIterator[str]]:
    """The lines that are typed, until ^D."""
    home = kernel.config.home
    completer = ShellCompleter(
        {*BUILTINS, *command_names()},
        pids=lambda: [str(p.pid) for p in kernel.processes() if p.pid != 1],
        models=lambda: [entry.name for entry in catalog(home).list()],
        apps=lambda: app_names(home),
    )
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(home / "history")), completer=completer, complete_while_typing=False
    )

    async def lines() -> AsyncIterator[str]:
        while True:
            try:
                with patch_stdout(raw=True):
                    line = await session.prompt_async(_prompt, handle_sigint=False)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            yield line

    print("llmasos: type a request, or help. ^C interrupts, ^D leaves.")
    yield lines()


def _prompt() -> str:
    folder = Path.cwd()
    home = Path.home()
    shown = f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
    return f"{shown.removesuffix('/.')}> "
