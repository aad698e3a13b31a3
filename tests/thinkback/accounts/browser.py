"""What a browser adds to each request of a page of the site."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from thinkback.accounts.models import User

ORIGIN = "http://testserver"


def signed_in(user: User, **headers: str) -> Client:
    """A browser in which this user is signed in, on a page of the site."""
    client = Client(headers={"Origin": ORIGIN, **headers})
    client.force_login(user)
    return client


def send(client: Client, url: str, data: Any) -> Any:
    """POST an object as JSON."""
    return client.post(url, json.dumps(data), content_type="application/json")
