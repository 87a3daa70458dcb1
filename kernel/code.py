"""The body of a program that is code in Python: run in one go, or again from its beginning after a restart.

- `await run_code(task, request, code)`: `code(execution)` asks for all that it wants through that (execution.py).
- `think`, `call` and `child` are the kernel's side of what it asks for; llmasos/app_os.py has the words for people.
- What was under way at a restart is settled as an agent's is (resume.py): nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import NoSuchProcess, ProcessFailed
from llmasos.kernel.agent import turn
from llmasos.kernel.ended import absent_task, ended_task
from llmasos.kernel.execution import Execution, Returning
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.only_error import only_error
from llmasos.kernel.past_code import Asked, Got
from llmasos.kernel.program import Program
from llmasos.kernel.recovery import bring, give_up
from llmasos.kernel.remains import past_records
from llmasos.kernel.resume import rest_of_request, settle

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task

Code = Callable[[Execution], Awaitable[str]]


async def run_code(task: Task, request: str, code: Code) -> str:
    """Its answer. Raises ProcessFailed where it came back as something else than it was."""
    back = task.returning
    execution = Execution(task, back.code if back is not None else None)
    try:
        if back is not None:
            await _come_back(task, back)
            if back.found.interrupted:
                return ""
        return await task.interruptible(lambda *_: _checked(task, execution, code), request)
    finally:
        with anyio.CancelScope(shield=True):
            await execution.close()
            if back is not None and not task.suspended:
                await give_up(task.kernel, task.pid)


async def _come_back(task: Task, back: Returning) -> None:
    found = back.found
    await back.ready.wait()
    if back.is_new:
        await anyio.to_thread.run_sync(task.kernel.journal.append, past_records(task.pid, found))
    if found.messages:
        await task.conversation.restore(found.messages, found.folded, found.always, found.seed)


async def _checked(task: Task, execution: Execution, code: Code) -> str:
    """What ended the execution ends the process, whatever the code made of it; else the one error of its tasks does."""
    answer = ""
    try:
        with execution.scope:
            answer = await code(execution)
    except Exception as error:
        failure = execution.failure or _one_of(error)
        if failure is not error:
            raise failure from error
        raise
    if task.suspended:  # what it was given last is on no record
        raise anyio.get_cancelled_exc_class()
    if execution.failure is not None:
        raise execution.failure
    execution.check_end()
    return answer


def _one_of(error: Exception) -> BaseException:
    """What its own tasks failed of, in one line."""
    one = only_error(error) if isinstance(error, ExceptionGroup) else error
    if isinstance(one, ExceptionGroup):
        return ProcessFailed("; ".join(str(each) or type(each).__name__ for each in map(_one_of, one.exceptions)))
    return one


async def think(task: Task, execution: Execution, prompt: str) -> str:
    """A request to its own model, in the process's conversation. Raises what a turn raises."""

    async def do(asked: Asked) -> str:
        async with execution.thinking(asked):
            back = task.returning
            if asked.is_new or back is None or not back.code.has_begun(asked):
                await execution.begin_thinking(asked)
                answer = await turn(task, prompt)
            else:
                answer = await rest_of_request(task, prompt, back.found, has_begun=True)
        task.process.hold(task.process.taint)  # the window may forget it, the code does not
        return answer

    return str(await execution.ask("think", {"prompt": prompt}, do))


async def call(task: Task, execution: Execution, name: str, arguments: Mapping[str, Any]) -> CallRecord:
    """One call through the gate, once. Raises QuotaExceeded."""

    async def do(asked: Asked) -> CallRecord:
        record = None if asked.is_new else await _settled(task, asked, name, arguments)
        record = record or await task.trap(name, arguments, asked.call)
        task.process.hold(record.untrusted or "")
        return record

    def read(asked: Asked, got: Got) -> CallRecord:
        return CallRecord(**(got.value or execution.past.results[asked.call]))

    def stored(record: CallRecord) -> dict[str, Any] | None:
        """Nothing, where the call's own record has it all."""
        return record.facts if record.error is not None else None

    key = {"name": name, "arguments": dict(arguments)}
    record = await execution.ask("call", key, do, calls=True, read=read, stored=stored)
    assert isinstance(record, CallRecord)
    return record


async def _settled(task: Task, asked: Asked, name: str, arguments: Mapping[str, Any]) -> CallRecord | None:
    """What is known of a call that was begun; None where it may be made."""
    assert task.returning is not None
    past = task.returning.code
    return await settle(task, asked.call, name, arguments, past.results.get(asked.call), asked.call in past.intents)


async def child(
    task: Task, execution: Execution, what: str, key: dict[str, Any], program: Program | str, **how: Any
) -> ProcessHandle:
    """A process that it starts, once. Raises QuotaExceeded."""
    kernel = task.kernel

    async def do(asked: Asked) -> int:
        born = None if asked.is_new else await anyio.to_thread.run_sync(_born, kernel, task.pid, asked.number)
        if born is not None:
            return born
        async with execution.thinking(asked) if "share" in how else nullcontext():  # a copy of what is whole
            started = await kernel.spawn(program, parent=task.process, origin={"op": asked.number}, **how)
        return started.pid

    def read(asked: Asked, got: Got) -> int:
        return -got.value if asked.elsewhere else int(got.value)

    pid = int(await execution.ask(what, key, do, read=read))
    if pid < 0:
        return ProcessHandle(absent_task(kernel, -pid, task))
    try:
        return kernel.handle(pid)
    except NoSuchProcess:
        with execution.bringing():
            brought = await bring(kernel, pid, program)
            return brought if brought is not None else ProcessHandle(await ended_task(kernel, pid))


def _born(kernel: Kernel, ppid: int, number: int) -> int | None:
    """The child that an earlier kernel gave it for that."""
    for spawn, _ in kernel.journal.processes():
        if spawn.body["ppid"] == ppid and (spawn.body.get("origin") or {}).get("op") == number:
            return spawn.pid
    return None
