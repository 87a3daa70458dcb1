"""The commands of `llmasos`: their words, and which app each hands them to.

- One function a command: its signature is the command line, its docstring the help.
- Nothing heavy is imported up here, so `llmasos --help` is quick; each command loads its own app.
- `parses(argv)` says whether words are a command of this table at all, `arguments(argv)` what they say: for the shell.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmasos.apps import commands_apps
from llmasos.apps.sections import Sections
from llmasos.errors import UsageError

if TYPE_CHECKING:
    from llmasos.events import Signal

# What has commands of its own: apps/commands_NAME.py.
MORE = ("approvals", "apps", "cluster", "daemon", "data", "journal", "live", "models", "mounts", "past", "time")
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}

app = typer.Typer(
    name="llmasos",
    cls=Sections,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="An operating system for LLM agents. Without a command: the shell.",
    epilog='Example: llmasos run "what is 17 times 23?"',
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Pid = Annotated[int, typer.Argument(metavar="PID")]


@app.callback(invoke_without_command=True)
def shell(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print_version()
    elif context.invoked_subcommand is None:
        from llmasos.apps import shell as program

        raise typer.Exit(program.main())


@app.command(epilog='Example: cat notes.txt | llmasos run "put this in b.txt" --limit tokens=200')
def run(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="APP PROMPT", autocompletion=commands_apps.first_word)
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="Model by name or path.")] = None,
    cap: Annotated[list[str] | None, typer.Option("--cap", metavar="C", help="Only these capabilities.")] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option("--limit", metavar="K=V", help="tokens, seconds, syscalls, children, depth or context."),
    ] = None,
    nice: Annotated[int, typer.Option("--nice", metavar="N", min=-20, max=19, help="-20 first, 19 last.")] = 0,
    workspace: Annotated[Path | None, typer.Option("--workspace", metavar="DIR", help="Its files.")] = None,
    breaks: Annotated[
        list[str] | None, typer.Option("--break", metavar="POINT", help="Stop on syscall:NAME or text:PATTERN.")
    ] = None,
    as_json: Json = False,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it to the daemon; print its pid.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer yes to what it asks.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show calls when stderr is no terminal.")] = False,
) -> None:
    """Run one process: an app, or an agent on a request."""
    from llmasos.apps import run as program

    lists = tuple(cap or ()), tuple(limit or ())
    order = program.Order(
        words or [], model, *lists, nice, workspace, as_json, detach, yes, verbose, tuple(breaks or ())
    )
    raise typer.Exit(program.main(order))


@app.command(epilog="Example: llmasos ps -a")
def ps(
    everything: Annotated[bool, typer.Option("-a", "--all", help="Also those that have ended.")] = False,
    as_json: Json = False,
) -> None:
    """List the processes of the state directory."""
    from llmasos.apps import processes

    print(processes.ps(everything=everything, as_json=as_json))


@app.command(epilog="Example: llmasos kill -STOP 7", context_settings={"ignore_unknown_options": True})
def kill(words: Annotated[list[str], typer.Argument(metavar="[-SIG] PID")]) -> None:
    """Send a signal: TERM, or INT, KILL, STOP, CONT, USR1."""
    from llmasos.apps import processes

    pid, signal = kill_words(words)
    processes.kill(pid, signal)


@app.command(epilog="Example: llmasos attach 7")
def attach(pid: Pid, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show calls.")] = False) -> None:
    """Follow a process of the daemon; what is typed is its input, ^C interrupts it."""
    from llmasos.apps import remote

    raise typer.Exit(remote.attach(pid, verbose=verbose))


@app.command(epilog="Example: llmasos wait 7")
def wait(pid: Pid) -> None:
    """Wait for a process and print its answer; ends with its exit code."""
    from llmasos.apps import processes

    answer, code = processes.wait(pid)
    if answer or not code:
        print(answer)
    raise typer.Exit(code)


@app.command(epilog="Example: llmasos logs 7 -f")
def logs(
    pid: Pid,
    keep_on: Annotated[bool, typer.Option("-f", "--follow", help="Go on until it ends.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False,
) -> None:
    """What a process was told, said and did, from the journal."""
    from llmasos.apps import processes

    processes.logs(pid, keep_on=keep_on, as_json=as_json, write=lambda line: print(line, flush=True))


@app.command(epilog="Example: llmasos doctor")
def doctor(as_json: Json = False) -> None:
    """Check whether this machine can run agents, and say what to do where it cannot."""
    from llmasos.apps import doctor as program

    raise typer.Exit(program.main(as_json=as_json))


config_app = typer.Typer(rich_markup_mode=None, epilog="Example: llmasos config set model.threads 4")
app.add_typer(config_app, name="config")


@config_app.callback(invoke_without_command=True)
def config(context: typer.Context, as_json: Json = False) -> None:
    """Show the settings and where each comes from; get one, set one, list all keys, or print the user file's path."""
    if context.invoked_subcommand is None:
        from llmasos.apps import settings

        print(settings.show(None, as_json))


@config_app.command("get", epilog="Example: llmasos config get model.name")
def config_get(key: Annotated[str | None, typer.Argument(metavar="[KEY]")] = None, as_json: Json = False) -> None:
    """Print one setting, or all."""
    from llmasos.apps import settings

    print(settings.show(key, as_json))


@config_app.command("set", epilog="Example: llmasos config set limits.seconds 30")
def config_set(
    key: Annotated[str, typer.Argument(metavar="KEY")], value: Annotated[str, typer.Argument(metavar="VALUE")]
) -> None:
    """Set one in the user file."""
    from llmasos.apps import settings

    settings.write(key, value)
    settings.say_daemon()


@config_app.command("keys", epilog="Example: llmasos config keys")
def config_keys(as_json: Json = False) -> None:
    """Every key there is, its environment variable and its default."""
    from llmasos.apps import settings

    print(settings.keys(as_json))


@config_app.command("path", epilog="Example: llmasos config path")
def config_path() -> None:
    """Print where the user file is."""
    from llmasos.config import user_file

    print(user_file())


@app.command(context_settings=PASSED_ON)
def train(context: typer.Context) -> None:
    """Train a model from scratch on a recipe."""
    from llmasos.apps import train as program

    raise typer.Exit(program.main(context.args))


@app.command(context_settings=PASSED_ON)
def evaluate(context: typer.Context) -> None:
    """Print exact-success rates of a model on the held-out sets."""
    from llmasos.apps import evaluate as program

    raise typer.Exit(program.main(context.args))


@app.command(context_settings=PASSED_ON)
def bench(context: typer.Context) -> None:
    """Measure this machine: the benchmarks of the checkout."""
    import runpy
    import sys

    import llmasos

    program = Path(str(llmasos.__file__)).parent.parent / "bench" / "run.py"
    if not program.is_file():
        raise UsageError("bench needs a checkout of the repository: make bench")
    sys.argv = [str(program), *context.args]
    runpy.run_path(str(program), run_name="__main__")


@app.command(epilog="Example: source <(llmasos completion bash)")
def completion(shell_name: Annotated[str, typer.Argument(metavar="bash|zsh|fish")]) -> None:
    """Print the completion script of a shell."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    if shell_name not in ("bash", "zsh", "fish"):
        raise UsageError(f"no completion for {shell_name!r}; known: bash, zsh, fish")
    print(get_completion_script(prog_name="llmasos", complete_var="_LLMASOS_COMPLETE", shell=shell_name))


@app.command(epilog="Example: llmasos version --json")
def version(as_json: Json = False) -> None:
    """Print the version."""
    print_version(as_json)


def print_version(as_json: bool = False) -> None:
    import json

    from llmasos import __version__

    print(json.dumps({"version": __version__}) if as_json else f"llmasos {__version__}")


def kill_words(words: list[str]) -> tuple[int, Signal]:
    """The pid and the signal of `kill [-SIG] PID`. Raises UsageError."""
    from llmasos.events import Signal

    signal = Signal.TERM
    if words and words[0].startswith("-"):
        signal, words = Signal.parse(words[0]), words[1:]
    if len(words) != 1 or not words[0].isdecimal():
        raise UsageError("kill takes a pid: kill [-SIG] PID")
    return int(words[0]), signal


def command_names() -> list[str]:
    """Every command that is built."""
    groups = [str(group.name) for group in app.registered_groups]
    return [str(c.name or c.callback.__name__.rstrip("_")) for c in app.registered_commands if c.callback] + groups


for more in MORE:
    importlib.import_module(f"llmasos.apps.commands_{more}").register(app)


def check_known(argv: list[str]) -> None:
    """Raise UsageError, with the nearest name, when the first word is no command."""
    if not argv or argv[0].startswith("-") or argv[0] in command_names():
        return
    word = argv[0]
    from llmasos.apps.shell_builtins import BUILTINS

    if word in BUILTINS:
        raise UsageError(f"{word} works inside the shell: type llmasos, then {' '.join(argv)}")
    import difflib

    near = difflib.get_close_matches(word, command_names(), 1)
    hint = f"did you mean {near[0]}?" if near else f'to ask an agent: llmasos run "{" ".join(argv)}"'
    raise UsageError(f"no command {word!r}; {hint}")


def parses(argv: list[str]) -> bool:
    """Whether words are a whole command: `show me the files` is not, `show nano` is."""
    try:
        return arguments(argv) is not None
    except typer.TyperException:
        return False


def arguments(argv: list[str]) -> dict[str, Any] | None:
    """The parameters of a command's words, by name; empty for its help. Raises TyperException, as the command would."""
    command = typer.main.get_command(app)
    try:
        with command.make_context("llmasos", list(argv)) as context:
            return _parameters(command, context, argv)
    except typer.Exit:  # --help has been printed
        return {}


def _parameters(command: Any, context: Any, argv: list[str]) -> dict[str, Any] | None:
    """Those of a group's command, and of the group: `data is important` is neither."""
    name, found, rest = command.resolve_command(context, argv)
    if found is None:
        return None
    with found.make_context(name, rest, parent=context) as inner:
        words = [*inner._protected_args, *inner.args]
        if not (words and hasattr(found, "resolve_command")):
            return dict(inner.params)
        if (more := _parameters(found, inner, words)) is None:
            return None
        return {**inner.params, **more}
