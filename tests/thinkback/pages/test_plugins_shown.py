"""Owner and administrators see which plug-ins are there, and which are left out and why."""

from __future__ import annotations

import pytest
from django.test import Client

import providers
from providers import LeftOut, Offer, Source
from providers._plugins.discovery import REGISTRY
from tests.plugin.thinkback_example import Example
from thinkback.accounts.models import User
from thinkback.configuration import aliases, shared
from thinkback.configuration.watching import CONFIGURATION


def status(client: Client, user: User) -> str:
    """The status page."""
    client.force_login(user)
    return client.get("/settings/status").content.decode()


def test_without_any_nothing_is_said(client: Client, alice: User) -> None:
    assert "Plug-ins" not in status(client, alice)


def test_those_in_use(client: Client, alice: User) -> None:
    providers.configure([Offer(Example(), Source("thinkback-example", "1.2.0", "Example AI, for ThinkBack."))])
    page = status(client, alice)
    for told in ("Plug-ins", "Example AI", "thinkback-example", "1.2.0", "Example AI, for ThinkBack.", "In use"):
        assert told in page


def test_those_left_out_with_the_reason(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = LeftOut("broken", Source("thinkback-broken", "0.1"), "it cannot be loaded (ImportError: <nothing>)")
    monkeypatch.setattr("providers._plugins.discovery.packaged", lambda: ((), (broken,)))
    REGISTRY.configure(())
    page = status(client, alice)
    for told in ("broken", "thinkback-broken", "0.1", "Left out", "it cannot be loaded (ImportError: &lt;nothing&gt;)"):
        assert told in page


def test_a_configuration_file_that_is_not_in_force(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CONFIGURATION, "refused", "/etc/thinkback.yaml, line 3: label is a text.")
    assert "/etc/thinkback.yaml, line 3: label is a text." in status(client, alice)


def test_what_the_configuration_file_brings(client: Client, alice: User) -> None:
    aliases.read({"fast": ["groq/small", "openai/mini"], "auto": {"choose": "auto", "prefer": "cost"}})()
    shared.read([{"kind": "openai", "key": "sk-canary-0123456789abcdef", "users": ["bob"]}], {})()
    page = status(client, alice)
    for told in ("Aliases", "groq/small", "in order", "automatically, cost", "any model of whoever asks"):
        assert told in page
    for told in ("Shared providers", "api.openai.com", "bob"):
        assert told in page
    assert "0123456789abcdef" not in page
