"""Every page carries the headers that keep it to itself."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from thinkback.security import SecurityHeaders


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def asked(secure: bool = False) -> HttpResponse:
    response = SecurityHeaders(answer)(RequestFactory().get("/", secure=secure))
    assert isinstance(response, HttpResponse)
    return response


def test_nothing_but_our_own_files() -> None:
    policy = asked().headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "private, no-store"),
    ],
)
def test_headers(name: str, value: str) -> None:
    assert asked().headers[name] == value


def test_hsts_only_over_https(settings: Settings) -> None:
    settings.HSTS_SECONDS = 60
    assert "Strict-Transport-Security" not in asked().headers
    assert asked(secure=True).headers["Strict-Transport-Security"] == "max-age=60"


def test_a_view_may_say_otherwise() -> None:
    def cached(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "public, max-age=60"})

    response = SecurityHeaders(cached)(RequestFactory().get("/"))
    assert isinstance(response, HttpResponse)
    assert response.headers["Cache-Control"] == "public, max-age=60"


async def test_the_same_under_asgi() -> None:
    async def later(request: HttpRequest) -> HttpResponse:
        return answer(request)

    response = await SecurityHeaders(later)(RequestFactory().get("/"))  # type: ignore[misc]
    assert "Content-Security-Policy" in response.headers


@pytest.mark.django_db
def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.django_db
def test_cookies_are_kept_from_scripts_and_other_sites(client: Client) -> None:
    cookie = client.get("/accounts/login/").cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
