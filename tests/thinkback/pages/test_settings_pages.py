"""Who sees the settings list, what is installed, and the parts."""

from __future__ import annotations

import pytest
from django.test import Client

from thinkback import __version__
from thinkback.accounts.models import User

PAGES = ("/settings/", "/settings/about")


@pytest.mark.parametrize("address", [*PAGES, "/settings/about/parts"])
def test_a_stranger_is_asked_to_sign_in(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("address", PAGES)
def test_a_member_sees_it(client: Client, bob: User, address: str) -> None:
    client.force_login(bob)
    assert client.get(address).status_code == 200


def test_the_parts_are_for_the_owner(client: Client, alice: User, bob: User) -> None:
    client.force_login(bob)
    refused = client.get("/settings/about/parts")
    client.force_login(alice)
    shown = client.get("/settings/about/parts")
    assert refused.status_code == 403
    assert b"This page is not yours to open" in refused.content
    assert shown.status_code == 200
    assert b'class="error"' in shown.content


def test_about_tells_version_and_licences(client: Client, bob: User) -> None:
    client.force_login(bob)
    page = client.get("/settings/about").content.decode()
    assert __version__ in page
    assert "django-allauth" in page
    assert "Parts of the pages" not in page  # Bob may not open it


def test_the_current_place_is_marked(client: Client, bob: User) -> None:
    client.force_login(bob)
    page = client.get("/settings/about").content.decode()
    assert 'href="/settings/about" aria-current="page"' in page
    assert 'href="/settings/providers" aria-current="page"' not in page


def test_the_address_without_slash_leads_to_it(client: Client, db: None) -> None:
    assert client.get("/settings")["Location"] == "/settings/"


def test_signing_out_is_a_post_form(client: Client, bob: User) -> None:
    client.force_login(bob)
    page = client.get("/settings/about").content.decode()
    assert '<form method="post" action="/accounts/logout/">' in page
