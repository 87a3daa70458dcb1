"""OpenAI's routes over the sim driver: what a script of the model becomes, and what is refused by name."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from llmasos.boot import embedding_file
from llmasos.config import Config, MemorySection
from llmasos.drivers.sim import Sim
from llmasos.errors import DriverBroken
from llmasos.kernel.limits import Limits
from llmasos.memory.embed import HashedNgrams
from tests.apps.daemon.conftest import Serve, chunks
from tests.pace import allowed

pytestmark = pytest.mark.anyio

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
CLOCK = {"type": "function", "function": {"name": "clock"}}
CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>'


async def test_a_message_is_answered_by_a_process(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Hi there.")
        answer = (await daemon.chat()).json()
        (choice,) = answer["choices"]
        assert choice["message"] == {"role": "assistant", "content": "Hi there.", "refusal": None}
        assert choice["finish_reason"] == "stop" and choice["logprobs"] is None
        assert answer["object"] == "chat.completion" and answer["model"] == "nano"
        usage = answer["usage"]
        assert usage["completion_tokens"] == len("Hi there.") + 1
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        pid = int(answer["id"].rpartition("-")[2])
        assert daemon.live() == []
        past = (await daemon.client.get(f"/api/processes/{pid}")).json()
        assert past["app"] == "chat" and past["request"] == "hello" and past["answer"] == "Hi there."


async def test_a_stream_says_what_the_whole_answer_says(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("One two three.")
        answer = await daemon.chat(stream=True, stream_options={"include_usage": True})
        assert answer.headers["content-type"].startswith("text/event-stream")
        *parts, last = chunks(answer.text)
        assert parts[0]["choices"][0]["delta"]["role"] == "assistant"
        assert "".join(part["choices"][0]["delta"].get("content", "") for part in parts) == "One two three."
        assert [part["choices"][0]["finish_reason"] for part in parts if part["choices"][0]["finish_reason"]] == [
            "stop"
        ]
        assert all(part["usage"] is None for part in parts)
        assert last["choices"] == [] and last["usage"]["completion_tokens"] == 15
        assert len({part["id"] for part in [*parts, last]}) == 1


async def test_without_include_usage_no_chunk_speaks_of_it(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("yes")
        assert all("usage" not in part for part in chunks((await daemon.chat(stream=True)).text))


async def test_the_same_prompt_is_found_in_the_cache(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        system = {"role": "system", "content": "You are brief. " * 8}
        counts = []
        for question in ("one", "two"):
            sim.enqueue("ok")
            body = {"model": "nano", "messages": [system, {"role": "user", "content": question}]}
            answer = (await daemon.post("/v1/chat/completions", body)).json()
            counts.append(answer["usage"]["prompt_tokens_details"]["cached_tokens"])
        assert counts[0] == 0 and counts[1] > 100


async def test_messages_reach_the_model_in_order(served: Serve, sim: Sim) -> None:
    """Parts are joined, a developer is a system, results carry the name of their call."""
    messages = [
        {"role": "developer", "content": [{"type": "text", "text": "Be "}, {"type": "text", "text": "kind."}]},
        {"role": "user", "content": "weather?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
    ]
    async with served() as daemon:
        sim.enqueue("It is sunny.")
        answer = (
            await daemon.post("/v1/chat/completions", {"model": "nano", "messages": messages, "tools": [WEATHER]})
        ).json()
        assert answer["choices"][0]["message"]["content"] == "It is sunny."
        pid = int(answer["id"].rpartition("-")[2])
        records = daemon.kernel.journal.read(pid, ["segment"])
        assert [(r.body["role"], r.body["text"]) for r in records] == [
            ("system", "Be kind."),
            ("user", "weather?"),
            ("tool", "sunny"),
            ("assistant", ""),
        ]


async def test_calls_are_the_clients_to_run(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("Let me see." + CALL)
        answer = (await daemon.chat(tools=[WEATHER])).json()
        (choice,) = answer["choices"]
        assert choice["finish_reason"] == "tool_calls" and choice["message"]["content"] == "Let me see."
        (call,) = choice["message"]["tool_calls"]
        assert call["function"] == {"name": "weather", "arguments": '{"city": "Rome"}'} and call["type"] == "function"
        sim.enqueue(CALL)
        parts = chunks((await daemon.chat(tools=[WEATHER], stream=True)).text)
        (streamed,) = [c for part in parts for c in part["choices"][0]["delta"].get("tool_calls", [])]
        assert streamed["index"] == 0 and json.loads(streamed["function"]["arguments"]) == {"city": "Rome"}
        assert parts[-1]["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("required", {"weather", "clock"}),
        ({"type": "function", "function": {"name": "clock"}}, {"clock"}),
    ],
)
async def test_a_call_can_be_demanded(served: Serve, choice: Any, names: set[str]) -> None:
    """The sim babbles: only the grammar makes this a call."""
    async with served() as daemon:
        tools = [CLOCK] if names == {"clock"} else [CLOCK, {**CLOCK, "function": {"name": "weather"}}]
        answer = (await daemon.chat(tools=[*tools], tool_choice=choice)).json()
        (call,) = answer["choices"][0]["message"]["tool_calls"]
        assert call["function"]["name"] in names


async def test_no_tool_is_called_where_none_may_be(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue(CALL)
        message = (await daemon.chat(tools=[WEATHER], tool_choice="none")).json()["choices"][0]["message"]
        assert message["content"] == CALL and "tool_calls" not in message
        sim.enqueue("so:" + CALL)
        parts = chunks((await daemon.chat(stream=True)).text)
        assert "".join(part["choices"][0]["delta"].get("content", "") for part in parts) == "so:" + CALL


USAGE = {"include_usage": True}
SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}


@pytest.mark.parametrize(
    "wanted", [{"type": "json_object"}, {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}]
)
async def test_an_answer_keeps_to_its_schema(served: Serve, wanted: Any, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue('{"ok": true}')
        choice = (await daemon.chat(response_format=wanted, max_tokens=200)).json()["choices"][0]
        assert json.loads(choice["message"]["content"]) == {"ok": True} and choice["finish_reason"] == "stop"


async def test_an_answer_ends_where_it_was_told_to(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("one, two, three", "one, two, three")
        stopped = (await daemon.chat(stop=[", t"])).json()["choices"][0]
        assert (stopped["message"]["content"], stopped["finish_reason"]) == ("one", "stop")
        cut = (await daemon.chat(max_completion_tokens=5)).json()["choices"][0]
        assert (cut["message"]["content"], cut["finish_reason"]) == ("one, ", "length")


async def test_a_full_window_ends_an_answer_by_length(served: Serve) -> None:
    async with served(driver=Sim(window_tokens=256, num_cells=2048)) as daemon:
        answer = (await daemon.chat()).json()
        assert answer["choices"][0]["finish_reason"] == "length"
        assert answer["usage"]["total_tokens"] == 256
        parts = chunks((await daemon.chat(stream=True)).text)
        assert parts[-1]["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize("stream", [False, True])
async def test_what_cannot_fit_is_refused_with_both_sizes(served: Serve, tmp_path: Any, stream: bool) -> None:
    config = Config(tmp_path / "home", memory=MemorySection(paging=False))
    async with served(driver=Sim(window_tokens=128, num_cells=1024), config=config) as daemon:
        answer = await daemon.chat("x" * 500, stream=stream)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "context_length_exceeded"
        assert "its window 128" in answer.json()["error"]["message"]


async def test_a_conversation_longer_than_the_window_is_refused_with_sizes(served: Serve, sim: Sim) -> None:
    """Who sends the whole conversation each time wants all of it read, or an error: nothing is paged away."""
    async with served(driver=Sim(window_tokens=1024, num_cells=8192)) as daemon:
        messages = [{"role": role, "content": f"{i} " * 40} for i in range(20) for role in ("user", "assistant")]
        body = {"model": "nano", "messages": [*messages, {"role": "user", "content": "and now?"}], "max_tokens": 5}
        answer = await daemon.post("/v1/chat/completions", body)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (400, "context_length_exceeded") and "its window 1024" in error[
            "message"
        ]


async def test_log_probabilities_are_given_token_by_token(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue("abc", "abc")
        content = (await daemon.chat(logprobs=True, top_logprobs=2)).json()["choices"][0]["logprobs"]["content"]
        assert [token["token"] for token in content] == ["a", "b", "c"]
        assert all(len(token["top_logprobs"]) == 2 and token["bytes"] == [ord(token["token"])] for token in content)
        parts = chunks((await daemon.chat(logprobs=True, stream=True)).text)
        told = [t for part in parts for t in (part["choices"][0]["logprobs"] or {"content": []})["content"]]
        assert [token["logprob"] for token in told] == [token["logprob"] for token in content]


async def test_the_same_seed_says_the_same(served: Serve) -> None:
    async with served() as daemon:
        said = [
            (await daemon.chat(seed=seed, temperature=2, max_tokens=30)).json()["choices"][0]["message"]["content"]
            for seed in (1, 1, -2)
        ]
        assert said[0] == said[1] != said[2]


async def test_a_bias_decides(served: Serve) -> None:
    async with served() as daemon:
        answer = (await daemon.chat(logit_bias={str(ord("z")): 100}, max_tokens=4)).json()
        assert answer["choices"][0]["message"]["content"] == "zzzz"


async def test_a_text_is_continued(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        sim.enqueue(" upon a time", " upon a time")
        body = {"model": "nano", "prompt": "once", "max_tokens": 50}
        answer = (await daemon.post("/v1/completions", body)).json()
        assert answer["choices"][0]["text"] == " upon a time" and answer["object"] == "text_completion"
        assert answer["usage"]["prompt_tokens"] == 4
        parts = chunks((await daemon.post("/v1/completions", {**body, "stream": True})).text)
        assert "".join(part["choices"][0]["text"] for part in parts) == " upon a time"
        assert parts[-1]["choices"][0]["finish_reason"] == "stop"


async def test_texts_become_vectors(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        answer = (await daemon.post("/v1/embeddings", {"model": "nano", "input": ["a cat", "a cat", "x"] * 3})).json()
        rows = [row["embedding"] for row in answer["data"]]
        assert [row["index"] for row in answer["data"]] == list(range(9))
        assert rows[0] == rows[1] != rows[2] and sum(x * x for x in rows[0]) == pytest.approx(1, abs=1e-3)
        assert answer["usage"] == {"prompt_tokens": 33, "total_tokens": 33}


async def test_the_sentence_model_gives_vectors_and_no_answers(served: Serve) -> None:
    async with served() as daemon:
        daemon.daemon.__dict__["sentences"] = HashedNgrams(64)
        assert [m["id"] for m in (await daemon.client.get("/v1/models")).json()["data"]] == ["nano", "minilm"]
        answer = (await daemon.post("/v1/embeddings", {"model": "minilm", "input": "a cat"})).json()
        assert len(answer["data"][0]["embedding"]) == 64 and answer["usage"]["prompt_tokens"] == 2
        refused = (await daemon.chat(model="minilm")).json()["error"]
        assert refused["code"] == "invalid_value" and refused["param"] == "model"


async def test_vectors_are_made_between_the_steps_of_a_generation(served: Serve) -> None:
    async with served() as daemon, anyio.create_task_group() as group:
        group.start_soon(lambda: daemon.chat(max_tokens=8000))
        await daemon.until(lambda: bool(daemon.live()))
        assert (await daemon.post("/v1/embeddings", {"model": "nano", "input": "a"})).status_code == 200
        assert daemon.live(), "the generation went on meanwhile"
        group.cancel_scope.cancel()


def chat(**more: Any) -> dict[str, Any]:
    return {"model": "nano", "messages": [{"role": "user", "content": "hello"}], **more}


REFUSED: list[tuple[Any, int, str | None, str]] = [
    (chat(audio={"voice": "x"}), 400, "audio", "unsupported_parameter"),
    (chat(functions=[]), 400, "functions", "unsupported_parameter"),
    (chat(metadata={"k": 1}), 400, "metadata.k", "invalid_value"),
    (chat(metadata={str(i): "" for i in range(17)}), 400, "metadata", "invalid_value"),
    (chat(service_tier="flex"), 400, "service_tier", "invalid_value"),
    (chat(store=True), 400, "store", "invalid_value"),
    (chat(modalities=["text", "audio"]), 400, "modalities[1]", "invalid_value"),
    (chat(reasoning_effort="high"), 400, "reasoning_effort", "invalid_value"),
    (chat(web_search_options={}), 400, "web_search_options", "unsupported_parameter"),
    (chat(n=17), 400, "n", "invalid_value"),
    (chat(temperature=2.5), 400, "temperature", "invalid_value"),
    (chat(temperature="hot"), 400, "temperature", "invalid_value"),
    (chat(max_tokens=0), 400, "max_tokens", "invalid_value"),
    (chat(max_tokens=3, max_completion_tokens=4), 400, None, "invalid_value"),
    (chat(stop=["x"] * 17), 400, "stop", "invalid_value"),
    (chat(stop=""), 400, "stop", "invalid_value"),
    (chat(logit_bias={"9999": 1}), 400, "logit_bias", "invalid_value"),
    (chat(top_logprobs=3), 400, None, "invalid_value"),
    (chat(stream_options={"include_usage": True}), 400, None, "invalid_value"),
    (chat(tools=[{"type": "web_search"}]), 400, "tools[0].type", "invalid_value"),
    (chat(tools=[CLOCK, CLOCK]), 400, None, "invalid_value"),
    (chat(tool_choice="auto"), 400, None, "invalid_value"),
    (
        chat(tools=[CLOCK], tool_choice={"type": "custom", "custom": {"name": "x"}}),
        400,
        "tool_choice.type",
        "invalid_value",
    ),
    (chat(tools=[CLOCK], tool_choice={"type": "function", "function": {"name": "x"}}), 400, None, "invalid_value"),
    (
        chat(tools=[CLOCK], tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}}),
        400,
        "tool_choice.allowed_tools.tools",
        "invalid_value",
    ),
    (chat(response_format={"type": "json_schema"}), 400, "response_format", "invalid_value"),
    (chat(response_format={"type": "xml"}), 400, "response_format.type", "invalid_value"),
    (chat(messages=[]), 400, "messages", "invalid_value"),
    (chat(messages=[{"role": "robot", "content": "x"}]), 400, "messages[0]", "invalid_value"),
    (
        chat(messages=[{"role": "user", "content": "x", "name": "bob"}]),
        400,
        "messages[0].name",
        "unsupported_parameter",
    ),
    (
        chat(messages=[{"role": "user", "content": [{"type": "image_url", "text": "x"}]}]),
        400,
        "messages[0].content[0].type",
        "invalid_value",
    ),
    (
        chat(messages=[{"role": "tool", "tool_call_id": "c9", "content": "x"}]),
        400,
        "messages[0].tool_call_id",
        "invalid_value",
    ),
    (chat(model="gpt-4"), 404, "model", "model_not_found"),
    (chat(model="/etc/passwd"), 404, "model", "model_not_found"),
    ({"messages": []}, 400, "model", "missing_required_parameter"),
    ([], 400, None, "invalid_value"),
]


async def test_what_is_not_supported_is_refused_by_name(served: Serve) -> None:
    async with served() as daemon:
        for body, status, param, code in REFUSED:
            answer = await daemon.post("/v1/chat/completions", body)
            error = answer.json()["error"]
            assert (answer.status_code, error["param"], error["code"]) == (status, param, code), body
            assert error["type"] == "invalid_request_error" and "\n" not in error["message"]
        assert daemon.live() == []


async def test_what_changes_no_answer_is_taken(served: Serve, sim: Sim) -> None:
    noted = {"user": "me", "metadata": {"run": "7"}, "service_tier": "auto", "safety_identifier": "x", "store": False}
    spoken = {"modalities": ["text"], "reasoning_effort": "none", "verbosity": "medium", "parallel_tool_calls": True}
    nothing = {"audio": None, "functions": None, "web_search_options": None, "tools": None, "stop": None}
    async with served() as daemon:
        sim.enqueue("yes", "yes")
        for more in ({**noted, **spoken, **nothing}, {"prompt_cache_key": "k", "prompt_cache_retention": "24h"}):
            answer = await daemon.chat(**more)
            assert answer.status_code == 200, answer.text
            assert answer.json()["choices"][0]["message"]["content"] == "yes"


async def test_only_the_tools_that_are_allowed_are_called(served: Serve) -> None:
    weather = {"type": "function", "function": {"name": "weather", "description": None, "parameters": None}}
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "clock"}}]}
    async with served() as daemon:
        choice = {"type": "allowed_tools", "allowed_tools": allowed}
        answer = (await daemon.chat(tools=[weather, CLOCK], tool_choice=choice)).json()
        (call,) = answer["choices"][0]["message"]["tool_calls"]
        assert call["function"]["name"] == "clock"


async def test_beside_tools_an_answer_keeps_to_its_schema(served: Serve, sim: Sim) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}
    async with served() as daemon:
        sim.enqueue(CALL, '{"ok": false}')
        called = (await daemon.chat(tools=[WEATHER], response_format=wanted)).json()["choices"][0]
        assert called["finish_reason"] == "tool_calls" and called["message"]["content"] is None
        said = (await daemon.chat(tools=[WEATHER], response_format=wanted)).json()["choices"][0]
        assert json.loads(said["message"]["content"]) == {"ok": False} and said["finish_reason"] == "stop"


async def test_a_result_may_name_its_call(served: Serve, sim: Sim) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": ""}}
    async with served() as daemon:
        for name, status in (("clock", 200), ("weather", 400)):
            result = {"role": "tool", "tool_call_id": "c1", "content": "noon", "name": name}
            messages = [{"role": "user", "content": "?"}, {"role": "assistant", "tool_calls": [call]}, result]
            sim.enqueue("It is noon.")
            answer = await daemon.post("/v1/chat/completions", {"model": "nano", "messages": messages})
            assert answer.status_code == status, answer.text


async def test_several_answers_come_from_one_prompt(served: Serve) -> None:
    """Each is a process with a seed of its own; what they share is computed once, and counted once."""
    more = {"n": 3, "temperature": 2, "seed": 5, "max_tokens": 20}
    async with served() as daemon:
        answer = (await daemon.chat("tell me something long " * 10, **more)).json()
        texts = [choice["message"]["content"] for choice in answer["choices"]]
        assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2] and len(set(texts)) == 3
        usage = answer["usage"]
        assert usage["completion_tokens"] == 60 and 200 < usage["prompt_tokens"] < 400
        assert daemon.kernel.memory_rates()[0]["prefill_tokens"] < 2 * usage["prompt_tokens"]
        streamed = await daemon.chat("tell me something long " * 10, stream=True, stream_options=USAGE, **more)
        *parts, last = chunks(streamed.text)
        for i in range(3):
            own = [part["choices"][0] for part in parts if part["choices"][0]["index"] == i]
            assert "".join(choice["delta"].get("content", "") for choice in own) == texts[i]
            assert own[-1]["finish_reason"] == "length"
        assert last["choices"] == [] and last["usage"]["completion_tokens"] == 60
        assert daemon.live() == []


async def test_several_prompts_have_an_answer_each(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        body = {"model": "nano", "prompt": ["once", "twice"], "n": 2, "max_tokens": 5, "logprobs": 0}
        answer = (await daemon.post("/v1/completions", body)).json()
        assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2, 3]
        assert answer["usage"]["prompt_tokens"] == len("once" + "twice")
        assert all(len(choice["logprobs"]["tokens"]) == 5 for choice in answer["choices"])
        bad: list[dict[str, Any]] = [
            {"prompt": []},
            {"best_of": 3},
            {"prompt": ["x"] * 65},
            {"prompt": [[1, 2]]},
            {"prompt": [1]},
        ]
        for wrong in bad:
            assert (await daemon.post("/v1/completions", {**body, **wrong})).status_code == 400


async def test_a_client_that_goes_takes_all_its_answers_with_it(served: Serve) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=400_000)) as daemon:
        for stream in (False, True):
            async with anyio.create_task_group() as group:
                group.start_soon(lambda stream=stream: daemon.chat(stream=stream, n=4))  # type: ignore[misc]
                await daemon.until(lambda: len(daemon.live()) == 4)
                await anyio.sleep(0.1)
                group.cancel_scope.cancel()
            await daemon.until(lambda: daemon.live() == [], allowed(1.0))
        assert [line for line in daemon.log if line.startswith("bug")] == []


async def test_log_probabilities_of_a_text_come_in_columns(served: Serve, sim: Sim) -> None:
    async with served() as daemon:
        body = {"model": "nano", "prompt": "once", "logprobs": 2}
        sim.enqueue("abc", "abc")
        told = (await daemon.post("/v1/completions", body)).json()["choices"][0]["logprobs"]
        assert told["tokens"] == ["a", "b", "c"] and told["text_offset"] == [0, 1, 2]
        assert len(told["token_logprobs"]) == 3 and [len(top) for top in told["top_logprobs"]] == [2, 2, 2]
        parts = chunks((await daemon.post("/v1/completions", {**body, "stream": True})).text)
        columns = [part["choices"][0]["logprobs"] for part in parts]
        for name in ("tokens", "token_logprobs", "text_offset"):
            assert [value for column in columns for value in column[name]] == told[name]


async def test_a_schema_that_cannot_be_compiled_is_refused(served: Serve) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "nonsense"}}}
    async with served() as daemon:
        for stream in (False, True):
            answer = await daemon.chat(response_format=wanted, stream=stream)
            assert answer.status_code == 400 and answer.json()["error"]["param"] == "response_format"
            assert answer.json()["error"]["code"] == "invalid_schema"


UNREADABLE = [
    (b'{"model": ', 400, "cannot be read"),
    (b'{"a": 1, "a": 2}', 400, "occurs twice"),
    (b'{"a": "\xff"}', 400, "UTF-8"),
    (b'{"a": NaN}', 400, "NaN is not JSON"),
    (b'{"a": ' + b"[" * 70 + b"]" * 70 + b"}", 400, "nested deeper than 64"),
    (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "nested deeper than 64"),
    (b"", 400, "body"),
    (b" " * (8 * 1024 * 1024 + 1), 413, "larger than"),
]


async def test_a_body_that_cannot_be_read_is_refused(served: Serve) -> None:
    async with served() as daemon:
        for content, status, says in UNREADABLE:
            headers = {"Content-Type": "application/json"}
            answer = await daemon.client.post("/v1/chat/completions", content=content, headers=headers)
            assert answer.status_code == status and says in answer.json()["error"]["message"], content[:40]


async def test_a_body_that_does_not_say_how_long_it_is_has_the_same_limit(served: Serve) -> None:
    async def endless() -> Any:
        for _ in range(20):
            yield b" " * 1024 * 1024

    async with served() as daemon:
        headers = {"Content-Type": "application/json"}
        answer = await daemon.client.post("/v1/chat/completions", content=endless(), headers=headers)
        assert answer.status_code == 413


async def test_a_body_that_is_not_declared_as_json_is_refused(served: Serve) -> None:
    """What a form of another site could send without asking."""
    async with served() as daemon:
        headers = {"Content-Type": "text/plain"}
        answer = await daemon.client.post("/v1/chat/completions", content=b'{"model": "nano"}', headers=headers)
        assert answer.status_code == 400


async def test_models_are_listed(served: Serve) -> None:
    async with served() as daemon:
        listed = (await daemon.client.get("/v1/models")).json()
        names = ["nano", *["minilm"] * (embedding_file() is not None)]  # where it was pulled
        assert [(m["id"], m["object"], m["owned_by"]) for m in listed["data"]] == [
            (n, "model", "llmasos") for n in names
        ]
        assert (await daemon.client.get("/v1/models/nano")).json() == listed["data"][0]
        missing = await daemon.client.get("/v1/models/gpt-4")
        assert missing.status_code == 404 and missing.json()["error"]["code"] == "model_not_found"


async def test_what_is_not_there_is_not_found_in_openais_shape(served: Serve) -> None:
    async with served() as daemon:
        assert (await daemon.post("/v1/audio/speech", {})).json()["error"]["code"] == "not_found"
        assert (await daemon.client.get("/v1/embeddings")).json()["error"]["code"] == "method_not_allowed"
        assert (await daemon.client.get("/docs")).status_code == 404
        document = (await daemon.client.get("/openapi.json")).json()
        assert {"/v1/chat/completions", "/api/processes/{pid}/events", "/metrics", "/mcp"} <= set(document["paths"])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_device_that_fails_is_an_error_of_the_server(served: Serve, sim: Sim, stream: bool) -> None:
    async with served() as daemon:
        sim.fail_next(DriverBroken("the fan stopped"), times=50)
        answer = await daemon.chat(stream=stream)
        assert answer.status_code == 500
        assert answer.json()["error"]["type"] == "server_error" and "fan" in answer.json()["error"]["message"]


async def test_a_failure_in_the_middle_ends_the_stream_with_an_error(served: Serve, sim: Sim) -> None:
    async with (
        served() as daemon,
        daemon.client.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        sim.fail_next(DriverBroken("the fan stopped"), times=50)
        rest = [line async for line in lines if line]
        assert json.loads(rest[-1].removeprefix("data: "))["error"]["message"] == "the fan stopped"


async def test_a_limit_on_tokens_ends_an_answer_by_length(served: Serve, tmp_path: Any) -> None:
    config = Config(tmp_path / "home", limits=Limits(tokens=10))
    async with served(config=config) as daemon:
        answer = (await daemon.chat()).json()
        assert answer["choices"][0]["finish_reason"] == "length" and answer["usage"]["completion_tokens"] == 10


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_goes_takes_its_process_with_it(served: Serve, stream: bool) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=200_000)) as daemon:
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: daemon.chat(stream=stream))
            await daemon.until(lambda: bool(daemon.live()))
            await anyio.sleep(0.05)
            assert daemon.live(), "it would say sixty thousand tokens"
            group.cancel_scope.cancel()
        await daemon.until(lambda: daemon.live() == [], allowed(1.0))


async def test_a_client_that_does_not_read_holds_up_nobody(served: Serve, sim: Sim) -> None:
    async with served(driver=Sim(window_tokens=60_000, num_cells=400_000)) as daemon:
        async with anyio.create_task_group() as group:

            async def stalled() -> None:
                async with daemon.client.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as answer:
                    await anext(answer.aiter_lines())
                    await anyio.sleep_forever()

            for _ in range(3):
                group.start_soon(stalled)
            await daemon.until(lambda: len(daemon.live()) == 3)
            with anyio.fail_after(20):
                assert (await daemon.chat(max_tokens=3)).status_code == 200
            group.cancel_scope.cancel()
        await daemon.until(lambda: daemon.live() == [], allowed(1.0))
