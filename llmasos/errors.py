"""Every error llmasos raises on purpose, as one tree split by who must act.

- Catch `LLMasOSError` to catch all of them; each class says whose move it is.
- A face prints `str(error)` on one line and exits with `error.exit_code` (interface.md).
- `SyscallError` carries an errno-like `code`: the model reads it and may act on it.
- `KernelPanic` is outside the tree: a broken invariant that no handler may swallow.
"""

from __future__ import annotations


class LLMasOSError(Exception):
    """The root. `exit_code` is what a command line ends with when nobody handles it."""

    exit_code = 1


class UsageError(LLMasOSError):
    """The person at the command line: wrong words or flags."""

    exit_code = 2


class ConfigError(LLMasOSError):
    """The developer: names file, key and value; unknown keys included."""

    exit_code = 2


class DataError(LLMasOSError):
    """Whoever made a data file: a record in it is none, or does not fit; the message names file and line."""


class StateLocked(LLMasOSError):
    """Another kernel owns the state directory; the message says which."""


class NoDaemon(LLMasOSError):
    """A command that only a daemon can answer, and none runs; as `status` says it."""

    exit_code = 3


class StorageError(LLMasOSError):
    """The operator: the disk under the state directory is full, or fails. What it refused was not done."""


class SyscallError(LLMasOSError):
    """The model: becomes the result of its call; the process lives. `source`: whose untrusted words the message has."""

    code = "EIO"

    def __init__(self, message: str, code: str | None = None, *, source: str | None = None) -> None:
        super().__init__(message)
        self.source = source
        if code is not None:
            self.code = code


class UnknownSyscall(SyscallError):
    code = "ENOSYS"


class BadArguments(SyscallError):
    code = "EINVAL"


class PermissionDenied(SyscallError):
    code = "EPERM"
    exit_code = 4


class SyscallFailed(SyscallError):
    """The handler ran and failed; the real cause is in `__cause__`."""


class ProcessError(LLMasOSError):
    """The parent of a process."""


class NoSuchProcess(ProcessError):
    exit_code = 3


class ProcessChanged(ProcessError):
    """What was asked for was meant for the process as it was, and its journal has gone on since. Nothing was done."""


class Compacted(ProcessError):
    """The journal has only the beginning and the end of a process (kernel/retention.py)."""

    exit_code = 3


class AppNotFound(LLMasOSError):
    """There is no such app."""

    exit_code = 3


class AppDamaged(LLMasOSError):
    """What is installed cannot be run: it has changed since, or does not load any more."""


class NoSuchSchedule(LLMasOSError):
    exit_code = 3


class NoSuchNode(LLMasOSError):
    """No machine of the cluster has that name."""

    exit_code = 3


class NoSuchApproval(LLMasOSError):
    """No call waits for one under this id: it was answered, or never asked for."""

    exit_code = 3


class NoSuchMount(LLMasOSError):
    exit_code = 3


class NoSuchFile(LLMasOSError):
    """A file that was named is not there."""

    exit_code = 3


class QuotaExceeded(ProcessError):
    """A limit of the process or its tree was reached; `limit` names it."""

    exit_code = 5

    def __init__(self, message: str, limit: str) -> None:
        super().__init__(message)
        self.limit = limit


class ProcessFailed(ProcessError):
    """A body raised; the cause is in `__cause__`."""


class ProcessKilled(ProcessError):
    """A signal ended the process; `exit_code` is 128 + its number."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal_number


class PagingError(LLMasOSError):
    """The kernel's caller: about what fits in a window."""


class WindowTooSmall(PagingError):
    """What must be resident does not fit; the message names both sizes in tokens."""

    exit_code = 5


class StoreUnavailable(PagingError):
    """The vector store could not be opened, or failed."""


class DriverError(LLMasOSError):
    """The operator: about models and the libraries that run them."""


class DriverNotInstalled(DriverError):
    """An optional library is missing; the message ends with the pip line."""


class ModelNotFound(DriverError):
    exit_code = 3


class ModelDamaged(DriverError):
    """A model file is not what it claims to be; found before native code saw it."""


class TemplateError(DriverError):
    """A model's chat template cannot be rendered, within its limits."""


class GrammarError(DriverError):
    """A schema cannot be compiled to a grammar; the message says which part."""


class OutOfSequences(DriverError):
    """The driver has no free sequence, or no free KV cells."""


class DriverClosed(DriverError):
    """We closed it."""


class DriverBroken(DriverError):
    """It failed."""


class DriverLost(DriverBroken):
    """Its process died, and all that its sequences held with it; another is started for the next call."""


class KernelPanic(Exception):
    """A broken invariant; deliberately not an LLMasOSError."""
