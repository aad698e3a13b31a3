"""A body's way in: reading pauses while enough of it waits, and goes on once that has been taken."""

from __future__ import annotations

from thinkback.serving.http.body import ENOUGH, Body


async def test_who_is_told_to_go_on_finds_nothing_waiting() -> None:
    waiting = []
    body = Body(lambda: waiting.append(body.waiting), None)
    body.put(b"x" * (ENOUGH + 1))
    assert len((await body.receive())["body"]) == ENOUGH + 1
    assert waiting == [0]
