"""The connection test as a page with scripts sees it: a line as each step ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from proxy.record import Record
from tests.thinkback.accounts.browser import ORIGIN
from tests.thinkback.connections.conftest import KEY, Service
from thinkback.accounts.models import User
from thinkback.connections import changes

HEADERS = {"Origin": ORIGIN, "Accept": "application/x-ndjson"}
pytestmark = pytest.mark.django_db(transaction=True)


async def test_each_step_is_a_line(alice: User, service: Service, booked: list[Record]) -> None:
    await sync_to_async(changes.create)(alice.pk, {"kind": "openai", "api_key": KEY})
    browser = AsyncClient()
    await browser.aforce_login(alice)
    response: Any = await browser.post("/api/providers/openai/test", headers=HEADERS)
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == "application/x-ndjson"
    seen = []
    async for line in response.streaming_content:
        seen.append((json.loads(line)["name"], len(service.requests)))
    assert seen == [("reach", 1), ("key", 1), ("models", 1), ("answer", 2)]
