"""An application that asks for it is told at once when its client leaves, and never once it is answered."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from proxy.receiving import LEAVING, Left, Watch
from thinkback.serving.http.answer import Answer
from thinkback.serving.http.body import Body
from thinkback.serving.http.exchange import Exchange


async def begun(application: Any) -> Exchange:
    """An exchange whose application is at work."""
    server: Any = SimpleNamespace(application=application, loop=asyncio.get_running_loop(), exchanges=set())
    line: Any = SimpleNamespace(abort=lambda: None, gone=True)
    scope = {"type": "http", "method": "POST", "path": "/healthz"}
    exchange = Exchange(server, scope, Body(lambda: None, None), Answer(line, "POST", "1.1", closes=False))
    exchange.start(line)
    await asyncio.sleep(0)
    return exchange


@pytest.mark.parametrize("offered", [True, False], ids=["by the server", "by listening"])
async def test_who_waits_for_something_else_is_woken(offered: bool) -> None:
    ends = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if not offered:
            del scope["extensions"][LEAVING]
        try:
            with Watch(scope, receive):
                await asyncio.sleep(60)
        except Left as end:
            ends.append(end)

    exchange = await begun(application)
    exchange.leave()
    assert exchange.task is not None
    await asyncio.wait_for(exchange.task, 5)
    assert len(ends) == 1


async def test_who_asks_late_is_told_as_well() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        scope["extensions"][LEAVING](lambda: told.append("left"))

    told: list[str] = []
    exchange = await begun(application)
    exchange.leave()
    assert exchange.task is not None
    await exchange.task
    assert told == ["left"]


async def test_who_has_stopped_asking_is_left_in_peace() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        with Watch(scope, receive):
            pass
        await asyncio.sleep(0)
        ends.append("whole")

    ends: list[str] = []
    exchange = await begun(application)
    exchange.leave()
    assert exchange.task is not None
    await exchange.task
    assert ends == ["whole"]


async def test_what_was_asked_is_not_kept_when_all_is_over() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        pass

    gc.disable()  # a request holds a token: that may not wait for the collector
    try:
        exchange = await begun(application)
        exchange.scope["token"] = token = set[str]()
        kept = weakref.ref(token)
        assert exchange.task is not None
        await exchange.task
        del exchange, token
        await asyncio.sleep(0)
        assert kept() is None
    finally:
        gc.enable()
