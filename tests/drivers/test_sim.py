"""What `sim` adds to the driver contract: scripts, virtual time, failures on demand."""

from __future__ import annotations

import time

import pytest

from llmasos.drivers.driver import Row
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Costs, Sim, VirtualClock
from llmasos.errors import DriverBroken, DriverError, OutOfSequences
from tests.pace import allowed


def say(sim: Sim, sequence_id: int, prompt: str, sampler: TokenSampler | None = None, num_tokens: int = 30) -> str:
    sampler = sampler or TokenSampler(Sampling())
    said: list[int] = []
    new = sim.tokenizer.encode(prompt)
    while len(said) < num_tokens and (not said or said[-1] not in sim.tokenizer.end_tokens):
        sample = sim.step([Row(sequence_id, new, sampler)])[0]
        assert sample is not None
        new = [sample.token]
        said += new
    return sim.tokenizer.decode(said, special=True).decode()


def test_babble_is_printable_and_the_same_for_the_same_text(sim: Sim) -> None:
    one, two, three = (say(sim, sim.open(), prompt) for prompt in ("hello", "hello", "hellp"))
    assert one == two != three and len(one) == 30 and one.isprintable()


def test_generations_take_scripts_in_the_order_of_their_first_samples(sim: Sim) -> None:
    sim.enqueue("first", "second <tool_call>")
    left, right = sim.open(), sim.open()
    assert say(sim, right, "x") == "first<|im_end|>"
    assert say(sim, left, "x") == "second <tool_call><|im_end|>"
    assert not say(sim, left, "x").endswith("<|im_end|>")


def test_script_goes_on_in_another_sequence(sim: Sim) -> None:
    """The kernel may drop a sequence and prefill its tokens again."""
    sim.enqueue("one two three")
    sampler = TokenSampler(Sampling())
    begun = say(sim, sim.open(), "prompt", sampler, num_tokens=5)
    assert begun + say(sim, sim.open(), "prompt" + begun, sampler) == "one two three<|im_end|>"


def test_generation_led_elsewhere_drops_its_script(sim: Sim) -> None:
    sim.enqueue("aaaa", "bbbb")
    sequence_id, sampler = sim.open(), TokenSampler(Sampling())
    assert say(sim, sequence_id, "x", sampler, num_tokens=1) == "a"
    assert "aaa" not in say(sim, sequence_id, "c", sampler, num_tokens=9)
    assert say(sim, sequence_id, "y") == "bbbb<|im_end|>"


def test_steps_cost_virtual_time_only() -> None:
    clock = VirtualClock()
    sim = Sim(clock=clock, costs=Costs(step_s=1.0, row_s=10.0, token_s=100.0))
    started = time.monotonic()
    sim.step([Row(sim.open(), [65] * 3), Row(sim.open(), [66])])
    assert clock() == 1.0 + 2 * 10.0 + 4 * 100.0 and sim.num_steps == 1
    clock.advance(5.0)
    assert clock() == 426.0 and time.monotonic() - started < allowed(1.0)


def test_failures_on_demand_change_nothing(sim: Sim) -> None:
    sequence_id = sim.open()
    sim.fail_next()
    sim.fail_next(OutOfSequences("no room"), times=2)
    for error in (DriverBroken, OutOfSequences, OutOfSequences):
        with pytest.raises(error):
            sim.step([Row(sequence_id, [65])])
    assert sim.length(sequence_id) == 0 and sim.clock() == 0
    sim.step([Row(sequence_id, [65])])
    assert sim.held_tokens(sequence_id) == [65]


def test_verbs_that_a_model_lacks_are_refused() -> None:
    sim = Sim(can_fork=False, can_truncate=False, can_export=False)
    sequence_id = sim.open()
    sim.step([Row(sequence_id, [65])])
    for verb in (
        lambda: sim.fork(sequence_id, 1),
        lambda: sim.truncate(sequence_id, 0),
        lambda: sim.export_sequence(sequence_id),
    ):
        with pytest.raises(DriverError, match="cannot"):
            verb()
    assert sim.length(sequence_id) == 1
