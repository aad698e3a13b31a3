"""A root and a path become one address, once where they overlap."""

from __future__ import annotations

import pytest

import providers
from providers import Target

OPENAI = [
    ("https://api.openai.com/v1", "v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
    ("https://api.openai.com", "v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
    ("https://api.openai.com/v1/", "/v1/models", "https://api.openai.com/v1/models"),
    ("https://api.openai.com/v1", "models/", "https://api.openai.com/v1/models/"),
    ("https://h.example/openai/v1", "v1/models", "https://h.example/openai/v1/models"),
    ("https://h.example/openai/v1", "openai/v1/models", "https://h.example/openai/v1/models"),
    ("https://h.example/api/v3", "v1/chat/completions", "https://h.example/api/v3/chat/completions"),
    ("https://h.example/v1beta/openai", "v1/chat/completions", "https://h.example/v1beta/openai/chat/completions"),
    ("https://h.example/llm", "v1/models", "https://h.example/llm/v1/models"),
    ("http://127.0.0.1:11434", "v1/models", "http://127.0.0.1:11434/v1/models"),
    ("http://[::1]:1234/v1", "v1/models", "http://[::1]:1234/v1/models"),
    ("https://h.example/v1", "v1/models/ft:gpt-4o:me::1", "https://h.example/v1/models/ft:gpt-4o:me::1"),
    ("https://h.example/v1", "v1/models/org%2Fname", "https://h.example/v1/models/org%2Fname"),
    ("https://h.example/v1", "v1/models/a b?c", "https://h.example/v1/models/a%20b%3Fc"),
]
GOOGLE = [
    ("https://g.example", "v1beta/models/m:generateContent", "https://g.example/v1beta/models/m:generateContent"),
    ("https://g.example", "v1/models/m:generateContent", "https://g.example/v1/models/m:generateContent"),
    ("https://g.example", "models/m:generateContent", "https://g.example/v1beta/models/m:generateContent"),
    ("https://g.example/v1beta", "v1beta/models", "https://g.example/v1beta/models"),
    ("https://g.example/v1beta", "v1/models", "https://g.example/v1beta/models"),
    ("https://g.example", "upload/v1beta/files", "https://g.example/upload/v1beta/files"),
]
ANTHROPIC = [
    ("https://api.anthropic.com", "v1/messages", "https://api.anthropic.com/v1/messages"),
    ("https://api.anthropic.com/v1", "v1/messages", "https://api.anthropic.com/v1/messages"),
    ("https://h.example/v1/x/anthropic", "v1/messages", "https://h.example/v1/x/anthropic/v1/messages"),
]


@pytest.mark.parametrize(
    ("kind", "root", "path", "expected"),
    [
        (kind, *row)
        for kind, rows in {"openai": OPENAI, "google": GOOGLE, "anthropic": ANTHROPIC}.items()
        for row in rows
    ],
)
def test_root_and_path(kind: str, root: str, path: str, expected: str) -> None:
    assert str(providers.get(kind).url(Target(kind, root), path)) == expected


def test_an_empty_root_means_the_services_own() -> None:
    url = providers.get("openai").url(Target("openai", ""), "v1/models")
    assert str(url) == "https://api.openai.com/v1/models"


def test_queries_of_root_and_caller_are_both_kept() -> None:
    target = Target("custom", "https://h.example/v1?api-version=2")
    url = providers.get("custom").url(target, "v1/models", "a=b%20c&d=é")
    assert url.raw_path == b"/v1/models?api-version=2&a=b%20c&d=%C3%A9"
