"""The whole of it: the embedded model behind the daemon, and OpenAI's own client in front, over TCP with a token."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

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
        api.chat.completions.create(model="nano", messages=[user("hello")], modalities=["audio"])
    assert refused.value.code == "unsupported_parameter" and refused.value.param == "modalities"
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
        api.responses.create(model="nano", input="hello", previous_response_id="resp_1")
    assert refused.value.param == "previous_response_id"


def test_paths_are_not_models(api: OpenAI, tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    with pytest.raises(openai.NotFoundError):
        api.chat.completions.create(model=str(tmp_path / "x.gguf"), messages=[user("hello")])
