"""Practice: answers by itself, needs no key. For a first look and for tests."""

from __future__ import annotations

import httpx

from providers._base import LOCAL, Field
from providers._openai.format import OpenAIFormat
from providers._practice.service import PracticeTransport


class Practice(OpenAIFormat):
    """The service inside this process, spoken to as if it were outside."""

    kind = "practice"
    label = "Practice"
    description = (
        "Answers by itself, always alike. `use NAME {…}` calls a tool that is offered, a picture is told by type and "
        "size, and a JSON answer fits its schema."
    )
    base_url = "https://practice.invalid/v1"  # a name that can never be a host (RFC 2606): nothing is ever sent there
    needs_key = False
    price_id = LOCAL

    def __init__(self) -> None:
        self._transport = PracticeTransport()

    def fields(self) -> tuple[Field, ...]:
        """Nothing to fill in."""
        return ()

    def transport(self) -> httpx.AsyncBaseTransport:
        """What answers instead of the network."""
        return self._transport
