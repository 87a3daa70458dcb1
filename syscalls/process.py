"""Processes, as a process may ask for them: start, list, stop, wait.

- The kernel decides who may do what to whom, and counts children against the limits of the tree.
- A child that failed is an error of `wait`, with its reason: a parent never mistakes it for an answer.
"""

from __future__ import annotations

from llmasos.errors import NoSuchProcess, SyscallError
from llmasos.kernel.process import Process
from llmasos.kernel.signals import Signal
from llmasos.kernel.syscall import Caller, Untrusted, syscall

_HOUR_S = 3600.0


class Processes:
    @syscall(effect="process", capability="process", family="process", roles={"request": "payload"})
    async def spawn(self, caller: Caller, request: str) -> str:
        """Start another agent on a request."""
        if not request.strip():
            raise SyscallError("the request is empty", "EINVAL")
        child = await caller.kernel.spawn(request, parent=caller.process)
        return f"started process {child.pid}"

    @syscall(effect="read", capability="process", family="process")
    def processes(self, caller: Caller) -> str:
        """List the running processes."""
        return "\n".join(f"{p.pid} {p.app} {p.state}" for p in caller.kernel.processes())

    @syscall(effect="destroy", capability="process", family="process", roles={"pid": "target"})
    def kill(self, caller: Caller, pid: int) -> str:
        """Stop a process."""
        try:
            caller.kernel.kill(pid, Signal.TERM, by=caller.process)
        except NoSuchProcess as error:
            raise SyscallError(str(error), "ESRCH") from error
        return f"stopped process {pid}"

    @syscall(
        effect="process",
        capability="process",
        family="process",
        idempotent=True,
        timeout_s=_HOUR_S,
        roles={"pid": "target"},
    )
    async def wait(self, caller: Caller, pid: int) -> str | Untrusted:
        """Wait for a process and get its answer."""
        try:
            child = await caller.kernel.wait(pid, by=caller.process)
        except NoSuchProcess as error:
            raise SyscallError(str(error), "ESRCH") from error
        answer = _answer(child)
        return Untrusted(answer, child.taint) if child.taint else answer


def _answer(child: Process) -> str:
    if child.error is not None or child.exit_code:
        reason = child.error or f"exit code {child.exit_code}"
        raise SyscallError(f"process {child.pid} failed: {reason}", "ECHILD", source=child.taint or None)
    return child.answer or "(empty)"
