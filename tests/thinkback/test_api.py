"""What every JSON address has in common: who may call, from where, how, and what errors look like."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import AsyncClient, Client
from django.urls import path
from pytest_django import Settings

from tests.thinkback.accounts.browser import ORIGIN, send, signed_in
from thinkback.accounts import tokens
from thinkback.accounts.models import AllowedOrigin, User
from thinkback.api import ApiError, ApiRequest, answer, api, read_json

APP = "https://app.example"
FAILURES: dict[str, Exception] = {
    "ours": ApiError(409, "conflict", "That is taken.", "slug"),
    "validation": ValidationError({"name": "Too long."}),
    "plain": ValidationError("Wrong."),
    "missing": Http404("secret details"),
    "denied": PermissionDenied("Not yours."),
}


@api("GET", "POST", scope="usage")
def echo(request: ApiRequest) -> HttpResponse:
    who = {"user": request.user.username, "via": request.caller.via}
    return answer({**who, "sent": read_json(request) if request.method == "POST" else None})


@api("GET", "POST", scope="usage")
async def echo_later(request: ApiRequest) -> HttpResponse:
    user = await request.auser()
    return answer({"user": user.get_username(), "via": request.caller.via})


@api("GET")
def people_only(request: ApiRequest) -> HttpResponse:
    return answer({})


@api("GET", scope="usage")
def failing(request: ApiRequest, name: str) -> HttpResponse:
    raise FAILURES[name]


@api("GET", scope="usage")
async def failing_later(request: ApiRequest, name: str) -> HttpResponse:
    raise FAILURES[name]


def csrf_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


urlpatterns = [
    path("api/echo", echo),
    path("api/later", echo_later),
    path("api/people", people_only),
    path("api/failing/<name>", failing),
    path("api/failing-later/<name>", failing_later),
    path("csrf", csrf_token),
]
URLS = ["/api/echo", "/api/later"]
pytestmark = pytest.mark.urls(__name__)


def program(user: User, *, origin: str | None = None, **wish: Any) -> Client:
    """A program with a token of this user; in a page of an origin if one is given."""
    _, text = tokens.make(user, tokens.Wish("laptop", **wish))
    headers = {"Authorization": f"Bearer {text}"}
    return Client(headers=headers if origin is None else {**headers, "Origin": origin})


def error_of(response: Any) -> dict[str, str]:
    return dict(response.json()["error"])


# Sessions


@pytest.mark.parametrize("url", URLS)
def test_page_of_the_site_reads(bob: User, url: str) -> None:
    data = signed_in(bob).get(url).json()
    assert (data["user"], data["via"]) == ("bob", "session")


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": ORIGIN}, 200),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": APP}, 403),
        ({"Origin": "https://testserver"}, 403),
        ({"Origin": f"{ORIGIN}.evil.example"}, 403),
        ({"Origin": APP, "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_session_works_from_the_site_alone(bob: User, url: str, headers: dict[str, str], status: int) -> None:
    client = Client(headers=headers)
    client.force_login(bob)
    assert client.get(url).status_code == status


def test_listed_origins_do_not_help_a_session(bob: User, settings: Settings) -> None:
    settings.ALLOWED_ORIGINS = frozenset({APP})
    assert signed_in(bob, Origin=APP).get("/api/echo").status_code == 403


def test_public_address_is_the_site_too(bob: User, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://chat.example.org"
    assert signed_in(bob, Origin="https://chat.example.org").get("/api/echo").status_code == 200


@pytest.mark.parametrize("url", URLS)
def test_writing_needs_the_csrf_token(bob: User, url: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": ORIGIN})
    client.force_login(bob)
    refused = send(client, url, {})
    assert (refused.status_code, error_of(refused)["type"]) == (403, "csrf_failed")
    token = client.get("/csrf").content.decode()
    response = client.post(url, "{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert response.status_code == 200


def test_someone_who_was_switched_off_is_a_stranger(bob: User) -> None:
    client = signed_in(bob)
    bob.is_active = False
    bob.save()
    assert client.get("/api/echo").status_code == 401


# Tokens


@pytest.mark.parametrize("url", URLS)
def test_program_reads_and_writes_without_csrf(bob: User, url: str) -> None:
    client = program(bob)
    client.handler.enforce_csrf_checks = True
    for response in (client.get(url), send(client, url, {})):
        assert (response.status_code, response.json()["via"]) == (200, "token")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer tb_nonsense", "bearer sk-123", "Bearer tb_é"])
def test_wrong_token_is_refused_even_beside_a_session(bob: User, header: str) -> None:
    response = signed_in(bob, Authorization=header + " ").get("/api/echo")
    assert (response.status_code, error_of(response)["type"]) == (401, "auth_failed")
    assert "tb_nonsense" not in response.content.decode()


def test_other_kinds_of_authorization_are_not_ours(bob: User) -> None:
    assert signed_in(bob, Authorization="Basic Ym9iOng=").get("/api/echo").status_code == 200


def test_token_speaks_for_its_user_not_for_the_session(bob: User, charlie: User) -> None:
    client = program(charlie)
    client.force_login(bob)
    assert [client.get(url).json()["user"] for url in URLS] == ["charlie", "charlie"]


def test_token_needs_the_scope(bob: User) -> None:
    response = program(bob, scopes=("proxy",)).get("/api/echo")
    assert (response.status_code, error_of(response)["type"]) == (403, "forbidden")


def test_without_a_scope_it_takes_a_person(bob: User) -> None:
    assert program(bob).get("/api/people").status_code == 403
    assert signed_in(bob).get("/api/people").status_code == 200


def test_bound_token_works_from_its_origin_alone(bob: User, settings: Settings) -> None:
    settings.ALLOWED_ORIGINS = frozenset({"https://other.example"})
    for origin, status in ((APP, 200), (None, 403), ("null", 403), ("https://other.example", 403), (ORIGIN, 403)):
        assert program(bob, origin=origin, origins=(APP,)).get("/api/echo").status_code == status


def test_unbound_token_works_from_anywhere_that_is_listed(bob: User, charlie: User) -> None:
    AllowedOrigin.objects.create(user=bob, origin=APP)
    assert program(bob).get("/api/echo").status_code == 200
    assert program(bob, origin=APP).get("/api/echo").status_code == 200
    assert program(bob, origin=ORIGIN).get("/api/echo").status_code == 200
    assert program(bob, origin="https://evil.example").get("/api/echo").status_code == 403
    assert program(charlie, origin=APP).get("/api/echo").status_code == 403


# Across origins


def test_preflight_succeeds_for_listed_origins(bob: User) -> None:
    AllowedOrigin.objects.create(user=bob, origin=APP)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    response = Client(headers={"Origin": APP, **asked}).options("/api/echo")
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == APP
    assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Access-Control-Allow-Credentials" not in response.headers
    stranger = Client(headers={"Origin": "https://evil.example", **asked}).options("/api/echo")
    assert "Access-Control-Allow-Origin" not in stranger.headers


@pytest.mark.parametrize("url", URLS)
def test_page_of_an_allowed_origin_may_read_the_answer(bob: User, url: str) -> None:
    response = program(bob, origin=APP, origins=(APP,)).get(url)
    assert response.headers["Access-Control-Allow-Origin"] == APP
    assert "Origin" in response.headers["Vary"]


def test_page_of_the_site_needs_no_such_header(bob: User) -> None:
    assert "Access-Control-Allow-Origin" not in signed_in(bob).get("/api/echo").headers


# Answers


@pytest.mark.parametrize("url", URLS)
def test_strangers_are_refused(db: None, url: str) -> None:
    response = Client().get(url)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert set(error_of(response)) == {"type", "message"}


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
def test_wrong_methods_are_refused(bob: User, url: str, method: str) -> None:
    response = signed_in(bob).generic(method, url)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("url", URLS)
def test_answers_are_never_cached(bob: User, url: str) -> None:
    for client in (signed_in(bob), Client()):
        response = client.get(url)
        assert response.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "Authorization", "Origin"} <= set(response.headers["Vary"].split(", "))


@pytest.mark.parametrize("url", ["/api/failing/", "/api/failing-later/"])
@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("ours", 409, {"type": "conflict", "message": "That is taken.", "field": "slug"}),
        ("validation", 400, {"type": "invalid_request", "message": "Too long.", "field": "name"}),
        ("plain", 400, {"type": "invalid_request", "message": "Wrong."}),
        ("missing", 404, {"type": "not_found", "message": "There is nothing here."}),
        ("denied", 403, {"type": "forbidden", "message": "Not yours."}),
    ],
)
def test_errors_have_one_shape(bob: User, url: str, name: str, status: int, error: dict[str, str]) -> None:
    response = signed_in(bob).get(url + name)
    assert (response.status_code, error_of(response)) == (status, error)


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "1", "null", '"x"', '{"a": NaN}', '{"a": "\\ud800"}', b'{"a": "\xff"}', "[" * 100_000, "\ufeff{}"],
)
def test_nonsense_is_refused(bob: User, body: str | bytes) -> None:
    response = signed_in(bob).post("/api/echo", body, content_type="application/json")
    assert (response.status_code, error_of(response)["type"]) == (400, "invalid_request")


def test_object_or_nothing_is_read(bob: User) -> None:
    for body, read in (('{"a": 1}', {"a": 1}), ("", {}), (" ", {})):
        response = signed_in(bob).post("/api/echo", body, content_type="application/json")
        assert response.json()["sent"] == read


def test_form_is_not_json(bob: User) -> None:
    assert signed_in(bob).post("/api/echo", {"a": "1"}).status_code == 400


def test_too_large_a_body_is_refused(bob: User, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = send(signed_in(bob), "/api/echo", {"a": "x" * 100})
    assert (response.status_code, error_of(response)["type"]) == (413, "too_large")


def test_async_views_under_asgi(bob: User) -> None:
    _, text = tokens.make(bob, tokens.Wish("laptop"))

    async def ask() -> Any:
        return await AsyncClient().get("/api/later", headers={"Authorization": f"Bearer {text}"})

    assert json.loads(async_to_sync(ask)().content)["user"] == "bob"
