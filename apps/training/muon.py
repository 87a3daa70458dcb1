"""Muon: momentum whose update is made orthogonal, for the matrices inside the blocks.

Matrices of one shape are orthogonalised together as one batch: torch.optim.Muon does them one by one, which on a CPU
and at this width took a fifth of the step.

Source: Jordan 2024, Muon (the quintic Newton-Schulz coefficients are his).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5


def orthogonal(matrices: Tensor) -> Tensor:
    """About the nearest semi-orthogonal matrices: (N, R, C) -> (N, R, C), singular values between 0.7 and 1.2."""
    a, b, c = COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.to(torch.bfloat16)
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    straight: Tensor = x.mT if tall else x
    return straight.to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised, scaled by sqrt(max(1, rows / columns)); decay is decoupled."""

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float, weight_decay: float) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for param in group["params"]:
                alike[param.shape].append(param)
            for shape, params in alike.items():
                self._update(shape, params, group)

    def _update(self, shape: torch.Size, params: list[Tensor], group: dict[str, Any]) -> None:
        """All matrices of one shape; the list operations are one kernel each on a GPU."""
        gradients = [param.grad for param in params if param.grad is not None]
        assert len(gradients) == len(params)
        for param in params:
            if "momentum" not in self.state[param]:
                self.state[param]["momentum"] = torch.zeros_like(param)
        held = [self.state[param]["momentum"] for param in params]
        torch._foreach_lerp_(held, gradients, 1 - group["momentum"])
        pushes = torch._foreach_lerp(gradients, held, group["momentum"])
        rate = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
        torch._foreach_mul_(params, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_add_(params, orthogonal(torch.stack(pushes)).unbind(), alpha=-rate)
