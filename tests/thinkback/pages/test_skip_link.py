"""Where "Skip to the content" leads."""

from __future__ import annotations

import pytest
from django.test import Client

from thinkback.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/usage", "main"),
        ("/settings/account", "section"),
        ("/settings/providers", "section"),
        ("/settings/", "main"),  # its section is hidden on a small screen
    ],
)
def test_it_leads_past_what_stands_on_every_page(client: Client, alice: User, path: str, place: str) -> None:
    client.force_login(alice)
    html = client.get(path, follow=True).content.decode()
    assert f'<a class="skip-link" href="#{place}">' in html
    assert html.count(f'id="{place}"') == 1
