"""/v1/responses over the sim driver: items, events in OpenAI's order, function tools, responses gone on from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.errors import DriverBroken
from llmasos.journals import verify
from tests.apps.daemon.conftest import Serve, Served

pytestmark = pytest.mark.anyio

WEATHER = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": True,
}
CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>'


async def asked(daemon: Served, given: Any = "hello", **more: Any) -> dict[str, Any]:
    answer = await daemon.post("/v1/responses", {"model": "nano", "input": given, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def events(daemon: Served, given: Any = "hello", **more: Any) -> list[dict[str, Any]]:
    answer = await daemon.post("/v1/responses", {"model": "nano", "input": given, "stream": True, **more})
    assert answer.status_code == 200, answer.text
    found = []
    for part in answer.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.splitlines())
        data = json.loads(fields["data"])
        assert data["type"] == fields["event"]
        found.append(data)
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
    return found


def kinds(found: list[dict[str, Any]]) -> list[str]:
    """Without `response.`, deltas of one part as one."""
    names = [event["type"].removeprefix("response.") for event in found]
    return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]


MESSAGE = [
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.done",
    "content_part.done",
    "output_item.done",
]
FUNCTION = [
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
]


async def test_a_text_is_answered_by_a_message(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi.", "Hi.")
        whole = await asked(daemon, metadata={"run": "7"}, user="me")
        assert whole["status"] == "completed" and whole["metadata"] == {"run": "7"} and whole["user"] == "me"
        (item,) = whole["output"]
        assert item["type"] == "message" and item["content"][0]["text"] == "Hi."
        found = await events(daemon)
        assert kinds(found) == ["created", "in_progress", *MESSAGE, "completed"]
        assert found[-1]["response"]["output"][0]["content"] == item["content"]


@pytest.mark.parametrize("before", ["", "Let me see."])
async def test_a_call_is_an_item_of_its_own(served: Serve, sim: Sim, before: str) -> None:
    async with served() as daemon:
        sim.enqueue(before + CALL, before + CALL)
        whole = await asked(daemon, tools=[WEATHER])
        call = whole["output"][-1]
        assert [item["type"] for item in whole["output"]] == ["message", "function_call"][not before :]
        assert call["name"] == "weather" and json.loads(call["arguments"]) == {"city": "Rome"}
        assert call["call_id"] == f"call_{whole['id'].removeprefix('resp_')}_0" and call["status"] == "completed"
        found = await events(daemon, tools=[WEATHER])
        assert kinds(found) == ["created", "in_progress", *(MESSAGE if before else []), *FUNCTION, "completed"]
        (done,) = [event for event in found if event["type"] == "response.function_call_arguments.done"]
        assert done["output_index"] == bool(before) and json.loads(done["arguments"]) == {"city": "Rome"}
        ids = {event["item_id"] for event in found if "arguments" in event["type"]}
        assert ids == {found[-1]["response"]["output"][-1]["id"]}


async def test_a_conversation_is_sent_back_item_by_item(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Let me see." + CALL, "It is sunny.")
        first = await asked(daemon, "weather?", tools=[WEATHER])
        output = {"type": "function_call_output", "call_id": first["output"][-1]["call_id"], "output": "sunny"}
        given = [{"role": "user", "content": "weather?"}, *first["output"], output]
        second = await asked(daemon, given, tools=[WEATHER], instructions="Be kind.", store=False)
        assert second["output"][0]["content"][0]["text"] == "It is sunny." and second["store"] is False
        records = daemon.kernel.journal.read(int(second["id"].removeprefix("resp_")), ["message"])
        assert [(r.body["role"], r.body["content"]) for r in records] == [
            ("user", "weather?"),
            ("assistant", "Let me see."),
            ("tool", "sunny"),
            ("assistant", "It is sunny."),
        ]
        assert records[1].body["tool_calls"][0]["function"] == {"name": "weather", "arguments": {"city": "Rome"}}


async def test_a_response_goes_on_from_an_earlier_one(served: Serve, sim: Sim) -> None:
    """From the journal: over a call and its result, and without the instructions of before."""
    async with served() as daemon:
        sim.enqueue(CALL, "It is sunny.", "You are welcome.")
        first = await asked(daemon, "weather?", tools=[WEATHER], instructions="Be kind.")
        output = {"type": "function_call_output", "call_id": first["output"][0]["call_id"], "output": "sunny"}
        second = await asked(daemon, [output], tools=[WEATHER], previous_response_id=first["id"])
        found = await events(daemon, "thanks", previous_response_id=second["id"], instructions="Be brief.")
        third = found[-1]["response"]
        assert third["previous_response_id"] == second["id"]
        records = daemon.kernel.journal.read(int(third["id"].removeprefix("resp_")), ["segment"])
        assert [(r.body["role"], r.body["text"]) for r in records if r.body["text"]][:1] == [("system", "Be brief.")]
        assert [r.body["text"] for r in records if r.body["role"] in ("user", "tool")] == [
            "weather?",
            "sunny",
            "thanks",
        ]
        assert (await daemon.client.get(f"/v1/responses/{third['id']}")).json() == third


async def test_what_was_kept_outlives_the_daemon(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi.")
        first = await asked(daemon)
    again = Sim(window_tokens=8192, num_cells=65_536)
    async with served(driver=again) as daemon:
        assert (await daemon.client.get(f"/v1/responses/{first['id']}")).json() == first
        again.enqueue("Yes.")
        assert (await asked(daemon, "really?", previous_response_id=first["id"]))["status"] == "completed"


async def test_a_deleted_response_leaves_nothing_behind(served: Serve, sim: Sim, tmp_path: Path) -> None:
    """In no file of the state directory; that there was one stays, and the chain of what is left is whole."""
    async with served(config=Config(tmp_path / "home")) as daemon:
        sim.enqueue("The xylophone.", "Indeed.", "It is.")
        first = await asked(daemon, "what is a vibraphone like?", instructions="Think of a glockenspiel.")
        other = await asked(daemon, "really?")
        gone = await daemon.client.delete(f"/v1/responses/{first['id']}")
        assert (gone.status_code, gone.json()) == (200, {"id": first["id"], "object": "response", "deleted": True})
        kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
        for word in (b"xylophone", b"vibraphone", b"glockenspiel"):
            assert [path.name for path in kept if word in path.read_bytes()] == []
        for method in ("GET", "DELETE"):
            again = await daemon.client.request(method, f"/v1/responses/{first['id']}")
            error = again.json()["error"]
            assert (again.status_code, error["code"]) == (404, "response_not_found")
            assert error["message"] == f"response '{first['id']}' was deleted"
        body = {"model": "nano", "input": "and?", "previous_response_id": first["id"]}
        refused = await daemon.post("/v1/responses", body)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"]) == (404, "previous_response_not_found")
        assert error["message"] == f"previous_response_id: response '{first['id']}' was deleted"
        assert (await asked(daemon, "and?", previous_response_id=other["id"]))["status"] == "completed"
    assert verify(tmp_path / "home" / "journal.db").wrong == []


async def test_a_response_is_kept_as_long_as_the_journal_is(served: Serve, sim: Sim, tmp_path: Path) -> None:
    async with served(config=Config(tmp_path / "home")) as daemon:
        sim.enqueue("The xylophone.", "Indeed.")
        first = await asked(daemon)
        second = await asked(daemon, "really?", previous_response_id=first["id"])
        assert (await daemon.post("/api/journal/compact", {"keep_days": 1})).json()["processes"] == 0
        assert (await daemon.client.get(f"/v1/responses/{first['id']}")).json() == first
        assert (await daemon.post("/api/journal/compact", {"keep_days": 0})).json()["processes"] == 2
        for method in ("GET", "DELETE"):
            gone = await daemon.client.request(method, f"/v1/responses/{first['id']}")
            assert gone.status_code == 404 and "journal.keep_days" in gone.json()["error"]["message"]
        body = {"model": "nano", "input": "and?", "previous_response_id": second["id"]}
        refused = await daemon.post("/v1/responses", body)
        assert refused.status_code == 404 and "is not kept any more" in refused.json()["error"]["message"]
        assert refused.json()["error"]["param"] == "previous_response_id"
    assert verify(tmp_path / "home" / "journal.db").wrong == []


async def test_log_probabilities_are_included_when_asked_for(served: Serve, sim: Sim) -> None:
    more = {"include": ["message.output_text.logprobs", "reasoning.encrypted_content"], "top_logprobs": 2}
    async with served() as daemon:
        sim.enqueue("abc", "abc")
        told = (await asked(daemon, **more))["output"][0]["content"][0]["logprobs"]
        assert [(row["token"], len(row["top_logprobs"])) for row in told] == [("a", 2), ("b", 2), ("c", 2)]
        found = await events(daemon, **more)
        streamed = [
            row for event in found if event["type"] == "response.output_text.delta" for row in event["logprobs"]
        ]
        assert streamed == told


async def test_a_failure_in_the_middle_is_a_failed_response(served: Serve, sim: Sim) -> None:
    body = {"model": "nano", "input": "hello", "stream": True}
    async with served() as daemon, daemon.client.stream("POST", "/v1/responses", json=body) as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        sim.fail_next(DriverBroken("the fan stopped"), times=50)
        data = [json.loads(line.removeprefix("data: ")) async for line in lines if line.startswith("data: ")]
        assert [event["type"] for event in data[-2:]] == ["error", "response.failed"]
        assert data[-1]["response"]["error"] == {"code": "server_error", "message": "the fan stopped"}
        missing = await daemon.client.get(f"/v1/responses/{data[-1]['response']['id']}")
        assert missing.status_code == 404 and missing.json()["error"]["code"] == "response_not_found"


REFUSED: list[tuple[dict[str, Any], str | None, str]] = [
    ({"conversation": "c"}, "conversation", "unsupported_parameter"),
    ({"background": True}, "background", "invalid_value"),
    ({"truncation": "auto"}, "truncation", "invalid_value"),
    ({"include": ["file_search_call.results"]}, "include[0]", "invalid_value"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type", "invalid_value"),
    ({"tools": [WEATHER, WEATHER]}, None, "invalid_value"),
    ({"tools": [WEATHER], "tool_choice": {"type": "function", "name": "clock"}}, None, "invalid_value"),
    ({"reasoning": {"effort": "high"}}, "reasoning.effort", "invalid_value"),
    ({"previous_response_id": "resp_9"}, "previous_response_id", "previous_response_not_found"),
    ({"previous_response_id": "latest"}, "previous_response_id", "invalid_value"),
    ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0]", "invalid_value"),
    ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input[0].content[0].type", "invalid_value"),
    ({"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]}, None, "invalid_value"),
    (
        {"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "[]"}]},
        "input[0].arguments",
        "invalid_value",
    ),
]


async def test_what_is_not_supported_is_refused_by_name(served: Serve) -> None:
    async with served() as daemon:
        for more, param, code in REFUSED:
            answer = await daemon.post("/v1/responses", {"model": "nano", "input": "hello", **more})
            error = answer.json()["error"]
            assert (answer.status_code, error["param"], error["code"]) == (400, param, code), (more, error)
        assert daemon.live() == []


async def test_what_was_not_kept_cannot_be_gone_on_from(served: Serve, sim: Sim, tmp_path: Any) -> None:
    async with served(config=Config(tmp_path / "home")) as daemon:
        sim.enqueue("Hi.", CALL)
        first = await asked(daemon, store=False)
        for answer in (
            await daemon.post("/v1/responses", {"model": "nano", "input": "x", "previous_response_id": first["id"]}),
            await daemon.client.get(f"/v1/responses/{first['id']}"),
        ):
            assert "is kept here" in answer.json()["error"]["message"]
        called = await asked(daemon, tools=[WEATHER])
        other = [{"type": "function_call_output", "call_id": "call_9_9", "output": "x"}]
        body = {"model": "nano", "input": other, "previous_response_id": called["id"]}
        assert "no item before it" in (await daemon.post("/v1/responses", body)).json()["error"]["message"]
