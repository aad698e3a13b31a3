"""The pictures of the README, taken from a site with some weeks of use. PICTURES=DIR keeps them there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, PICTURES, WIDE, Watched, sign_in, watch
from tests.world import World, small_world

pytestmark = pytest.mark.browser
FOLDER = Path(os.environ.get("PICTURES", PICTURES))
QUESTION = "Compare SQLite and PostgreSQL for a small web application, as a table, with an example"
WEEKS = """
import random
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from proxy.call import new_id
from thinkback.accounts.models import User
from thinkback.usage.models import Attempt
from thinkback.usage.rows import quarter_of
chance, alice, rows = random.Random(7), User.objects.get(), []
models = (("gpt-5-mini", "openai", 2), ("claude-sonnet-4-5", "anthropic", 9), ("gemini-2.5-pro", "google", 5))
for model, slug, price in models:
    for _ in range(160):
        began = timezone.now() - timedelta(hours=chance.triangular(1, 29 * 24, 60))
        tokens_in, tokens_out = chance.randrange(200, 9000), chance.randrange(50, 2500)
        cost = Decimal(tokens_in * price + tokens_out * price * 5) / 10**6
        rows.append(Attempt(
            id=new_id(), operation_id=new_id(), attempt=1, boot_id=new_id(),
            started_at=began, quarter=quarter_of(began),
            finished_at=began + timedelta(seconds=4), user_id=alice.pk, source=chance.choice(["chat", "proxy"]),
            provider=slug, slug=slug, operation="chat", endpoint="v1/chat", method="POST", model=model, status="ok",
            http_status=200, input_tokens=tokens_in, output_tokens=tokens_out, cache_read_tokens=tokens_in // 3,
            tokens_source="provider", cost_pico=int(cost * 10**12), cost_source="table", price_version="table",
            ttft_ms=chance.uniform(200, 900), duration_ms=chance.uniform(900, 9000), streamed=True))
Attempt.objects.bulk_create(rows)
"""


@pytest.fixture
def used(tmp_path: Path) -> Iterator[World]:
    """A site that has been used for some weeks."""
    with small_world(tmp_path / "data") as world:
        for kind in ("openai", "anthropic", "google"):
            world.add(kind)
        world.server.command("shell", "-v0", "-c", WEEKS)
        yield world


def picture(visitor: Watched, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    visitor.page.screenshot(path=FOLDER / f"{name}.png")


def chat(visitor: Watched) -> None:
    visitor.open("/")
    visitor.page.get_by_role("button", name="Model").first.click()
    visitor.page.get_by_role("option", name="practice").first.click()
    visitor.page.get_by_role("textbox", name="Message").fill(QUESTION)
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("button", name="Regenerate", exact=True)).to_be_visible(timeout=30_000)


def test_pictures(chromium: Browser, used: World) -> None:
    wide = watch(chromium, used.url, WIDE)
    sign_in(wide)
    chat(wide)
    picture(wide, "chat")
    wide.open("/usage")
    picture(wide, "usage")
    wide.open("/connect")
    picture(wide, "connect")
    wide.close()
    phone = watch(chromium, used.url, PHONE, "dark")
    sign_in(phone)
    phone.page.get_by_role("textbox", name="Message").wait_for()
    chat(phone)
    picture(phone, "phone")
    phone.close()
