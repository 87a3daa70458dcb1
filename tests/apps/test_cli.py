"""The command line as a person meets it: a process of its own, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llmasos.apps.cli import execute
from llmasos.apps.commands import app, command_names

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The sim driver with one syscall: its byte-level prompt of all eighteen would fill the window."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    (tmp_path / "work").mkdir()
    return {
        **clean,
        "LLMASOS_HOME": str(tmp_path / "home"),
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_SECURITY_CAPABILITIES": "clock",
        "NO_COLOR": "1",
    }


@pytest.fixture
def llmasos(tmp_path: Path, environment: dict[str, str]) -> Run:
    def run(*args: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "llmasos.apps.cli", *args],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path / "work",
            env={**environment, **more},
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def inside(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[list[str]], tuple[int, str, str]]]:
    """The same without a process of its own, for what does not need one: quicker by half a second."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path / "work")
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)

        def run(args: list[str]) -> tuple[int, str, str]:
            code = execute(args)
            return (code, *capsys.readouterr())

        yield run


def is_one_line(text: str) -> bool:
    return text.startswith("llmasos: ") and text.count("\n") == 1 and text.endswith("\n")


# What interface.md promises by name.
PROMISED = {
    *("run", "ps", "top", "pmap", "vmstat", "logs", "strace", "attach", "wait", "kill", "nice", "limit"),
    *("checkpoint", "restore", "replay", "branch", "diff", "approve", "deny", "audit"),
    *("pull", "models", "show", "import", "export", "quantize", "rm", "use"),
    *("apps", "install", "remove", "mount", "mounts", "umount", "data", "train", "evaluate"),
    *("serve", "status", "stop", "cluster", "doctor", "bench", "config", "completion", "version"),
}


def test_help_lists_every_command_that_was_promised(llmasos: Run) -> None:
    done = llmasos("--help")
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.split("Options:")[1].splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("  -")]
    assert sorted(command_names()) == sorted(set(listed) - {"Example:"}) and "More:" not in lines
    assert len(set(listed)) == len(listed), "each in one section"
    assert set(listed) >= PROMISED


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from llmasos.apps import cli; cli.execute(['--help']);"
        "heavy = {'numpy', 'llama_cpp', 'chromadb', 'torch', 'pydantic', 'rich', 'anyio'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def every_command() -> list[str]:
    """Those of groups too, as they are typed."""
    groups = {str(group.name): group.typer_instance for group in app.registered_groups}
    inner = [f"{name} {c.name or c.callback.__name__}" for name, group in groups.items() for c in commands_of(group)]
    return [*command_names(), *inner]


def commands_of(group: Any) -> list[Any]:
    return list(group.registered_commands)


@pytest.mark.parametrize("words", every_command())
def test_every_command_has_help_with_an_example(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["llmasos"])  # what bench hands on to its program
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert execute([*words.split(), "--help"]) == 0
    example = " ".join(capsys.readouterr().out.split("Example:")[1].split())
    assert f"llmasos {words}" in example, "what stands there is how it is called"


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["umount"], 2, "Missing argument"),
        (["jobs", "3"], 2, "jobs works inside the shell: type llmasos, then jobs 3"),
        (["ulimit"], 2, "ulimit works inside the shell"),
        (["modles"], 2, "did you mean models?"),
        (["what", "time", "is", "it"], 2, "no command 'what'"),
        (["models", "--jsno"], 2, "--jsno"),
        (["run"], 2, "needs a request"),
        (["run", "hello", "--limit", "toknes=3"], 2, "unknown limit 'toknes'"),
        (["run", "hello", "--limit", "tokens=-3"], 2, "tokens=-3 is not a number"),
        (["run", "hello", "--cap", "clok"], 2, "unknown capability 'clok'"),
        (["run", "hello", "--nice", "99"], 2, "--nice"),
        (["run", "hello", "--workspace", "/nowhere"], 2, "/nowhere is not a folder"),
        (["run", "weather.py", "hello"], 3, "no app weather.py"),
        (["show", "nanu"], 3, "nano"),
        (["use", "nanu"], 3, "nano"),
        (["use", "some.gguf"], 2, "llmasos import some.gguf"),
        (["rm", "nano"], 2, "cannot be removed"),
        (["import", "nothing.gguf"], 3, "no such model file"),
        (["wait", "77"], 3, "no process 77"),
        (["logs", "77"], 3, "no process 77"),
        (["kill", "77"], 3, "no process 77"),
        (["kill", "-FOO", "77"], 2, "unknown signal"),
        (["kill", "this"], 2, "kill [-SIG] PID"),
        (["config", "get", "model.nam"], 2, "did you mean model.name?"),
        (["config", "set", "model.threads", "many"], 2, "whole number"),
        (["config", "set", "limits.childs", "3"], 2, "did you mean limits.children? llmasos config keys lists all"),
        (["config", "set", "zebra", "3"], 2, "config set: unknown key zebra; llmasos config keys lists all"),
        (["completion", "tcsh"], 2, "bash, zsh, fish"),
    ],
)
def test_a_mistake_is_one_line_and_its_exit_code(
    inside: Callable[[list[str]], tuple[int, str, str]], args: list[str], code: int, says: str
) -> None:
    ended, output, complaint = inside(args)
    assert (ended, output) == (code, "")
    assert is_one_line(complaint) and says in complaint


def test_a_missing_model_is_named(llmasos: Run) -> None:
    done = llmasos("run", "hello", "--model", "nanu", LLMASOS_MODEL_DRIVER="llama_cpp")
    assert done.returncode == 3 and is_one_line(done.stderr) and "nanu" in done.stderr


def test_a_damaged_model_is_refused_before_native_code(llmasos: Run, tmp_path: Path) -> None:
    (tmp_path / "work" / "bad.gguf").write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 64)
    for args in (["import", "bad.gguf"], ["run", "hello", "--model", "bad.gguf"]):
        done = llmasos(*args, LLMASOS_MODEL_DRIVER="llama_cpp")
        assert done.returncode == 1 and is_one_line(done.stderr) and "bad.gguf" in done.stderr


def test_an_unknown_key_in_the_folders_file_is_one_line(llmasos: Run, tmp_path: Path) -> None:
    (tmp_path / "work" / "llmasos.toml").write_text("[model]\nnaem = 'x'\n")
    done = llmasos("run", "hello")
    assert done.returncode == 2 and is_one_line(done.stderr)
    assert "model.naem; did you mean model.name?" in done.stderr
    listed = llmasos("config", "keys", "--json")
    assert json.loads(listed.stdout)["model.name"] == {"variable": "LLMASOS_MODEL_NAME", "default": "nano"}
    assert llmasos("config", "keys").stdout.startswith("KEY ")


def test_a_limit_ends_the_run_with_5_after_exactly_so_many_tokens(llmasos: Run) -> None:
    done = llmasos("run", "hello", "--limit", "tokens=12", "--json")
    assert done.returncode == 5 and is_one_line(done.stderr)
    document = json.loads(done.stdout)
    assert document["usage"]["completion_tokens"] == 12
    assert document["error"] == "limit reached: tokens (12)"
    assert list(document) == ["pid", "app", "model", "status", "exit_code", "answer", "syscalls", "usage", "error"]


def test_output_streams_to_stdout_and_all_else_to_stderr(llmasos: Run) -> None:
    done = llmasos("run", "hello", "--limit", "tokens=12")
    assert len(done.stdout.rstrip("\n")) == 12
    assert done.stderr == "llmasos: limit reached: tokens (12)\n"


def test_standard_input_is_the_request_or_is_added_to_it(llmasos: Run) -> None:
    llmasos("run", stdin="from the pipe\n")
    llmasos("run", "summarize:", stdin="from the pipe\n")
    past = json.loads(llmasos("ps", "-a", "--json").stdout)
    assert [p["request"] for p in past] == ["from the pipe", "summarize:\n\nfrom the pipe"]


def test_ps_wait_and_logs_know_what_has_ended(llmasos: Run) -> None:
    llmasos("run", "hello", "--limit", "tokens=3")
    assert "exited 5" in llmasos("ps", "-a").stdout
    assert len(llmasos("ps").stdout.splitlines()) == 1
    done = llmasos("wait", "2")
    assert (done.returncode, done.stderr) == (5, "llmasos: limit reached: tokens (3)\n")
    assert "user hello" in llmasos("logs", "2").stdout
    kinds = [json.loads(line)["kind"] for line in llmasos("logs", "2", "--json").stdout.splitlines()]
    assert kinds[0] == "spawn" and kinds[-1] == "exit" and "tokens" in kinds
    done = llmasos("kill", "2")
    assert done.returncode == 3 and "already ended" in done.stderr


def test_an_app_runs_from_its_file(llmasos: Run, tmp_path: Path) -> None:
    (tmp_path / "work" / "shout.py").write_text(
        "from llmasos import App\napp = App('shout')\n\n@app.main\nasync def main(os, request):\n"
        "    os.say('working')\n    return request.upper()\n"
    )
    done = llmasos("run", "shout.py", "hello")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["working", "HELLO"]
    (tmp_path / "work" / "empty.py").write_text("x = 1\n")
    done = llmasos("run", "empty.py", "hello")
    assert done.returncode == 2 and is_one_line(done.stderr)


def started(environment: dict[str, str], tmp_path: Path) -> subprocess.Popen[str]:
    """A run that babbles; returned once its first text has come."""
    process = subprocess.Popen(
        [sys.executable, "-m", "llmasos.apps.cli", "run", "hello"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path / "work",
        env=environment,
    )
    assert process.stdout is not None and process.stdout.read(1)
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_at_once_with_its_code(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = started(environment, tmp_path)
    sent = time.monotonic()
    process.send_signal(number)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == code
    assert time.monotonic() - sent < 5
    assert complaint.count("\n") <= 1 and "Traceback" not in complaint


def test_a_reader_that_went_away_is_no_error_worth_a_word(environment: dict[str, str], tmp_path: Path) -> None:
    process = started(environment, tmp_path)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=30) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def test_a_second_owner_is_told_who_holds_the_state(environment: dict[str, str], tmp_path: Path, llmasos: Run) -> None:
    from llmasos.kernel.journal import StateLock

    lock = StateLock(tmp_path / "home")
    lock.acquire()
    try:
        done = llmasos("run", "hello")
    finally:
        lock.release()
    assert done.returncode == 1 and is_one_line(done.stderr) and f"pid {os.getpid()}" in done.stderr


def test_a_bug_is_one_line_and_its_details_are_in_a_file(llmasos: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "journal.db").mkdir()  # no error that anybody raised on purpose for `ps`
    done = llmasos("ps")
    assert done.returncode == 1 and is_one_line(done.stderr)


def test_config_shows_sets_and_says_where_from(llmasos: Run, tmp_path: Path) -> None:
    assert llmasos("config", "path").stdout.strip() == str(tmp_path / "home" / "llmasos.toml")
    assert llmasos("config", "set", "limits.seconds", "30").returncode == 0
    assert llmasos("config", "get", "limits.seconds").stdout == "30.0\n"
    facts = json.loads(llmasos("config", "get", "--json").stdout)
    assert facts["limits.seconds"]["origin"] == str(tmp_path / "home" / "llmasos.toml")
    assert facts["model.driver"]["origin"] == "environment LLMASOS_MODEL_DRIVER"
    assert "limits.seconds = 30.0" in llmasos("config").stdout


def test_doctor_says_what_is_wrong_and_what_to_do(llmasos: Run) -> None:
    done = llmasos("doctor", LLMASOS_MODEL_NAME="nanu", LLMASOS_MODEL_DRIVER="llama_cpp")
    assert done.returncode == 1
    assert any(line.startswith("fail  model") and "llmasos import" in line for line in done.stdout.splitlines())
    findings = json.loads(llmasos("doctor", "--json").stdout)
    assert {f["check"] for f in findings} >= {"python", "llama.cpp", "chromadb", "state", "disk", "cores", "model"}


def test_completion_is_a_script_that_the_shell_can_read(llmasos: Run) -> None:
    script = llmasos("completion", "bash").stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, timeout=10).returncode == 0
    offered = llmasos(_LLMASOS_COMPLETE="complete_bash", COMP_WORDS="llmasos mod", COMP_CWORD="1").stdout
    assert "models" in offered


def test_a_model_is_imported_used_and_removed(llmasos: Run, tmp_path: Path) -> None:
    from llmasos.boot import embedded_nano

    done = llmasos("import", str(embedded_nano()), "--name", "mini")
    assert (done.returncode, done.stdout) == (0, "imported mini: llmasos use mini\n")
    assert llmasos("use", "mini").returncode == 0
    used = {entry["name"]: entry["in_use"] for entry in json.loads(llmasos("models", "--json").stdout)}
    assert used == {"nano": False, "mini": True}
    assert json.loads(llmasos("show", "mini", "--json").stdout)["architecture"] == "llama"
    done = llmasos("use", "nano", LLMASOS_MODEL_NAME="mini")
    assert "environment LLMASOS_MODEL_NAME still says mini" in done.stderr
    assert llmasos("use", "mini").returncode == 0
    done = llmasos("rm", "mini")
    assert done.returncode == 0 and "llmasos use nano" in done.stderr


def test_a_call_that_hangs_does_not_keep_a_command_from_ending(environment: dict[str, str]) -> None:
    program = (
        "import sys, time, anyio; from llmasos.apps import cli; cli.LINGER_S = 0.1\n"
        "async def give_up():\n"
        " with anyio.move_on_after(0.1): await anyio.to_thread.run_sync(time.sleep, 60, abandon_on_cancel=True)\n"
        "anyio.run(give_up); sys.argv = ['llmasos', 'version']; cli.main()"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and done.stdout.startswith("llmasos")
    assert done.stderr == "llmasos: a call that was given up still hangs: left behind\n"
