"""Several addresses of one name: the first that works is connected to, and none that was not checked."""

from __future__ import annotations

import asyncio
import socket

import pytest

from providers import Guard, HostRefused, NetworkFailed
from providers._transport import dialling as _dialling
from providers._transport.dialling import alternating, dial
from providers._transport.names import Names
from tests.providers.raw import OK, network, says, server, whole

ANSWER = says(OK + b"Content-Length: 2\r\n\r\nok")


async def test_an_address_where_nobody_listens_is_passed_over() -> None:
    async def several(host: str, port: int) -> list[str]:
        return ["127.0.0.7", "127.0.0.1"]

    async with server(ANSWER) as there, network(there, resolver=several) as net:
        net.carrier.guard.private |= {f"service.example:{there.port}"}  # type: ignore[attr-defined]
        assert await whole(net, f"http://service.example:{there.port}/") == (200, b"ok")


async def test_an_address_that_keeps_silent_does_not_hold_the_others_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dialling, "STAGGER", 0.01)
    left: list[str] = []
    dial_one = _dialling.dial_one

    async def silent(address: str, port: int) -> socket.socket:
        if address == "127.0.0.1":
            return await dial_one(address, port)
        try:
            return await asyncio.Future()
        finally:
            left.append(address)

    monkeypatch.setattr(_dialling, "dial_one", silent)
    async with server(ANSWER) as there:
        opened = await dial(["192.0.2.1", "2001:db8::1", "127.0.0.1", "127.0.0.2"], there.port)
        assert opened.getpeername() == ("127.0.0.1", there.port)
        opened.close()
        await asyncio.sleep(0)
    assert sorted(left) == ["192.0.2.1", "2001:db8::1"]


async def test_a_connection_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dialling, "STAGGER", 0.0)
    ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
    ends = iter(ours)

    async def one(address: str, port: int) -> socket.socket:
        await asyncio.sleep(0.01)
        return next(ends)

    monkeypatch.setattr(_dialling, "dial_one", one)
    won = await dial(["127.0.0.1", "127.0.0.2"], 1)
    await asyncio.sleep(0.05)
    assert {end.fileno() == -1 for end in ours} == {True, False} and won.fileno() != -1
    for end in (won, *theirs, *ours):
        end.close()


async def test_the_first_reason_is_told_when_none_works() -> None:
    async with server(ANSWER) as there:
        pass
    with pytest.raises(ConnectionRefusedError):
        await dial(["127.0.0.1", "127.0.0.2"], there.port)


def test_kinds_of_addresses_alternate() -> None:
    assert alternating(["::1", "::2", "::3", "1.1.1.1", "2.2.2.2"]) == ["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"]
    assert alternating(["1.1.1.1", "::1"]) == ["1.1.1.1", "::1"]


async def test_a_name_asked_for_by_many_at_once_is_looked_up_once() -> None:
    asked = 0

    async def one(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        return ["93.184.215.14"]

    names = Names(Guard(), one)
    answers = [asyncio.create_task(names.find("service.example", 443)) for _ in range(5)]
    await asyncio.sleep(0)
    answers[0].cancel()
    assert await asyncio.gather(*answers[1:]) == [["93.184.215.14"]] * 4 and asked == 1
    assert await names.find("service.example", 443) and asked == 2, "no answer is kept"


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111"])
async def test_a_literal_address_is_never_looked_up(address: str) -> None:
    async def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    assert await Names(Guard(), never).find(address, 443) == [address]


async def test_the_systems_own_resolver_is_asked() -> None:
    async with server(ANSWER) as there, network(there) as net:
        net.carrier.guard.private |= {f"localhost:{there.port}"}  # type: ignore[attr-defined]
        assert await whole(net, f"http://localhost:{there.port}/") == (200, b"ok")
        with pytest.raises(NetworkFailed, match=r"The name nowhere\.invalid could not be found") as failed:
            await whole(net, "https://nowhere.invalid/")
        assert failed.value.unsent
        with pytest.raises((HostRefused, NetworkFailed)):
            await whole(net, f"https://{'a' * 70}.example/")
