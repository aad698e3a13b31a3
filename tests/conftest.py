"""What every test may lean on: three people, no network but loopback, no state left over."""

from __future__ import annotations

import ipaddress
import signal
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.utils import timezone, translation

import providers
from proxy.allowances import ALLOWANCES
from proxy.breaker import BREAKERS
from proxy.caching import ANSWERS
from proxy.middleware import MIDDLEWARE
from proxy.repairs import REPAIRS
from proxy.retries import BUDGET
from tests import services
from tests.requirements import (  # noqa: F401  pytest finds them here
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_terminal_summary,
)
from thinkback.accounts.models import User
from thinkback.connections.shared import SHARED
from thinkback.routing.aliases import ALIASES
from thinkback.routing.experience import EXPERIENCE

PASSWORD = "correct horse battery staple"
hypothesis.settings.register_profile("patient", deadline=None)  # a machine may be slow just then
hypothesis.settings.load_profile("patient")


def pytest_configure() -> None:
    """Undo what a shell does to its jobs in the background: the servers that tests start must hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def is_loopback(address: Any) -> bool:
    """Whether a socket address stays on this machine; a name other than localhost does not."""
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0]).partition("%")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Make a connection to anywhere but this machine an error."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)

            def guarded(self: socket.socket, address: Any, original: Any = original) -> Any:
                if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address):
                    raise RuntimeError(f"a test tried to reach {address[0]}")
                return original(self, address)

            patch.setattr(socket.socket, name, guarded)
        yield


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Forget rate limits, failures and whatever else the last test left in memory."""
    cache.clear()
    ALLOWANCES.forget()
    ANSWERS.forget()
    BREAKERS.forget()
    MIDDLEWARE.set([])
    ALIASES.set({})
    BUDGET.forget()
    EXPERIENCE.forget()
    SHARED.set({})
    REPAIRS.forget()
    providers.configure(())
    translation.deactivate()
    timezone.deactivate()
    yield


@pytest.fixture
def alice(db: None) -> User:
    """The owner."""
    return User.objects.create_user("alice", "alice@example.org", PASSWORD, role=User.Role.OWNER)


@pytest.fixture
def bob(db: None) -> User:
    """A member."""
    return User.objects.create_user("bob", "bob@example.org", PASSWORD, role=User.Role.MEMBER)


@pytest.fixture
def charlie(db: None) -> User:
    """Another member."""
    return User.objects.create_user("charlie", "charlie@example.org", PASSWORD, role=User.Role.MEMBER)


@pytest.fixture(scope="session")
def postgres_service() -> Iterator[services.Service]:
    """The one PostgreSQL of all tests."""
    with services.postgres_service() as service:
        yield service


@pytest.fixture
def postgres_url(postgres_service: services.Service) -> Iterator[str]:
    """An empty PostgreSQL database; mark the test `postgres`."""
    with services.empty_database(postgres_service.url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_service() -> Iterator[str]:
    """The one Redis of all tests."""
    with services.redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_service: str) -> str:
    """An empty Redis; mark the test `redis`."""
    services.empty_redis(redis_service)
    return redis_service
