"""A training recipe: recipe.toml as frozen, checked sections.

- `load(path)` reads one; an unknown or missing key, or a value of the wrong type, is a ConfigError that names it.
- Each part of the trainer is handed its own section.
"""

from __future__ import annotations

import tomllib
import typing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from llmasos.errors import ConfigError


@dataclass(frozen=True)
class Data:
    seed: int
    shard_dialogues: int
    drill_shards: int
    drill_share: float
    match_shards: int
    match_share: float
    match_rest: float
    lengths: tuple[int, ...]
    long_share: float
    prompt_weight: float
    choice_weight: float


@dataclass(frozen=True)
class Tokens:
    dialogues: int
    num_merges: int
    num_spaced: int


@dataclass(frozen=True)
class Network:
    width: int
    layers: int
    heads: int
    ffn: int
    window_tokens: int
    rope_theta: float


@dataclass(frozen=True)
class Optimiser:
    muon_rate: float
    embed_rate: float
    norm_rate: float
    weight_decay: float
    momentum: float
    clip_norm: float


@dataclass(frozen=True)
class Schedule:
    tokens: int
    batch_tokens: int
    warmup_tokens: int
    decay_share: float
    checkpoint_s: float

    def factor(self, done: int) -> float:
        """Share of the full rate after `done` tokens: warm-up, constant, then down to zero in a straight line."""
        decay = self.tokens * self.decay_share
        return max(0.0, min(1.0, (done + 1) / max(1, self.warmup_tokens), (self.tokens - done) / max(1.0, decay)))


@dataclass(frozen=True)
class Output:
    folder: str
    name: str


@dataclass(frozen=True)
class Recipe:
    data: Data
    tokenizer: Tokens
    model: Network
    optimiser: Optimiser
    schedule: Schedule
    output: Output


def _value(where: str, kind: object, value: Any) -> Any:
    if kind is float and type(value) in (int, float):
        return float(value)
    if kind == tuple[int, ...] and isinstance(value, list) and value and all(type(item) is int for item in value):
        return tuple(value)
    if kind in (int, str) and type(value) is kind:
        return value
    raise ConfigError(f"{where}: {value!r} is not of the right type")


def _section(path: Path, name: str, kind: type[Any], table: Any) -> Any:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: section [{name}] is missing")
    hints = typing.get_type_hints(kind)
    if wrong := sorted(table.keys() ^ hints.keys()):
        raise ConfigError(f"{path}: [{name}] {wrong[0]} is {'unknown' if wrong[0] in table else 'missing'}")
    return kind(**{key: _value(f"{path}: [{name}] {key}", hints[key], value) for key, value in table.items()})


def load(path: Path) -> Recipe:
    """The recipe in `path`.

    Raises:
        ConfigError: it cannot be read, or a key is unknown, missing or of the wrong type.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    hints = typing.get_type_hints(Recipe)
    if unknown := sorted(tables.keys() - hints.keys()):
        raise ConfigError(f"{path}: section [{unknown[0]}] is unknown")
    return Recipe(
        **{part.name: _section(path, part.name, hints[part.name], tables.get(part.name)) for part in fields(Recipe)}
    )
