"""Pictures and files with a message: pasted, dropped, sent, shown, told to the model, gone with the chat."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import begin
from tests.browser.conftest import PHONE, WIDE, Watched
from tests.thinkback.attachments.conftest import pdf, picture
from tests.world import World

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)>.md"
GIVE = """([kind, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], name, { type }));
  const usual = { bubbles: true, cancelable: true };
  if (kind === "paste") document.activeElement.dispatchEvent(new ClipboardEvent("paste", { ...usual, clipboardData }));
  else document.querySelector("main").dispatchEvent(new DragEvent(kind, { ...usual, dataTransfer: clipboardData }));
}"""


def give(page: Page, kind: str, name: str, type: str, data: bytes) -> None:
    """Paste or drag a file as a person does."""
    page.evaluate(GIVE, [kind, name, type, base64.b64encode(data).decode()])


def files_on_disk(world: World) -> set[str]:
    return {path.name for path in (world.server.data / "attachments" / "attachments").glob("*")}


def fill_tray(page: Page) -> None:
    """A picture is pasted, files are dropped, one is refused."""
    tray = page.get_by_role("list", name="Files of this message")
    page.get_by_role("textbox", name="Message").focus()
    give(page, "paste", "image.png", "image/png", picture("PNG", (640, 400)))
    expect(tray).to_contain_text("640 × 400")
    give(page, "dragenter", "x", "text/plain", b"x")
    expect(page.get_by_text("Drop files here")).to_be_visible()
    give(page, "drop", HOSTILE, "text/markdown", b"# The harvest\n\nTwelve tons.")
    expect(tray).to_contain_text(HOSTILE)
    give(page, "drop", "report.pdf", "image/png", pdf("Profit", *["x"] * 54))
    expect(tray).to_contain_text("55 pages, first 50 read")
    give(page, "drop", "tool.exe", "image/png", b"MZ\x90\0" + bytes(60))
    expect(tray).to_contain_text("“tool.exe” is of a kind that cannot be used")
    expect(page.locator("[data-alarm]")).to_contain_text("tool.exe")


def open_whole(window: Watched, name: str) -> None:
    """The whole picture by the keyboard, and back."""
    page = window.page
    page.get_by_role("link", name="image.png").last.press("Enter")
    whole = page.get_by_role("dialog", name="image.png")
    expect(whole.get_by_role("img")).to_be_visible()
    expect(whole.get_by_role("button", name="Close")).to_be_focused()
    window.check()
    window.picture(name)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="image.png").last).to_be_focused()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def test_files_with_a_message(
    alice_at: Callable[..., Watched], world: World, size: tuple[int, int], scheme: str
) -> None:
    window = alice_at(size, scheme)
    page, tray = window.page, window.page.get_by_role("list", name="Files of this message")
    begin(window)
    before = files_on_disk(world)
    fill_tray(page)
    window.check()
    window.picture(f"files-tray-{size[0]}-{scheme}")
    page.get_by_role("button", name="Remove tool.exe").press("Enter")
    expect(page.get_by_role("button", name="Remove report.pdf")).to_be_focused()
    window.forgive("status of 415")  # that is what was refused
    page.reload()  # what was not sent is there still
    expect(tray.get_by_role("listitem")).to_have_count(3)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("article.assistant").last).to_have_attribute("data-status", "done", timeout=30_000)
    expect(tray).to_be_hidden()
    body = json.dumps(world.last()["body"], ensure_ascii=False)
    assert "data:image/png;base64," in body and "Twelve tons." in body and "Profit" in body
    page.reload()
    question = page.locator("article.user").last
    expect(question.get_by_role("img", name="image.png")).to_be_visible()
    question.locator("summary").first.click()
    expect(question.get_by_role("region", name="What was read in")).to_contain_text("# The harvest")
    window.check()
    window.picture(f"files-sent-{size[0]}-{scheme}")
    open_whole(window, f"files-whole-{size[0]}-{scheme}")
    assert len(files_on_disk(world) - before) == 4
    world.api("DELETE", f"/api/chats/{page.url.rpartition('/')[2]}")
    world.api("DELETE", "/api/chats/trash")
    assert files_on_disk(world) <= before


def test_a_model_that_cannot_see_says_so_before_it_is_asked(alice_at: Callable[..., Watched]) -> None:
    window = alice_at()
    page = window.page
    window.open("/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add files").press("Enter")
    given = [{"name": name, "mimeType": "image/png", "buffer": picture()} for name in ("a.png", "b.png")]
    chooser.value.set_files(given)  # type: ignore[arg-type]
    expect(page.get_by_role("listitem").filter(has_text="40 × 20")).to_have_count(2)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.locator("[data-picker]").evaluate("(button) => (button.dataset.images = 'no')")
    page.get_by_role("button", name="Remove b.png").click()
    expect(page.locator("[data-tray-note]")).to_contain_text("cannot see pictures")
    page.get_by_role("button", name="Remove a.png").click()
    expect(page.locator("[data-tray]")).to_be_hidden()
