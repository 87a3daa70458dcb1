"""Gradients by one accelerator: the whole batch at once.

- `Card(model, device, fast).gradients(batch)` leaves the batch's gradient in the model and returns the loss, as
  `Team` does for processors.

A batch has the same number of tokens whatever the length of its rows (recipe: `batch_tokens` is a multiple of every
length), and everything but attention sees tokens, not rows. So what is compiled is compiled once.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

from llmasos.apps.training.data import Batch
from llmasos.apps.training.model import Block, Llama


def loss_of(model: Llama, hidden: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """The weighted mean of the cross-entropy: (N, width), (N,), (N,) -> ().

    Logits are computed where the weight is 0, too: so no size depends on the data.
    """
    each = functional.cross_entropy(model.logits(hidden).float(), targets, reduction="none")
    return (each * weights).sum() / weights.sum()


def quicken(model: Llama) -> None:
    """Compile what stands before and after attention; the blocks share it."""
    for block in model.blocks:
        block.project = torch.compile(cast(Block, block).project, dynamic=False)  # type: ignore[assignment]
        block.finish = torch.compile(cast(Block, block).finish, dynamic=False)  # type: ignore[assignment]


class Card:
    """One device that holds the model."""

    def __init__(self, model: Llama, device: torch.device, fast: bool) -> None:
        self.model, self.device, self.fast = model, device, fast
        self._loss = torch.compile(loss_of, dynamic=False) if fast else loss_of
        if fast:
            quicken(model)

    def gradients(self, batch: Batch) -> float:
        """The loss of the batch, its gradient in `model.parameters()`."""
        tokens, targets, weights = self._moved(batch)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.fast):
            hidden = self.model(tokens)
            loss = self._loss(self.model, hidden.reshape(-1, hidden.shape[-1]), targets, weights)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def _moved(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens (B, T), and flat: the token that follows each and its weight, 0 at the end of a row."""
        tokens = torch.from_numpy(batch.tokens.astype("int64")).to(self.device, non_blocking=True)
        weights = torch.from_numpy(batch.weights).to(self.device, non_blocking=True).float().roll(-1, 1)
        weights[:, -1] = 0
        return tokens, tokens.roll(-1, 1).reshape(-1), weights.reshape(-1)

    def close(self) -> None:
        """Nothing to end: there are no processes."""
