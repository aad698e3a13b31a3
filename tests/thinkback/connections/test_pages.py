"""The provider pages: a form from every adapter, a key that is never shown, and asking before harm."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import Client

import providers
from providers import Adapter
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY
from thinkback.connections import caching, changes, forms, limits, preferences, resilience
from thinkback.connections.models import Connection
from thinkback.vault import keys

LIST = "/settings/providers"
NETWORKED = [adapter for adapter in providers.available() if adapter.transport() is None]


def test_strangers_sign_in_first(client: Client, db: None) -> None:
    for url in (LIST, f"{LIST}/new/openai", f"{LIST}/openai", "/connect"):
        assert client.get(url).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("adapter", providers.available(), ids=lambda adapter: adapter.kind)
def test_every_adapter_has_a_form_with_all_its_fields(browser: Client, adapter: Adapter) -> None:
    page = browser.get(f"{LIST}/new/{adapter.kind}")
    assert page.status_code == 200
    for field in adapter.fields():
        assert f'name="{"header_name" if field.kind == "headers" else field.name}"' in page.text


@pytest.mark.parametrize("adapter", NETWORKED, ids=lambda adapter: adapter.kind)
def test_every_adapter_is_added_by_its_form(browser: Client, adapter: Adapter) -> None:
    form = {"name": "Mine", "api_key": KEY, "base_url": adapter.base_url or "https://llm.example.org", "format": ""}
    response = browser.post(f"{LIST}/new/{adapter.kind}", form)
    row = Connection.objects.get(kind=adapter.kind)
    assert response.headers["Location"] == f"{LIST}/{row.slug}"
    status = keys.status(f"connection:{row.pk}")
    assert row.name == "Mine" and status is not None and status.last_four == "4f2A"


def test_the_page_after_adding_begins_the_test_once(browser: Client) -> None:
    browser.post(f"{LIST}/new/openai", {"name": "OpenAI", "api_key": KEY})
    assert "data-begin" in browser.get(f"{LIST}/openai").text
    assert "data-begin" not in browser.get(f"{LIST}/openai").text


def test_an_unknown_kind_has_no_form(browser: Client) -> None:
    assert browser.get(f"{LIST}/new/nonsense").status_code == 404


PASTED = [(KEY, "openai"), ("sk-ant-0123456789", "anthropic"), ("AIza0123456789", "google")]


@pytest.mark.parametrize(("key", "kind"), PASTED)
def test_a_pasted_key_is_recognised_and_added(browser: Client, key: str, kind: str) -> None:
    response = browser.post(LIST, {"api_key": f" {key}\n"})
    assert response.headers["Location"] == f"{LIST}/{kind}"
    assert keys.status(f"connection:{Connection.objects.get(kind=kind).pk}") is not None


def test_a_key_of_nobody_is_said_and_not_repeated(browser: Client) -> None:
    response = browser.post(LIST, {"api_key": "zzz-unheard-of-0123456789"})
    assert response.status_code == 400 and "not one that we recognise" in response.text
    assert "unheard-of" not in response.text


def test_wrong_values_come_back_with_their_errors_but_without_the_key(browser: Client) -> None:
    form = {"name": "Mine", "api_key": KEY, "base_url": "http://llm.example.org", "format": "openai"}
    response = browser.post(f"{LIST}/new/custom", form)
    assert response.status_code == 400 and "http://llm.example.org" in response.text
    assert 'aria-invalid="true"' in response.text and KEY not in response.text


def test_a_stored_key_is_told_by_its_end(browser: Client) -> None:
    send(browser, "/api/providers", {"kind": "openai", "api_key": KEY})
    page = browser.get(f"{LIST}/openai").text
    assert "•••• 4f2A" in page and "not used yet" in page and KEY not in page
    assert "Your text goes to <strong>api.openai.com</strong>" in page


def test_saving_without_a_key_keeps_the_stored_one(browser: Client) -> None:
    send(browser, "/api/providers", {"kind": "openai", "api_key": KEY})
    form = {"name": "New name", "api_key": "", "base_url": "", "organization": "org-1"}
    assert browser.post(f"{LIST}/openai", form).status_code == 302
    row = Connection.objects.get(slug="openai")
    assert (row.name, row.options["organization"]) == ("New name", "org-1")
    assert keys.status(f"connection:{row.pk}") is not None


def test_headers_are_read_in_pairs(browser: Client) -> None:
    form = {"name": "Mine", "header_name": ["X-Team", ""], "header_value": ["a", ""]}
    browser.post(f"{LIST}/new/openai", form)
    assert Connection.objects.get(slug="openai").headers == {"X-Team": "a"}
    assert 'value="X-Team"' in browser.get(f"{LIST}/openai").text


@pytest.mark.parametrize(("path", "word"), [("delete", "Delete"), ("key/remove", "Remove")])
def test_harm_is_asked_about_first(browser: Client, path: str, word: str) -> None:
    send(browser, "/api/providers", {"kind": "openai", "api_key": KEY})
    asked = browser.get(f"{LIST}/openai/{path}")
    row = Connection.objects.get(slug="openai")
    assert f">{word}</button>" in asked.text and keys.status(f"connection:{row.pk}") is not None
    assert browser.post(f"{LIST}/openai/{path}").status_code == 302
    assert keys.status(f"connection:{row.pk}") is None
    assert Connection.objects.filter(slug="openai").exists() is (path != "delete")


def test_it_is_turned_off_and_on(browser: Client) -> None:
    for word, enabled in (("false", False), ("true", True)):
        browser.post(f"{LIST}/practice/enabled", {"enabled": word})
        assert Connection.objects.get(slug="practice").enabled is enabled


def test_a_kind_that_is_gone_can_only_be_deleted(browser: Client) -> None:
    send(browser, "/api/providers", {"kind": "openai", "api_key": KEY})
    Connection.objects.filter(slug="openai").update(kind="gone")
    assert "not installed any more" in browser.get(f"{LIST}/openai").text
    assert browser.post(f"{LIST}/openai/enabled", {"enabled": "false"}).status_code == 302
    assert Connection.objects.get(slug="openai").enabled
    assert browser.post(f"{LIST}/openai/delete").status_code == 302
    assert not Connection.objects.filter(slug="openai").exists()


def test_a_name_is_shown_as_text(browser: Client) -> None:
    send(browser, "/api/providers", {"kind": "openai", "name": "<script>alert(1)</script>"})
    for url in (LIST, f"{LIST}/openai", "/connect?provider=openai"):
        assert "<script>alert" not in browser.get(url).text


def test_a_form_reads_what_the_json_api_takes() -> None:
    data = QueryDict("name=Mine&api_key=&base_url=&format=openai&header_name=X-A&header_value=b")
    given = forms.ProviderForm(providers.get("custom"), data=data).given()
    assert "api_key" not in given and given["headers"] == {"X-A": "b"}
    named = {field.name for field in (*resilience.FIELDS, *limits.FIELDS, *preferences.FIELDS, caching.FIELD)}
    named |= {"ask_for_usage", "message_format", "sign_in", "key_header", "token_url", "client_id", "scope"}
    assert set(given) <= {"name", "base_url", "format", "headers", "fallbacks", "default_model", "pins"} | named


def test_a_page_of_changes_is_one_list(browser: Client) -> None:
    user_id = int(browser.session["_auth_user_id"])
    changes.create(user_id, {"kind": "openai", "name": "Work"})
    page = browser.get(LIST).text
    assert page.index("Work") < page.index("Practice") and "Needs a key" in page


def test_only_the_address_of_a_service_must_be_given() -> None:
    form = forms.ProviderForm(providers.get("custom"))
    assert form.fields["base_url"].required
    assert not form.fields["token_url"].required


def test_a_second_practice_is_told_as_the_first(browser: Client) -> None:
    sentence = "Answers by itself: nothing leaves this server, and it costs nothing."
    assert sentence in browser.get(f"{LIST}/new/practice").text
    send(browser, "/api/providers", {"kind": "practice"})
    for slug in ("practice", "practice-2"):
        page = browser.get(f"{LIST}/{slug}").text
        assert sentence in page and "Its sessions" not in page


def test_two_of_a_kind_have_names_that_differ(browser: Client) -> None:
    assert 'value="OpenAI"' in browser.get(f"{LIST}/new/openai").text
    for name in ("OpenAI", "OpenAI 2"):
        assert send(browser, "/api/providers", {"kind": "openai", "api_key": KEY}).json()["name"] == name
    assert 'value="OpenAI 3"' in browser.get(f"{LIST}/new/openai").text
