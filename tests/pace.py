"""How slow the machine is just now: what a bound in seconds comes to on one that is slower, or has more to do.

`allowed(0.5)` is half a second where nothing else runs. Elsewhere it grows with what a fixed piece of work takes at
that moment, and threefold: a machine is not as slow in every moment.
"""

from __future__ import annotations

import time

USUAL_S = 0.02  # of the piece of work, on two cores of a Xeon that others leave alone
_SOURCE = "\n".join(f"def f{n}(a, b={n}):\n    return [a * i + b for i in range({n})]" for n in range(500))


def slowness() -> float:
    """1 and more."""
    began = time.perf_counter()
    compile(_SOURCE, "pace", "exec")
    return max(1.0, (time.perf_counter() - began) / USUAL_S)


def allowed(seconds: float) -> float:
    slow = slowness()
    return seconds if slow < 1.25 else 3 * seconds * slow
