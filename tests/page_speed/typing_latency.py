"""How long a key takes until it is painted, while an answer streams in. From the browser's own Event Timing."""

from __future__ import annotations

from statistics import median, quantiles
from typing import NamedTuple

from playwright.sync_api import Page

KEYS = "while it streams one may well type the next question already, and every letter is there at once "


class Latency(NamedTuple):
    """Milliseconds from the key to the paint after it, to 8 ms exactly; what took under 16 counts as 16."""

    median: float
    p95: float
    most: float
    keys: int


def typed(page: Page, pause: float) -> Latency:
    """Type into the message field, with `pause` milliseconds between two keys."""
    page.evaluate("seen.keys.length = 0")
    field = page.get_by_role("textbox", name="Message")
    field.click()
    for key in KEYS:
        page.keyboard.type(key)
        page.wait_for_timeout(pause)
    slow = page.evaluate("seen.keys")
    durations = [*slow, *[16.0] * (len(KEYS) - len(slow))]
    return Latency(median(durations), quantiles(durations, n=20)[-1], max(durations), len(KEYS))
