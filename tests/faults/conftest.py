"""One server for every fault: Alice meets them, Bob has a provider of his own in which nothing goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world import World, fake_provider, small_world

LIMITS = "requests_per_minute=100000,tokens_per_minute=100000000,streams=500"
MAKE_BOB = "from thinkback.accounts.models import User; User.objects.create_user('bob', 'bob@example.org', 'x' * 20)"


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """The worlds of Alice and of Bob: the same server, each with a fake provider of their own."""
    with fake_provider() as steady:
        with small_world(tmp_path_factory.mktemp("faults") / "data", steady, THINKBACK_LIMITS=LIMITS) as world:
            world.server.command("shell", "-c", MAKE_BOB)
            bob = World(world.server, steady)
            bob.token = world.server.command("create_token", "bob", "--name", "tests").strip()
            bob.add("openai", retries=0)
            yield world, bob


@pytest.fixture
def world(both: tuple[World, World]) -> World:
    """Alice's."""
    return both[0]


@pytest.fixture
def bob(both: tuple[World, World]) -> World:
    """Bob's: `openai`."""
    return both[1]
