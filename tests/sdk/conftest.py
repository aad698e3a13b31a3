"""The official SDKs as callers: only the base URL and the key are changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world import World, small_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with the providers that have an SDK of their own."""
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "thinkback.yaml").write_text(
        "aliases:\n  either: [openai/plan-status=503, anthropic/plan-chunks=2]\n"
        "  called: [openai/plan-status=503, anthropic/plan-tools=1]\n"
    )
    with small_world(folder / "data", THINKBACK_CONFIG=str(folder / "thinkback.yaml")) as world:
        own = ("openai", "anthropic", "google", "cohere", "mistral", "ollama", "lmstudio", "bedrock", "foundry")
        for kind in own:
            world.add(kind, retries=0)
        world.add("azure", name="Blue", slug="blue", retries=0)
        world.add("vertex", retries=0, project="my-project", location="us-east5")
        world.add("custom", name="Mine", format="openai", retries=0)
        world.add("openai", name="Stubborn", slug="stubborn")
        for kind in ("openai", "anthropic", "google"):
            spare = world.add(kind, name=f"Spare {kind}", slug=f"spare-{kind}", retries=0)
            chain = [{"slug": spare, "model": "plan-chunks=2"}]
            world.add(kind, name="First", slug=f"first-{kind}", retries=0, fallbacks=chain)
        yield world
