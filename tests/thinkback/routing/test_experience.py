"""What is learnt from the calls that went by: the time to the first word, failures that fade, streams under way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from proxy.call import new_id
from proxy.record import Record
from thinkback.routing.experience import FADES, FORGOTTEN, Experience, Lately


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def experience(clock: Clock) -> Experience:
    return Experience(clock)


def call(status: str = "ok", ttft_ms: float | None = 200.0, **more: Any) -> Record:
    record = Record(new_id(), 1, datetime.now(UTC), 1, "chat", "openai", "work", "chat", "v1", "POST", status)  # type: ignore[arg-type]
    record.model, record.ttft_ms = "m", ttft_ms
    for name, value in more.items():
        setattr(record, name, value)
    return record


def test_times_are_averaged_and_forgotten(experience: Experience, clock: Clock) -> None:
    for ttft_ms in (200.0, 400.0):
        experience.ended(call(ttft_ms=ttft_ms))
    assert experience.of(1, "work", "m").latency_ms == pytest.approx(260)
    assert experience.of(2, "work", "m") == Lately(), "nobody else's"
    clock.now += FORGOTTEN + 1
    assert experience.of(1, "work", "m").latency_ms is None


def test_failures_fade_and_only_the_service_counts(experience: Experience, clock: Clock) -> None:
    for _ in range(10):
        experience.ended(call("error", error_type="server_error"))
    failing = experience.of(1, "work", "m").failing
    assert failing > 0.9
    clock.now += FADES
    assert experience.of(1, "work", "m").failing == pytest.approx(failing / 2)
    experience.forget()
    experience.ended(call("error", error_type="invalid_request"))
    experience.ended(call("cancelled"))
    experience.ended(call(cost_source="cache", ttft_ms=0.1))
    assert experience.of(1, "work", "m") == Lately()


def test_streams_under_way_are_counted_until_they_end(experience: Experience) -> None:
    open_ones = [call() for _ in range(3)]
    for record in open_ones:
        experience.began(record)
    assert experience.open[1, "work"] == 3
    experience.ended(call("refused"))
    for record in open_ones:
        experience.ended(record)
    assert not experience.open
