"""Gradients by several processes, one thread each.

- `Team(model, count, fast).gradients(batch)` leaves the whole batch's gradient in the model and returns the loss.
- The parameters lie in shared memory: the others see every update of the one that owns the optimisers.

On two cores, two threads in one process are 1.4 times as fast as one, two processes 1.9 times: the operations of a
small model are too short to share one by one.
"""

from __future__ import annotations

from typing import Any

import numpy
import torch
from torch import Tensor, multiprocessing
from torch.nn import functional

from llmasos.apps.training.data import Batch
from llmasos.apps.training.model import Llama


def loss_of(model: Llama, hidden: Tensor, batch: Batch, total: float) -> Tensor:
    """Weighted cross-entropy over `total`, with logits only where there is a weight. Hidden: (B, T, width)."""
    tokens = torch.from_numpy(batch.tokens.astype("int64"))
    weights = torch.from_numpy(batch.weights.astype("float32"))[:, 1:].reshape(-1)
    chosen = weights.nonzero().squeeze(1)
    states = hidden[:, :-1].reshape(-1, hidden.shape[-1])[chosen]
    logits = model.logits(states).float()  # (N, vocab)
    each = functional.cross_entropy(logits, tokens[:, 1:].reshape(-1)[chosen], reduction="none")
    return (each * weights[chosen]).sum() / total


def quicken(model: Llama, num_lengths: int) -> None:
    """Compile block by block: they share what is compiled, once for each row length."""
    torch._dynamo.config.recompile_limit = 4 * num_lengths
    for block in model.blocks:
        block.compile(dynamic=False)


def _backward(model: Llama, batch: Batch, total: float, fast: bool) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
        hidden = model(torch.from_numpy(batch.tokens.astype("int64")))
        loss = loss_of(model, hidden, batch, total)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.item()


def _work(model: Llama, gradients: list[Tensor], fast: bool, num_lengths: int, calls: Any) -> None:
    """A member: for each part received, its gradient into shared memory and its loss back."""
    torch.set_num_threads(1)
    if fast:
        quicken(model, num_lengths)
    try:
        while True:
            batch, total = calls.recv()
            for param in model.parameters():
                param.grad = None
            loss = _backward(model, batch, total, fast)
            for shared, param in zip(gradients, model.parameters(), strict=True):
                assert param.grad is not None
                shared.copy_(param.grad)
            calls.send(loss)
    except (EOFError, KeyboardInterrupt):
        return


class Team:
    """This process and `count - 1` others. Close it to end them."""

    def __init__(self, model: Llama, count: int, fast: bool, num_lengths: int) -> None:
        self.model, self.count, self.fast = model, count, fast
        self._others: list[tuple[Any, Any, list[Tensor]]] = []
        if count > 1:
            model.share_memory()
            context = multiprocessing.get_context("spawn")
            for _ in range(count - 1):
                gradients = [torch.zeros_like(param) for param in model.parameters()]
                for gradient in gradients:
                    gradient.share_memory_()  # type: ignore[no-untyped-call]
                ours, theirs = context.Pipe()
                args = (model, gradients, fast, num_lengths, theirs)
                process = context.Process(target=_work, args=args, daemon=True)
                process.start()
                theirs.close()
                self._others.append((process, ours, gradients))
        if fast:
            torch.set_num_threads(1)
            quicken(model, num_lengths)

    def gradients(self, batch: Batch) -> float:
        """The loss of the whole batch, its gradient in `model.parameters()`."""
        total = float(batch.weights[:, 1:].astype(numpy.float32).sum())
        parts = [
            Batch(tokens, weights)
            for tokens, weights in zip(
                numpy.array_split(batch.tokens, self.count), numpy.array_split(batch.weights, self.count), strict=True
            )
        ]
        for (_, calls, _), part in zip(self._others, parts[1:], strict=True):
            calls.send((part, total))
        loss = _backward(self.model, parts[0], total, self.fast)
        for _, calls, gradients in self._others:
            loss += calls.recv()
            for param, gradient in zip(self.model.parameters(), gradients, strict=True):
                assert param.grad is not None
                param.grad.add_(gradient)
        return loss

    def close(self) -> None:
        for process, calls, _ in self._others:
            calls.close()
            process.terminate()
            process.join()
        self._others = []
