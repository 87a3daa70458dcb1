"""Breakpoints, steps, branches and processes that stand still, as faces meet them."""

from llmasos.kernel.debugger import Stepped, back, break_at, points, stand_at, step, step_on
from llmasos.kernel.stillness import hold

__all__ = ["Stepped", "back", "break_at", "hold", "points", "stand_at", "step", "step_on"]
