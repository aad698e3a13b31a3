"""Services start in order and stop in reverse, and one that fails or hangs does not keep the others."""

from __future__ import annotations

import asyncio

import pytest

from thinkback.serving import lifecycle
from thinkback.serving.lifecycle import Lifecycle


class Service:
    def __init__(self, name: str, diary: list[str], trouble: str = "") -> None:
        self.name, self.diary, self.trouble = name, diary, trouble

    async def start(self) -> None:
        if self.trouble == "start":
            raise OSError("no")
        self.diary.append(f"start {self.name}")

    async def stop(self) -> None:
        if self.trouble == "stop":
            raise OSError("no")
        if self.trouble == "hang":
            await asyncio.Event().wait()
        self.diary.append(f"stop {self.name}")


async def test_order() -> None:
    diary: list[str] = []
    site = Lifecycle([Service(name, diary) for name in "abc"])
    await site.start()
    assert site.running
    await site.stop()
    assert diary == ["start a", "start b", "start c", "stop c", "stop b", "stop a"]
    assert not site.running


async def test_a_failed_start_stops_what_was_started() -> None:
    diary: list[str] = []
    site = Lifecycle([Service("a", diary), Service("b", diary, "start")])
    with pytest.raises(OSError, match="no"):
        await site.start()
    assert diary == ["start a", "stop a"]
    assert not site.running


@pytest.mark.parametrize("trouble", ["stop", "hang"])
async def test_one_that_fails_or_hangs_is_passed_over(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "DRAIN", 0.05)
    diary: list[str] = []
    site = Lifecycle([Service("a", diary), Service("b", diary, trouble)])
    await site.start()
    await site.stop()
    assert diary[-1] == "stop a"


async def test_leaving_stops_the_last_at_once_and_once() -> None:
    diary: list[str] = []
    site = Lifecycle([Service("a", diary), Service("b", diary)])
    await site.start()
    site.leave()
    site.leave()
    await asyncio.sleep(0.01)
    assert diary[2:] == ["stop b"]
    await site.stop()
    assert diary[2:] == ["stop b", "stop a"]


async def test_it_may_start_again() -> None:
    diary: list[str] = []
    site = Lifecycle([Service("a", diary)])
    for _ in range(2):
        await site.start()
        await site.stop()
    assert diary == ["start a", "stop a"] * 2
