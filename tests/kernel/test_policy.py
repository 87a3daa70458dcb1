"""The policy: labels decide, the worst is never allowed for long, and what it is not told it denies."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.errors import ConfigError
from llmasos.kernel.policy import OUTSIDE, Policy, Profile, effects
from llmasos.kernel.syscall import Effect

EFFECTS = get_args(Effect)


@pytest.mark.parametrize(
    ("profile", "sources", "attended", "action"),
    [
        ("auto", "", False, "allow"),
        ("auto", "the web", False, "deny"),
        ("auto", "the web", True, "ask"),
        ("strict", "the web", True, "deny"),
        ("balanced", "the web", False, "ask"),
        ("open", "the web", False, "allow"),
    ],
)
def test_what_a_profile_makes_of_a_write(profile: Profile, sources: str, attended: bool, action: str) -> None:
    decision = Policy(profile).decide("write", sources, attended)
    assert decision.action == action
    assert decision.rule == ("allow" if action == "allow" else "label")
    assert sources in decision.reason or action == "allow"


@given(
    st.sampled_from(get_args(Profile)),
    st.frozensets(st.sampled_from(EFFECTS)),
    st.frozensets(st.sampled_from(EFFECTS)),
    st.sampled_from(EFFECTS),
    st.sampled_from(["", "the web"]),
    st.booleans(),
)
def test_order_of_the_rules(
    profile: Profile, ask: frozenset[Effect], deny: frozenset[Effect], effect: Effect, sources: str, attended: bool
) -> None:
    decision = Policy(profile, ask, deny).decide(effect, sources, attended)
    if effect in deny:
        assert (decision.action, decision.rule) == ("deny", "deny")
    elif profile == "open":
        assert decision.action == "allow"
    elif sources and effect in OUTSIDE:
        assert decision.action in ("ask", "deny") and decision.rule == "label"
    else:
        assert decision.action == ("ask" if effect in ask else "allow")
    assert bool(decision.reason) is (decision.action != "allow")


def test_by_default_transfers_and_administration_are_asked_about() -> None:
    asked = {effect for effect in EFFECTS if Policy().decide(effect, "", False).action == "ask"}
    assert asked == {"transfer", "admin"}


def test_an_effect_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigError, match=r"security.ask: unknown effect 'wirte'; did you mean write\?"):
        effects(["wirte"], "security.ask")
