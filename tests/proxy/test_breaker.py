"""The breaker: opens on failures of the service alone, lets one probe through, closes again; for one user only."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import providers
from providers import AuthFailed, HostRefused, NetworkFailed, ProviderError, RateLimited, ServerFailed, Target, TimedOut
from proxy.breaker import FEWEST, OPEN, PATIENCE, Breakers, Permit, counts
from proxy.call import Call, Caller, Connection
from proxy.errors import Refused
from tests.proxy.test_retries import Clock

TARGET = Target("openai", "https://api.example.org")


def place(user: int = 1, connection: int = 1, key: str | None = None) -> tuple[Call, Connection]:
    found = Connection(connection, user, "x", "X", TARGET, providers.get("openai"))
    return Call(Caller(user, "token"), "x", "proxy", "POST", "v1/x", provider_key=key), found


def fail(breakers: Breakers, times: int, where: tuple[Call, Connection], failed: bool = True) -> None:
    for _ in range(times):
        with closing(breakers.admit(*where)) as permit:
            permit.settle(failed)


def is_open(breakers: Breakers, where: tuple[Call, Connection]) -> bool:
    try:
        with closing(breakers.admit(*where)):
            return False
    except Refused:
        return True


def test_half_of_ten_calls_open_it() -> None:
    breakers, here = Breakers(Clock()), place()
    fail(breakers, FEWEST // 2, here, failed=False)
    fail(breakers, FEWEST // 2 - 1, here)
    assert not is_open(breakers, here)
    fail(breakers, 1, here)
    with pytest.raises(Refused) as refused:
        breakers.admit(*here)
    assert (refused.value.status, refused.value.type, refused.value.retry_after) == (503, "server_error", OPEN)


def test_a_success_opens_nothing() -> None:
    breakers, here = Breakers(Clock()), place()
    fail(breakers, FEWEST - 1, here)
    fail(breakers, 1, here, failed=False)
    assert not is_open(breakers, here)


def test_fewer_never_do_and_old_ones_are_forgotten() -> None:
    clock = Clock()
    breakers, here = Breakers(clock), place()
    for _ in range(5):
        fail(breakers, FEWEST - 1, here)
        clock.now += 70
    assert not is_open(breakers, here)


@pytest.mark.parametrize(
    ("failure", "against"),
    [
        (ServerFailed("x"), True),
        (NetworkFailed("x"), True),
        (TimedOut("x"), True),
        (RateLimited("x"), False),
        (AuthFailed("x"), False),
        (HostRefused("x"), False),
        (providers.InvalidRequest("x"), False),
        (providers.QuotaExceeded("x"), False),
    ],
)
def test_what_speaks_against_a_service(failure: ProviderError, against: bool) -> None:
    assert counts(failure) is against


def test_one_probe_then_closed() -> None:
    clock = Clock()
    breakers, here = Breakers(clock), place()
    fail(breakers, FEWEST, here)
    clock.now += OPEN
    probe = breakers.admit(*here)
    assert is_open(breakers, here)
    probe.settle(False)
    assert not is_open(breakers, here)
    fail(breakers, FEWEST - 1, here)
    assert not is_open(breakers, here)  # what was before does not count any more


def test_a_probe_that_fails_opens_it_for_as_long_again() -> None:
    clock = Clock()
    breakers, here = Breakers(clock), place()
    fail(breakers, FEWEST, here)
    clock.now += OPEN
    fail(breakers, 1, here)
    clock.now += OPEN - 0.1
    assert is_open(breakers, here)
    clock.now += 0.1
    assert not is_open(breakers, here)


def test_a_probe_that_says_nothing_gives_its_place_back() -> None:
    clock = Clock()
    breakers, here = Breakers(clock), place()
    fail(breakers, FEWEST, here)
    clock.now += OPEN
    with closing(breakers.admit(*here)) as probe:
        assert not probe.holds
    clock.now += 0.01
    slow = breakers.admit(*here)
    clock.now += PATIENCE
    with closing(breakers.admit(*here)) as next_one:
        slow.settle(True)  # no longer the probe, so its word does not count
        next_one.settle(False)
    assert not is_open(breakers, here)


@pytest.mark.parametrize("other", [place(user=2), place(connection=2), place(key="sk-mine")])
def test_nobody_else_is_touched(other: tuple[Call, Connection]) -> None:
    breakers = Breakers(Clock())
    fail(breakers, FEWEST, place())
    assert is_open(breakers, place()) and not is_open(breakers, other)


def test_another_address_starts_afresh_and_no_key_is_kept() -> None:
    breakers = Breakers(Clock())
    call, connection = place(key="sk-canary-in-the-browser")
    fail(breakers, FEWEST, (call, connection))
    assert "canary" not in repr(breakers.known.items)
    assert not is_open(breakers, (call, replace(connection, target=replace(TARGET, base_url="https://b.example"))))


class Machine(RuleBasedStateMachine):
    """Calls of two users begin and end in any order while time passes."""

    @initialize()
    def begin(self) -> None:
        self.clock = Clock()
        self.breakers = Breakers(self.clock)
        self.under_way: list[Permit] = []
        self.probes: list[Permit] = []

    @property
    def breaker(self):  # type: ignore[no-untyped-def]
        """Alice's."""
        return self.breakers.known.get((1, 1, TARGET.base_url, b""))

    @rule()
    def call(self) -> None:
        was_open = self.breaker.open_until is not None
        try:
            permit = self.breakers.admit(*place(1))
        except Refused as refused:
            assert was_open and refused.retry_after is not None and 0 < refused.retry_after <= max(OPEN, PATIENCE)
            return
        self.under_way.append(permit)
        if was_open:
            self.probes.append(permit)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), outcome=st.sampled_from([True, True, False, None]))
    def end(self, data: st.DataObject, outcome: bool | None) -> None:
        permit = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
        is_probe = permit is self.breaker.probe
        permit.settle(outcome)
        permit.settle(not outcome)  # a second word never counts
        if is_probe:
            assert (self.breaker.open_until is None) is (outcome is False)

    @rule(times=st.integers(1, 12), failed=st.booleans())
    def burst(self, times: int, failed: bool) -> None:
        for _ in range(times):
            if not is_open(self.breakers, place(1)):
                fail(self.breakers, 1, place(1), failed)

    @rule(seconds=st.floats(0.1, 40))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def recovers(self) -> None:
        """However it stands, patience and one success close it."""
        self.clock.now += OPEN + PATIENCE
        with closing(self.breakers.admit(*place(1))) as permit:
            permit.settle(False)
        assert permit.holds

    @invariant()
    def one_probe_at_a_time(self) -> None:
        live = [one for one in self.probes if not one.settled and self.clock.now < one.since + PATIENCE]
        assert len(live) <= 1

    @invariant()
    def bob_is_never_refused(self) -> None:
        assert not is_open(self.breakers, place(2))


Machine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_the_state_machine = Machine.TestCase
