"""The pages for when the session or the connection is gone."""

from __future__ import annotations

import pytest
from django.test import Client


def test_signed_out_leads_back_to_where_one_was(client: Client) -> None:
    page = client.get("/signed-out", {"next": "/chat/1?x=y"}).content.decode()
    assert 'href="/accounts/login/?next=/chat/1%3Fx%3Dy"' in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signed_out_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    page = client.get("/signed-out", {"next": elsewhere}).content.decode()
    assert 'href="/accounts/login/"' in page
    assert "evil" not in page and "alert" not in page


def test_offline_needs_no_database(client: Client) -> None:
    assert b"cannot be reached" in client.get("/offline").content


def test_the_worker_keeps_what_the_offline_page_needs(client: Client) -> None:
    response = client.get("/service-worker.js")
    page = client.get("/offline").content.decode()
    worker = response.content.decode()
    assert response["Content-Type"] == "text/javascript"
    kept = [part for part in worker.split('"') if part.startswith("/static/")]
    assert len(kept) >= 8
    for address in [part for part in page.split('"') if part.startswith("/static/")]:
        assert address in kept
