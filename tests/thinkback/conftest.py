"""For the tests of the site: nothing is remembered from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from thinkback.accounts import revocation


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Ids come again after a rollback, so what was remembered of the last test's users must go."""
    revocation.tell("*")
    yield
