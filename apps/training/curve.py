"""The log of a run (CSV) and its loss curve (SVG), with nothing but the standard library."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("step", "tokens", "loss", "rate", "tokens_s", "seconds")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 360, 56, 40, 24, 16
POINTS = 400


class Log:
    """One CSV row a step, appended and flushed at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cut(self, step: int) -> None:
        """Drop rows after `step`: they belong to a stretch that a resumed run computes again."""
        kept = [row for row in self.rows() if row[0] <= step]
        with self.path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([COLUMNS, *kept])

    def add(self, row: Sequence[Any]) -> None:
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow([f"{value:.6g}" if isinstance(value, float) else value for value in row])

    def rows(self) -> list[tuple[float, ...]]:
        """Those that are whole: of the last one a killed run, or one that writes it now, may have left a part."""
        if not self.path.exists():
            return []
        whole, _, _ = self.path.read_text("utf-8").rpartition("\n")
        return [tuple(float(value) for value in row) for row in list(csv.reader(whole.splitlines()))[1:]]


def smooth(rows: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """(tokens, mean loss) of at most POINTS equal stretches."""
    size = max(1, math.ceil(len(rows) / POINTS))
    parts = [rows[i : i + size] for i in range(0, len(rows), size)]
    return [(part[-1][1], sum(row[2] for row in part) / len(part)) for part in parts]


def draw(rows: Sequence[Sequence[float]], title: str) -> str:
    """The loss over the tokens seen, logarithmic, as an SVG."""
    points = smooth(rows)
    most = max((tokens for tokens, _ in points), default=1.0)
    high = math.ceil(math.log10(max((loss for _, loss in points), default=1.0)))
    low = min(high - 1, math.floor(math.log10(max(1e-6, min((loss for _, loss in points), default=0.1)))))

    def x(tokens: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * tokens / most

    def y(loss: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(max(loss, 1e-6))) / (high - low)

    line = " ".join(f"{x(tokens):.1f},{y(loss):.1f}" for tokens, loss in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="16">{title}</text>',
    ]
    for exponent in range(low, high + 1):
        height = y(10.0**exponent)
        parts.append(f'<path d="M{LEFT} {height:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="8" y="{height + 4:.1f}">{10.0**exponent:g}</text>')
    for fifth in range(6):
        tokens = most * fifth / 5
        parts.append(f'<text x="{x(tokens) - 14:.1f}" y="{HEIGHT - 20}">{tokens / 1e6:.1f}M</text>')
    parts.append(f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 4}">tokens</text>')
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5faa" stroke-width="1.5"/></svg>')
    return "\n".join(parts) + "\n"
