"""The shell at a real terminal (a pty) and piped, over the sim driver, which babbles until its window is full."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

PROMPT = r"work>"
BABBLE = r"\?2004l[^\x1b]{20}"  # after the sequence that ends line editing
COMMAND = ["-m", "llmasos.apps.cli"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    (tmp_path / "work").mkdir()
    return {
        **clean,
        "LLMASOS_HOME": str(tmp_path / "home"),
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_MODEL_WINDOW_TOKENS": "100000",  # time to stop somebody who babbles
        "LLMASOS_SECURITY_CAPABILITIES": "clock",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TERM": "xterm-256color",
    }


class Terminal:
    """A person at the shell."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            COMMAND,
            cwd=str(folder),
            env=environment,
            timeout=30,
            encoding="utf-8",
            dimensions=(40, 200),
        )
        self.child.delaybeforesend = 0.1
        self.child.expect(PROMPT)

    def type(self, line: str) -> None:
        self.child.send(line + "\r")

    def see(self, pattern: str) -> str:
        self.child.expect(pattern)
        assert "Traceback" not in self.child.before
        return str(self.child.before)

    def prompted(self) -> str:
        """What was shown up to the next prompt."""
        return self.see(PROMPT)


@pytest.fixture
def terminal(tmp_path: Path, environment: dict[str, str]) -> Iterator[Terminal]:
    opened = Terminal(tmp_path / "work", environment)
    yield opened
    opened.child.close(force=True)


def test_interrupt_stops_the_answer_and_the_shell_survives(terminal: Terminal) -> None:
    terminal.type("hello")
    terminal.see(BABBLE)
    terminal.child.sendintr()
    terminal.see("interrupted")
    terminal.type("history")
    assert "1  hello" in terminal.see(r"2  history")
    terminal.prompted()  # before it, a ^D would be the terminal's own
    terminal.child.sendeof()
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == 0


def test_interrupt_at_the_prompt_forgets_the_line(terminal: Terminal) -> None:
    terminal.child.send("some words")
    terminal.child.sendintr()
    terminal.prompted()
    terminal.type("exit 7")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()
    assert terminal.child.exitstatus == 7


def test_a_stopped_turn_is_a_job_that_can_be_killed(terminal: Terminal) -> None:
    terminal.type("hello")
    terminal.see(BABBLE)
    terminal.child.send("\x1a")
    terminal.see(r"\[1\] stopped +\d+ +hello")
    terminal.type("jobs")
    terminal.see(r"\[1\] +stopped")
    terminal.type("kill -KILL %1")
    terminal.type("ps")
    assert "agent" not in terminal.see(r"init\r?\n")


def test_a_background_job_says_when_it_is_done(terminal: Terminal) -> None:
    terminal.type("ulimit tokens=9")
    terminal.type("hello &")
    terminal.see(r"\[1\] \d+")
    terminal.see(r"\[1\] exit 5 +\d+ +limit reached: tokens \(9\)")


def test_tab_completes_commands(terminal: Terminal) -> None:
    terminal.child.send("hist\t")
    terminal.see("ory")  # only what is new is drawn
    terminal.type("")
    terminal.see(r"1  history")


def test_a_mistake_is_one_line(terminal: Terminal) -> None:
    terminal.type("fg")
    terminal.see("llmasos: no jobs")
    terminal.type("cd /nowhere")
    terminal.see("llmasos: cd: /nowhere: No such file or directory")
    terminal.type("hello > /nowhere/x")
    terminal.type("exit")
    terminal.child.expect(pexpect.EOF)


def test_commands_stand_without_llmasos_in_front(terminal: Terminal) -> None:
    terminal.type("version")
    terminal.see(r"llmasos \d+\.\d+")
    terminal.type("config get model.driver")
    terminal.see(r"sim\r\n")
    terminal.type("show nanu")
    terminal.see("llmasos: no model named nanu")


def test_history_is_on_disk(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("help cd")
    terminal.see("change the workspace")
    terminal.type("exit")
    terminal.child.expect(pexpect.EOF)
    assert "help cd" in (tmp_path / "home" / "history").read_text()


def test_a_dumb_terminal_does(tmp_path: Path, environment: dict[str, str]) -> None:
    terminal = Terminal(tmp_path / "work", {**environment, "TERM": "dumb"})
    terminal.type("help cd")
    shown = terminal.see("change the workspace")
    assert "\x1b" not in re.sub(r"\x1b\[\?2004[hl]", "", shown)
    terminal.child.close(force=True)


def piped(text: str, tmp_path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *COMMAND],
        input=text,
        capture_output=True,
        text=True,
        cwd=tmp_path / "work",
        env=environment,
        timeout=60,
    )


def test_piped_lines_are_requests_and_only_answers_are_printed(tmp_path: Path, environment: dict[str, str]) -> None:
    done = piped("# a comment\n\nhello\nversion\n", tmp_path, {**environment, "LLMASOS_LIMITS_TOKENS": "8"})
    babble, version = done.stdout.splitlines()
    assert len(babble) == 8 and version.startswith("llmasos ")
    assert done.stderr == "llmasos: limit reached: tokens (8)\n"
    assert done.returncode == 0  # the last line's


def test_output_goes_to_a_file_and_through_a_pipe(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "work" / "app.py").write_text(
        "from llmasos import App\napp = App('loud')\n\n@app.main\nasync def main(os, request):\n"
        "    return request.upper()\n"
    )
    text = "app.py hello | app.py and > out.txt\nhistory >> out.txt\napp.py < out.txt\nexit 4\n"
    done = piped(text, tmp_path, environment)
    assert done.stderr == "" and done.returncode == 4
    lines = (tmp_path / "work" / "out.txt").read_text().splitlines()
    assert lines[:3] == ["AND", "", "HELLO"]
    assert lines[3].endswith("1  app.py hello | app.py and > out.txt")
    assert done.stdout.startswith("AND\n\nHELLO\n")


def test_a_bare_word_of_a_command_says_what_it_takes(tmp_path: Path, environment: dict[str, str]) -> None:
    bare = {
        "kill": "usage: kill [-SIG] PID|%JOB",
        "mount": "usage: mount mcp NAME",
        "deny": "usage: deny ID",
        "install": "Missing argument",
        "show": "Missing argument",
    }
    done = piped("\n".join(bare) + "\n", tmp_path, environment)
    assert done.stdout == ""
    for line, (_, words) in zip(done.stderr.splitlines(), bare.items(), strict=True):
        assert line.startswith("llmasos: ") and words in line
    done = piped("kill --help\nfg --help\nclear\n", tmp_path, environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: llmasos kill" in done.stdout and done.stdout.endswith("fg [JOB]: continue a job in the foreground\n")


def test_run_in_the_shell_takes_its_options(tmp_path: Path, environment: dict[str, str]) -> None:
    text = "run hello --limit tokens=5\nrun hello --limit tokens=6 --json\nrun --limit\nrun hello --cap x\n"
    done = piped(text, tmp_path, environment)
    babble, document = done.stdout.splitlines()
    assert len(babble) == 5
    assert json.loads(document)["usage"]["completion_tokens"] == 6
    assert [line.split(":")[1].split()[0] for line in done.stderr.splitlines()] == ["limit", "Option", "unknown"]
    assert done.returncode == 2


def test_pmap_and_vmstat_show_where_a_context_is(terminal: Terminal) -> None:
    terminal.type("hello")
    terminal.see(BABBLE)
    terminal.child.sendintr()
    terminal.see("interrupted")
    terminal.prompted()
    terminal.type("pmap 2")
    shown = terminal.see(r"process 2: \d+ tokens, \d+ resident, 0 swapped")
    assert "hello" in shown and "assistant" in shown and "[###" in shown
    terminal.prompted()
    terminal.type("vmstat")
    assert "PREFILL" in terminal.see(r"sim|nano")
    terminal.prompted()
    terminal.type("pmap 1")
    terminal.see("process 1 is init")
    terminal.prompted()
    terminal.type("pmap 99")
    terminal.see("no process 99")
    terminal.prompted()
