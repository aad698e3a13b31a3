"""Aliases in the chat's model picker, and what the footer says of an answer that one of them led to."""

from __future__ import annotations

from django.test import Client

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.chat.footers import footer_of
from thinkback.configuration import aliases
from thinkback.usage.reports import OperationTotals

NAMES = {"groq": "Groq"}


def test_those_that_stand_for_something_are_offered(alice: User) -> None:
    aliases.read({"fast": ["practice/practice", "nobody/m"], "gone": "nobody/m"})()
    page = Client.get(signed_in(alice), "/").content.decode()
    sections = Client.get(signed_in(alice), "/api/chats/models").json()["results"]
    assert [(one["slug"], one["model"], one["name"], one["own"]) for one in sections[0]["models"]] == [
        ("@", "fast", "Aliases", False)
    ]
    assert 'data-picker data-slug="practice"' in page, "a new chat begins with a model that the user chose himself"


def test_the_footer_says_who_answered_and_why() -> None:
    totals = OperationTotals(status="ok", slug="groq", model="llama-8b", input_tokens=3, output_tokens=4)
    totals.route_reason = "alias fast: the only one with images"
    footer = footer_of(totals, NAMES)
    assert footer is not None
    assert footer.parts[0] == "fast → Groq llama-8b, the only one with images"
    assert footer.detail.startswith("Alias fast: the only one with images\n")
    totals.route_reason = "alias fast: the first of its list; fallback: openai answered 503"
    footer = footer_of(totals, NAMES)
    assert footer is not None and footer.parts[0] == "fast → Groq llama-8b"
    assert "openai answered 503" in footer.detail
