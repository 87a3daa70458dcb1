"""The breaker, in virtual time."""

from __future__ import annotations

import pytest

from llmasos.drivers.breaker import RESTARTS, WITHIN_S, Breaker
from llmasos.drivers.sim import VirtualClock
from llmasos.errors import DriverBroken


def test_five_restarts_in_a_minute_open_it_and_age_closes_it() -> None:
    clock = VirtualClock()
    breaker = Breaker(clock=clock)
    for _ in range(5):
        breaker.take("it died")
        clock.advance(1.0)
    says = "it died; after 5 restarts in 60 s it is not started again for 55 s"
    with pytest.raises(DriverBroken, match=says):
        breaker.take("it died")
    clock.advance(55.0)
    breaker.take("it died")
    assert breaker.reason == "after 5 restarts in 60 s it is not started again for 1 s"


def test_seldom_enough_it_never_opens() -> None:
    clock = VirtualClock()
    breaker = Breaker(clock=clock)
    for _ in range(100):
        breaker.take("it died")
        clock.advance(WITHIN_S / RESTARTS)
        assert not breaker.reason
