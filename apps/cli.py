"""The entry point `llmasos`: runs a command and turns whatever went wrong into one line and an exit code.

- Errors raised on purpose say what they are and carry their exit code (llmasos/errors.py).
- Anything else is a bug: one line, and the traceback in `errors.log` of the state directory.
- A call that hangs and was given up (kernel/blocking.py) holds up the end of the command for `LINGER_S` and no longer.
- ^C is 130; a reader of our output that went away is no error worth a word, a full disk behind it is one.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from typing import NoReturn

import typer

from llmasos.apps.commands import app, check_known
from llmasos.apps.printable import printable
from llmasos.apps.quick_imports import rare_collections
from llmasos.apps.standard_streams import OutputFailed, forget_output, open_missing, watch_output
from llmasos.errors import LLMasOSError

BROKEN_PIPE = 128 + 13
LINGER_S = 5.0  # what was begun may yet end well
WORKER = "AnyIO worker"  # what anyio calls the threads that blocking calls are made in


def main() -> None:
    """The console script."""
    rare_collections()
    open_missing()
    watch_output()
    code = execute(sys.argv[1:])
    try:
        sys.stdout.flush()
    except (OSError, OutputFailed):
        forget_output()
    _leave(code)


def _leave(code: int) -> NoReturn:
    """Python would wait for every thread, and for ever for one that hangs."""
    ends = time.monotonic() + LINGER_S
    try:
        for thread in threading.enumerate():
            if thread.name.startswith(WORKER):
                thread.join(max(0.0, ends - time.monotonic()))
                if thread.is_alive():
                    os._exit(complain("a call that was given up still hangs: left behind", code))
    except KeyboardInterrupt:
        os._exit(130)
    sys.exit(code)


def execute(argv: list[str]) -> int:
    """Run a command line; its exit code. Never raises."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="replace")
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except BaseException as error:
        return _outcome(_only(error), argv)


def _outcome(error: BaseException, argv: list[str]) -> int:
    """What an error comes to: its line on stderr, and the exit code."""
    match error:
        case OutputFailed():
            forget_output()
            return complain(str(error), error.exit_code)
        case LLMasOSError():
            return complain(str(error), error.exit_code)
        case typer.TyperException():
            return complain(f"{error.format_message().rstrip('.')}; see {_command(error, argv)} --help", 2)
        case KeyboardInterrupt() | typer.Abort():
            return 130
        case BrokenPipeError():
            forget_output()
            return BROKEN_PIPE
        case SystemExit(code=code):
            return code if isinstance(code, int) else 1
    return complain(f"{type(error).__name__}: {error}; details: {_write_details(error)}", 1)


def _only(error: BaseException) -> BaseException:
    """The one error of a task group's group, however deep; the group itself when there are several."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def complain(message: str, code: int) -> int:
    """One line on stderr, whoever's words are in it; gives back the exit code."""
    with contextlib.suppress(OSError):
        print(f"llmasos: {printable(' '.join(message.split()))}", file=sys.stderr, flush=True)
    return code


def _run(argv: list[str]) -> int:
    if "_LLMASOS_COMPLETE" in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()
    else:
        check_known(argv)
    result = app(args=argv, prog_name="llmasos", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _command(error: typer.TyperException, argv: list[str]) -> str:
    """Whose help says more: `llmasos cluster logs`."""
    context = getattr(error, "ctx", None)
    if context is not None:
        parents = [context]
        while (parent := parents[0].parent) is not None:
            parents.insert(0, parent)
        return " ".join(str(one.info_name) for one in parents)
    return " ".join(["llmasos", *argv[:1]]) if argv and not argv[0].startswith("-") else "llmasos"


def _write_details(error: BaseException) -> str:
    """The traceback, appended to a file; where it is."""
    from llmasos.config import home_folder

    path = home_folder() / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')} llmasos {' '.join(sys.argv[1:])}\n")
            traceback.print_exception(error, file=log)
    except OSError as failure:
        return f"not written ({failure.strerror})"
    return str(path)


if __name__ == "__main__":
    main()
