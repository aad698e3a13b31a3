"""The description of the API: all of it, and nothing but what is there."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.schema import faults
from tests.thinkback.usage.conftest import an_attempt
from thinkback import __version__
from thinkback.accounts.models import User
from thinkback.connections import practice
from thinkback.pages.api_docs import description, operations
from thinkback.usage.presentation import FIELDS

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}  # as the site's own pages ask
OUTSIDE = {  # what asgi.py answers without Django's addresses
    "/api/proxy/{slug}/{path}",
    "/api/proxy/custom/{slug}/{path}",
    "/api/v1/chat/completions",
    "/api/v1/models",
    "/api/v1/models/{id}",
    "/healthz",
    "/readyz",
    "/metrics",
}


def addresses(resolver: URLResolver, prefix: str = "/") -> set[str]:
    """Every address below a resolver, with its parameters in braces."""
    found = set()
    for one in resolver.url_patterns:
        path = prefix + PARAMETER.sub(r"{\1}", str(one.pattern))
        found |= {path} if isinstance(one, URLPattern) else addresses(one, path)
    return found


def schema_of(path: str, method: str = "get", status: str = "200") -> dict[str, Any]:
    answer = description()["paths"][path][method]["responses"][status]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema


def test_every_address_is_described_and_no_other() -> None:
    there = {path for path in addresses(get_resolver()) if path.startswith("/api/")}
    assert len(there) > 10
    assert set(description()["paths"]) == there | OUTSIDE


@pytest.mark.parametrize("path", sorted(set(description()["paths"]) - OUTSIDE))
def test_every_method_is_described_and_no_other(client: Client, path: str) -> None:
    address = path.replace("{token_id}", "1").replace("{folder_id}", "1").replace("{message_id}", "{id}")
    address = address.replace("{id}", "0199f0a2-7c1e-7d3a-9b4e-2f6c8d1e5a70")
    refused = client.generic("PURGE", re.sub(r"{\w+}", "x", address))
    assert refused.status_code == 405
    allowed = set(refused["Allow"].lower().split(", ")) - {"head", "options"}
    assert allowed == description()["paths"][path].keys()


def test_a_usage_record_has_the_fields_that_it_has() -> None:
    assert list(description()["components"]["schemas"]["UsageRecord"]["properties"]) == FIELDS


def test_the_version_is_this_one() -> None:
    assert description()["info"]["version"] == __version__


def test_examples_are_as_described() -> None:
    found = []
    for methods in description()["paths"].values():
        for said in methods.values():
            for holder in (said.get("requestBody", {}), *said["responses"].values()):
                media = holder.get("content", {}).get("application/json", {})
                if "example" in media:
                    found += list(faults(media["example"], media["schema"], said["operationId"]))
    assert not found


@pytest.mark.parametrize(
    "path",
    [
        "/api/providers",
        "/api/providers/kinds",
        "/api/tokens",
        "/api/audit",
        "/api/usage/records",
        "/api/usage/summary",
        "/api/chats",
        "/api/folders",
        "/api/tags",
    ],
)
def test_what_is_answered_is_as_described(client: Client, alice: User, path: str) -> None:
    practice.ensure(alice.pk)
    an_attempt(alice, duration_ms=12.5, cost_usd=Decimal("0.25"), raw_usage={"prompt_tokens": 1}, input_tokens=1)
    client.force_login(alice)
    for place, sent in (("/api/tokens", {"name": "laptop"}), ("/api/folders", {"name": "Garden"})):
        assert client.post(place, sent, "application/json", **SAME).status_code == 201
    chat = client.post("/api/chats", {"title": "Roses"}, "application/json", **SAME).json()
    sent = {"ids": [chat["id"]], "add_tags": ["plants"]}
    assert client.post("/api/chats/batch", sent, "application/json", **SAME).json() == {"changed": [chat["id"]]}
    response = client.get(path, **SAME)
    assert response.status_code == 200
    assert response.json()["results"]
    assert not list(faults(response.json(), schema_of(path)))


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/providers", {"kind": "openai", "api_key": "sk-canary-0123456789abcdefWXYZ"}),
        ("/api/tokens", {"name": "laptop", "scopes": ["proxy"]}),
        ("/api/chats", {"title": "Roses"}),
        ("/api/folders", {"name": "Garden"}),
    ],
)
def test_what_is_made_is_as_described(client: Client, alice: User, path: str, sent: dict[str, Any]) -> None:
    client.force_login(alice)
    response = client.post(path, sent, "application/json", **SAME)
    assert response.status_code == 201
    assert not list(faults(response.json(), schema_of(path, "post", "201")))


def test_an_error_is_as_described(client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.post("/api/tokens", {"name": ""}, "application/json", **SAME)
    assert response.status_code == 400
    assert not list(faults(response.json(), {"$ref": "#/components/schemas/Error"}))


def test_the_file_for_programs(client: Client, db: None) -> None:
    response = client.get("/api/docs/openapi.json")
    assert response["Content-Type"] == "application/json"
    assert response.json() == description()


def test_the_page_has_every_operation(client: Client, db: None) -> None:
    page = unescape(client.get("/api/docs").content.decode())
    for one in operations():
        assert f'id="{one.id}"' in page
        assert f'href="#{one.id}"' in page
    assert "curl 'http://testserver/api/tokens'" in page
    assert "<code>Authorization: Bearer tb_…</code>" in page
