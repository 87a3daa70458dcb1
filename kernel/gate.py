"""The one gate: every call of every process goes through `Gate.trap`, in this order.

    schema -> checks (capability, limits) -> policy and consent (labels, what is asked about)
           -> journal (intent) -> run -> journal (result)

- A call that is refused is journaled with its reason and never reaches its handler.
- `SyscallError` becomes the call's result, for the model to act on; a limit of the process ends the process.
- Fail closed: an exception in a check is a deny.
- It does not know who asks (a model or an app's coroutine): both trap here.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

import anyio

from llmasos.errors import LLMasOSError, PermissionDenied, QuotaExceeded, SyscallError, SyscallFailed
from llmasos.kernel.blocking import Blocking
from llmasos.kernel.capability import holds
from llmasos.kernel.consent import Consent
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.process import Process
from llmasos.kernel.syscall import Caller, Syscall, SyscallTable, Untrusted, as_text, check_text

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel

MAX_RESULT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as scripts see it (interface.md). `decision` is allow or deny; one of `result` and `error` is None.

    `untrusted` names the sources of its text, where nobody vouches for them.
    """

    seq: int
    name: str
    arguments: dict[str, Any]
    decision: str
    result: str | None
    error: str | None
    seconds: float
    untrusted: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        facts = asdict(self)
        return facts if self.untrusted else {k: v for k, v in facts.items() if k != "untrusted"}

    @property
    def text(self) -> str:
        """What the model reads."""
        return f"error {self.error}" if self.error is not None else self.result or ""


class Check(Protocol):
    """One question the gate asks before a call runs; raises PermissionDenied or QuotaExceeded to refuse."""

    def __call__(self, process: Process, call: Syscall, arguments: Mapping[str, Any]) -> None: ...


def check_capability(process: Process, call: Syscall, arguments: Mapping[str, Any]) -> None:
    needed = call.registration.capability
    if not holds(process.capabilities, needed):
        raise PermissionDenied(f"{call.name} needs the capability {needed}")


def check_limits(process: Process, call: Syscall, arguments: Mapping[str, Any]) -> None:
    process.budget.check_seconds()
    process.budget.charge("syscalls")


DEFAULT_CHECKS: tuple[Check, ...] = (check_capability, check_limits)


class Gate:
    """Runs calls for a kernel. `checks` are asked in order; the first that raises decides."""

    def __init__(
        self, kernel: Kernel, journal: Journal, consent: Consent | None = None, checks: Sequence[Check] = DEFAULT_CHECKS
    ) -> None:
        self._kernel = kernel
        self._journal = journal
        self.consent = consent
        self.checks = checks
        self.blocking = Blocking()

    async def trap(
        self, process: Process, table: SyscallTable, name: str, arguments: Mapping[str, Any], seq: int
    ) -> CallRecord:
        """Decide and run one call. Raises QuotaExceeded when it would pass a limit of the process."""
        started = time.perf_counter()
        process.accounting.syscalls += 1
        decision, result, error, source = "deny", None, None, None
        try:
            call = table.get(name)
            check_text(name, arguments)
            values = call.validate(arguments)
            await self._permit(process, call, values, seq)
            decision = "allow"
            await self._write(process, "intent", {"call": seq, "name": name, "arguments": dict(arguments)})
            result, source = await self._run(process, call, values)
        except SyscallError as failure:
            error, source = f"{failure.code}: {failure}", failure.source
        except QuotaExceeded as reached:
            error = f"EDQUOT: {reached}"
            raise
        except BaseException:
            unknown = ", its outcome is unknown" if decision == "allow" else " before it was made"
            error = f"EINTR: interrupted{unknown}"
            raise
        finally:
            seconds = time.perf_counter() - started
            record = CallRecord(seq, name, dict(arguments), decision, result, error, seconds, source)
            await self._write(process, "result", record.facts)
        return record

    async def _permit(self, process: Process, call: Syscall, values: Mapping[str, Any], seq: int) -> None:
        """Raises PermissionDenied, QuotaExceeded."""
        try:
            for check in self.checks:
                check(process, call, values)
            if self.consent is not None:
                await self.consent.require(process, call, values, seq)
        except LLMasOSError:
            raise
        except Exception as error:
            raise PermissionDenied(f"{call.name}: a check failed ({type(error).__name__})") from error

    async def _run(self, process: Process, call: Syscall, values: dict[str, Any]) -> tuple[str, str | None]:
        """The text, and its source where nobody vouches for that."""
        limit = call.registration.timeout_s
        try:
            with anyio.fail_after(limit):
                answer = await self._handle(process, call, values)
                text, source = (
                    (answer.text, answer.source) if isinstance(answer, Untrusted) else (as_text(answer), None)
                )
        except SyscallError:
            raise
        except TimeoutError:
            raise SyscallFailed(f"{call.name} took longer than {limit:g} s{_aftermath(call)}", "ETIMEDOUT") from None
        except QuotaExceeded as error:
            raise SyscallFailed(str(error), "EAGAIN") from error
        except Exception as error:
            source = call.name if call.is_untrusted else None
            raise SyscallFailed(f"{call.name}: {error or type(error).__name__}", source=source) from error
        if len(text) > MAX_RESULT_BYTES:
            raise SyscallFailed(f"{call.name} returned {len(text)} characters, {MAX_RESULT_BYTES} at most", "EFBIG")
        return text, source

    async def _handle(self, process: Process, call: Syscall, values: dict[str, Any]) -> Any:
        first = (Caller(process, self._kernel),) if call.wants_caller else ()
        if call.registration.blocking:
            return await self.blocking.run(functools.partial(call.handler, *first, **values))
        answer = call.handler(*first, **values)
        return await answer if inspect.isawaitable(answer) else answer

    async def _write(self, process: Process, kind: str, body: dict[str, Any]) -> None:
        records = [Record(process.pid, kind, body)]
        with anyio.CancelScope(shield=True):  # an effect that happened must be on record, cancelled or not
            await anyio.to_thread.run_sync(self._journal.append, records)


def _aftermath(call: Syscall) -> str:
    """What a model must know of a call that was given up: its thread goes on."""
    changes = call.registration.blocking and call.registration.effect not in ("pure", "read")
    return "; what it began may still happen" if changes else ""
