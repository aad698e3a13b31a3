"""Providers that the administrator shares by the file: usable by those whom he names, their keys seen by nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from providers import AuthFailed
from proxy.call import Caller, Connection
from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts import revocation
from thinkback.accounts.models import User
from thinkback.configuration import shared
from thinkback.configuration.document import Invalid
from thinkback.configuration.watching import load
from thinkback.connections import changes, lookup
from thinkback.connections.models import Connection as Row
from thinkback.connections.shared import SHARED
from thinkback.connections.shared_models import Fetcher
from thinkback.host import SITE, shared_key
from thinkback.vault.models import SealedKey

KEY = "sk-canary-0123456789abcdefSHARED"
FILE = """
shared:
  - kind: openai
    name: House OpenAI
    key: ${HOUSE_KEY}
    models: [gpt-small, {id: gpt-large, context: 100000, images: true}]
    default_model: gpt-small
  - kind: anthropic
    slug: house-claude
    key: ${HOUSE_KEY}
    users: [alice, BOB@example.org]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in force."""
    monkeypatch.setenv("HOUSE_KEY", KEY)
    file = tmp_path / "thinkback.yaml"
    file.write_text(FILE)
    load(file)
    return file


def caller(user: User) -> Caller:
    return Caller(user.pk, "session")


def find(user: User, slug: str) -> Connection | None:
    found: Connection | None = async_to_sync(lookup.find)(caller(user), slug)
    return found


def slugs(user: User) -> list[str]:
    return [choice.slug for choice in async_to_sync(lookup.all_of)(user.pk)]


def test_it_is_for_those_who_are_named(file: Path, alice: User, bob: User, charlie: User) -> None:
    assert slugs(alice) == slugs(bob) == ["openai", "house-claude", "practice"]
    assert slugs(charlie) == ["openai", "practice"]
    assert find(charlie, "house-claude") is None
    connection = find(bob, "house-claude")
    assert connection is not None and (connection.user_id, connection.has_key) == (bob.pk, True)
    assert async_to_sync(SITE.find_key)(connection, None) == KEY  # type: ignore[arg-type]
    choice = async_to_sync(lookup.all_of)(bob.pk)[0]
    assert [(entry.id, entry.context, entry.images) for entry in choice.models] == [
        ("gpt-small", None, None),
        ("gpt-large", 100000, True),
    ]


def test_an_own_one_of_that_name_goes_first_and_a_new_one_gets_another(file: Path, alice: User) -> None:
    row = changes.create(alice.pk, {"kind": "openai", "api_key": "sk-mine-0123456789abcdef"})
    assert row.slug == "openai-2"
    file.write_text("")
    load(file)
    mine = changes.create(alice.pk, {"kind": "openai", "slug": "openai", "api_key": "sk-mine-0123456789abcdef"})
    file.write_text(FILE)
    load(file)
    found = find(alice, "openai")
    assert found is not None and found.id == mine.pk
    assert slugs(alice).count("openai") == 1


def test_nobody_is_shown_the_key_and_nothing_is_stored(
    file: Path, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = signed_in(alice)
    for path in (
        "/",
        "/settings/providers",
        "/settings/providers/openai",
        "/settings/status",
        "/connect?provider=openai",
        "/api/providers/openai",
        "/api/providers/openai/models",
        "/api/providers/openai/models/gpt-large",
    ):
        answer = Client.get(browser, path, headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code == 200, path
        assert KEY[-8:] not in answer.content.decode(), path
    assert KEY not in caplog.text + repr(SHARED.known)
    assert not Row.objects.exclude(slug="practice").exists() and not SealedKey.objects.exists()


def test_its_page_tells_where_text_goes_and_which_models_there_are(file: Path, alice: User) -> None:
    page = signed_in(alice).get("/settings/providers/openai").content.decode()
    assert "House OpenAI" in page and "api.openai.com" in page and "gpt-large" in page
    assert 'data-slug="openai" data-model="gpt-small"' in Client.get(signed_in(alice), "/").content.decode()


def test_nobody_can_change_it(file: Path, alice: User) -> None:
    browser = signed_in(alice)
    same = {"sec-fetch-site": "same-origin"}
    for method in (browser.patch, browser.delete):
        answer = method("/api/providers/openai", "{}", content_type="application/json", headers=same)
        assert answer.status_code == 403
    assert browser.post("/settings/providers/openai/delete").status_code == 404
    assert browser.post("/api/providers/openai/test", headers=same).status_code == 404


def test_a_key_goes_to_no_other_host_than_it_was_given_for(file: Path, alice: User) -> None:
    connection = find(alice, "openai")
    assert connection is not None and shared_key(connection) == KEY
    file.write_text(FILE.replace("    name: House OpenAI", "    base_url: https://other.example/v1"))
    load(file)
    with pytest.raises(AuthFailed):
        shared_key(connection)
    moved = find(alice, "openai")
    assert moved is not None and moved.target.base_url == "https://other.example/v1"
    file.write_text("")
    load(file)
    assert find(alice, "openai") is None
    with pytest.raises(AuthFailed):
        shared_key(moved)


def test_its_models_are_fetched_where_the_file_names_none(
    file: Path, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": [{"id": "claude-small", "type": "model"}]})

    class Nowhere:
        async def open(self, record: Any) -> None: ...

        async def close(self, record: Any) -> None: ...

    monkeypatch.setattr(SITE, "transport", lambda connection: httpx.MockTransport(answer))
    monkeypatch.setattr(SITE, "ledger", Nowhere())
    fetcher = Fetcher()
    for _ in range(2):
        async_to_sync(fetcher.look)()
    assert [request.headers["x-api-key"] for request in asked] == [KEY], "once, and not where the file names them"
    models = {choice.slug: [entry.id for entry in choice.models] for choice in async_to_sync(lookup.all_of)(alice.pk)}
    assert models["house-claude"] == ["claude-small"]
    load(file)
    async_to_sync(fetcher.look)()
    assert len(asked) == 1, "what stays the same keeps its list"


def test_a_kind_of_the_same_file_is_shared(tmp_path: Path, alice: User) -> None:
    rows = "providers: [{kind: rowed, label: Rowed AI, base_url: https://rowed.example/v1}]\n"
    file = tmp_path / "thinkback.yaml"
    file.write_text(f"{rows}shared: [{{kind: rowed, key: {KEY}}}]")
    load(file)
    connection = find(alice, "rowed")
    assert connection is not None and shared_key(connection) == KEY
    file.write_text(f"shared: [{{kind: rowed, key: {KEY}}}]")
    with pytest.raises(Invalid, match="there is no provider of the kind 'rowed'"):
        load(file)
    assert find(alice, "rowed") is connection, "the old file stays in force"


WRONG: list[tuple[Any, str]] = [
    ({}, "is a list of providers"),
    ([{}], "has a kind"),
    ([{"kind": "nobody"}], "there is no provider of the kind 'nobody'"),
    ([{"kind": "practice"}], "answers by itself"),
    ([{"kind": "openai"}], "OpenAI needs a key"),
    ([{"kind": "openai", "key": "two\nlines"}], "key: "),
    ([{"kind": "openai", "key": KEY, "colour": "red"}], "colour: OpenAI has no setting"),
    ([{"kind": "openai", "key": KEY, "slug": "A B"}], "a slug has small letters"),
    ([{"kind": "openai", "key": KEY, "users": []}], "users is a list"),
    (
        [{"kind": "openai", "key": KEY, "models": [{"id": "m", "context": "big"}]}],
        "context of a model is a whole",
    ),
    ([{"kind": "openai", "key": KEY, "fallbacks": ["x"]}], "has no 'fallbacks'"),
    ([{"kind": "openai", "key": KEY}] * 2, "'openai' is shared already"),
]


@pytest.mark.parametrize(("value", "reason"), WRONG)
def test_a_wrong_one_is_refused_without_telling_the_key(value: Any, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        shared.read(value, {})
    assert reason in refused.value.reason and KEY not in refused.value.reason


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """What other tests remembered is gone, and what these remember too."""
    yield
    SHARED.set({})
    revocation.tell("*")
