"""What people see when something is wrong."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

from thinkback.accounts.models import User


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


urlpatterns = [path("broken", broken)]


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "403_csrf"])
def test_it_renders_without_context_and_says_what_to_do(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert f"Error {name[:3]}" in page
    assert page.count("<h1>") == 1
    assert 'class="button primary" href="/"' in page


def test_an_unknown_address_is_404(client: Client, db: None) -> None:
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert b"There is nothing at this address" in response.content
    assert b"nothing-here" not in response.content


@override_settings(ROOT_URLCONF=__name__)
def test_our_own_mistake_is_500_and_tells_no_detail() -> None:
    response = Client(raise_request_exception=False).get("/broken")
    assert response.status_code == 500
    assert b"ThinkBack made a mistake" in response.content
    assert b"secret detail" not in response.content


def test_a_form_without_its_token_is_explained(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    response = client.post("/accounts/logout/")
    assert response.status_code == 403
    assert b"This form was open for too long" in response.content
