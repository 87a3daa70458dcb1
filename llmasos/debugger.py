"""Breakpoints, steps, branches and processes that stand still, as faces meet them."""

from llmasos.kernel.debugger import Stepped, back, break_at, points, stand_at, step, step_on
from llmasos.kernel.stillness import copy_of, hold

__all__ = ["Stepped", "back", "break_at", "copy_of", "hold", "points", "stand_at", "step", "step_on"]
