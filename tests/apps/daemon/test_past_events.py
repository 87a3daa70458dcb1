"""Events over the lives of daemons: what came before a kill -9 and what comes behind it make one stream.

Real daemons, real kills; the sim driver where a message has to be long, else nano.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos import history
from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.events import Answered, CallEnded, CallStarted, Event, Exited, Record, StateChanged, Text
from llmasos.kernel.recovery import recover
from llmasos.past_events import Position, Telling, past, past_events
from tests.apps.daemon.conftest import Run, Serve, Start, found
from tests.apps.daemon.test_native_routes import events, spawned
from tests.conftest import keep_app

Sent = tuple[str, str, dict[str, Any]]  # id, kind, what
UNTOLD = {"state_changed", "asked", "approval_asked", "approval_given"}


def told(sent: list[Sent]) -> list[Any]:
    """What a reader has of them, however text came in pieces: less what is not told again, and how long calls took."""
    seen: list[Any] = []
    for _, kind, data in sent:
        if kind == "text" and seen and isinstance(seen[-1], str):
            seen[-1] += data["text"]
        elif kind == "text":
            seen.append(data["text"])
        elif kind not in UNTOLD:
            seen.append((kind, *[value for key, value in data.items() if key not in ("pid", "seconds")]))
    return seen


class Reader:
    """A client of a process's events."""

    def __init__(self, socket: str, pid: int) -> None:
        self.socket = socket
        self.path = f"/api/processes/{pid}/events"

    def _client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.HTTPTransport(uds=self.socket), base_url="http://localhost", timeout=60)

    def events(self, last_id: str | None = None) -> Generator[Sent]:
        headers = {"Last-Event-ID": last_id} if last_id is not None else {}
        with self._client() as client, client.stream("GET", self.path, headers=headers) as answer:
            assert answer.status_code == 200, answer.read()
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                else:
                    yield fields["id"], fields["event"], json.loads(fields["data"])
                    fields = {}

    def until(self, enough: Callable[[list[Sent]], bool], last_id: str | None = None) -> list[Sent]:
        """Then it goes."""
        seen: list[Sent] = []
        with closing(self.events(last_id)) as events:
            for sent in events:
                seen.append(sent)
                if enough(seen):
                    break
        return seen

    def refused(self, last_id: str | None = None) -> tuple[int, str]:
        with self._client() as client:
            answer = client.get(self.path, headers={"Last-Event-ID": last_id} if last_id is not None else {})
        return answer.status_code, answer.json()["error"]["message"] if answer.status_code != 200 else answer.text


def reader(home: Path, pid: int) -> Reader:
    return Reader(found(home).socket, pid)


def everything(_: list[Sent]) -> bool:
    return False


def chars(sent: list[Sent]) -> int:
    return sum(len(data["text"]) for _, kind, data in sent if kind == "text")


def test_a_message_cut_in_two_by_kill_9_is_read_as_one(serve: Start, llmasos: Run, home: Path) -> None:
    body = {"request": "talk", "capabilities": [], "limits": {"tokens": 6000}}
    daemon = serve()
    twin = found(home).request("POST", "/api/processes", body)["pid"]
    uninterrupted = told(reader(home, twin).until(everything))
    pid = found(home).request("POST", "/api/processes", body)["pid"]
    seen = reader(home, pid).until(lambda sent: chars(sent) > 20)
    seen += reader(home, pid).until(lambda sent: chars(sent) > 20, seen[-1][0])
    for _ in range(2):
        daemon.kill()
        daemon.wait()
        assert history.process(home, pid).status == "lost", "it was cut in the middle"
        daemon = serve()
        seen += reader(home, pid).until(lambda sent: chars(sent) > 20, seen[-1][0])
    seen += reader(home, pid).until(everything, seen[-1][0])
    assert told(seen) == uninterrupted and seen[-1][1] == "exited"
    assert told(reader(home, pid).until(everything)) == uninterrupted

    daemon.kill()
    daemon.wait()
    serve()
    whole = reader(home, pid).until(everything)
    assert told(whole) == uninterrupted == told(reader(home, twin).until(everything))
    for number in (0, 3, len(seen) // 2, len(seen) - 2):
        rest = reader(home, pid).until(everything, seen[number][0])
        assert told(seen[: number + 1] + rest) == uninterrupted, seen[number]
    assert reader(home, pid).until(everything, seen[-1][0]) == [] == reader(home, pid).until(everything, whole[-1][0])
    done = llmasos("attach", str(pid))
    assert done.returncode == 5 and done.stdout == uninterrupted[0].lstrip("\n") + "\n"
    assert done.stderr == "llmasos: limit reached: tokens (6000)\n"


CALLER = """\
from llmasos import App

app = App("caller", capabilities=["calculate"])


@app.main
async def main(os, request):
    while (word := await os.input()) is not None:
        os.say(f"{word}? ")
        os.say(await os.calculate(word) + "! ")
    return "bye"
"""


def is_said(text: str, sent: list[Sent]) -> bool:
    return bool(sent) and str(sent[-1][2].get("text", "")).endswith(text)


def test_what_an_apps_code_says_is_told_from_any_event_on(serve: Start, llmasos: Run, home: Path) -> None:
    keep_app(home, CALLER)
    daemon = serve()
    pid = found(home).request("POST", "/api/processes", {"app": "caller", "interactive": True})["pid"]
    seen: list[Sent] = []
    for number in range(1, 4):
        found(home).request("POST", f"/api/processes/{pid}/input", {"text": f"{number}*7"})
        seen += reader(home, pid).until(partial(is_said, f"{number * 7}! "), seen[-1][0] if seen else None)
        daemon.kill()
        daemon.wait()
        daemon = serve()
    found(home).request("POST", f"/api/processes/{pid}/input", {"close": True})
    seen += reader(home, pid).until(everything, seen[-1][0])
    output = "1*7? 7! 2*7? 14! 3*7? 21! "
    assert "".join(data["text"] for _, kind, data in seen if kind == "text") == output
    whole = reader(home, pid).until(everything)
    assert [(kind, data) for _, kind, data in whole if kind not in ("text", *UNTOLD)] == [
        (kind, data) for _, kind, data in seen if kind not in ("text", *UNTOLD)
    ], "in the same order, and none twice"
    for number in (0, 2, len(seen) - 2):
        rest = reader(home, pid).until(everything, seen[number][0])
        said = [data["text"] for _, kind, data in seen[: number + 1] + rest if kind == "text"]
        assert "".join(said) == output, seen[number]
    logs = llmasos("logs", str(pid)).stdout
    assert "says 1*7?\n" in logs and 'call calculate(expression="3*7") allow → 21' in logs


@pytest.fixture
def nano(environment: dict[str, str]) -> None:
    for name in ("LLMASOS_MODEL_DRIVER", "LLMASOS_MODEL_WINDOW_TOKENS"):
        del environment[name]


@pytest.mark.usefixtures("nano")
def test_a_conversation_is_told_from_any_event_on_under_the_next_daemon(serve: Start, llmasos: Run, home: Path) -> None:
    daemon = serve()
    body = {"request": "", "interactive": True, "capabilities": ["calculate"]}
    pid = found(home).request("POST", "/api/processes", body)["pid"]
    for text in ("what is 17 times 23?", "what is 6 times 7?"):
        found(home).request("POST", f"/api/processes/{pid}/input", {"text": text})
    before = reader(home, pid).until(lambda sent: [kind for _, kind, _ in sent].count("answered") == 2)
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    serve()
    found(home).request("POST", f"/api/processes/{pid}/input", {"text": "what is 8 times 9?"})
    found(home).request("POST", f"/api/processes/{pid}/input", {"close": True})
    whole = reader(home, pid).until(everything)
    assert [data["answer"] for _, kind, data in whole if kind == "answered"] == [
        "The result is 391.",
        "The result is 42.",
        "The result is 72.",
    ]
    assert [data["result"] for _, kind, data in whole if kind == "call_ended"] == ["391", "42", "72"]
    for number, (last_id, _, _) in enumerate(before):
        rest = reader(home, pid).until(everything, last_id)
        assert told(before[: number + 1] + rest) == told(whole), last_id
    for number, (last_id, _, _) in enumerate(whole):
        rest = reader(home, pid).until(everything, last_id)
        assert rest == whole[number + 1 :], "under one daemon the states, too"
    said = llmasos("attach", str(pid))
    assert (said.returncode, said.stdout) == (0, "The result is 391.\nThe result is 42.\nThe result is 72.\n")


@pytest.mark.usefixtures("nano")
def test_a_call_under_way_at_the_kill_has_one_beginning_and_one_end(serve: Start, home: Path) -> None:
    """It may have had its effect: its end says that nobody knows, to this reader and to the next."""
    daemon = serve()
    body = {"request": "ask me which colour I like best", "capabilities": ["user"], "attended": True}
    pid = found(home).request("POST", "/api/processes", body)["pid"]
    seen = reader(home, pid).until(lambda sent: sent[-1][1] in ("asked", "exited"))
    assert [kind for _, kind, _ in seen if kind != "state_changed"][-2:] == ["call_started", "asked"]
    for _ in range(2):
        daemon.kill()
        daemon.wait()
        daemon = serve()
        seen += reader(home, pid).until(everything, seen[-1][0])
        kinds = [kind for _, kind, _ in seen]
        assert kinds.count("exited") == 1 and kinds[-1] == "exited"
        first = next(data["seq"] for _, kind, data in seen if kind == "call_started")
        ends = [data for _, kind, data in seen if kind == "call_ended" and data["seq"] == first]
        assert len(ends) == 1 and ends[0]["error"].startswith("EINTR: llmasos was restarted during this call")
        assert told(reader(home, pid).until(everything)) == told(seen)


def test_an_id_that_cannot_be_honoured_is_refused_in_one_line(serve: Start, llmasos: Run, home: Path) -> None:
    assert llmasos("run", "hello", "--limit", "tokens=20").returncode == 5
    daemon = serve()
    told_of = reader(home, 2)
    whole = told_of.until(everything)
    assert [kind for _, kind, _ in whole] == ["text", "exited"] and chars(whole) == 20
    for last_id in ("9.0", "0.21", "0.20.7f.9", "1a.2", "1.2.3", "x"):
        status, why = told_of.refused(last_id)
        assert status == (200 if last_id == "0.20.7f.9" else 400), last_id
        assert status == 200 or ("Last-Event-ID" in why and "\n" not in why)
    assert reader(home, 77).refused() == (404, "no process 77") == reader(home, 77).refused("0.0.end")
    live = found(home).request("POST", "/api/processes", {"request": "", "interactive": True})["pid"]
    for last_id in ("0.0", "0.0.7f.0", "0.0.end"):
        assert reader(home, live).refused(last_id)[0] == 400
    assert llmasos("compact", "--keep-days", "0").returncode == 0
    for asked in (None, whole[0][0]):
        status, why = reader(home, 2).refused(asked)
        assert status == 410 and why.startswith("process 2 was compacted on 20")
    done = llmasos("attach", "2")
    assert done.returncode == 3 and "llmasos logs 2 has its request and its answer" in done.stderr
    assert daemon.poll() is None


@pytest.mark.anyio
async def test_the_journal_tells_what_was_told_live(served: Serve, sim: Any) -> None:
    """Calls that are made and that fail, what is told, an interrupt, an end in the middle of a message."""

    def call(name: str, **arguments: Any) -> str:
        return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"

    async with served() as daemon:
        sim.enqueue(
            f"Well. {call('calculate', expression='6*7')}",
            call("tell", message="half way"),
            call("calculate", expression="6*"),
            "It is 42.",
        )
        pid = await spawned(daemon, request="", interactive=True, capabilities=["calculate", "user"])
        path, handle = f"/api/processes/{pid}", daemon.kernel.handle(pid)
        await daemon.post(f"{path}/input", {"text": "what is it?"})
        await daemon.until(lambda: handle.process.waiting_on == "input" and not sim._scripts)
        await daemon.post(f"{path}/input", {"text": "babble"})
        await daemon.until(lambda: len(handle.task.said.text) > 50 and "42" not in handle.task.said.text)
        await daemon.post(f"{path}/signal", {"signal": "INT"})
        await daemon.until(lambda: handle.process.waiting_on == "input")
        await daemon.post(f"{path}/input", {"text": "babble again"})
        await daemon.until(lambda: handle.process.waiting_on != "input")
        await daemon.until(lambda: len(handle.task.said.text) > 50)
        await daemon.client.delete(path)
        live = [event async for event in handle.events() if not isinstance(event, StateChanged)]
        home = daemon.kernel.config.home
        on_record = [event for page in past_events(home, past(home, pid)) for event in page]
    assert _merged(on_record) == _merged(live)
    kinds = [type(event).__name__ for event in _merged(live)]
    assert kinds.count("CallEnded") == 3 and {"Told", "Answered", "Exited"} <= set(kinds)
    assert [event.error for event in live if isinstance(event, Answered)] == [None, "interrupted"]


@pytest.mark.anyio
async def test_a_call_that_is_made_again_begins_once(served: Serve, tmp_path: Path) -> None:
    """Also for a reader who resumes in between, and under the daemon after that."""
    reading = {"name": "read_file", "arguments": {"path": "it.txt"}}

    def saying(*texts: str) -> Sim:
        sim = Sim(window_tokens=8192, num_cells=8192 * 8)
        sim.enqueue(*texts)
        return sim

    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "it.txt").write_text("yes")
    first = Kernel.boot(
        Config(tmp_path / "home"), workspace=tmp_path / "work", load_driver=lambda _: saying("Hello."), keeps=True
    )
    async with first as kernel:
        pid = (await kernel.spawn("hi", interactive=True, capabilities=frozenset({"files:read"}))).pid
        async for event in kernel.handle(pid).events():
            if isinstance(event, Answered):
                break
        made = {"role": "assistant", "content": "So:", "tool_calls": [{"type": "function", "function": reading}]}
        under_way: list[tuple[str, dict[str, Any]]] = [
            ("message", {"role": "user", "content": "?"}),
            ("message", made),
            ("intent", {"call": 1, **reading}),
        ]
        kernel.journal.append([Record(pid, kind, body) for kind, body in under_way])
    async with served(driver=saying("It says yes.")) as daemon:
        daemon.kernel.keeps = True
        assert [handle.pid for handle in await recover(daemon.kernel)] == [pid]
        await daemon.until(lambda: daemon.kernel.handle(pid).process.waiting_on == "input")
        assert (await daemon.post(f"/api/processes/{pid}/input", {"close": True})).status_code == 202
        whole = await events(daemon, pid)
        assert [kind for _, kind, _ in whole if kind not in ("state_changed", "text")] == [
            *("answered", "call_started", "call_ended", "answered", "exited")
        ]
        for number, (last_id, _, _) in enumerate(whole):
            assert await events(daemon, pid, **{"Last-Event-ID": last_id}) == whole[number + 1 :]
    async with served(driver=saying()) as daemon:
        assert told(await events(daemon, pid)) == told(whole)
        for number, (last_id, _, _) in enumerate(whole):
            rest = await events(daemon, pid, **{"Last-Event-ID": last_id})
            assert told(whole[: number + 1] + rest) == told(whole), last_id


def _merged(events: list[Event]) -> list[Event]:
    merged: list[Event] = []
    for event in events:
        if isinstance(event, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(event.pid, merged[-1].text + event.text)
        else:
            merged.append(event)
    return merged


CALL = st.integers(1, 9).map(lambda n: [CallStarted(2, n, "x", {}), CallEnded(2, n, "x", "allow", "", None, 0.1)])
PIECES = st.lists(st.text(min_size=1, max_size=5), max_size=4).map(lambda parts: [Text(2, part) for part in parts])
STATE = st.just([StateChanged(2, "ready", "")])
LIVES: st.SearchStrategy[list[Event]] = st.lists(st.one_of(CALL, PIECES, STATE), max_size=12).map(
    lambda groups: [event for group in groups for event in group] + [Exited(2, 0, "", None)]
)


@given(LIVES, st.data())
def test_from_any_place_on_what_is_told_is_what_is_missing(events: list[Event], data: st.DataObject) -> None:
    """However text is cut into pieces the second time: the reader gets each character and each event once."""
    first, stop = Telling(), data.draw(st.integers(0, len(events) - 1))
    seen = [event for event in events[:stop] if first.tell(event) is not None]
    again: list[Event] = []
    for event in _merged([event for event in events if not isinstance(event, StateChanged)]):
        cut = data.draw(st.integers(0, len(event.text))) if isinstance(event, Text) else 0
        pieces = [event.text[:cut], event.text[cut:]] if isinstance(event, Text) else []
        again += [Text(2, piece) for piece in pieces if piece] or [event]
    second = Telling(first.position)
    rest = [news for event in again if (news := second.tell(event)) is not None]
    both = _merged([event for event in [*seen, *rest] if not isinstance(event, StateChanged)])
    assert both == _merged([event for event in events if not isinstance(event, StateChanged)])
    assert second.position == second.at and Telling(second.position).position == second.position != Position(-1)
