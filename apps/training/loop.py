"""The training loop: steps, checkpoints, log.

- `Trainer(recipe, folder).run(report)` trains until the recipe's tokens are used up, going on from the folder's
  checkpoint if there is one; on a GPU (`device`) or by several processes.
- A checkpoint is written to a second name and moved over the first, so there is always a whole one.
- The folder holds: tokenizer.json, checkpoint.pt, log.csv (one row a step), and what `export` makes of it.

Invariant: a run that was stopped and went on computes what an uninterrupted one computes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import torch

from llmasos.apps.training import recipe as recipes
from llmasos.apps.training.card import Card
from llmasos.apps.training.curve import Log
from llmasos.apps.training.data import Batch, Position, Stream
from llmasos.apps.training.model import Llama, Shape
from llmasos.apps.training.muon import Muon
from llmasos.apps.training.runs import LOG
from llmasos.apps.training.team import Team
from llmasos.errors import ConfigError

CPU = torch.device("cpu")


class Step(NamedTuple):
    """What one step reports."""

    step: int
    tokens: int
    loss: float
    rate: float
    tokens_s: float
    seconds: float


def shape_of(recipe: recipes.Recipe, vocab: int) -> Shape:
    return Shape(vocab=vocab, **asdict(recipe.model))


class Trainer:
    """One run in one folder."""

    def __init__(
        self,
        recipe: recipes.Recipe,
        folder: Path,
        vocab: int,
        fast: bool = True,
        processes: int = 1,
        device: torch.device = CPU,
    ) -> None:
        torch.manual_seed(recipe.data.seed)
        self.recipe, self.folder, self.fast, self.processes, self.device = recipe, folder, fast, processes, device
        self.model = Llama(shape_of(recipe, vocab)).to(device)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.position = Position(0, 0)
        self.optimisers = self._optimisers()
        self.log = Log(folder / LOG)

    def _optimisers(self) -> list[torch.optim.Optimizer]:
        settings = self.recipe.optimiser
        inside = [p for p in self.model.blocks.parameters() if p.dim() == 2]
        norms = [p for p in self.model.parameters() if p.dim() == 1]
        outside: list[dict[str, Any]] = [
            {"params": [self.model.embed.weight], "lr": settings.embed_rate},
            {"params": norms, "lr": settings.norm_rate},
        ]
        return [
            Muon(inside, settings.muon_rate, settings.momentum, settings.weight_decay),
            torch.optim.AdamW(outside, betas=(0.9, 0.98), eps=1e-10, weight_decay=0.0),
        ]

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "counters": (self.step, self.tokens, self.seconds, *self.position),
        }
        beside = self.checkpoint.with_suffix(".tmp")
        torch.save(state, beside)
        beside.replace(self.checkpoint)

    def load(self) -> bool:
        """Take up the folder's checkpoint; False if there is none."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
        try:
            self.model.load_state_dict(state["model"])
        except RuntimeError as error:
            raise ConfigError(f"{self.checkpoint}: made by another recipe ([model] or [tokenizer] differ)") from error
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self.step, self.tokens, self.seconds, *position = state["counters"]
        self.position = Position(*position)
        return True

    def _workers(self) -> Team | Card:
        if self.device != CPU:
            return Card(self.model, self.device, self.fast)
        return Team(self.model, self.processes, self.fast, len(self.recipe.data.lengths))

    def run(self, report: Callable[[Step], None], makers: int = 1, max_steps: int | None = None) -> None:
        """Train until the recipe's tokens are used up (or for `max_steps` more steps) and save.

        `makers` processes make the data (0: this one does).
        """
        stream = Stream(self.recipe, self.folder / "tokenizer.json", self.position, makers)
        team = self._workers()
        self.log.cut(self.step)
        last = self.step + max_steps if max_steps is not None else None
        saved = time.monotonic()
        try:
            for batch in stream:
                if self.tokens >= self.recipe.schedule.tokens or self.step == last:
                    break
                done = self._advance(team, batch)
                self.position = stream.position
                self.log.add(done)
                report(done)
                if time.monotonic() - saved > self.recipe.schedule.checkpoint_s:
                    self.save()
                    saved = time.monotonic()
        finally:
            stream.close()
            team.close()
        self.save()

    def _advance(self, team: Team | Card, batch: Batch) -> Step:
        began = time.monotonic()
        factor = self.recipe.schedule.factor(self.tokens)
        self._set_rates(factor)
        loss = team.gradients(batch)
        if self.fast:  # the others rest now
            torch.set_num_threads(self.processes)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.optimiser.clip_norm)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad()
        if self.fast:
            torch.set_num_threads(1)
        self.step += 1
        self.tokens += batch.tokens.size
        spent = time.monotonic() - began
        self.seconds += spent
        return Step(self.step, self.tokens, loss, factor, batch.tokens.size / spent, self.seconds)

    def _set_rates(self, factor: float) -> None:
        settings = self.recipe.optimiser
        groups = [group for optimiser in self.optimisers for group in optimiser.param_groups]
        for group, rate in zip(groups, (settings.muon_rate, settings.embed_rate, settings.norm_rate), strict=True):
            group["lr"] = rate * factor
