"""Choosing the next token from logits: greedy, temperature, cuts, penalties, bias, grammar.

- `TokenSampler(Sampling(temperature=0.7, top_p=0.9, seed=1), grammar).sample(logits)`, one per generation.
- The order is bias, penalties, grammar mask, temperature, top-k, top-p, min-p, draw: as Hugging Face and vLLM have it.
- `sample_rows` serves a whole batch; plain greedy rows cost one argmax together.
- The same seed over the same logits gives the same tokens; `state()` and `restore()` carry that over a restart.
- It does not know sequences, batches or text: stop strings belong to whoever holds the text.
"""

from __future__ import annotations

import functools
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.driver import Sample, Sampler
from llmasos.errors import DriverBroken, GrammarError, UsageError

Floats: TypeAlias = NDArray[np.float32]
Ids: TypeAlias = NDArray[np.intp]

_BLOCKS = 64  # that a maximum is taken over
_FIRST_LOOK = 256  # weights that top-p looks at first
_DRAW_BLOCK = 1024  # weights that are summed together when there are many
_COLDEST = 1e-20  # temperature below which a difference of logits is past all numbers

# Field -> (lowest, highest, must be whole). What is outside is a mistake, never a wish.
_RANGES: dict[str, tuple[float, float, bool]] = {
    "temperature": (0.0, 100.0, False),
    "top_k": (0, 2**31, True),
    "top_p": (0.0, 1.0, False),
    "min_p": (0.0, 1.0, False),
    "repeat_penalty": (0.01, 100.0, False),
    "presence_penalty": (-100.0, 100.0, False),
    "frequency_penalty": (-100.0, 100.0, False),
    "penalty_window": (0, 2**31, True),
    "seed": (0, 2**64 - 1, True),
    "num_logprobs": (0, 1000, True),
}


class Constraint(Protocol):
    """What a sampler needs of a grammar (`drivers/grammar.py` has the real ones)."""

    def mask(self) -> NDArray[np.bool_] | None:
        """Which tokens may come next; None: all."""
        ...

    def accept(self, token: int) -> bool: ...

    def forced(self) -> list[int]:
        """Tokens that must come next, all of them up to the next choice; not yet accepted."""
        ...

    @property
    def done(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose. The defaults are plain greedy. Raises UsageError naming a field that is out of range."""

    temperature: float = 0.0  # 0: greedy
    top_k: int = 0  # 0: off
    top_p: float = 1.0  # 1: off
    min_p: float = 0.0  # 0: off; relative to the best token
    repeat_penalty: float = 1.0  # 1: off
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    penalty_window: int = 64  # the last tokens that penalties look at
    seed: int | None = None  # None: from the operating system
    logit_bias: Mapping[int, float] = field(default_factory=dict)
    num_logprobs: int | None = None  # None: no log-probabilities at all; 0: the chosen token's only

    def __post_init__(self) -> None:
        for name, (low, high, whole) in _RANGES.items():
            _check(name, getattr(self, name), low, high, whole)
        for token, bias in self.logit_bias.items():
            if not isinstance(token, int) or token < 0 or math.isnan(bias) or bias == math.inf:
                raise UsageError(f"logit_bias maps token ids to numbers, not {token!r} to {bias!r}")

    @property
    def penalises(self) -> bool:
        neutral = self.repeat_penalty == 1.0 and self.presence_penalty == 0.0 and self.frequency_penalty == 0.0
        return not neutral and self.penalty_window > 0

    @property
    def is_greedy(self) -> bool:
        """The best token after its bias, and nothing else asked: rows of such are sampled together."""
        return self.temperature == 0.0 and not self.penalises and self.num_logprobs is None


def _check(name: str, value: object, low: float, high: float, whole: bool) -> None:
    if value is None and name in ("seed", "num_logprobs"):
        return
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise UsageError(f"{name} must be {kind} from {low:g} to {high:g}, not {value!r}")


class TokenSampler(Sampler):
    """A sampler with its own random stream, its own history of tokens and, if given, a grammar.

    `history` is what penalties see before the first token: the end of the prompt.
    """

    def __init__(self, sampling: Sampling, grammar: Constraint | None = None, history: Sequence[int] = ()) -> None:
        self.sampling = sampling
        self.grammar = grammar
        self.owed: tuple[int, ...] = ()
        self.is_greedy = sampling.is_greedy and grammar is None
        self._rng = np.random.default_rng(sampling.seed)
        window = sampling.penalty_window if sampling.penalises else 0
        self._history: deque[int] = deque(history[-window:] if window else (), maxlen=window)
        self._bias_ids = np.array(list(sampling.logit_bias), dtype=np.intp)
        self._bias = np.array(list(sampling.logit_bias.values()), dtype=np.float32)
        self._lowered = frozenset(sampling.logit_bias)  # all that a bias touches, where none raises
        self._raises = any(bias > 0 for bias in sampling.logit_bias.values())

    def sample(self, logits: Floats) -> Sample:
        if self.is_greedy and not len(self._bias_ids):
            return _plain(_best(logits))
        scores = self._adjusted(logits)
        allowed = self._allowed(len(logits))
        token = self._choose(scores if allowed is None else scores[allowed])
        return self._finish(token if allowed is None else int(allowed[token]), logits)

    def replay(self, tokens: Sequence[int]) -> bool:
        """Go over tokens that were sampled before a restart, forced ones among them; whether the grammar is done.

        `owed` is then what the grammar forces behind the last of them and they lack.
        The random stream moves on by one draw a sampled token. Raises GrammarError when another grammar made them.
        """
        rest = deque(tokens)
        while rest:
            token = rest.popleft()
            if self.sampling.temperature > 0.0:
                self._rng.random()
            forced = list(self._follow(token))
            while forced and rest and rest[0] == forced[0]:
                rest.popleft()
                forced.pop(0)
            self.owed = tuple(forced)
        self._history.extend((*tokens, *self.owed))
        return self.grammar is not None and self.grammar.done

    def fits(self, vocab_size: int) -> bool:
        """Whether every token that has a bias is in the vocabulary."""
        return not len(self._bias_ids) or int(self._bias_ids.max()) < vocab_size

    def add_bias(self, scores: Floats) -> None:
        """Add the bias to a row of scores, in place."""
        scores[self._bias_ids] += self._bias

    @property
    def has_bias(self) -> bool:
        return len(self._bias_ids) > 0

    def may_turn_from(self, best: int) -> bool:
        """Whether its bias can make another token the best one."""
        return self._raises or best in self._lowered

    def state(self) -> dict[str, Any]:
        """What a restart needs to go on with the same random stream; JSON-able. The grammar is not in it."""
        return {"rng": self._rng.bit_generator.state, "history": list(self._history)}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._rng.bit_generator.state = state["rng"]
        self._history = deque(state["history"], maxlen=self._history.maxlen)

    def _adjusted(self, logits: Floats) -> Floats:
        """Logits with bias and penalties; the same array when there are none."""
        if not len(self._bias_ids) and not self._history:
            return logits
        if not self.fits(len(logits)):
            raise UsageError(f"logit_bias names token {self._bias_ids.max()}, the vocabulary has {len(logits)}")
        scores = logits.copy()
        self.add_bias(scores)
        if self._history:
            penalise(scores, self._history, self.sampling)
        return scores

    def _allowed(self, vocab_size: int) -> Ids | None:
        mask = self.grammar.mask() if self.grammar is not None else None
        if mask is None:
            return None
        allowed = np.flatnonzero(mask[:vocab_size])
        if not len(allowed):
            raise GrammarError("the grammar allows no token here")
        return allowed

    def _choose(self, scores: Floats) -> int:
        if self.sampling.temperature == 0.0 or len(scores) == 1:
            return _best(scores)
        ids, weights = candidates(scores, self.sampling)
        index = draw(weights, self._rng.random())
        return index if ids is None else int(ids[index])

    def _finish(self, token: int, logits: Floats) -> Sample:
        forced = self._follow(token)
        if self._history.maxlen:
            self._history.extend((token, *forced))
        logprob, top = logprobs(logits, token, self.sampling.num_logprobs)
        done = self.grammar is not None and self.grammar.done
        return Sample(token, logprob, top, forced, done)

    def _follow(self, token: int) -> tuple[int, ...]:
        """Take the grammar over the token and over what it then forces, which is returned."""
        if self.grammar is None:
            return ()
        self._accept(self.grammar, token)
        followed: list[int] = []
        while not self.grammar.done and (forced := self.grammar.forced()):
            for forced_token in forced:
                self._accept(self.grammar, forced_token)
            followed.extend(forced)
        return tuple(followed)

    def _accept(self, grammar: Constraint, token: int) -> None:
        if not grammar.accept(token):
            raise GrammarError(f"the grammar refused token {token}, which it had allowed")


def sample_rows(logits: Floats, samplers: Sequence[Sampler]) -> list[Sample]:
    """One sample a row of logits (rows, vocab)."""
    greedy = [sampler for sampler in samplers if isinstance(sampler, TokenSampler) and sampler.is_greedy]
    if len(greedy) == len(samplers):
        return _greedy_rows(logits, greedy)
    return [sampler.sample(row) for row, sampler in zip(logits, samplers, strict=True)]


def _greedy_rows(logits: Floats, samplers: Sequence[TokenSampler]) -> list[Sample]:
    """The best token of each row, by one look at all; a row is looked at again where its bias counts."""
    best = logits.argmax(axis=1)
    if not np.isfinite(logits[np.arange(len(best)), best]).all():
        raise DriverBroken("the model's logits are not numbers")
    tokens = best.tolist()
    for i, sampler in enumerate(samplers):
        if sampler.may_turn_from(tokens[i]):
            scores = logits[i].copy()
            sampler.add_bias(scores)
            tokens[i] = _best(scores)
    return [_plain(token) for token in tokens]


@functools.lru_cache(maxsize=2**16)
def _plain(token: int) -> Sample:
    """A sample that is nothing but its token: frozen, so one will do for all."""
    return Sample(token)


def penalise(scores: Floats, history: Sequence[int] | deque[int], sampling: Sampling) -> None:
    """Lower the scores of recent tokens, in place, by llama.cpp's rule.

    Source: Keskar et al. 2019, CTRL (repeat); OpenAI's API (presence, frequency).
    """
    counts = Counter(history)
    ids = np.fromiter(counts, dtype=np.intp, count=len(counts))
    times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    old = scores[ids]
    new = np.where(old > 0, old / sampling.repeat_penalty, old * sampling.repeat_penalty)
    scores[ids] = new - times * sampling.frequency_penalty - sampling.presence_penalty


def candidates(scores: Floats, sampling: Sampling) -> tuple[Ids | None, Floats]:
    """The ids that may be drawn (None: all) and their weights, not normalised; cut before anything is sorted."""
    best = float(scores.max())
    if not math.isfinite(best):
        raise DriverBroken("the model's logits are not numbers")
    ids, weights = _cut_by_score(scores, best, sampling)
    if sampling.top_p < 1.0:
        inside = nucleus(weights, sampling.top_p)
        ids, weights = inside if ids is None else ids[inside], weights[inside]
    if sampling.min_p > 0.0:
        strong = np.flatnonzero(weights >= sampling.min_p)  # the best token's weight is 1
        ids, weights = strong if ids is None else ids[strong], weights[strong]
    return ids, weights


def _cut_by_score(scores: Floats, best: float, sampling: Sampling) -> tuple[Ids | None, Floats]:
    """The first `top_k`, or all, with their weights."""
    ids: Ids | None = None
    if 0 < sampling.top_k < len(scores):
        ids = np.flatnonzero(scores >= kth_bound(scores, sampling.top_k))
        ids = ids[np.argsort(-scores[ids], kind="stable")[: sampling.top_k]]
    weights = (scores if ids is None else scores[ids]) - np.float32(best)
    weights *= np.float32(1.0 / max(sampling.temperature, _COLDEST))
    return ids, np.exp(weights, out=weights)


def kth_bound(scores: Floats, k: int) -> float:
    """A value that at least k scores reach, found without sorting them: the k-th best maximum of blocks."""
    width = len(scores) // _BLOCKS
    if width <= k:
        return float(np.partition(scores, len(scores) - k)[len(scores) - k])
    maxima = scores[: width * _BLOCKS].reshape(_BLOCKS, width).max(axis=0)
    return float(np.partition(maxima, width - k)[width - k])


def nucleus(weights: Floats, top_p: float) -> Ids:
    """Indices of the fewest heaviest weights that hold `top_p` of the whole, heaviest first; at least one.

    Looks at the heaviest few hundred first: sorting a whole vocabulary costs 10 ms.

    Source: Holtzman et al. 2020.
    """
    wanted = top_p * float(weights.sum(dtype=np.float64))
    num = _FIRST_LOOK
    while True:
        heavy = np.arange(len(weights)) if num >= len(weights) else np.flatnonzero(weights >= kth_bound(weights, num))
        order = heavy[np.argsort(-weights[heavy], kind="stable")]
        cumulated = np.cumsum(weights[order], dtype=np.float64)
        if cumulated[-1] >= wanted or num >= len(weights):
            return order[: int(np.searchsorted(cumulated, wanted)) + 1]
        num *= 16


def draw(weights: Floats, uniform: float) -> int:
    """The index at `uniform` (from 0 to below 1) of the cumulated weight; of many weights, block by block."""
    if len(weights) <= 4 * _DRAW_BLOCK:
        return _draw_one(weights, uniform)[0]
    sums = np.add.reduceat(weights, np.arange(0, len(weights), _DRAW_BLOCK))
    block, rest = _draw_one(sums, uniform)
    start = block * _DRAW_BLOCK
    return start + _draw_one(weights[start : start + _DRAW_BLOCK], rest)[0]


def _draw_one(weights: Floats, uniform: float) -> tuple[int, float]:
    """The index at `uniform` of the cumulated weight, and how far into its own weight that is. Never a zero weight."""
    cumulated = np.cumsum(weights, dtype=np.float64)
    target = uniform * cumulated[-1]
    last = np.searchsorted(cumulated, cumulated[-1])
    index = int(min(np.searchsorted(cumulated, target, side="right"), last))
    before = cumulated[index - 1] if index else 0.0
    return index, float((target - before) / weights[index])


def logprobs(logits: Floats, token: int, num: int | None) -> tuple[float | None, tuple[tuple[int, float], ...]]:
    """The token's log-probability under the model's own distribution, and the `num` likeliest tokens with theirs."""
    if num is None:
        return None, ()
    total = log_sum_exp(logits)
    top: list[tuple[int, float]] = []
    if num > 0:
        ids = np.flatnonzero(logits >= kth_bound(logits, min(num, len(logits))))
        best = ids[np.argsort(-logits[ids], kind="stable")[:num]]
        top = [(int(i), float(logits[i]) - total) for i in best]
    return float(logits[token]) - total, tuple(top)


def log_softmax_at(logits: NDArray[np.float32], targets: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Log-probability of one target a row: (rows, vocab), (rows,) -> (rows,)."""
    best = logits.max(axis=1)
    totals = np.log(np.exp(logits - best[:, None]).sum(axis=1, dtype=np.float64))
    chosen = logits[np.arange(len(targets)), targets]
    return np.asarray(chosen - best - totals, dtype=np.float32)


def log_sum_exp(logits: Floats) -> float:
    best = logits.max()
    return float(best) + math.log(float(np.exp(logits - best).sum(dtype=np.float64)))


def _best(scores: Floats) -> int:
    token = int(scores.argmax())
    if math.isnan(scores[token]):
        raise DriverBroken("the model's logits are not numbers")
    return token
