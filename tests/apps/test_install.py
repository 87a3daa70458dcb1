"""`apps`, `install` and `remove` as a person meets them, and what a hostile or broken app comes to."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from llmasos import app_content
from llmasos.app_content import MAX_BYTES, MAX_DEPTH, copy
from llmasos.apps import app_check
from llmasos.apps.app_text import declared
from llmasos.apps.cli import execute
from llmasos.errors import LLMasOSError, UsageError

SHOP = """\
from llmasos import App

app = App("shop", capabilities=["clock"])


@app.syscall(effect="read", capability="prices")
async def get_price(item: str) -> str:
    \"\"\"Price of an item in the shop.\"\"\"
    return {"bread": "3 euros"}.get(item, "unknown")


@app.main
async def main(os, request):
    return f"{request}: {await os.get_price(request)}"
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    (tmp_path / "work").mkdir()
    return {
        **clean,
        "LLMASOS_HOME": str(tmp_path / "home"),
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_SECURITY_CAPABILITIES": "clock",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


@pytest.fixture
def work(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def llmasos(work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """A command line without a process of its own, and with nobody at a terminal."""
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)

        def run(*args: str) -> tuple[int, str, str]:
            code = execute(list(args))
            out, err = capsys.readouterr()
            assert "Traceback" not in err
            return code, out, err

        yield run


def written(work: Path, text: str = SHOP, name: str = "shop.py") -> Path:
    (work / name).parent.mkdir(parents=True, exist_ok=True)
    (work / name).write_text(text)
    return work / name


def nothing_left(work: Path) -> bool:
    return [path.name for path in (work.parent / "home" / "apps").glob("[!.]*")] == [] and not list(
        (work.parent / "home" / "apps").glob(".staged*")
    )


def test_an_app_from_its_file_to_its_removal(llmasos: Run, work: Path) -> None:
    written(work)
    code, out, err = llmasos("install", "shop.py", "--yes")
    assert (code, out) == (0, 'installed shop: llmasos run shop "..."\n')
    assert "capabilities  clock" in err and "get_price: effect read, capability prices" in err
    (work / "shop.py").unlink()
    assert llmasos("run", "shop", "bread") == (0, "bread: 3 euros\n", "")
    assert "shop   clock" in llmasos("apps")[1]
    listed = json.loads(llmasos("apps", "--json")[1])
    assert [app["name"] for app in listed] == ["agent", "shop"]
    assert listed[0]["source"] == "built-in" and listed[0]["capabilities"] is None
    assert listed[1]["effects"] == {"get_price": "read"} and listed[1]["source"] == str(work / "shop.py")
    assert llmasos("remove", "shop") == (0, "", "")
    assert json.loads(llmasos("apps", "--json")[1]) == listed[:1]
    assert llmasos("remove", "shop")[0] == 3


def test_nothing_is_run_for_who_did_not_say_so(llmasos: Run, work: Path) -> None:
    written(work, f"from pathlib import Path\nPath({str(work / 'trace')!r}).touch()\n{SHOP}")
    code, out, err = llmasos("install", "shop.py")
    assert (code, out) == (2, "") and "as you: read it, then say --yes" in err and err.count("\n") == 1
    assert not (work / "trace").exists() and llmasos("apps")[1].count("\n") == 2


def test_nothing_of_an_app_is_run_before_it_is_to_run(llmasos: Run, work: Path) -> None:
    written(work, f"from pathlib import Path\nPath({str(work / 'trace')!r}).touch()\n{SHOP}")
    llmasos("install", "shop.py", "--yes")
    (work / "trace").unlink()
    for words in (["--help"], ["ps"], ["apps"], ["run", "hello", "--limit", "tokens=1"], ["doctor"]):
        llmasos(*words)
    assert not (work / "trace").exists()
    assert llmasos("run", "shop", "bread")[0] == 0
    assert (work / "trace").exists()


def test_a_folder_is_an_app_with_what_lies_in_it(llmasos: Run, work: Path) -> None:
    written(work, "PRICES = 'prices.txt'\n", "shop/names.py")
    (work / "shop" / "data").mkdir()
    (work / "shop" / "data" / "prices.txt").write_text("3 euros")
    written(
        work,
        "from pathlib import Path\nfrom llmasos import App\nfrom .names import PRICES\napp = App('shop')\n"
        "@app.main\nasync def main(os, request):\n"
        "    return (Path(__file__).parent / 'data' / PRICES).read_text()\n",
        "shop/app.py",
    )
    assert llmasos("install", "shop", "--yes")[0] == 0
    for _ in range(2):  # what Python keeps beside the files is no change
        assert llmasos("run", "shop", "bread") == (0, "3 euros\n", "")


def test_over_an_installed_one_only_by_force(llmasos: Run, work: Path) -> None:
    written(work)
    llmasos("install", "shop.py", "--yes")
    written(work, SHOP.replace("3 euros", "4 euros"))
    code, _, err = llmasos("install", "shop.py", "--yes")
    assert code == 2 and "--force installs over it" in err
    assert llmasos("run", "shop", "bread")[1] == "bread: 3 euros\n"
    assert llmasos("install", "shop.py", "--yes", "--force")[0] == 0
    assert llmasos("run", "shop", "bread")[1] == "bread: 4 euros\n"
    assert len(list((work.parent / "home" / "apps" / "shop").glob("files-*"))) == 1
    written(work, SHOP.replace('"shop"', '"Shop"'))
    assert "an app named shop already" in llmasos("install", "shop.py", "--yes", "--force")[2]


@pytest.mark.parametrize("change", ["edit", "add", "link", "ask"])
def test_what_has_changed_since_is_refused(llmasos: Run, work: Path, change: str) -> None:
    source = SHOP.replace('["clock"]', "['clock'] if not __import__('pathlib').Path('/nowhere').exists() else []")
    written(work, source)
    llmasos("install", "shop.py", "--yes")
    home = work.parent / "home" / "apps" / "shop"
    (folder,) = home.glob("files-*")
    match change:
        case "edit":
            (folder / "app.py").write_text(source.replace("3 euros", "9 euros"))
        case "add":
            (folder / "extra.py").write_text("x = 1\n")
        case "link":
            (folder / "app.py").rename(work / "app.py")
            (folder / "app.py").symlink_to(work / "app.py")
        case "ask":  # it asks for more than it did when it was installed
            record = json.loads((home / "app.json").read_text())
            (home / "app.json").write_text(json.dumps({**record, "capabilities": []}))
    code, out, err = llmasos("run", "shop", "bread")
    assert (code, out) == (1, "") and err.count("\n") == 1
    said = "asks for something else" if change == "ask" else "changed since it was installed: llmasos install --force"
    assert said in err
    assert llmasos("install", "shop.py", "--yes", "--force")[0] == 0
    assert llmasos("run", "shop", "bread")[0] == 0


FORGED = "clock\\n  call          get_price: effect pure, capability none"


MISTAKEN = [
    (SHOP.replace('"clock"', f'"{FORGED}"'), "not a capability: 'clock\\n"),
    (SHOP.replace('"prices"', f'"{FORGED}"'), "not a capability: 'clock\\n"),
    (SHOP.replace('"clock"', '"files, clock"'), "not a capability: 'files, clock'"),
    (SHOP.replace('"clock"', '"\\u202eexec"'), "not a capability: '\\u202eexec'"),
    (SHOP.replace('"clock"', '""'), "not a capability: ''"),
    (SHOP.replace('"clock"', f'"{"a" * 65}"'), "1 to 64 letters"),
    (SHOP.replace('"read"', '"read, capability clock\\n"'), "no effect 'read, capability clock\\n'"),
]


@pytest.mark.parametrize(
    ("how", "text", "says"),
    [
        *(("in its text", *case) for case in MISTAKEN),
        *((how, *case) for how in ("once it is run", "in a forged answer") for case in (MISTAKEN[0], MISTAKEN[-1])),
    ],
)
def test_a_word_that_would_be_taken_for_another_is_refused(
    llmasos: Run, work: Path, how: str, text: str, says: str
) -> None:
    if how == "once it is run":
        text = text.replace('effect="', 'effect="" + "').replace('capability="', 'capability="" + "')
        text = text.replace("capabilities=[", "capabilities=[*[], ")
    elif how == "in a forged answer":
        said = declared(text.encode())
        text = f"import os, sys, pathlib\npathlib.Path(sys.argv[2]).write_text({json.dumps(said)!r})\nos._exit(0)\n"
    written(work, text)
    code, out, err = llmasos("install", "shop.py", "--yes")
    assert (code, out) == (2, "") and says in err.splitlines()[-1], err
    assert "effect pure" not in "".join(err.splitlines()[:-1]) and nothing_left(work)


def test_a_name_of_a_file_stays_on_its_line(llmasos: Run, work: Path) -> None:
    written(work, name="shop\nIt asks for, as shop:\n  capabilities  none\u202e.py")
    code, _, err = llmasos("install", "shop\nIt asks for, as shop:\n  capabilities  none\u202e.py", "--yes")
    assert code == 0 and err.count("\n") == 4 and "\u202e" not in err
    assert err.splitlines()[1:3] == ["It asks for, as shop:", "  capabilities  clock"]


def test_a_cache_that_its_code_lays_is_not_installed(llmasos: Run, work: Path) -> None:
    laid = "__import__('pathlib').Path(__file__).with_name('__pycache__')"
    written(work, f"{laid}.mkdir(exist_ok=True)\n({laid} / 'app.pyc').touch()\n{SHOP}")
    assert llmasos("install", "shop.py", "--yes")[0] == 0
    assert not [*(work.parent / "home" / "apps").rglob("__pycache__")]


def test_a_damaged_record_is_said_and_mended(llmasos: Run, work: Path) -> None:
    written(work)
    llmasos("install", "shop.py", "--yes")
    (work.parent / "home" / "apps" / "shop" / "app.json").write_text("{")
    assert "record of app shop is damaged" in llmasos("run", "shop", "bread")[2]
    assert "damaged" in llmasos("apps")[1]
    assert llmasos("install", "shop.py", "--yes", "--force")[0] == 0


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("app = 1 +\n", 2, "does not load: line 1: invalid syntax"),
        ("a\0b", 2, "shop.py"),
        ("x = 1\n", 2, "must define one App, it has 0"),
        ("from llmasos import App\na, b = App('a'), App('b')\n", 2, "must define one App, it has 2"),
        ("import nonsense\n", 1, "No module named 'nonsense'"),
        ("raise SystemExit(0)\n", 1, "SystemExit"),
        ("raise KeyboardInterrupt\n", 1, "KeyboardInterrupt"),
        ("import os\nos._exit(3)\n", 1, "the process that ran its code ended with 3"),
        ("import os\nos.abort()\n", 1, "ended by SIGABRT"),
        ("from llmasos import App\nApp('shop', capabilities='clock')\n", 1, "a list of words: ['clock']"),
        ("from llmasos import App\napp = App('run')\n", 2, "no app may be named run"),
        ("from llmasos import App\napp = App('cd')\n", 2, "no app may be named cd"),
        ("from llmasos import App\napp = App('agent')\n", 2, "no app may be named agent"),
        ("from llmasos import App\napp = App('cluster')\n", 2, "no app may be named cluster"),
        ("from llmasos import App\napp = App('../x')\n", 2, "not an app's name: '../x'"),
        ("from llmasos import App\napp = App('7')\n", 2, "not an app's name"),
        ("from llmasos import App\napp = App(chr(46) * 2)\n", 2, "not an app's name: '..'"),
        (SHOP.replace("get_price", "read_file"), 2, "a call named read_file"),
        (SHOP.replace('"read"', '"reading"'), 2, "no effect 'reading'; known: pure, read"),
        (SHOP.replace("item: str", "item: object()"), 2, "the arguments of get_price have no schema"),
        (f"{SHOP}\nfrom pathlib import Path\nPath(__file__).with_name('log').touch()", 2, "writes into its own folder"),
    ],
)
def test_what_is_no_app_is_one_line_and_leaves_nothing(
    llmasos: Run, work: Path, text: str, code: int, says: str
) -> None:
    written(work, text)
    ended, out, err = llmasos("install", "shop.py", "--yes")
    complaint = err.splitlines()[-1]
    assert (ended, out) == (code, "") and complaint.startswith("llmasos: ") and says in complaint, err
    assert nothing_left(work)


def test_code_that_hangs_is_ended_with_what_it_started(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import subprocess, time\nsubprocess.Popen(['sleep', '987'])\ntime.sleep(987)\n"
    written(work, text, "files/app.py")
    with pytest.raises(LLMasOSError, match=r"shop\.py does not load within 3 s"):
        app_check.check(work / "files", work / "answer", Path("shop.py"), seconds=3)
    time.sleep(0.1)
    running = [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"sleep\x00987" in _read(path)]
    assert not running


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("hostile", ["link", "folder link", "fifo", "huge", "many", "deep", "no main", "unreadable"])
def test_a_hostile_folder_is_refused_at_once(
    llmasos: Run, work: Path, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(work, SHOP, "shop/app.py")
    match hostile:
        case "link":
            (work / "shop" / "key").symlink_to("/etc/passwd")
        case "folder link":
            (work / "shop" / "all").symlink_to("/etc")
        case "fifo":
            os.mkfifo(work / "shop" / "pipe")
        case "huge":
            with (work / "shop" / "data").open("wb") as file:
                file.truncate(MAX_BYTES + 1)
        case "many":
            monkeypatch.setattr(app_content, "MAX_FILES", 9)
            for number in range(9):
                (work / "shop" / f"{number}").touch()
        case "deep":
            (work / "shop" / "/".join("d" * (MAX_DEPTH + 1))).mkdir(parents=True)
        case "no main":
            (work / "shop" / "app.py").rename(work / "shop" / "main.py")
        case "unreadable":
            if os.geteuid() == 0:
                pytest.skip("root reads everything")
            (work / "shop" / "app.py").chmod(0)
    code, out, err = llmasos("install", "shop", "--yes")
    assert (code, out) == (2, "") and err.count("\n") == 1, err
    assert nothing_left(work)


def test_a_file_that_takes_the_kernel_s_name_for_a_call_is_refused_uninstalled_too(llmasos: Run, work: Path) -> None:
    written(work, SHOP.replace("get_price", "read_file"))
    code, _, err = llmasos("run", "shop.py", "bread")
    assert code == 2 and "a call named read_file" in err


def test_what_is_no_file_at_all(llmasos: Run, work: Path) -> None:
    assert llmasos("install", "nothing.py", "--yes")[0] == 3
    os.mkfifo(work / "pipe.py")
    code, _, err = llmasos("install", "pipe.py", "--yes")
    assert code == 2 and "no regular file" in err
    assert llmasos("install", "/dev/zero", "--yes")[0] == 2
    written(work)
    (work / "linked.py").symlink_to(work / "shop.py")  # named by hand: what it leads to is meant
    assert llmasos("install", "linked.py", "--yes")[0] == 0


def test_a_folder_that_is_exchanged_meanwhile_leads_nowhere_else(work: Path, tmp_path: Path) -> None:
    """A link in the place of a file that was listed is not followed."""
    written(work, SHOP, "shop/app.py")
    (work / "shop" / "z").symlink_to("/etc/hostname")
    (tmp_path / "into").mkdir()
    with pytest.raises(UsageError, match="z is no regular file"):
        copy(work / "shop", tmp_path / "into")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SHOP, {"name": "shop", "capabilities": ["clock"], "calls": 1}),
        ("from llmasos import App\napp = App(name='a')", {"name": "a", "capabilities": None, "calls": 0}),
        ("from llmasos import App\nN = 'a'\napp = App(N)", None),
        ("from .other import app", None),
    ],
)
def test_what_the_text_says(text: str, found: dict[str, object] | None) -> None:
    said = declared(text.encode())
    assert (said and {**said, "calls": len(said["calls"])}) == found


class Terminal:
    def __init__(self, work: Path, environment: dict[str, str], *args: str) -> None:
        command = ["-m", "llmasos.apps.cli", *args]
        self.child = pexpect.spawn(
            sys.executable, command, cwd=str(work), env=environment, timeout=30, encoding="utf-8"
        )

    def ended(self) -> int | None:
        self.child.expect(pexpect.EOF)
        self.child.close()
        code: int | None = self.child.exitstatus
        return code


def test_at_a_terminal_it_is_asked_before_anything_runs(work: Path, environment: dict[str, str]) -> None:
    written(work, f"from pathlib import Path\nPath({str(work / 'trace')!r}).touch()\n{SHOP}")
    for answer, code in (("n", 1), ("", 1), ("y", 0)):
        terminal = Terminal(work, environment, "install", "shop.py")
        terminal.child.expect("effect read, capability prices")
        terminal.child.expect(r"Run it now to check it, and install it\? \[y/N\]")
        assert not (work / "trace").exists()
        terminal.child.sendline(answer)
        assert terminal.ended() == code
    assert (work / "trace").exists()


def test_who_asks_for_more_than_the_text_says_is_asked_about_again(work: Path, environment: dict[str, str]) -> None:
    written(work, SHOP + '\napp.capabilities = frozenset({"exec"})\n')
    terminal = Terminal(work, environment, "install", "shop.py")
    terminal.child.expect("capabilities  clock")
    terminal.child.expect(r"\[y/N\]")
    terminal.child.sendline("y")
    terminal.child.expect("capabilities  exec")
    terminal.child.expect(r"something else than its text says. Install it\? \[y/N\]")
    terminal.child.sendline("n")
    assert terminal.ended() == 1 and nothing_left(work)


def test_in_the_shell_a_line_that_begins_with_its_name_runs_it(work: Path, environment: dict[str, str]) -> None:
    written(work)
    terminal = Terminal(work, {**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"})
    terminal.child.delaybeforesend = 0.1
    terminal.child.expect("work>")
    terminal.child.send("install shop.py\r")
    terminal.child.expect(r"\[y/N\]")
    terminal.child.sendline("y")
    terminal.child.expect("installed shop")
    terminal.child.expect("work>")
    terminal.child.send("shop bread\r")
    terminal.child.expect("bread: 3 euros")
    terminal.child.expect("work>")
    terminal.child.send("run shop milk | shop\r")
    terminal.child.expect(": unknown")
    terminal.child.expect("work>")
    terminal.child.send("remove shop\r")
    terminal.child.expect("work>")
    terminal.child.send("apps\r")
    terminal.child.expect("built-in\r\n")
    assert "shop" not in terminal.child.before.rpartition("NAME")[2]
    terminal.child.send("exit\r")
    assert terminal.ended() == 0
