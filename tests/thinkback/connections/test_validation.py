"""What a configuration may hold; every refusal names its field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from proxy import paths
from tests.thinkback.accounts.browser import send
from thinkback.connections import slugs
from thinkback.connections.models import Connection

URL = "/api/providers"
CUSTOM = {"kind": "custom", "name": "Mine", "base_url": "https://llm.example.org", "format": "openai"}
CLIENT = "11112222-3333-4444-5555-666677778888"
AZURE = {"kind": "azure", "base_url": "https://alice.openai.azure.com", "deployments": "chat=gpt-4o"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "nonsense"}, "kind"),
    ({"kind": None}, "kind"),
    ({"kind": ["openai"]}, "kind"),
    ({"kind": "openai", "name": ""}, "name"),
    ({"kind": "openai", "name": 7}, "name"),
    ({"kind": "openai", "name": "x" * 101}, "name"),
    ({"kind": "openai", "name": "a\nb"}, "name"),
    ({"kind": "openai", "slug": "Not A Slug"}, "slug"),
    ({"kind": "openai", "slug": "-x"}, "slug"),
    ({"kind": "openai", "slug": "custom"}, "slug"),
    ({"kind": "openai", "slug": 5}, "slug"),
    ({"kind": "openai", "slug": "practice"}, "slug"),
    ({"kind": "openai", "api_key": ""}, "api_key"),
    ({"kind": "openai", "api_key": 5}, "api_key"),
    ({"kind": "openai", "api_key": "sk-a\r\nX-Evil: 1"}, "api_key"),
    ({"kind": "openai", "api_key": "sk-ключ"}, "api_key"),
    ({"kind": "openai", "format": "anthropic"}, "format"),
    ({"kind": "openai", "headers": ["a"]}, "headers"),
    ({"kind": "openai", "headers": {"X-A": 1}}, "headers"),
    ({"kind": "openai", "headers": {"X A": "b"}}, "headers"),
    ({"kind": "openai", "headers": {"X-A": "b\r\nX-B: c"}}, "headers"),
    ({"kind": "openai", "headers": {"X-A": "a", "x-a": "b"}}, "headers"),
    ({"kind": "openai", "default_model": 5}, "default_model"),
    ({"kind": "openai", "default_model": "x" * 201}, "default_model"),
    ({"kind": "openai", "enabled": "yes"}, "enabled"),
    ({"kind": "openai", "hidden_models": "all"}, "hidden_models"),
    ({"kind": "openai", "models": [1]}, "models"),
    ({"kind": "openai", "options": ["a"]}, "options"),
    ({"kind": "openai", "nonsense": "x"}, "nonsense"),
    ({"kind": "practice", "base_url": "https://llm.example.org"}, "base_url"),
    ({**CUSTOM, "base_url": ""}, "base_url"),
    ({**AZURE, "base_url": ""}, "base_url"),
    ({**AZURE, "format": "openai"}, "format"),
    ({**AZURE, "sign_in": "saml"}, "sign_in"),
    ({**AZURE, "sign_in": "entra", "client_id": CLIENT}, "tenant"),
    ({**AZURE, "sign_in": "entra", "client_id": CLIENT, "tenant": "a/../b"}, "tenant"),
    ({**AZURE, "sign_in": "entra", "tenant": "contoso.com", "client_id": "me"}, "client_id"),
    ({**AZURE, "deployments": "gpt-4o"}, "deployments"),
    ({**AZURE, "options": {"api_version": "newest"}}, "api_version"),
    ({**CUSTOM, "format": "nonsense"}, "format"),
]
HEADERS = [
    "Authorization", "x-api-key", "X-Goog-Api-Key", "api-key", "Connection", "Transfer-Encoding", "Upgrade", "TE",
    "Host", "Content-Length", "Cookie", "Accept-Encoding", "X-ThinkBack-Provider-Key", "Proxy-Authorization",
    "X-Forwarded-For", "Forwarded", "Via",
]  # fmt: skip


def field_of(response: Any) -> str | None:
    """The field that a refusal names."""
    assert response.status_code == 400, response.content
    assert response.json()["error"]["type"] == "invalid_request"
    return response.json()["error"].get("field")


@pytest.mark.parametrize(("data", "field"), WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_value_is_refused_by_name(browser: Client, data: dict[str, Any], field: str) -> None:
    assert field_of(send(browser, URL, data)) == field
    assert not Connection.objects.exclude(slug="practice").exists()


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_of_ours_is_refused(browser: Client, name: str) -> None:
    assert field_of(send(browser, URL, {"kind": "openai", "headers": {name: "x"}})) == "headers"


def test_a_custom_one_needs_an_address(browser: Client) -> None:
    data = {name: value for name, value in CUSTOM.items() if name != "base_url"}
    assert field_of(send(browser, URL, data)) == "base_url"


def test_a_custom_one_speaks_openai_unless_told_otherwise(browser: Client) -> None:
    data = {name: value for name, value in CUSTOM.items() if name != "format"}
    assert send(browser, URL, data).json()["format"] == "openai"


def test_a_body_that_is_no_object_is_refused(browser: Client) -> None:
    response = browser.post(URL, "[1]", content_type="application/json")
    assert response.status_code == 400


def test_a_taken_slug_is_refused(browser: Client) -> None:
    send(browser, URL, {"kind": "openai", "slug": "mine"})
    assert field_of(send(browser, URL, {"kind": "openai", "slug": "mine"})) == "slug"


def test_kind_and_slug_stay(browser: Client) -> None:
    send(browser, URL, {"kind": "openai"})
    for field, value in (("kind", "anthropic"), ("slug", "other")):
        response = browser.patch(f"{URL}/openai", {field: value}, content_type="application/json")
        assert field_of(response) == field


def test_the_longest_slug_is_an_address_of_the_proxy(browser: Client) -> None:
    slug = "a" * slugs.LONGEST
    assert send(browser, URL, {"kind": "openai", "slug": slug}).status_code == 201
    paths.check(slug, "v1/models")
