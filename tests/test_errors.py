"""The tree of errors: every one has a place, an exit code that interface.md knows, and a docstring or a parent's."""

from __future__ import annotations

from llmasos import errors
from llmasos.errors import KernelPanic, LLMasOSError, ProcessKilled, QuotaExceeded, SyscallError

PROMISED = {0, 1, 2, 3, 4, 5, 130}


def classes() -> list[type[BaseException]]:
    values: list[object] = list(vars(errors).values())
    return [
        v for v in values if isinstance(v, type) and issubclass(v, BaseException) and v.__module__ == errors.__name__
    ]


def test_all_but_panic_are_one_tree() -> None:
    assert {cls for cls in classes() if not issubclass(cls, LLMasOSError)} == {KernelPanic}


def test_exit_codes_are_the_promised_ones() -> None:
    assert {cls.exit_code for cls in classes() if issubclass(cls, LLMasOSError)} <= PROMISED
    assert ProcessKilled("x", 2).exit_code == 130
    assert ProcessKilled("x", 15).exit_code == 143


def test_panic_cannot_be_swallowed_with_the_rest() -> None:
    assert not issubclass(KernelPanic, LLMasOSError)


def test_a_syscall_error_carries_an_errno_like_code() -> None:
    for cls in classes():
        if issubclass(cls, SyscallError):
            assert cls.code.isupper() and cls.code.startswith("E")
    assert SyscallError("gone", "ENOENT").code == "ENOENT"


def test_a_quota_names_its_limit() -> None:
    assert QuotaExceeded("limit reached: tokens (5)", "tokens").limit == "tokens"
