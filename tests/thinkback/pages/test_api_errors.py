"""Below /api/ an error is JSON, whatever went wrong."""

from __future__ import annotations

import pytest
from django.test import Client


def test_unknown_address(client: Client) -> None:
    answer = client.get("/api/nowhere")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found")


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_a_page(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and answer["content-type"].startswith("text/html")
