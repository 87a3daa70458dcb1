"""A filter of system calls for commands: what namespaces do not shut in, as a program for Linux's seccomp.

- `program()` is the filter's bytes, as `bwrap --seccomp` reads them; it allows all on processors that it
  has no numbers for.
- Refused (EPERM): keyrings, which commands would share with us; bpf, perf, userfaultfd, io_uring and handles of files,
  where most holes of the last years were. Nothing that programs at work need. And whatever reaches into the memory of
  another process, but for ptrace, which debuggers need: that may trace all but the first one, which ends with us.
- Sockets are of the Unix, IP and netlink families: others (vsock) are in no network namespace. Else EAFNOSUPPORT.
- Calls of another instruction set than the machine's own end the caller: their numbers mean something else.

Source: seccomp(2); the list is what Docker's default profile refuses, as far as no capability is needed for it.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_RET|K
_NUMBER, _ARCH, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24  # offsets in struct seccomp_data; little-endian
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000  # numbers of a second set of calls on x86-64
_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK


class _Machine(NamedTuple):
    """AUDIT_ARCH and the numbers of the calls.

    `refused`: add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, io_uring's three, open_by_handle_at,
    process_vm_readv and _writev, pidfd_getfd.
    """

    arch: int
    socket: int
    ptrace: int
    refused: tuple[
        int, ...
    ]  # add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, io_uring_*, open_by_handle_at


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 41, 101, (248, 249, 250, 321, 298, 323, 425, 426, 427, 304, 310, 311, 438)),
    "aarch64": _Machine(0xC00000B7, 198, 117, (217, 218, 219, 280, 241, 282, 425, 426, 427, 265, 270, 271, 438)),
}


def program() -> bytes:
    """The filter, eight bytes an instruction."""
    machine = _MACHINES.get(platform.machine())
    lines = _lines(machine) if machine else [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("<HBBI", *line) for line in lines)


def _lines(machine: _Machine) -> list[tuple[int, int, int, int]]:
    """Instructions: operation, where to go on if it holds and if not (instructions to skip), operand."""
    lines = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, machine.arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        *_unless(_AT_LEAST, _X32, errno.EPERM),
    ]
    for number in machine.refused:
        lines += _unless(_EQUAL, number, errno.EPERM)
    lines += [(_EQUAL, 0, 4, machine.ptrace), (_LOAD, 0, 0, _SECOND_ARGUMENT), *_unless(_EQUAL, 1, errno.EPERM)]
    lines += [(_RETURN, 0, 0, _ALLOW)]
    lines += [(_EQUAL, 1, 0, machine.socket), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
    for family in _FAMILIES:
        lines += [(_EQUAL, 0, 1, family), (_RETURN, 0, 0, _ALLOW)]
    return [*lines, (_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT)]


def _unless(test: int, operand: int, code: int) -> list[tuple[int, int, int, int]]:
    return [(test, 0, 1, operand), (_RETURN, 0, 0, _ERRNO | code)]
