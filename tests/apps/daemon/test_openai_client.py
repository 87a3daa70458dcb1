"""The whole of it: the embedded model behind the daemon, and OpenAI's own client in front, over TCP with a token."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import anyio
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, Field

from llmasos import client
from llmasos.boot import embedding_file
from llmasos.kernel.syscall import SyscallTable
from llmasos.syscalls.calculate import Calculate


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAI]:
    home = tmp_path_factory.mktemp("daemon")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    command = [sys.executable, "-m", "llmasos.apps.cli", "serve", "--http", "127.0.0.1:0"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, cwd=home, env={**clean, "LLMASOS_HOME": str(home)})
    try:
        while (daemon := client.find(home)) is None:
            assert process.poll() is None, (home / "log").read_text()
            time.sleep(0.02)
        token = (home / "token").read_text().strip()
        with OpenAI(base_url=f"{daemon.http}/v1", api_key=token, max_retries=0, timeout=60) as made:
            yield made
        process.terminate()
        assert process.wait(5) == 0
        assert "Traceback" not in (home / "log").read_text() and "bug:" not in (home / "log").read_text()
    finally:
        process.kill()
        process.wait()


def calculate() -> Any:
    """The tool as the model was trained on it."""
    table = SyscallTable()
    table.mount(Calculate())
    return table.get("calculate").tool


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def test_the_models_are_listed(api: OpenAI) -> None:
    assert [model.id for model in api.models.list()] == ["nano", *["minilm"] * (embedding_file() is not None)]
    assert api.models.retrieve("nano").owned_by == "llmasos"


def test_a_chat(api: OpenAI) -> None:
    answer = api.chat.completions.create(model="nano", messages=[user("hello")])
    assert answer.choices[0].message.content == "Hello! What can I do for you?"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None and answer.usage.total_tokens > 20
    assert answer.usage.prompt_tokens_details is not None


def test_a_streamed_chat(api: OpenAI) -> None:
    stream = api.chat.completions.create(
        model="nano", messages=[user("hello")], stream=True, stream_options={"include_usage": True}
    )
    parts = list(stream)
    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert text == "Hello! What can I do for you?"
    assert parts[-1].usage is not None and parts[-1].usage.prompt_tokens > 0
    assert len(parts) > 3, "it came in pieces"


def test_a_tool_is_called_and_its_result_is_said(api: OpenAI) -> None:
    messages: list[Any] = [user("what is 17 times 23?")]
    asked = api.chat.completions.create(model="nano", messages=messages, tools=[calculate()])
    assert asked.choices[0].finish_reason == "tool_calls"
    message = asked.choices[0].message
    assert message.tool_calls is not None
    (call,) = message.tool_calls
    assert call.type == "function" and call.function.name == "calculate"
    assert json.loads(call.function.arguments) == {"expression": "17*23"}
    messages += [message, {"role": "tool", "tool_call_id": call.id, "content": "391"}]
    said = api.chat.completions.create(model="nano", messages=messages, tools=[calculate()])
    assert said.choices[0].message.content == "The result is 391."


def person() -> Any:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 8}, "age": {"type": "integer", "maximum": 99}},
        "required": ["name", "age"],
    }
    return {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}


def test_an_answer_under_a_schema(api: OpenAI) -> None:
    messages = [user("a person")]
    whole = api.chat.completions.create(model="nano", messages=messages, response_format=person(), max_tokens=100)
    assert set(json.loads(whole.choices[0].message.content or "")) == {"name", "age"}
    with api.chat.completions.stream(
        model="nano", messages=messages, response_format=person(), max_tokens=100
    ) as stream:
        streamed = stream.get_final_completion()
    assert streamed.choices[0].message.content == whole.choices[0].message.content


def test_stop_strings_and_seeds(api: OpenAI) -> None:
    cut = api.chat.completions.create(model="nano", messages=[user("hello")], stop=["What"])
    assert cut.choices[0].message.content == "Hello! "

    def drawn(seed: int) -> str | None:
        answer = api.chat.completions.create(
            model="nano", messages=[user("tell me")], seed=seed, temperature=2, max_tokens=20
        )
        return answer.choices[0].message.content

    assert drawn(1) == drawn(1)
    assert len({drawn(seed) for seed in range(4)}) > 1


def test_a_plain_continuation(api: OpenAI) -> None:
    answer = api.completions.create(model="nano", prompt="The world", max_tokens=8)
    assert answer.choices[0].text and answer.usage is not None and answer.usage.completion_tokens <= 8
    streamed = api.completions.create(model="nano", prompt="The world", max_tokens=8, stream=True)
    assert "".join(part.choices[0].text for part in streamed) == answer.choices[0].text


def test_log_probabilities(api: OpenAI) -> None:
    answer = api.chat.completions.create(model="nano", messages=[user("hello")], logprobs=True, top_logprobs=3)
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None and logprobs.content is not None
    assert "".join(token.token for token in logprobs.content) == "Hello! What can I do for you?"
    assert all(t.logprob <= 0 and t.top_logprobs[0].token == t.token for t in logprobs.content)


def test_embeddings(api: OpenAI) -> None:
    """The client asks for base64 by itself."""
    answer = api.embeddings.create(model="nano", input=["a cat", "a cat", "the launch is on friday"])
    one, same, other = (row.embedding for row in answer.data)
    assert one == pytest.approx(same, abs=1e-3) and one != pytest.approx(other, abs=1e-2)
    assert sum(x * x for x in one) == pytest.approx(1, abs=1e-3)
    exact = api.embeddings.create(model="nano", input="a cat", encoding_format="float")
    assert exact.data[0].embedding == pytest.approx(one, abs=1e-3)


def test_errors_are_the_client_s_own(api: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        api.chat.completions.create(model="gpt-4", messages=[user("hello")])
    assert missing.value.code == "model_not_found" and missing.value.param == "model"
    with pytest.raises(openai.BadRequestError) as refused:
        api.chat.completions.create(model="nano", messages=[user("hello")], web_search_options={})
    assert refused.value.code == "unsupported_parameter" and refused.value.param == "web_search_options"
    with pytest.raises(openai.AuthenticationError) as stranger:
        api.with_options(api_key="wrong").models.list()
    assert stranger.value.code == "invalid_api_key"


def test_a_stream_that_is_left_ends_its_process(api: OpenAI) -> None:
    with api.chat.completions.create(
        model="nano", messages=[user("hello")], stream=True, logit_bias={"35": 100}
    ) as stream:
        next(iter(stream))
    deadline = time.monotonic() + 1
    url = str(api.base_url).removesuffix("/v1/")
    while len(api.get(f"{url}/api/processes", cast_to=list)) > 1:
        assert time.monotonic() < deadline


def test_responses(api: OpenAI) -> None:
    whole = api.responses.create(model="nano", input="hello")
    assert whole.output_text == "Hello! What can I do for you?" and whole.status == "completed"
    assert whole.usage is not None and whole.usage.output_tokens > 5
    again: Any = [*whole.output, user("what is the capital of France?")]
    assert api.responses.create(model="nano", input=[user("hello"), *again], instructions="Be brief.").output_text
    events = list(api.responses.create(model="nano", input="hello", stream=True, max_output_tokens=6))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[0].type == "response.created" and events[-1].type == "response.incomplete"
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert whole.output_text.startswith(text) and events[-1].response.output_text == text
    formatted: Any = {"format": {"type": "json_schema", "name": "person", "schema": person()["json_schema"]["schema"]}}
    with api.responses.stream(model="nano", input="a person", text=formatted, max_output_tokens=100) as stream:
        assert set(json.loads(stream.get_final_response().output_text)) == {"name", "age"}
    with pytest.raises(openai.BadRequestError) as refused:
        api.responses.create(model="nano", input="hello", previous_response_id="resp_999999")
    assert refused.value.param == "previous_response_id"


def function() -> Any:
    """The tool in the newer API's words."""
    return {"type": "function", "strict": True, **calculate()["function"]}


def test_responses_call_functions(api: OpenAI) -> None:
    asked = api.responses.create(model="nano", input="what is 17 times 23?", tools=[function()])
    (call,) = asked.output
    assert call.type == "function_call" and call.name == "calculate"
    assert json.loads(call.arguments) == {"expression": "17*23"}
    result: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "391"}
    sent_back: Any = [user("what is 17 times 23?"), call, result]
    said = api.responses.create(model="nano", input=sent_back, tools=[function()])
    linked = api.responses.create(model="nano", input=[result], tools=[function()], previous_response_id=asked.id)
    assert said.output_text == linked.output_text == "The result is 391."
    assert api.responses.retrieve(linked.id).output_text == "The result is 391."
    api.responses.delete(linked.id)
    with pytest.raises(openai.NotFoundError, match="was deleted"):
        api.responses.retrieve(linked.id)
    with api.responses.stream(model="nano", input="what is 17 times 23?", tools=[function()]) as stream:
        seen = [event.type for event in stream]
        (streamed,) = stream.get_final_response().output
    assert streamed.type == "function_call" and streamed.arguments == call.arguments
    assert seen.index("response.function_call_arguments.done") < seen.index("response.output_item.done")


def test_what_clients_send_beside_what_they_ask(api: OpenAI) -> None:
    answer = api.chat.completions.create(
        model="nano",
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [text("hel"), text("lo")]},
        ],
        user="me",
        safety_identifier="u7",
        metadata={"run": "7"},
        prompt_cache_key="k",
        service_tier="auto",
        store=False,
        n=1,
        parallel_tool_calls=True,
        max_completion_tokens=50,
        modalities=["text"],
    )
    assert answer.choices[0].message.content
    told = api.responses.create(
        model="nano",
        input="hello",
        metadata={"run": "7"},
        include=["reasoning.encrypted_content"],
        parallel_tool_calls=False,
        reasoning={"effort": "none"},
        store=True,
        truncation="disabled",
        user="me",
    )
    assert told.metadata == {"run": "7"} and told.status == "completed"


def text(words: str) -> Any:
    return {"type": "text", "text": words}


def test_the_same_prompt_comes_from_the_cache(api: OpenAI) -> None:
    def cached() -> int:
        usage = api.chat.completions.create(model="nano", messages=[user("the quick brown fox " * 8)]).usage
        assert usage is not None and usage.prompt_tokens_details is not None
        return usage.prompt_tokens_details.cached_tokens or 0

    before = cached()
    assert cached() > max(before, 20)


def test_a_tool_is_chosen_for_the_model(api: OpenAI) -> None:
    """It says hello, and calls what it must."""
    forced: Any = {"type": "function", "function": {"name": "calculate"}}
    allowed: Any = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [forced]}}
    for choice in ("required", forced, allowed):
        answer = api.chat.completions.create(
            model="nano", messages=[user("hello")], tools=[calculate()], tool_choice=choice, max_tokens=60
        )
        calls = answer.choices[0].message.tool_calls
        assert calls and calls[0].type == "function" and calls[0].function.name == "calculate"
    with api.chat.completions.stream(
        model="nano", messages=[user("what is 6 times 7?")], tools=[calculate()], parallel_tool_calls=False
    ) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.tool_calls and json.loads(message.tool_calls[0].function.arguments) == {"expression": "6*7"}


def test_several_answers_and_several_prompts(api: OpenAI) -> None:
    answer = api.chat.completions.create(
        model="nano", messages=[user("tell me")], n=3, temperature=2, seed=7, max_tokens=12
    )
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in answer.choices}) > 1
    texts = api.completions.create(model="nano", prompt=["The world", "hello"], max_tokens=6)
    alone = api.completions.create(model="nano", prompt="hello", max_tokens=6)
    assert [choice.index for choice in texts.choices] == [0, 1] and texts.choices[1].text == alone.choices[0].text
    streamed: dict[int, str] = {0: "", 1: ""}
    for part in api.completions.create(model="nano", prompt=["The world", "hello"], max_tokens=6, stream=True):
        streamed[part.choices[0].index] += part.choices[0].text
    assert [streamed[0], streamed[1]] == [choice.text for choice in texts.choices]


@pytest.mark.anyio
async def test_many_requests_of_the_asynchronous_client_at_once(api: OpenAI) -> None:
    async with AsyncOpenAI(base_url=str(api.base_url), api_key=api.api_key, max_retries=0, timeout=60) as client:
        sums = {f"what is {i} times {i + 1}?": str(i * (i + 1)) for i in range(2, 14)}
        said: dict[str, str] = {}

        async def ask(text: str) -> None:
            stream = await client.chat.completions.create(
                model="nano", messages=[user(text)], tools=[calculate()], stream=True
            )
            parts = [part async for part in stream]
            calls = [call for part in parts for call in part.choices[0].delta.tool_calls or ()]
            said[text] = "".join((call.function and call.function.arguments) or "" for call in calls)

        async with anyio.create_task_group() as group:
            for text in sums:
                group.start_soon(ask, text)
        assert all(set(json.loads(arguments)) == {"expression"} for arguments in said.values()) and len(said) == 12


class Person(BaseModel):
    name: Annotated[str, Field(max_length=8)]
    age: Annotated[int, Field(ge=0, le=99)]


def test_an_answer_is_parsed_into_a_model(api: OpenAI) -> None:
    chat = api.chat.completions.parse(model="nano", messages=[user("a person")], response_format=Person, max_tokens=99)
    assert isinstance(chat.choices[0].message.parsed, Person)
    said = api.responses.parse(model="nano", input="a person", text_format=Person, max_output_tokens=99)
    assert isinstance(said.output_parsed, Person)


def test_log_probabilities_of_a_continuation(api: OpenAI) -> None:
    choice = api.completions.create(model="nano", prompt="The world", max_tokens=8, logprobs=2, user="me").choices[0]
    assert choice.logprobs is not None and choice.logprobs.tokens is not None
    assert "".join(choice.logprobs.tokens) == choice.text
    assert choice.logprobs.text_offset is not None and choice.logprobs.text_offset[0] == 0


def test_paths_are_not_models(api: OpenAI, tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    with pytest.raises(openai.NotFoundError):
        api.chat.completions.create(model=str(tmp_path / "x.gguf"), messages=[user("hello")])
