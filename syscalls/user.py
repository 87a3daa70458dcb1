"""Talking with the person a process works for. Who that is, and whether anybody is there, the kernel knows.

Its effect is `process`, not `send`: it reaches who the process's own output reaches, and nobody else.
"""

from __future__ import annotations

from llmasos.kernel.syscall import Caller, syscall

_DAY_S = 86_400.0  # a person may be away; ^C and limits still end the wait


class User:
    @syscall(effect="process", capability="user", family="user", timeout_s=_DAY_S, roles={"question": "payload"})
    async def ask(self, caller: Caller, question: str) -> str:
        """Ask the user a question."""
        return await caller.kernel.ask(caller.process, question)

    @syscall(effect="process", capability="user", family="user", roles={"message": "payload"})
    async def tell(self, caller: Caller, message: str) -> str:
        """Show the user a message."""
        await caller.kernel.tell(caller.process, message)
        return "told"
