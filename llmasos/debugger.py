"""Breakpoints, steps and branches, as faces meet them."""

from llmasos.kernel.debugger import Stepped, back, break_at, points, stand_at, step, step_on

__all__ = ["Stepped", "back", "break_at", "points", "stand_at", "step", "step_on"]
