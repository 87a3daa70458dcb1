"""Files: what each call says, and that nothing leads out of the workspace, under both resolvers."""

from __future__ import annotations

import ctypes
import itertools
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmasos.errors import SyscallError
from llmasos.kernel.limits import Budget, Limits
from llmasos.kernel.process import Process
from llmasos.kernel.syscall import Caller
from llmasos.syscalls.beneath import has_openat2
from llmasos.syscalls.files import FileLimits, Files

SECRET = "the secret outside"
Call = Callable[..., str]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A workspace; beside it lies what nobody may reach."""
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    return work


@pytest.fixture(params=["openat2", "walk"])
def files(request: pytest.FixtureRequest) -> Files:
    if request.param == "openat2" and not has_openat2():
        pytest.skip("this kernel has no openat2")
    return Files(FileLimits(read=1000, write=5000, entries=50, visits=500), walk=request.param == "walk")


class NoModels:
    """What files ask of a kernel: its loaded models, here none."""

    models: ClassVar[dict[str, Any]] = {}


def by(work: Path) -> Caller:
    process = Process(7, 1, "agent", "nano", "", work, frozenset({"files"}), Budget(Limits()))
    return Caller(process, cast(Any, NoModels()))


@pytest.fixture
def call(files: Files, work: Path) -> Call:
    """`call("read_file", "a.txt")`."""
    caller = by(work)
    return lambda name, *args, **more: getattr(files, name)(caller, *args, **more)


def failure(call: Call, *args: Any, **more: Any) -> str:
    with pytest.raises(SyscallError) as caught:
        call(*args, **more)
    return f"{caught.value.code}: {caught.value}"


def test_written_text_is_read_back(call: Call, work: Path) -> None:
    assert call("write_file", "todo.txt", "buy milk") == "wrote 8 bytes to todo.txt"
    assert call("read_file", "todo.txt") == "buy milk"
    assert call("write_file", "todo.txt", "") == "wrote 0 bytes to todo.txt"
    assert call("read_file", "todo.txt") == "(empty)"
    assert [p.name for p in work.iterdir()] == ["todo.txt"]


def test_writing_makes_missing_folders_and_keeps_permissions(call: Call, work: Path) -> None:
    call("write_file", "a/b/c.txt", "one")
    (work / "a/b/c.txt").chmod(0o640)
    call("write_file", "a/b/c.txt", "two")
    assert (work / "a/b/c.txt").read_text() == "two"
    assert (work / "a/b/c.txt").stat().st_mode & 0o777 == 0o640


def test_appended_text_is_a_line_of_its_own(call: Call, work: Path) -> None:
    call("write_file", "log.txt", "one")
    assert call("append_file", "log.txt", "two") == "added 1 line to log.txt"
    assert call("append_file", "log.txt", "three\nfour") == "added 2 lines to log.txt"
    assert call("append_file", "new/log.txt", "first") == "added 1 line to new/log.txt"
    assert (work / "log.txt").read_text() == "one\ntwo\nthree\nfour\n"
    assert call("read_file", "log.txt") == "one\ntwo\nthree\nfour"
    assert (work / "new/log.txt").read_text() == "first\n"


def test_appends_of_many_threads_lose_and_mix_nothing(call: Call, work: Path) -> None:
    def append(n: int) -> None:
        for i in range(20):
            call("append_file", "log.txt", f"line {n} {i}")

    threads = [threading.Thread(target=append, args=(n,)) for n in range(4)]
    call("write_file", "log.txt", "start")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (work / "log.txt").read_text().splitlines()
    assert sorted(lines) == sorted(["start", *(f"line {n} {i}" for n in range(4) for i in range(20))])


def test_max_words_gives_the_first_words_as_they_stand(call: Call, work: Path) -> None:
    (work / "a.txt").write_text("one  two\nthree four\n")
    assert call("read_file", "a.txt", max_words=3) == "one  two\nthree"
    assert call("read_file", "a.txt", max_words=99) == "one  two\nthree four"
    (work / "blank.txt").write_text(" \n ")
    assert call("read_file", "blank.txt", max_words=3) == " \n "


def test_a_file_too_large_says_so_and_how_to_read_less(call: Call, work: Path) -> None:
    (work / "big.txt").write_text("wörd " * 1000)
    said = failure(call, "read_file", "big.txt")
    assert said == "EFBIG: big.txt has 6000 bytes and 1000 fit; ask for fewer with max_words"
    assert call("read_file", "big.txt", max_words=3) == "wörd wörd wörd"
    assert failure(call, "read_file", "big.txt", max_words=900).startswith("EFBIG")
    assert failure(call, "write_file", "b.txt", "x" * 6000).startswith("EFBIG: 6000 bytes")
    assert not (work / "b.txt").exists()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a\0b", b"caf\xe9", b"ok \xc3"])
def test_what_is_no_text_is_refused(call: Call, work: Path, data: bytes) -> None:
    (work / "a.bin").write_bytes(data)
    assert failure(call, "read_file", "a.bin") == "EINVAL: not a text file: a.bin"


def test_lists_are_sorted_and_mark_folders(call: Call, work: Path) -> None:
    assert call("list_files") == "(empty)"
    for name in ("b.txt", "a.txt", ".hidden", "docs/x.txt"):
        call("write_file", name, "x")
    assert call("list_files") == "a.txt\nb.txt\ndocs/"
    assert call("list_files", "docs") == "x.txt"
    assert failure(call, "list_files", "nope") == "ENOENT: no such folder: nope"
    assert failure(call, "list_files", "a.txt") == "ENOTDIR: not a folder: a.txt"
    for n in range(60):
        call("write_file", f"many/{n}", "x")
    assert failure(call, "list_files", "many").startswith("EFBIG: many has 60 entries and 50 fit")
    assert failure(call, "find_files", "*").startswith("EFBIG: 63 files match and 50 fit")


def test_a_strange_name_stays_on_its_line(call: Call, work: Path) -> None:
    (work / "a\nb.txt").write_text("x")
    (Path(os.fsdecode(os.fsencode(work) + b"/\xff.txt"))).write_text("x")
    assert call("list_files") == "\\udcff.txt\na\\nb.txt"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.txt", "a.txt\ndocs/b.txt\ndocs/deep/c.txt"),
        ("?.txt", "a.txt\ndocs/b.txt\ndocs/deep/c.txt"),
        ("[ab].txt", "a.txt\ndocs/b.txt"),
        ("docs/*.txt", "docs/b.txt"),
        ("./docs/**/*.txt", "docs/b.txt\ndocs/deep/c.txt"),
        ("**/c.*", "docs/deep/c.txt"),
        ("d*/b.txt", "docs/b.txt"),
        ("docs/**", "docs/b.txt\ndocs/deep/c.txt"),
        ("a.txt", "a.txt"),
        (".env", ".env"),
        ("*.md", "(none)"),
        ("[", "(none)"),
        ("nope/*.txt", "(none)"),
    ],
)
def test_patterns_find_files(call: Call, work: Path, pattern: str, found: str) -> None:
    for name in ("a.txt", "docs/b.txt", "docs/deep/c.txt", ".env", ".git/x.txt"):
        call("write_file", name, "x")
    (work / "loop").symlink_to(work)
    assert call("find_files", pattern) == found


def test_a_search_has_an_end(call: Call, work: Path) -> None:
    for n in range(600):
        (work / f"{n}").touch()
    assert failure(call, "find_files", "x*").startswith("EFBIG: more than 500 files")
    (work / ("a" * 250)).touch()
    assert call("find_files", "nope/" + "*a" * 120 + "b") == "(none)"


def test_stat_and_remove_say_what_they_saw(call: Call, work: Path) -> None:
    call("write_file", "a.txt", "buy milk")
    os.utime(work / "a.txt", (0, 1_700_000_000))
    assert call("stat_file", "a.txt").startswith("file, 8 bytes, changed 2023-11-1")
    assert call("stat_file", ".").startswith("folder, 1 entry, changed 20")
    assert failure(call, "remove_file", ".") == "EISDIR: is a folder: ."
    assert call("remove_file", "a.txt") == "removed a.txt"
    assert failure(call, "remove_file", "a.txt") == "ENOENT: no such file: a.txt"
    assert failure(call, "stat_file", "a.txt") == "ENOENT: no such file: a.txt"
    assert call("stat_file", ".").startswith("folder, 0 entries")


VERBS: list[tuple[Any, ...]] = [
    ("read_file",),
    ("write_file", "overwritten"),
    ("append_file", "more"),
    ("stat_file",),
    ("list_files",),
    ("remove_file",),
]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb[0]))
@pytest.mark.parametrize("path", ["../secret.txt", "a/../../secret.txt", "{out}/secret.txt", "out/secret.txt"])
def test_no_path_leads_outside(call: Call, work: Path, verb: tuple[Any, ...], path: str) -> None:
    (work / "a").mkdir()
    (work / "out").symlink_to(work.parent / "outside")
    path = path.replace("{out}", str(work.parent))
    assert failure(call, verb[0], path, *verb[1:]).startswith(("EPERM: outside the workspace", "ENOTDIR", "ENOENT"))
    assert_untouched(work)


def assert_untouched(work: Path) -> None:
    assert (work.parent / "secret.txt").read_text() == SECRET
    assert (work.parent / "outside" / "secret.txt").read_text() == SECRET
    assert sorted(p.name for p in work.parent.iterdir()) == ["outside", "secret.txt", "work"]
    assert [p.name for p in (work.parent / "outside").iterdir()] == ["secret.txt"]


@pytest.mark.parametrize("target", ["../secret.txt", "{out}/secret.txt", "/proc/self/root{out}/secret.txt", "loop"])
def test_a_link_that_leads_outside_is_refused(call: Call, work: Path, target: str) -> None:
    (work / "loop").symlink_to(target.replace("{out}", str(work.parent)))
    for verb in (("read_file",), ("write_file", "x"), ("append_file", "x"), ("stat_file",)):
        assert failure(call, verb[0], "loop", *verb[1:]).startswith(("EPERM", "ELOOP"))
    assert_untouched(work)
    assert call("remove_file", "loop") == "removed loop"  # the link itself is the workspace's own
    assert_untouched(work)


@pytest.mark.skipif(not has_openat2(), reason="this kernel has no openat2")
def test_a_link_that_stays_inside_is_followed(work: Path) -> None:
    files, caller = Files(), by(work)
    files.write_file(caller, "docs/a.txt", "one")
    (work / "link").symlink_to("docs/a.txt")
    (work / "docs/up").symlink_to("../docs")
    assert files.read_file(caller, "link") == "one"
    files.write_file(caller, "link", "two")
    assert (work / "link").is_symlink()
    assert files.read_file(caller, "docs/up/a.txt") == "two"


def test_magic_links_of_proc_are_refused(files: Files) -> None:
    for path in ("self/root/etc/passwd", "self/cwd", "self/fd/0"):
        with pytest.raises(SyscallError) as caught:
            files.read_file(by(Path("/proc")), path)
        assert caught.value.code in ("EPERM", "ELOOP")


def test_a_hard_link_is_neither_read_nor_changed(call: Call, work: Path) -> None:
    os.link(work.parent / "secret.txt", work / "hard.txt")
    assert failure(call, "read_file", "hard.txt").startswith("EPERM: hard.txt has another name")
    assert failure(call, "append_file", "hard.txt", "x").startswith("EPERM")
    call("write_file", "hard.txt", "mine")
    assert_untouched(work)
    assert call("read_file", "hard.txt") == "mine"


@pytest.mark.timeout(10)
def test_fifos_sockets_and_devices_never_hang(call: Call, work: Path) -> None:
    os.mkfifo(work / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(work)  # a socket's address is short
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
        for name in ("fifo", "socket"):
            for verb in (("read_file",), ("write_file", "x"), ("append_file", "x"), ("stat_file",)):
                assert failure(call, verb[0], name, *verb[1:]) == f"EINVAL: not a regular file: {name}"


@pytest.mark.timeout(10)
def test_devices_are_refused(files: Files) -> None:
    for name in ("zero", "null", "full"):
        with pytest.raises(SyscallError, match=f"not a regular file: {name}"):
            files.read_file(by(Path("/dev")), name)
        with pytest.raises(SyscallError, match=f"not a regular file: {name}"):
            files.append_file(by(Path("/dev")), name, "x")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "EINVAL: path is empty"),
        ("a\0b", "EINVAL: path has a NUL byte"),
        ("\ud800", "EINVAL: path is not valid unicode"),
        ("x" * 300, "ENAMETOOLONG: name too long"),
        ("d/" * 5000 + "x", "ENAMETOOLONG: name too long"),
        ("d/" * 100 + "x", "ENAMETOOLONG: name too long"),
        ("docs/", "EISDIR: is a folder: docs/"),
        ("..", "EISDIR: is a folder: .."),
    ],
)
def test_impossible_names_are_named(call: Call, work: Path, path: str, said: str) -> None:
    assert failure(call, "write_file", path, "x").startswith(said)
    assert not [p for p in work.rglob("*") if p.is_file() or p.name == "d"]


def test_a_name_in_any_script_works(call: Call) -> None:
    for name in ("żółć.txt", "日本 語.txt", "😀", "-rf", "a'b\"c", "..."):
        call("write_file", name, name)
        assert call("read_file", name) == name


def test_a_workspace_that_is_gone_is_said(files: Files, tmp_path: Path) -> None:
    with pytest.raises(SyscallError) as caught:
        files.read_file(by(tmp_path / "nope"), "a.txt")
    assert caught.value.code == "ENOENT"


def test_a_failed_write_leaves_the_old_text(call: Call, work: Path) -> None:
    call("write_file", "a.txt", "old")
    assert failure(call, "write_file", "a.txt/b", "new") == "ENOTDIR: not a folder: a.txt/b"
    assert failure(call, "write_file", "a.txt", "\ud800").startswith("EINVAL")
    assert call("read_file", "a.txt") == "old"
    assert [p.name for p in work.iterdir()] == ["a.txt"]


parts = st.sampled_from(["..", ".", "", "a", "out", "up", "loop", "secret.txt", "proc", "~", "a\\..", "％2e", "…"])
paths = st.lists(parts, max_size=8).map("/".join) | st.text(max_size=12)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=paths, verb=st.sampled_from([*VERBS, ("find_files",)]))
def test_any_path_stays_inside(call: Call, work: Path, path: str, verb: tuple[Any, ...]) -> None:
    (work / "a").mkdir(exist_ok=True)
    for name, target in (("out", "../outside"), ("up", ".."), ("loop", "loop"), ("proc", "/proc/self/cwd")):
        if not (work / name).is_symlink() and not (work / name).exists():
            (work / name).symlink_to(target)
    try:
        result = call(verb[0], path, *verb[1:])
    except SyscallError:
        result = ""
    assert SECRET not in result
    assert_untouched(work)


BOTH_SIDES = {"EPERM", "wrote 6 bytes to inside/secret.txt"}  # of the race below


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the swap is Linux's")
def test_a_link_swapped_in_at_the_worst_moment_leads_nowhere(call: Call, work: Path) -> None:
    """TOCTOU: another program swaps a folder for a link to the outside, and back, as fast as it can."""
    (work / "inside").mkdir()
    (work / "inside" / "secret.txt").write_text("inside")
    (work / "link").symlink_to("../outside")
    libc, names = ctypes.CDLL(None), [os.fsencode(work / name) for name in ("inside", "link")]
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            assert libc.renameat2(-100, names[0], -100, names[1], 2) == 0  # RENAME_EXCHANGE

    racer = threading.Thread(target=swap)
    racer.start()
    seen: set[str] = set()
    try:
        for n in itertools.count():
            if n >= 300 and (seen >= BOTH_SIDES or n >= 30_000):
                break
            path = f"inside/{'secret' if n % 2 else 'new'}.txt"
            for verb in (("read_file",), ("write_file", "inside"), ("append_file", "inside"), ("remove_file",)):
                seen.add(outcome(call, verb[0], path, *verb[1:]))
            seen.add(outcome(call, "list_files", "inside"))
    finally:
        done.set()
        racer.join()
    assert not any(SECRET in text for text in seen), seen
    assert seen >= BOTH_SIDES
    assert_untouched(work)


def outcome(call: Call, *args: Any) -> str:
    try:
        return call(*args)
    except SyscallError as error:
        return error.code


@pytest.mark.parametrize("walk", [False, True])
def test_what_is_private_is_nobodys_wherever_the_workspace_is(work: Path, walk: bool) -> None:
    """An agent that wrote to llmasos's own state, which may lie in its workspace, could install an app."""
    private = work / "state"
    (private / "apps").mkdir(parents=True)
    (private / "journal.db").write_text("mine")
    (work / "link").symlink_to("state")
    (work / "state2").mkdir()
    files, caller = Files(walk=walk, private=(private, work.parent / "elsewhere")), by(work)
    acts: list[Callable[[], object]] = [
        lambda: files.read_file(caller, "state/journal.db"),
        lambda: files.write_file(caller, "state/new.txt", "x"),
        lambda: files.write_file(caller, "state/apps/deep/new.txt", "x"),
        lambda: files.write_file(caller, "state2/../state/new.txt", "x"),
        lambda: files.append_file(caller, "state/journal.db", "x"),
        lambda: files.remove_file(caller, "state/journal.db"),
        lambda: files.stat_file(caller, "state/journal.db"),
        lambda: files.list_files(caller, "state"),
        lambda: files.write_file(by(private / "apps"), "new.txt", "x"),
        lambda: files.write_file(by(private), "new.txt", "x"),
    ]
    for act in acts:
        with pytest.raises(SyscallError, match="llmasos keeps its own state there") as refused:
            act()
        assert refused.value.code == "EPERM"
    with pytest.raises(SyscallError):
        files.write_file(caller, "link/new.txt", "x")
    assert "state/journal.db" not in files.find_files(caller, "**/*.db")
    assert sorted(path.name for path in private.iterdir()) == ["apps", "journal.db"]
    assert (private / "journal.db").read_text() == "mine" and not any((private / "apps").iterdir())
    files.write_file(caller, "state2/a.txt", "x")
    files.write_file(caller, "a.txt", "x")


@pytest.mark.parametrize("walk", [False, True])
@pytest.mark.parametrize("name", ["state", "hop", "parent/on", "own"])
def test_a_name_that_leads_to_what_is_private_stays(work: Path, tmp_path: Path, walk: bool, name: str) -> None:
    """Who takes away a link to the state directory has the next llmasos make a new one, where agents write."""
    real = tmp_path / "disk" / "kept" / "state"
    real.mkdir(parents=True)
    (real / "journal.db").write_text("mine")
    (work / "parent").mkdir()
    (work / "parent" / "on").symlink_to(tmp_path / "disk" / "kept")
    (work / "hop").symlink_to("parent/on/../kept/state")
    (work / "state").symlink_to("hop")
    (work / "own").symlink_to(real)  # not on the way, and still what leads there
    files, caller = Files(walk=walk, private=(work / "state",)), by(work)
    acts: list[Callable[[], object]] = [
        lambda: files.remove_file(caller, name),
        lambda: files.write_file(caller, name, "x"),
        lambda: files.remove_file(caller, f"parent/../{name}"),
    ]
    for act in acts:
        with pytest.raises(SyscallError, match="llmasos keeps its own state there") as refused:
            act()
        assert refused.value.code == "EPERM"
    assert (work / "state" / "journal.db").read_text() == "mine"
    (work / "elsewhere").symlink_to(tmp_path / "disk")
    assert files.remove_file(caller, "elsewhere") == "removed elsewhere"


@pytest.mark.parametrize("walk", [False, True])
@pytest.mark.parametrize("path", [".config/llmasos", ".config/llmasos/llmasos.toml", ".config", "a/../.config/llmasos"])
def test_what_is_private_is_not_made_by_another(work: Path, walk: bool, path: str) -> None:
    """Nor is a file put where it is to be: nothing of llmasos's could be kept then."""
    files, caller = Files(walk=walk, private=(work / ".config" / "llmasos",)), by(work)
    (work / "a").mkdir()
    for write in (files.write_file, files.append_file):
        with pytest.raises(SyscallError, match="llmasos keeps its own state there"):
            write(caller, path, "x")
    assert not (work / ".config" / "llmasos").exists() and not (work / ".config").is_file()
    files.write_file(caller, ".config/other/settings.txt", "x")
