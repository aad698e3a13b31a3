"""One visit of a page: what came over the line, when it was painted and usable, and for how long it was busy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page

QUIET = 500  # milliseconds without a long task, after which a page counts as come to rest
# Noted by the page itself, from its very first moment.
_WATCH = """
window.seen = { tasks: [], keys: [] };
const note = (type, keep, more) =>
  new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true, ...more });
note("longtask", (task) => seen.tasks.push([task.startTime, task.duration]));
note("event", (event) => event.name === "keydown" && seen.keys.push(event.duration), { durationThreshold: 16 });
"""
_PAINTS = "Object.fromEntries(performance.getEntriesByType('paint').map((e) => [e.name, e.startTime]))"
_READY = "performance.getEntriesByType('navigation')[0]"


@dataclass(slots=True)
class Visit:
    """Times in milliseconds since the navigation began; sizes in bytes as they came over the line."""

    requests: int = 0
    received: int = 0
    script: int = 0
    first_paint: float = 0
    loaded: float = 0
    interactive: float = 0  # the page's scripts have run and its long tasks are over
    tasks: list[float] = field(default_factory=list)  # durations of those over 50 ms
    nodes: int = 0


def watch(page: Page) -> CDPSession:
    """Have a page note what happens in it from its next navigation on."""
    page.add_init_script(_WATCH)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    return line


def visit(page: Page, line: CDPSession, url: str, usable: Callable[[], Any]) -> Visit:
    """Go there with an empty cache; `usable` returns when the page can be used."""
    found, kinds = Visit(), {}

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def finished(event: dict[str, Any]) -> None:
        found.requests += 1
        found.received += int(event["encodedDataLength"])
        if kinds.get(event["requestId"]) == "Script":
            found.script += int(event["encodedDataLength"])

    line.send("Network.clearBrowserCache")
    line.on("Network.responseReceived", answered)
    line.on("Network.loadingFinished", finished)
    page.goto(url)
    usable()
    while page.evaluate("performance.now() - Math.max(0, ...seen.tasks.map(([at, long]) => at + long))") < QUIET:
        page.wait_for_timeout(100)  # and not a function that the page evaluates: its CSP forbids that
    line.remove_listener("Network.responseReceived", answered)
    line.remove_listener("Network.loadingFinished", finished)
    tasks = page.evaluate("seen.tasks")
    ready = page.evaluate(f"({{ loaded: {_READY}.loadEventEnd, interactive: {_READY}.domContentLoadedEventEnd }})")
    found.first_paint = page.evaluate(_PAINTS)["first-contentful-paint"]
    found.loaded = ready["loaded"]
    found.interactive = max([ready["interactive"], *(at + long for at, long in tasks)])
    found.tasks = [long for _, long in tasks]
    found.nodes = page.evaluate("document.querySelectorAll('*').length")
    return found
