"""The clock of a connection: only waiting counts, and one timer serves many waits."""

from __future__ import annotations

from collections.abc import Callable

from providers._transport.clock import Clock


class Timer:
    def __init__(self, due: float, call: Callable[[], None]) -> None:
        self.due, self.call, self.cancelled = due, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """A loop whose time passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[Timer] = []
        self.set = 0

    def time(self) -> float:
        return self.now

    def call_at(self, due: float, call: Callable[[], None]) -> Timer:
        self.set += 1
        self.timers.append(Timer(due, call))
        return self.timers[-1]

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self.timers if not timer.cancelled and timer.due <= end]:
            timer = min(due, key=lambda timer: timer.due)
            self.timers.remove(timer)
            self.now = max(self.now, timer.due)
            timer.call()
        self.now = end


def clock() -> tuple[Clock, Loop, list[float]]:
    loop, late = Loop(), list[float]()
    return Clock(loop, lambda: late.append(loop.now - 1000)), loop, late  # type: ignore[arg-type]


def test_silence_is_told_when_its_time_is_up() -> None:
    it, loop, late = clock()
    it.start(10)
    loop.wait(9.9)
    assert late == []
    loop.wait(0.2)
    assert late == [10]
    loop.wait(100)
    assert late == [10]


def test_words_at_intervals_are_no_silence_and_set_no_timers() -> None:
    it, loop, late = clock()
    for _ in range(1000):
        it.start(10)
        loop.wait(0.5)
        it.stop()
    assert late == [] and loop.set < 60


def test_time_in_which_nobody_waits_does_not_count() -> None:
    it, loop, late = clock()
    it.start(10)
    loop.wait(9)
    it.stop()
    loop.wait(100)
    it.start(10)
    loop.wait(9)
    assert late == []
    loop.wait(2)
    assert late == [119]


def test_movement_begins_the_wait_anew() -> None:
    it, loop, late = clock()
    it.start(10)
    loop.wait(6)
    it.again()
    loop.wait(9)
    assert late == []
    loop.wait(2)
    assert late == [16]


def test_a_shorter_limit_is_kept_though_a_longer_timer_runs() -> None:
    it, loop, late = clock()
    it.start(600)
    it.stop()
    it.start(1)
    loop.wait(2)
    assert late == [1]


def test_no_limit_and_no_more_waits_set_nothing() -> None:
    it, loop, late = clock()
    it.start(None)
    it.again()
    it.start(5)
    it.cancel()
    loop.wait(100)
    assert late == [] and loop.set == 1
