"""Requests that no client of good will sends: whatever they hold, they are answered, and not by a bug."""

from __future__ import annotations

import copy
import os
import random
from typing import Any

import pytest

from llmasos.drivers.sim import Sim
from tests.apps.daemon.conftest import Serve

pytestmark = pytest.mark.anyio

TRIALS = int(os.environ.get("LLMASOS_FUZZ", "300"))
FUNCTION = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {"x": {"type": "string"}}}}
BODIES: list[tuple[str, dict[str, Any]]] = [
    (
        "/v1/chat/completions",
        {
            "model": "nano",
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": [{"type": "text", "text": "u"}]},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"x": "y"}'}}
                    ],
                },
                {"role": "tool", "tool_call_id": "c", "content": "r"},
            ],
            "tools": [{"type": "function", "function": FUNCTION}],
            "tool_choice": "auto",
            "max_tokens": 3,
            "temperature": 0.5,
            "stop": ["z"],
            "logit_bias": {"65": 1},
            "seed": 1,
        },
    ),
    (
        "/v1/chat/completions",
        {
            "model": "nano",
            "messages": [{"role": "user", "content": "u"}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": {"type": "object", "properties": {"x": {"type": "integer"}}}},
            },
            "logprobs": True,
            "top_logprobs": 2,
            "max_tokens": 3,
            "stream": True,
            "stream_options": {"include_usage": True},
        },
    ),
    ("/v1/responses", {"model": "nano", "input": [{"role": "user", "content": "u"}], "max_output_tokens": 3}),
    ("/v1/completions", {"model": "nano", "prompt": "p", "max_tokens": 3}),
    ("/v1/embeddings", {"model": "nano", "input": ["a", "b"]}),
    (
        "/api/processes",
        {"request": "r", "limits": {"tokens": 2}, "capabilities": ["clock"], "nice": 1, "interactive": False},
    ),
    ("/api/processes/1/signal", {"signal": "TERM"}),
    ("/api/processes/1/input", {"text": "t"}),
]
NUMBERS: list[Any] = [None, True, False, 0, -1, 1, 3, 2**31, 2**63, -(2**70), 1e308, 0.5]
TEXTS: list[Any] = ["", "x", "\x00", "\ud7ff", "\U0001d11e" * 50, "<|im_end|>", "\ue0f01\ue0f1", "{" * 20, ["a"] * 40]
SHAPES: list[Any] = [[], {}, [[]], [None], {"": None}, {"type": "text"}, {"$ref": "#"}, {"anyOf": []}, {"pattern": "("}]
VALUES = [*NUMBERS, *TEXTS, *SHAPES, {"type": "object", "properties": 3}, {"type": "integer", "minimum": "a"}]


def mutated(value: Any, chance: random.Random) -> Any:
    """A copy with one place changed, dropped or added."""
    value = copy.deepcopy(value)
    at = value
    while True:
        keys: list[Any] = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = chance.choice(keys) if keys else None
        if key is not None and isinstance(at[key], dict | list) and at[key] and chance.random() < 0.75:
            at = at[key]
            continue
        what = chance.random()
        if key is None or (what < 0.15 and isinstance(at, dict)):
            at.update({"more": 1}) if isinstance(at, dict) else at.append(chance.choice(VALUES))
        elif what < 0.3:
            del at[key]
        else:
            at[key] = chance.choice(VALUES)
        return value


async def test_no_body_finds_a_bug(served: Serve) -> None:
    chance = random.Random(7)
    async with served(driver=Sim(window_tokens=2048, num_cells=16384)) as daemon:
        for _ in range(TRIALS):
            path, body = chance.choice(BODIES)
            for _ in range(chance.choice((1, 1, 2))):
                body = mutated(body, chance)
            answer = await daemon.post(path, body)
            assert answer.status_code < 500, (path, body, answer.text)
            assert (answer.status_code < 300) != ('"error"' in answer.text and '"param"' in answer.text), (
                body,
                answer.text,
            )
        assert [line for line in daemon.log if line.startswith("bug")] == []
        daemon.kernel.check_integrity()
