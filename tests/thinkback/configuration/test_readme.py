"""The configuration and the middleware that the README shows work as they stand there."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import providers
from providers import Prompt, Target
from providers._plugins.contract import check
from proxy.middleware import MIDDLEWARE
from tests.plugin import thinkback_example
from tests.proxy.client import MESSAGES, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Upstream
from thinkback.configuration import middleware
from thinkback.configuration.watching import load
from thinkback.connections.shared import SHARED
from thinkback.routing.aliases import ALIASES
from thinkback.routing.selectors import Candidate, Question, checked

README = Path(__file__).parents[3] / "README.md"


def shown(language: str, mark: str) -> str:
    """The one example of the README in this language that holds these words."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    (found,) = [block for block in blocks if mark in block]
    return found


def test_the_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "thinkback.yaml").write_text(shown("yaml", "middleware:"))
    load(tmp_path / "thinkback.yaml")
    (rule,) = MIDDLEWARE.rules
    assert (rule.name, rule.order, rule.providers, rule.models) == ("mask_personal_data", 10, ("openai",), ("gpt-*",))


def test_the_shared_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef")
    monkeypatch.setenv("HOUSE_KEY", "house-0123456789abcdef")
    (tmp_path / "thinkback.yaml").write_text(shown("yaml", "shared:"))
    load(tmp_path / "thinkback.yaml")
    assert [(one.slug, len(one.users)) for one in SHARED.known.values()] == [("openai", 0), ("house", 2)]


def test_the_aliases(tmp_path: Path) -> None:
    (tmp_path / "thinkback.yaml").write_text(shown("yaml", "aliases:"))
    load(tmp_path / "thinkback.yaml")
    assert [(alias.name, alias.choose) for alias in ALIASES.known.values()] == [
        ("fast", "order"),
        ("strong", "order"),
        ("trial", "weights"),
        ("auto", "auto"),
        ("house", "auto"),
    ]


def test_the_selector() -> None:
    package: dict[str, Any] = {}
    exec(shown("python", "def at_home_first"), package)
    unknown: Any = (None, None, None, None, 1.0, None, None, 0.0, 0)
    candidates = (Candidate("openai/m", "openai", *unknown), Candidate("home/m", "ollama", *unknown))
    question = Question("a", 1, "", Prompt("", ()), 0.0, candidates)
    assert checked(package["at_home_first"](question), question).names == ["home/m", "openai/m"]


async def test_the_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("my_package")
    exec(shown("python", "class NoSecrets"), package.__dict__)
    monkeypatch.setitem(sys.modules, "my_package", package)
    middleware.read([{"use": "my_package:NoSecrets", "options": {"word": "canary"}}])()
    async with Upstream() as upstream:
        host = FakeHost(upstream.url)
        plain = await fetch(host, body=chat(stream=False))
        MIDDLEWARE.set([])
        assert plain.body == (await fetch(host, body=chat(stream=False))).body + b"\n", "whole answers are signed"
        middleware.read([{"use": "my_package:NoSecrets", "options": {"word": "canary"}}])()
        assert b"[DONE]" in (await fetch(host, body=chat())).body
        refused = await fetch(host, MESSAGES, chat(metadata="a canary"))
        assert (refused.status, upstream.stats.requests) == (403, 3)
        assert "This must not leave the house." in refused.body.decode()
        await host.network.aclose()


def test_the_providers(tmp_path: Path, settings: Any) -> None:
    shutil.copy(thinkback_example.__file__, tmp_path)
    settings.CONFIG = tmp_path / "thinkback.yaml"
    settings.CONFIG.write_text(shown("yaml", "providers:\n"))
    load(settings.CONFIG)
    assert (providers.get("rowed").label, providers.get("example").label) == ("Rowed AI", "Example AI")
    assert providers.recognise("rw-1") is providers.get("rowed")


def test_the_provider_whose_setting_chooses_the_host() -> None:
    package: dict[str, Any] = {"__name__": "regional"}
    exec(shown("python", "class Regional"), package)
    regional = package["Regional"]()
    check(regional)
    roots = {"": "https://eu.regional.example/v1", "us": "https://us.regional.example/v1"}
    for region, root in roots.items():
        target = Target("regional", regional.base_url, options={"region": region})
        assert str(regional.url(target, "v1/models")) == f"{root}/models"
    own = Target("regional", "http://127.0.0.1:9000/v1", options={"region": "us"})
    assert regional.url(own, "v1/models").host == "127.0.0.1"
