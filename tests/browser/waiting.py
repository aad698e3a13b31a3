"""Waiting for what no element of a page shows."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE = 30.0  # seconds


def until(page: Page, script: str, patience: float = PATIENCE) -> None:
    """Wait until a script says yes. The page's policy forbids Playwright's own way, which takes it for eval."""
    wait_for(page, lambda: bool(page.evaluate(script)), script, patience)


def wait_for(page: Page, condition: Callable[[], bool], what: str = "it", patience: float = PATIENCE) -> None:
    """Wait for a condition, while the page goes on."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"{what} did not come true"
        page.wait_for_timeout(20)
