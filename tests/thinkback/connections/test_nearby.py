"""Services on this machine: found by themselves, for owner and administrators, and for nobody else unless listed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient, Client

import providers
from providers import HostRefused, Request, exchange
from proxy.call import Caller
from proxy.call import Connection as Found
from tests.upstream import Reply, Upstream
from thinkback.accounts.models import User
from thinkback.connections import changes, lookup, nearby, probing
from thinkback.connections.models import Connection
from thinkback.connections.probing import LOOKOUT
from thinkback.host import SITE

PAGE = "/settings/providers"
RUNS = "Ollama is running on this machine"


def find(user: User, slug: str = "ollama") -> Found:
    """What the proxy finds for this user."""
    found = async_to_sync(lookup.find)(Caller(user.pk, "session"), slug)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def fresh_lookout() -> None:
    """Forget what the last test has found."""
    LOOKOUT.forget()


@pytest.fixture
async def here(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Upstream]:
    """An Ollama where it is looked for, no LM Studio, and the site's network."""
    async with Upstream() as upstream:
        monkeypatch.setattr(providers.get("ollama"), "base_url", upstream.url)
        monkeypatch.setattr(providers.get("lmstudio"), "base_url", "http://127.0.0.1:9/v1")
        await SITE.start()
        yield upstream
        await SITE.stop()


def test_the_usual_addresses_are_looked_at_and_no_others() -> None:
    assert nearby.places() == {"127.0.0.1:11434", "127.0.0.1:1234"}


def test_only_owner_and_administrators_are_let_through(alice: User, bob: User, charlie: User) -> None:
    charlie.role = User.Role.ADMIN
    charlie.save()
    for user in (alice, bob, charlie):
        changes.create(user.pk, {"kind": "ollama"})
    assert [find(user).nearby for user in (alice, bob, charlie)] == [True, False, True]


def test_whoever_loses_the_role_is_let_through_no_more(alice: User) -> None:
    changes.create(alice.pk, {"kind": "ollama"})
    assert find(alice).nearby
    alice.role = User.Role.MEMBER
    alice.save()
    changes.announce(alice.pk)
    assert not find(alice).nearby


def test_nothing_else_is_let_through(alice: User, settings: Any) -> None:
    settings.PRIVATE_UPSTREAMS = frozenset({"127.0.0.1:11434", "127.0.0.1:11435"})
    changes.create(alice.pk, {"kind": "ollama", "base_url": "http://127.0.0.1:11435"})
    changes.create(alice.pk, {"kind": "custom", "name": "Mine", "base_url": "http://127.0.0.1:11434"})
    assert not find(alice).nearby and not find(alice, "mine").nearby


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434", "http://localhost:11434/", " http://127.0.0.1:11434/ "])
def test_the_usual_address_may_be_typed_in(alice: User, url: str) -> None:
    assert changes.create(alice.pk, {"kind": "ollama", "base_url": url}).base_url == ""


@pytest.mark.django_db(transaction=True)
async def test_the_guard_opens_for_these_calls_alone(here: Upstream, alice: User, bob: User) -> None:
    for user in (alice, bob):
        await sync_to_async(changes.create)(user.pk, {"kind": "ollama"})
    mine, bobs = [await lookup.find(Caller(user.pk, "session"), "ollama") for user in (alice, bob)]
    assert mine is not None and bobs is not None
    request = Request("GET", mine.adapter.url(mine.target, "api/tags"), [])
    for _ in range(2):  # the second time over a connection that was kept
        response = await exchange(SITE.transport(mine), request)
        assert response.status == 200
        assert b"said-model" in b"".join([chunk async for chunk in response.stream])
        with pytest.raises(HostRefused):
            await exchange(SITE.transport(bobs), request)
    async with Upstream() as other:
        with pytest.raises(HostRefused):
            await exchange(
                SITE.transport(mine), request._replace(url=mine.adapter.url(mine.target, "").copy_with(port=other.port))
            )
        assert not other.requests


@pytest.mark.django_db(transaction=True)
async def test_the_page_offers_what_it_found_until_it_is_added(here: Upstream, alice: User) -> None:
    browser = AsyncClient()
    await browser.aforce_login(alice)
    page = (await browser.get(PAGE)).content.decode()
    assert RUNS in page and "1 model<" in page and "LM Studio is running" not in page
    await browser.get(PAGE)
    assert len(here.requests) == 1, "the answer was not remembered"
    assert "authorization" not in here.last.headers and "cookie" not in here.last.headers
    answer = await browser.post(f"{PAGE}/new/ollama", {"name": "Ollama"}, headers={"Origin": "http://testserver"})
    assert answer.headers["Location"] == f"{PAGE}/ollama"
    assert await Connection.objects.filter(user=alice, kind="ollama", base_url="").aexists()
    assert RUNS not in (await browser.get(PAGE)).content.decode()


@pytest.mark.django_db(transaction=True)
async def test_a_member_is_offered_it_only_where_it_is_listed(here: Upstream, bob: User, settings: Any) -> None:
    browser = AsyncClient()
    await browser.aforce_login(bob)
    assert RUNS not in (await browser.get(PAGE)).content.decode() and not here.requests
    settings.PRIVATE_UPSTREAMS = frozenset({here.url.removeprefix("http://")})
    assert RUNS in (await browser.get(PAGE)).content.decode()


def document(body: bytes, status: int = 200, **headers: str) -> Reply:
    return Reply([body], status, {"content-type": "application/json", **headers}, len(body))


@pytest.mark.parametrize(
    "reply",
    [
        document(b"Ollama is running"),
        document(b'{"data": []}'),
        document(b"", 302, location="/api/tags"),
        document(b'{"models": []}', 404),
        Reply([b'{"models": [' + b" " * 2**21], length=2**21 + 12),
    ],
    ids=["text", "another", "redirect", "error", "endless"],
)
async def test_what_is_something_else_is_not_offered(here: Upstream, reply: Reply) -> None:
    here.reply = reply
    assert await probing.probe(providers.get("ollama")) is None
    assert [request.target for request in here.requests] == ["/api/tags"]


async def test_nobody_waits_for_one_that_is_slow(here: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "MOMENT", 0.01)
    slow = document(b'{"models": []}')
    slow.before = 0.2
    here.reply = slow
    adapters = [providers.get("ollama")]
    assert await LOOKOUT.look(adapters) == []
    await LOOKOUT.under_way[adapters[0].base_url]
    assert [one.label for one in await LOOKOUT.look(adapters)] == ["Ollama"]
    assert len(here.requests) == 1


def test_before_the_server_has_started_nothing_is_found(alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    assert RUNS not in browser.get(PAGE).text
