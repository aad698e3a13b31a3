"""An upstream and a site in front of it; nothing is counted from one test to the next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from proxy import settling
from proxy.limits import LIMITER
from tests.proxy.host import FakeHost
from tests.upstream import Upstream


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Forget who asked how often."""
    LIMITER.forget()
    yield
    LIMITER.forget()


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """The fake provider."""
    async with Upstream() as server:
        yield server


@pytest.fixture
async def host(upstream: Upstream) -> AsyncIterator[FakeHost]:
    """The fake site; every record is settled when the test is over."""
    site = FakeHost(upstream.url)
    yield site
    await settling.drained()
    await site.network.aclose()
    assert all(row.status != "started" for row in site.ledger.rows.values()), "a record was left open"
