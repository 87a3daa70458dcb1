"""Programs, for processes that hold the capability `exec`: a shell command, in a sandbox (`sandbox.py`).

- An exit code that is not 0 is no error of the call: many programs answer with it, and the model reads it.
- Not idempotent: a command that was under way when the kernel died is not made again.
"""

from __future__ import annotations

from llmasos.errors import SyscallError
from llmasos.kernel.syscall import Caller, syscall
from llmasos.syscalls.sandbox import Outcome, Sandbox

MOST_BYTES = 100_000  # Linux takes 131,071 in one argument
_DAY_S = 86_400.0  # the sandbox has a deadline of its own


class Exec:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @syscall(effect="exec", capability="exec", family="exec", timeout_s=_DAY_S, roles={"command": "payload"})
    async def exec(self, caller: Caller, command: str) -> str:
        """Run a shell command.

        It sees the workspace, the system's programs and no network.
        """
        if not command.strip() or "\0" in command:
            raise SyscallError("the command is empty or has a NUL byte", "EINVAL")
        if len(command.encode(errors="replace")) > MOST_BYTES:
            raise SyscallError(f"a command has at most {MOST_BYTES} bytes: write a script, and run that", "E2BIG")
        try:
            command.encode()
        except UnicodeEncodeError:
            raise SyscallError("the command is not valid unicode", "EINVAL") from None
        return _told(await self._sandbox.run(command, caller.process.workspace))


def _told(outcome: Outcome) -> str:
    text = outcome.output.removesuffix("\n")
    if outcome.exit_code:
        return f"{text}\n(exit code {outcome.exit_code})".removeprefix("\n")
    return text or "(no output)"
