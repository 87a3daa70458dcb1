"""`pull`: what comes over HTTP is whole, what it says it is, and goes on where it broke off."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmasos.boot import embedded_nano, embedding_file
from tests.apps.conftest import Command, is_one_line, on_a_small_disk
from tests.apps.hub_server import Served, serving

NANO = embedded_nano().read_bytes()
SHA256 = hashlib.sha256(NANO).hexdigest()
FILE = "me/tiny/tiny-q8_0.gguf"


@pytest.fixture
def served(command: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A Hub with one model in one repository."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving() as found:
        found.files[FILE] = NANO
        found.files["me/tiny/README.md"] = b"# tiny"
        monkeypatch.setenv("HF_ENDPOINT", found.hub)
        yield found


def store(tmp_path: Path) -> list[str]:
    """Names in it; of what is half fetched, how it ends."""
    folder = tmp_path / "home" / "models"
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    return sorted(f"*{name[-5:]}" if name.startswith(".pull-") else name for name in names)


WHOLE = ["tiny-q8_0.gguf", "tiny-q8_0.json"]
BEGUN = ["*.json", "*.part"]


@pytest.mark.parametrize("word", ["hf:me/tiny", "hf:me/tiny:tiny-q8_0.gguf", "hf:me/tiny:Q8_0"])
def test_a_model_of_the_hub_is_pulled_and_runs(served: Served, command: Command, tmp_path: Path, word: str) -> None:
    done = command("pull", word)
    assert (done.code, done.out) == (0, "pulled tiny-q8_0: llmasos use tiny-q8_0\n")
    assert done.err == "llmasos: fetching 11.5 MB from 127.0.0.1\n"
    shown = json.loads(command("show", "tiny-q8_0", "--json").out)
    assert (shown["source"], shown["sha256"]) == ("hf:me/tiny:tiny-q8_0.gguf", SHA256)
    assert shown["revision"].startswith("c0ffee")
    assert store(tmp_path) == WHOLE
    done = command("run", "--model", "tiny-q8_0", "what is 17 times 23?")
    assert (done.code, done.out) == (0, "The result is 391.\n")


def test_a_url_is_pulled_under_its_name_or_another(served: Served, command: Command) -> None:
    url = f"{served.cdn}/{FILE}?signature=secret"
    served.files[f"{FILE}?signature=secret"] = NANO
    done = command("pull", url, "--name", "mine", "--json")
    assert done.code == 0 and json.loads(done.out)["name"] == "mine"
    shown = json.loads(command("show", "mine", "--json").out)
    assert shown["source"] == f"{served.cdn}/{FILE}" and shown["revision"].startswith('"')
    assert command("pull", f"{served.cdn}/{FILE}").out == "pulled tiny-q8_0: llmasos use tiny-q8_0\n"


def test_a_path_is_imported(command: Command) -> None:
    assert command("pull", str(embedded_nano()), "--name", "mini").out == "imported mini: llmasos use mini\n"
    assert command("pull", "mini").out == "mini is here already\n"
    assert json.loads(command("pull", "nano", "--json").out)["embedded"]
    assert command("pull", "nano", "--name", "x").code == 3
    done = command("run", "--model", "hf:me/tiny", "hello")
    assert done.code == 3 and is_one_line(done.err) and "llmasos pull hf:me/tiny fetches it" in done.err
    done = command("pull", "me/tiny")
    assert done.code == 3 and is_one_line(done.err) and "on the Hub: hf:me/tiny" in done.err


@pytest.mark.skipif(embedding_file() is None, reason="llmasos pull minilm")
def test_minilm_is_still_pulled_by_its_name(command: Command) -> None:
    assert "is here already" in command("pull", "minilm").out
    assert json.loads(command("pull", "minilm", "--json").out)["name"] == "minilm"
    assert command("pull", "minilm", "--name", "x").code == 2


@pytest.mark.parametrize("validator", ["etag", "date"])
def test_what_broke_off_goes_on_where_it_was(served: Served, command: Command, tmp_path: Path, validator: str) -> None:
    served.cut_after, served.validator = 5_000_000, validator
    done = command("pull", "hf:me/tiny", "--name", "t")
    assert done.code == 1 and "5.0 MB are kept: llmasos pull hf:me/tiny --name t goes on from there" in done.err
    assert store(tmp_path) == BEGUN
    done = command("pull", "hf:me/tiny", "--name", "t")
    assert done.code == 1 and "going on at 5.0 MB" in done.err and "10.0 MB are kept" in done.err
    served.cut_after = 0
    done = command("pull", "hf:me/tiny", "--name", "t")
    assert (done.code, done.out) == (0, "pulled t: llmasos use t\n")
    assert [seen.headers.get("range") for seen in served.asked("cdn")] == [None, "bytes=5000000-", "bytes=10000000-"]
    assert json.loads(command("show", "t", "--json").out)["sha256"] == SHA256
    assert store(tmp_path) == ["t.gguf", "t.json"]


def test_a_file_that_changed_meanwhile_is_not_glued_to_the_old_one(
    served: Served, command: Command, tmp_path: Path
) -> None:
    served.cut_after = 5_000_000
    assert command("pull", "hf:me/tiny").code == 1
    served.cut_after = 0
    served.files[FILE] = NANO.replace(b"nano", b"mono", 1)
    done = command("pull", "hf:me/tiny")
    assert done.code == 0 and "from the beginning" in done.err
    assert (tmp_path / "home" / "models" / "tiny-q8_0.gguf").read_bytes() == served.files[FILE]


@pytest.mark.parametrize("validator", ["etag", "date"])
def test_a_server_that_does_not_heed_if_range_glues_nothing_either(
    served: Served, command: Command, tmp_path: Path, validator: str
) -> None:
    served.cut_after, served.heeds_if_range, served.validator = 5_000_000, False, validator
    assert command("pull", f"{served.cdn}/{FILE}").code == 1
    served.cut_after = 0
    served.files[FILE], served.date = NANO[:6_000_000] + bytes(1000) + NANO[6_001_000:], served.date.replace("26", "27")
    done = command("pull", f"{served.cdn}/{FILE}")
    assert done.code == 0 and "another file now: from the beginning" in done.err
    assert (tmp_path / "home" / "models" / "tiny-q8_0.gguf").read_bytes() == served.files[FILE]


def test_a_server_that_sends_more_than_it_said_is_cut_off(served: Served, command: Command, tmp_path: Path) -> None:
    served.cut_after = 5_000_000
    assert command("pull", "hf:me/tiny").code == 1
    served.cut_after, served.surplus = 0, 1000
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and f"sends more than the {len(NANO)} bytes that it said" in done.err
    assert store(tmp_path) == []


def test_what_is_no_part_has_no_range(served: Served, command: Command) -> None:
    served.mislabels = 1000
    done = command("pull", "hf:me/tiny")
    assert done.code == 0 and "fetching 11.5 MB" in done.err


@pytest.mark.parametrize("trouble", ["ranges", "validator"])
def test_where_nothing_can_be_resumed_it_begins_again(
    served: Served, command: Command, tmp_path: Path, trouble: str
) -> None:
    setattr(served, trouble, "" if trouble == "validator" else False)
    served.cut_after = 5_000_000
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and ("nothing is kept" in done.err) == (trouble == "validator")
    served.cut_after = 0
    done = command("pull", "hf:me/tiny")
    assert done.code == 0 and ("from the beginning" in done.err) == (trouble == "ranges")
    assert store(tmp_path) == WHOLE


def test_a_file_without_a_size_comes_whole_too(served: Served, command: Command, tmp_path: Path) -> None:
    served.sized = False
    done = command("pull", f"{served.cdn}/{FILE}")
    assert done.code == 0 and "fetching of unknown size" in done.err
    assert store(tmp_path) == WHOLE


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_interrupted_it_keeps_what_has_come_and_says_how_to_go_on(
    served: Served, tmp_path: Path, command: Command, number: signal.Signals, code: int
) -> None:
    served.pause_after = 5_000_000
    process = subprocess.Popen(
        [sys.executable, "-m", "llmasos.apps.cli", "pull", "hf:me/tiny"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ends = time.monotonic() + 30
    while time.monotonic() < ends and not any(
        path.stat().st_size == 5_000_000 for path in (tmp_path / "home" / "models").glob(".pull-*.part")
    ):
        time.sleep(0.02)
    second = command("pull", "hf:me/tiny")
    assert second.code == 1 and "another llmasos pull is fetching it" in second.err
    process.send_signal(number)
    out, complaint = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    said = "llmasos: interrupted; 5.0 MB are kept: llmasos pull hf:me/tiny goes on from there"
    assert complaint.splitlines()[1:] == ([said] if number == signal.SIGINT else [])
    served.pause_after = 0
    assert "going on at 5.0 MB" in command("pull", "hf:me/tiny").err
    assert store(tmp_path) == WHOLE


def test_killed_between_its_last_byte_and_its_name_it_needs_no_network(
    served: Served, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmasos.drivers.catalog import Catalog

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Catalog, "adopt", die)
        done = command("pull", "hf:me/tiny:tiny-q8_0.gguf")
        assert done.code == 130 and "11.5 MB are kept" in done.err
    asked = len(served.seen)
    assert command("pull", "hf:me/tiny:tiny-q8_0.gguf").code == 0
    assert len(served.seen) == asked and store(tmp_path) == WHOLE


def test_the_token_goes_to_the_hub_and_to_nobody_it_redirects_to(
    served: Served, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.token = "hf_secret"
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and is_one_line(done.err) and "needs HF_TOKEN" in done.err and "\x1b" not in done.err
    monkeypatch.setenv("HF_TOKEN", " hf_secret\n")
    assert command("pull", "hf:me/tiny").code == 0
    assert command("pull", f"{served.hub}/me/tiny/resolve/main/tiny-q8_0.gguf", "--name", "b").code == 0
    assert command("pull", f"{served.cdn}/{FILE}", "--name", "c").code == 0
    assert all(seen.headers.get("authorization") == "Bearer hf_secret" for seen in served.asked("hub")[1:])
    assert served.asked("cdn") and not any("authorization" in seen.headers for seen in served.asked("cdn"))


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/x.gguf", "data:text/plain,GGUF", "javascript:x", ""]
)
def test_a_redirect_leads_nowhere_but_to_http(served: Served, command: Command, tmp_path: Path, to: str) -> None:
    served.elsewhere = to or f"{served.hub}/me/tiny/resolve/main/tiny-q8_0.gguf"
    done = command("pull", "hf:me/tiny:tiny-q8_0.gguf")
    assert done.code in (1, 2) and is_one_line(done.err)
    assert "redirects" in done.err
    assert store(tmp_path) == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_redirect_never_leads_down_from_https(
    served: Served, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = f"req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 -subj /CN=127.0.0.1"
    subprocess.run(
        ["openssl", *made.split(), "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate=certificate, key=key) as safe:
        safe.files[FILE] = NANO
        monkeypatch.setenv("HF_ENDPOINT", safe.hub)
        safe.elsewhere = f"{served.cdn}/{FILE}"
        done = command("pull", "hf:me/tiny")
        assert done.code == 1 and is_one_line(done.err) and "redirects from https to http: not followed" in done.err
        safe.elsewhere = ""
        assert command("pull", "hf:me/tiny").code == 0
    assert served.seen == []
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving(certificate=certificate, key=key) as strange:
        done = command("pull", f"{strange.cdn}/{FILE}", "--name", "t")
        assert done.code == 1 and is_one_line(done.err) and "certificate" in done.err.lower()


def test_content_that_is_not_what_the_hub_says_is_not_kept(served: Served, command: Command, tmp_path: Path) -> None:
    served.linked = "0" * 64
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and f"SHA-256 {SHA256}, expected {'0' * 64}" in done.err
    assert store(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<!doctype html><p>Log in</p>", "sends text/html, not a GGUF file"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 64, "hf:me/tiny:tiny-q8_0.gguf: "),
        (NANO[:5_000_000], "past the end of the file"),
        (b"", "too short"),
    ],
)
def test_what_is_no_model_is_not_kept(served: Served, command: Command, tmp_path: Path, body: bytes, says: str) -> None:
    served.files[FILE], served.kind = body, "text/html; charset=utf-8"
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and done.out == "" and says in done.err.splitlines()[-1]
    assert ".pull-" not in done.err
    assert store(tmp_path) == []


def test_what_cannot_fit_is_not_begun(
    served: Served, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10_000_000))
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and "11.5 MB are needed, 10.0 MB are free" in done.err.splitlines()[-1]
    assert store(tmp_path) == []


def test_a_disk_that_refuses_in_the_middle_keeps_what_has_come(
    served: Served, command: Command, tmp_path: Path
) -> None:
    done = subprocess.run(
        on_a_small_disk([sys.executable, "-m", "llmasos.apps.cli", "pull", "hf:me/tiny"]),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and "File too large; 5.0 MB are kept" in done.stderr
    assert store(tmp_path) == BEGUN
    assert "going on at 5.0 MB" in command("pull", "hf:me/tiny").err
    assert store(tmp_path) == WHOLE


def test_again_it_is_here_already_unless_it_changed(served: Served, command: Command, tmp_path: Path) -> None:
    command("pull", "hf:me/tiny")
    done = command("pull", "hf:me/tiny")
    assert (done.code, done.out, done.err) == (0, "tiny-q8_0 is here already\n", "")
    served.files[FILE] = NANO.replace(b"nano", b"mono", 1)
    done = command("pull", "hf:me/tiny")
    assert done.code == 2 and is_one_line(done.err) and "has changed since: llmasos rm tiny-q8_0 first" in done.err
    done = command("pull", f"{served.cdn}/{FILE}")
    assert done.code == 2 and is_one_line(done.err) and "there is a model named tiny-q8_0" in done.err
    assert store(tmp_path) == WHOLE


MANY = ("a-q4_k_m.gguf", "a-q8_0.gguf", "mmproj-a-f16.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf")


@pytest.mark.parametrize(
    ("word", "code", "says"),
    [
        ("hf:me/many", 2, "has 2 GGUF files; name one, as in hf:me/many:a-q4_k_m.gguf: a-q4_k_m.gguf (0.0 MB), a-q8_0"),
        ("hf:me/many:q6_k", 3, "has no files for 'q6_k'"),
        ("hf:me/many:a-q8.gguf", 3, "did you mean hf:me/many:a-q8_0.gguf?"),
        ("hf:me/many:big-00001-of-00002.gguf", 2, "one part of a model in several files"),
        ("hf:me/parts", 2, "only models in several files"),
        ("hf:me/text", 3, "has no GGUF file"),
        ("hf:me/nothing", 3, "Repository not found); what is private or gated needs HF_TOKEN"),
        ("hf:me", 2, "hf:owner/repo"),
        ("hf:me/../x:y.gguf", 2, "hf:owner/repo"),
        ("hf:me/many:../../x.gguf", 2, "hf:owner/repo"),
        ("ftp://127.0.0.1/x.gguf", 2, "http and https can be pulled"),
        ("file:///etc/passwd", 2, "http and https can be pulled"),
        ("http://", 2, "not a URL"),
        ("http://127.0.0.1:99999/x.gguf", 2, "not a URL"),
        ("http://[", 2, "not a URL"),
        ("minilmm", 3, "did you mean minilm?"),
        ("qwen", 3, "hf:owner/repo[:file], a URL, a path"),
    ],
)
def test_a_mistake_is_one_line(
    served: Served, command: Command, tmp_path: Path, word: str, code: int, says: str
) -> None:
    served.files |= {f"me/many/{name}": b"GGUF" for name in MANY}
    served.files |= {f"me/parts/{name}": b"GGUF" for name in MANY[3:]} | {"me/text/README.md": b"x"}
    done = command("pull", word)
    assert (done.code, done.out) == (code, "") and is_one_line(done.err) and says in done.err
    assert store(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "says"), [("nano", "came with the package"), ("../x", "not a model's name"), ("X", "not a model's name")]
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_fetched(
    served: Served, command: Command, name: str, says: str
) -> None:
    done = command("pull", "hf:me/tiny", "--name", name)
    assert done.code == 2 and is_one_line(done.err) and says in done.err
    assert served.seen == []


def test_a_server_in_trouble_is_one_line(served: Served, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    served.status = 503
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and is_one_line(done.err) and "127.0.0.1 answers 503 Service Unavailable" in done.err
    served.status, served.encoding = 200, "gzip"
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and is_one_line(done.err) and "another encoding" in done.err
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    done = command("pull", "hf:me/tiny")
    assert done.code == 1 and is_one_line(done.err) and "127.0.0.1: " in done.err
    monkeypatch.setenv("HF_ENDPOINT", "huggingface.co")
    done = command("pull", "hf:me/tiny")
    assert done.code == 2 and is_one_line(done.err) and "HF_ENDPOINT" in done.err


def test_on_a_terminal_a_line_shows_how_far_it_is(served: Served, tmp_path: Path) -> None:
    import pexpect

    child = pexpect.spawn(
        sys.executable, ["-m", "llmasos.apps.cli", "pull", "hf:me/tiny"], encoding="utf-8", timeout=30, env=os.environ
    )
    child.expect(r"fetching 11\.5 MB from 127\.0\.0\.1")
    child.expect(r"fetching \d+% of 11\.5 MB")
    child.expect("pulled tiny-q8_0")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
