"""For the tests of accounts."""

from __future__ import annotations

import pytest


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let async code see the test's transaction: Channels would close its connection."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
