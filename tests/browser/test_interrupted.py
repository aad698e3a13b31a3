"""An answer that nobody makes any more ends as what it is, within half a minute, on pages old and new.

ai-dial-chat #7558, bayes-platform #673: an empty bubble, or a spinner without an end, after a refresh.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chatting import start
from tests.browser.conftest import PHONE, Watched, sign_in, watch
from tests.world import World

pytestmark = pytest.mark.browser
SOON = 30_000  # milliseconds that are promised
LONG = "plan:chunks=2000,gap=20"
SILENT = "plan:chunks=3,start=60000"
# An answer of a server run on another machine, whose last sign of life was 17 seconds ago; dead ones are silent for 20.
ELSEWHERE = """
import uuid
from datetime import timedelta
from django.utils import timezone
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message
from thinkback.usage.models import Boot
now = timezone.now()
beat = now - timedelta(seconds=17)
boot = Boot.objects.create(id=uuid.uuid4(), started_at=now, heartbeat_at=beat, host="gone", pid=1)
chat = Conversation.objects.create(user=User.objects.get(username="alice"), title="Elsewhere", slug="dying")
asked = Message.objects.create(conversation=chat, role="user", text="Why?")
chat.leaf = Message.objects.create(
    conversation=chat, parent=asked, role="assistant", status="streaming", text="TEXT", boot_id=boot.id, slug="dying")
chat.save()
print(chat.id)
"""


@pytest.fixture(scope="module", autouse=True)
def dying(spare: World) -> Iterator[None]:
    """The connection whose answers do not end by themselves."""
    slug = spare.add("custom", name="Dying", format="openai", default_model=LONG, models=[LONG, SILENT])
    yield
    spare.api("DELETE", f"/api/providers/{slug}")


@pytest.fixture
def window(chromium: Browser, spare: World) -> Iterator[Watched]:
    """Alice on her phone, at the server that may die."""
    window = watch(chromium, spare.url, PHONE)
    sign_in(window)
    yield window
    window.forgive("WebSocket", "ERR_")  # while the server was away
    window.close()


def ended(page: Page, said: str) -> None:
    """It says that it was interrupted, keeps what had come, and has a button; nothing waits any more."""
    answer = page.locator("article.assistant")
    expect(answer).to_have_attribute("data-status", "interrupted", timeout=SOON)
    expect(answer.locator(".ended")).to_contain_text("Interrupted")
    expect(answer).to_contain_text(said)
    expect(answer.get_by_role("button", name="Regenerate").first).to_be_visible()
    expect(answer.get_by_role("button", name="Continue")).to_have_count(1 if said else 0)
    expect(page.locator("[data-waiting], [aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize(("model", "said"), [(LONG, "00003"), (SILENT, "")], ids=["in mid answer", "before a word"])
def test_a_killed_server_leaves_an_honest_end(window: Watched, spare: World, model: str, said: str) -> None:
    page = start(window, "Why?", model, "dying")
    if said:
        page.wait_for_timeout(1100)  # it is saved each second
    expect(page.locator("article.assistant")).to_contain_text(said)
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "streaming")
    spare.server.kill()
    spare.server.start()
    ended(page, said)
    page.reload()
    ended(page, said)
    window.check()
    window.picture("interrupted")
    page.get_by_role("button", name="Regenerate").first.press("Enter")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "streaming")
    page.keyboard.press("Escape")
    expect(page.locator("article.assistant")).to_have_attribute("data-status", "stopped")


@pytest.mark.parametrize("text", ["So far", ""])
def test_one_whose_heart_stopped_ends_on_an_open_page(window: Watched, spare: World, text: str) -> None:
    script = ELSEWHERE.replace("TEXT", text)
    chat = spare.server.command("shell", "--verbosity", "0", "-c", script).strip().splitlines()[-1]
    window.open(f"/chat/{chat}")
    expect(window.page.locator("article.assistant")).to_have_attribute("data-status", "streaming")
    ended(window.page, text)
