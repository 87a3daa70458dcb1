"""Real processes that wait, work, are stopped, or are not there."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from llmasos.drivers.liveness import STILL_TICKS, Watch, load_seconds, look, step_seconds

pytestmark = pytest.mark.skipif(look(os.getpid()) is None, reason="there is no /proc")


@contextlib.contextmanager
def running(code: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-S", "-c", f"print(flush=True)\n{code}"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def verdict(watch: Watch, ticks: int, tick_s: float = 0.05) -> str:
    """What is said within so many ticks."""
    for _ in range(ticks):
        time.sleep(tick_s)
        if said := watch.check():
            return said
    return ""


BUSY = "while True: pass"


def test_who_waits_for_nothing_stands_still() -> None:
    with running("import time; time.sleep(60)") as process:
        assert verdict(Watch(process.pid, 60.0, 0.5), STILL_TICKS + 2) == "stood still for 2 s"


def test_who_works_does_not_and_who_is_stopped_does() -> None:
    with running(BUSY) as process:
        watch = Watch(process.pid, 60.0, 0.5)
        assert not verdict(watch, 3 * STILL_TICKS)
        process.send_signal(signal.SIGSTOP)
        assert verdict(watch, STILL_TICKS + 2).startswith("stood still")


def test_a_thread_that_works_is_enough() -> None:
    with running(f"import threading\ndef work():\n  {BUSY}\nthreading.Thread(target=work).start()") as process:
        assert not verdict(Watch(process.pid, 60.0, 0.5), 3 * STILL_TICKS)


def test_who_works_without_end_is_told_by_its_processor_time() -> None:
    with running(BUSY) as process:
        assert verdict(Watch(process.pid, 0.2, 0.5), 400).startswith("computed for")


def test_by_the_clock_only_time_counts() -> None:
    with running("import time; time.sleep(60)") as process:
        watch = Watch(process.pid, 1.0, 0.5, by_clock=True)
        assert [bool(watch.check()) for _ in range(9)] == [False] * 8 + [True]


def test_what_work_may_take_grows_with_it() -> None:
    assert step_seconds(10**7, 1) < step_seconds(10**7, 512) < step_seconds(7 * 10**9, 512)
    assert load_seconds(0) < load_seconds(4 * 10**9) < 300
