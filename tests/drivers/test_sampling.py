"""Sampling against a slow, obvious reference; grammars by a scripted one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from llmasos.drivers.choice import Choice, Floats, candidates, draw, kth_bound
from llmasos.drivers.sampling import Sampling, TokenSampler, logprobs, sample_rows
from llmasos.errors import DriverBroken, GrammarError, UsageError


def logits_of(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def random_logits(seed: int, size: int, spread: float = 4.0) -> Floats:
    return np.asarray(np.random.default_rng(seed).standard_normal(size) * spread, dtype=np.float32)


class Scripted:
    """A grammar that allows given tokens at each place; where it allows one it forces it."""

    def __init__(self, *allowed: set[int], size: int = 8) -> None:
        self._allowed = list(allowed)
        self._size = size
        self.accepted: list[int] = []

    def mask(self) -> NDArray[np.bool_] | None:
        mask = np.zeros(self._size, dtype=np.bool_)
        mask[list(self._allowed[len(self.accepted)])] = True
        return mask

    def bits(self) -> bytes:
        mask = self.mask()
        assert mask is not None
        return np.packbits(mask, bitorder="little").tobytes()

    def accept(self, token: int) -> bool:
        if self.done or token not in self._allowed[len(self.accepted)]:
            return False
        self.accepted.append(token)
        return True

    def forced(self) -> list[int]:
        forced: list[int] = []
        for allowed in self._allowed[len(self.accepted) :]:
            if len(allowed) != 1:
                break
            forced += allowed
        return forced

    @property
    def done(self) -> bool:
        return len(self.accepted) == len(self._allowed)


def reference(logits: Floats, sampling: Sampling) -> dict[int, float]:
    """Token -> probability, the obvious way in float64."""
    scaled = logits.astype(np.float64) / sampling.temperature
    order = sorted(range(len(scaled)), key=lambda i: (-scaled[i], i))[: sampling.top_k or len(scaled)]
    weights = {i: float(np.exp(scaled[i] - scaled.max())) for i in order}
    kept: dict[int, float] = {}
    total, held = sum(weights.values()), 0.0
    for i in order:
        if held >= sampling.top_p * total and kept:
            break
        kept[i], held = weights[i], held + weights[i]
    kept = {i: weight for i, weight in kept.items() if weight >= sampling.min_p}
    return {i: weight / sum(kept.values()) for i, weight in kept.items()}


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    size=st.sampled_from([1, 2, 50, 700, 9000]),
    temperature=st.sampled_from([0.05, 0.7, 1.0, 3.0]),
    top_k=st.sampled_from([0, 1, 3, 40, 10**6]),
    top_p=st.sampled_from([0.0, 0.1, 0.9, 0.999, 1.0]),
    min_p=st.sampled_from([0.0, 0.01, 0.5, 1.0]),
)
def test_candidates_are_those_of_the_reference(
    seed: int, size: int, temperature: float, top_k: int, top_p: float, min_p: float
) -> None:
    sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p)
    logits = random_logits(seed, size)
    expected = reference(logits, sampling)
    ids, weights = candidates(logits, Choice(0.0, temperature, top_k, top_p, min_p))
    numbers = range(size) if ids is None else ids.tolist()
    found = dict(zip(numbers, (weights / weights.sum(dtype=np.float64)).tolist(), strict=True))
    for token in expected.keys() | found.keys():  # floats at a cut may fall either way, with little weight
        assert found.get(token, 0.0) == pytest.approx(expected.get(token, 0.0), rel=1e-3, abs=2e-4)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**31), size=st.integers(1, 3000), k=st.integers(1, 200))
def test_bound_lets_the_best_k_through(seed: int, size: int, k: int) -> None:
    scores, k = random_logits(seed, size), min(k, size)
    assert kth_bound(scores, k) <= np.sort(scores)[-k]


def test_draws_come_as_often_as_their_probability() -> None:
    logits = logits_of(0.0, np.log(2), np.log(5), -50.0)
    sampler = TokenSampler(Sampling(temperature=1.0, seed=7))
    counts = Counter(sampler.sample(logits).token for _ in range(8000))
    assert [counts[i] / 8000 for i in range(4)] == pytest.approx([1 / 8, 2 / 8, 5 / 8, 0], abs=0.02)


def test_draw_covers_the_whole_interval() -> None:
    weights = logits_of(0.0, 1.0, 3.0, 0.0)
    assert [draw(weights, u) for u in (0.0, 0.2499, 0.25, 0.999999, 1.0)] == [1, 1, 2, 2, 2]


def test_draw_in_blocks_is_draw_over_all() -> None:
    weights = np.exp(random_logits(8, 20_000, spread=1.0))
    cumulated = np.cumsum(weights, dtype=np.float64) / weights.sum(dtype=np.float64)
    for uniform in np.linspace(0, 0.9999999, 500):
        index = draw(weights, float(uniform))
        before = cumulated[index - 1] if index else 0.0
        assert before - 1e-5 <= uniform <= cumulated[index] + 1e-5


def test_greedy_takes_the_best_and_of_equals_the_first() -> None:
    assert TokenSampler(Sampling()).sample(logits_of(1, 3, 3, 2)).token == 1


def test_logits_are_not_changed() -> None:
    logits = random_logits(1, 100)
    before = logits.copy()
    logits.flags.writeable = False
    sampling = Sampling(temperature=0.9, repeat_penalty=1.3, logit_bias={3: 2.0}, top_k=5, num_logprobs=2)
    TokenSampler(sampling, history=[1, 2]).sample(logits)
    assert (logits == before).all()


SAMPLINGS = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.7, 1.5]),
    top_k=st.sampled_from([0, 1, 5]),
    top_p=st.sampled_from([0.5, 1.0]),
    min_p=st.sampled_from([0.0, 0.3]),
    presence_penalty=st.sampled_from([0.0, 0.0, 0.5]),
    seed=st.integers(0, 99),
    logit_bias=st.dictionaries(st.integers(0, 49), st.sampled_from([-9.0, 1.5, float("-inf")]), max_size=2),
    num_logprobs=st.sampled_from([None, None, 2]),
)
ALLOWED = st.none() | st.lists(st.sets(st.integers(0, 49), min_size=1, max_size=4), min_size=30, max_size=30)


def new_sampler(sampling: Sampling, allowed: list[set[int]] | None) -> TokenSampler:
    return TokenSampler(sampling, Scripted(*allowed, size=50) if allowed else None)


@given(sampling=SAMPLINGS, allowed=ALLOWED, asked=st.integers(1, 3))
def test_a_choice_that_is_made_elsewhere_is_the_one_made_here(
    sampling: Sampling, allowed: list[set[int]] | None, asked: int
) -> None:
    """Also when it was asked for and lost, and asked for again."""
    here, there = new_sampler(sampling, allowed), new_sampler(sampling, allowed)
    for i in range(6):
        logits = random_logits(i, 50)
        choices = [there.choice(50) for _ in range(asked)]
        choice = choices[-1]
        sees = sampling.penalises or sampling.num_logprobs is not None
        assert (choice is None) == sees
        assert here.sample(logits) == (there.sample(logits) if choice is None else there.chose(choice.token(logits)))


@given(sampling=SAMPLINGS, allowed=ALLOWED, at=st.integers(0, 6))
def test_replay_carries_a_seed_over_a_restart(sampling: Sampling, allowed: list[set[int]] | None, at: int) -> None:
    """Though at some places the grammar leaves one token, which needs no draw."""
    whole = new_sampler(sampling, allowed)
    samples = [whole.sample(random_logits(i, 50)) for i in range(7)]
    resumed = new_sampler(sampling, allowed)
    resumed.replay([token for sample in samples[:at] for token in (sample.token, *sample.forced)])
    assert [resumed.sample(random_logits(i, 50)) for i in range(at, 7)] == samples[at:]


def test_without_a_seed_streams_differ() -> None:
    logits = random_logits(3, 5000, spread=0.1)
    samplers = [TokenSampler(Sampling(temperature=1.0)) for _ in range(2)]
    said = {tuple(s.sample(logits).token for _ in range(4)) for s in samplers}
    assert len(said) == 2


@pytest.mark.parametrize("temperature", [1e-10, 1e-197, 5e-324])
def test_the_coldest_draw_is_the_best(temperature: float) -> None:
    logits = np.array([1e4, -np.inf, 1e4 + 1, -1e4], dtype=np.float32)
    assert TokenSampler(Sampling(temperature=temperature, seed=1)).sample(logits).token == 2


def test_penalties_follow_llama_cpp() -> None:
    logits = logits_of(2.0, -2.0, 1.0, 0.5)
    repeat = TokenSampler(Sampling(repeat_penalty=2.5), history=[0, 1])
    assert repeat.sample(logits).token == 2  # 0 fell to 0.8
    assert repeat.sample(logits_of(-1.0, -2.0, -9.0, -9.0)).token == 0  # -2.5 against -5.0
    often = TokenSampler(Sampling(frequency_penalty=0.6), history=[0, 0, 2])
    assert often.sample(logits_of(2.0, -2.0, 1.0, 0.9)).token == 3
    once = TokenSampler(Sampling(presence_penalty=1.2), history=[0, 0])
    assert once.sample(logits).token == 2


def test_penalties_forget_beyond_the_window() -> None:
    sampler = TokenSampler(Sampling(presence_penalty=10.0, penalty_window=2))
    logits = logits_of(3.0, 2.0, 1.0)
    assert [sampler.sample(logits).token for _ in range(5)] == [0, 1, 2, 0, 1]


def test_rows_that_are_sampled_together_mind_their_bias() -> None:
    logits = np.array([[1, 2, 0]] * 5, dtype=np.float32)
    biases: list[dict[int, float]] = [{}, {1: float("-inf")}, {0: -3.0}, {2: 9.0}, {0: -1.0, 1: -9.0, 2: 0.5}]
    together = sample_rows(logits, [TokenSampler(Sampling(logit_bias=bias)) for bias in biases])
    assert [sample.token for sample in together] == [1, 0, 1, 2, 2]
    alone = [TokenSampler(Sampling(logit_bias=bias)).sample(logits[0]) for bias in biases]
    assert alone == together


def test_bias_can_force_and_forbid() -> None:
    assert TokenSampler(Sampling(logit_bias={2: 100.0})).sample(logits_of(1, 2, 0)).token == 2
    assert TokenSampler(Sampling(logit_bias={1: float("-inf")})).sample(logits_of(1, 2, 0)).token == 0
    with pytest.raises(UsageError, match="logit_bias names token 9"):
        TokenSampler(Sampling(logit_bias={9: 1.0})).sample(logits_of(1, 2, 0))


def test_log_probabilities_are_the_models_own() -> None:
    logits = random_logits(5, 2000)
    sample = TokenSampler(Sampling(temperature=0.2, top_k=3, logit_bias={7: 50.0}, num_logprobs=3)).sample(logits)
    exact = logits.astype(np.float64) - np.log(np.exp(logits.astype(np.float64)).sum())
    best = np.argsort(-exact)[:3].tolist()
    assert sample.token == 7 and sample.logprob == pytest.approx(exact[7], abs=1e-4)
    assert [token for token, _ in sample.top_logprobs] == best
    assert [value for _, value in sample.top_logprobs] == pytest.approx(exact[best].tolist(), abs=1e-4)


def test_log_probabilities_cost_nothing_unless_asked_for() -> None:
    assert logprobs(logits_of(1, 2), 0, None) == (None, ())
    assert logprobs(logits_of(0, 0), 0, 0)[0] == pytest.approx(-np.log(2))
    assert len(logprobs(logits_of(1, 2), 0, 5)[1]) == 2


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_grammar_masks_and_forces(temperature: float) -> None:
    grammar = Scripted({1, 2}, {5}, {6}, {3, 4}, {0})
    sampler = TokenSampler(Sampling(temperature=temperature, seed=1), grammar)
    logits = logits_of(9, 1, 2, 1, 0, 0, 0, 9)
    first, second = sampler.sample(logits), sampler.sample(logits)
    assert first.token in (1, 2) and first.forced == (5, 6) and not first.grammar_done
    assert second.token in (3, 4) and second.forced == (0,) and second.grammar_done
    assert grammar.done


def test_grammar_that_allows_nothing_is_an_error() -> None:
    with pytest.raises(GrammarError):
        TokenSampler(Sampling(), Scripted(set())).sample(logits_of(1, 2, 3))


def test_forced_tokens_are_seen_by_penalties() -> None:
    sampler = TokenSampler(Sampling(presence_penalty=1.0), Scripted({1}, {5}, {5, 6}))
    sampler.sample(logits_of(0, 1, 0, 0, 0, 2, 1.5, 0))
    assert sampler.sample(logits_of(0, 1, 0, 0, 0, 2, 1.5, 0)).token == 6


def test_rows_are_sampled_as_if_alone() -> None:
    logits = np.stack([random_logits(i, 200) for i in range(6)])

    def samplers() -> list[TokenSampler]:
        return [TokenSampler(Sampling(temperature=i % 2 / 2, seed=i)) for i in range(6)]

    assert sample_rows(logits, samplers()) == [s.sample(x) for s, x in zip(samplers(), logits, strict=True)]
    plain = [TokenSampler(Sampling()) for _ in range(6)]
    assert [s.token for s in sample_rows(logits, plain)] == logits.argmax(axis=1).tolist()


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_logits_that_are_not_numbers_are_a_broken_driver(temperature: float) -> None:
    bad = logits_of(1.0, float("nan"), 2.0)
    with pytest.raises(DriverBroken):
        TokenSampler(Sampling(temperature=temperature)).sample(bad)
    with pytest.raises(DriverBroken):
        sample_rows(np.stack([logits_of(1, 2, 3), bad]), [TokenSampler(Sampling())] * 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("temperature", "hot"),
        ("temperature", True),
        ("top_k", -1),
        ("top_k", 1.5),
        ("top_p", 1.1),
        ("min_p", -0.5),
        ("repeat_penalty", 0),
        ("presence_penalty", float("inf")),
        ("penalty_window", -1),
        ("seed", -1),
        ("seed", 1.0),
        ("num_logprobs", 10**6),
        ("logit_bias", {-1: 1.0}),
        ("logit_bias", {1: float("nan")}),
    ],
)
def test_bad_values_are_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(UsageError, match=field):
        Sampling(**{field: value})
