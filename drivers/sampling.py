"""Choosing the next token from logits: greedy, temperature, cuts, penalties, bias, grammar.

- `TokenSampler(Sampling(temperature=0.7, top_p=0.9, seed=1), grammar).sample(logits)`, one per generation.
- `choice(vocab_size)` and `chose(token)` are its two halves, for a driver that chooses where the logits are: what a row
  wants of them (`choice.py`), and what the sampler makes of the token.
- The order is bias, penalties, grammar mask, temperature, top-k, top-p, min-p, draw: as Hugging Face and vLLM have it.
- `sample_rows` serves a whole batch; plain greedy rows cost one argmax together.
- The same seed over the same logits gives the same tokens; `replay(tokens)` carries that over a restart.
- It does not know sequences, batches or text: stop strings belong to whoever holds the text.
"""

from __future__ import annotations

import functools
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from llmasos.drivers.choice import Choice, Floats, best, kth_bound
from llmasos.drivers.driver import Sample, Sampler
from llmasos.errors import DriverBroken, GrammarError, UsageError

_NO_LOGITS = np.empty(0, dtype=np.float32)
_PLAIN = Choice()
_NO_BIAS = _PLAIN.bias_ids, _PLAIN.bias

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

    def bits(self) -> bytes:
        """The mask as `Choice.mask` has it; empty: all."""
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
        self._is_plain = self.is_greedy and not sampling.logit_bias
        self._rng = np.random.default_rng(sampling.seed)
        self._uniform: float | None = None  # drawn, and not yet used
        window = sampling.penalty_window if sampling.penalises else 0
        self._history: deque[int] = deque(history[-window:] if window else (), maxlen=window)
        self._bias_ids = np.array(list(sampling.logit_bias), dtype=np.intp)
        self._bias = np.array(list(sampling.logit_bias.values()), dtype=np.float32)
        self._lowered = frozenset(sampling.logit_bias)  # all that a bias touches, where none raises
        self._raises = any(bias > 0 for bias in sampling.logit_bias.values())

    def sample(self, logits: Floats) -> Sample:
        if self._is_plain:
            return _plain(best(logits))
        choice = self._choice(len(logits), biased=not self._history)
        scores = self._penalised(logits) if self._history else logits
        return self._finish(choice.token(scores), logits)

    def choice(self, vocab_size: int) -> Choice | None:
        """What it wants of logits (vocab_size,); None where it must see them itself: penalties, log-probabilities.

        Nothing is changed by asking. Raises UsageError, GrammarError.
        """
        if self._is_plain:
            return _PLAIN
        if self.sampling.penalises or self.sampling.num_logprobs is not None:
            return None
        return self._choice(vocab_size, biased=True)

    def chose(self, token: int) -> Sample:
        """Take the token that a `choice` came to. Raises GrammarError."""
        return _plain(token) if self._is_plain else self._finish(token, _NO_LOGITS)

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

    def may_turn_from(self, token: int) -> bool:
        """Whether its bias can make another token the best one."""
        return self._raises or token in self._lowered

    def _choice(self, vocab_size: int, *, biased: bool) -> Choice:
        """What is wanted of logits; the same until a token is taken. With the bias, or without where they have it."""
        if biased:
            self._check_bias(vocab_size)
        if self._uniform is None and self.sampling.temperature > 0.0:
            self._uniform = self._rng.random()
        how, bias = self.sampling, (self._bias_ids, self._bias) if biased else _NO_BIAS
        return Choice(self._uniform or 0.0, how.temperature, how.top_k, how.top_p, how.min_p, *bias, self._mask())

    def _mask(self) -> bytes:
        mask = self.grammar.bits() if self.grammar is not None else b""
        if mask and not mask.strip(b"\0"):
            raise GrammarError("the grammar allows no token here")
        return mask

    def _check_bias(self, vocab_size: int) -> None:
        if not self.fits(vocab_size):
            raise UsageError(f"logit_bias names token {self._bias_ids.max()}, the vocabulary has {vocab_size}")

    def _penalised(self, logits: Floats) -> Floats:
        """Logits with bias and penalties."""
        self._check_bias(len(logits))
        scores = logits.copy()
        self.add_bias(scores)
        penalise(scores, self._history, self.sampling)
        return scores

    def _finish(self, token: int, logits: Floats) -> Sample:
        self._uniform = None
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
    found = logits.argmax(axis=1)
    if not np.isfinite(logits[np.arange(len(found)), found]).all():
        raise DriverBroken("the model's logits are not numbers")
    tokens = found.tolist()
    for i, sampler in enumerate(samplers):
        if sampler.may_turn_from(tokens[i]):
            scores = logits[i].copy()
            sampler.add_bias(scores)
            tokens[i] = best(scores)
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


def logprobs(logits: Floats, token: int, num: int | None) -> tuple[float | None, tuple[tuple[int, float], ...]]:
    """The token's log-probability under the model's own distribution, and the `num` likeliest tokens with theirs."""
    if num is None:
        return None, ()
    total = log_sum_exp(logits)
    top: list[tuple[int, float]] = []
    if num > 0:
        ids = np.flatnonzero(logits >= kth_bound(logits, min(num, len(logits))))
        order = ids[np.argsort(-logits[ids], kind="stable")[:num]]
        top = [(int(i), float(logits[i]) - total) for i in order]
    return float(logits[token]) - total, tuple(top)


def log_softmax_at(logits: NDArray[np.float32], targets: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Log-probability of one target a row: (rows, vocab), (rows,) -> (rows,)."""
    top = logits.max(axis=1)
    totals = np.log(np.exp(logits - top[:, None]).sum(axis=1, dtype=np.float64))
    chosen = logits[np.arange(len(targets)), targets]
    return np.asarray(chosen - top - totals, dtype=np.float32)


def log_sum_exp(logits: Floats) -> float:
    top = logits.max()
    return float(top) + math.log(float(np.exp(logits - top).sum(dtype=np.float64)))
