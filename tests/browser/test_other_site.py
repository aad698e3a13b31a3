"""A web app on another origin: one that is listed streams with `fetch`, one that is not gets nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests import services
from tests.browser.conftest import OTHER_SITE
from tests.world import World

pytestmark = pytest.mark.browser
ASK = """async ([url, token, model, stream]) => {
  const body = {model, stream, messages: [{role: "user", content: "x"}]};
  const headers = {authorization: `Bearer ${token}`, "content-type": "application/json"};
  const answer = await fetch(url, {method: "POST", headers, body: JSON.stringify(body)});
  const reader = answer.body.getReader(), decoder = new TextDecoder();
  let pieces = 0, text = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return {status: answer.status, pieces, text};
    pieces += 1;
    text += decoder.decode(value, {stream: true});
  }
}"""


class Blank(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>app</title>")

    def log_message(self, *_: object) -> None:
        pass


def is_ours(server: ThreadingHTTPServer) -> bool:
    """Whether the port was free, and is the server's now."""
    with suppress(OSError):
        server.server_bind()
        server.server_activate()
        return True
    return False


@contextmanager
def web_app(origin: str) -> Iterator[None]:
    place = urlsplit(origin)
    server = ThreadingHTTPServer((place.hostname or "", place.port or 0), Blank, bind_and_activate=False)
    services.wait_until(lambda: is_ours(server))  # another worker may have it for a moment
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask_from(
    origin: str, chromium: Browser, world: World, model: str = "plan:chunks=5,gap=20", stream: bool = True
) -> dict[str, object]:
    with web_app(origin):
        page = chromium.new_context().new_page()
        try:
            page.goto(origin)
            found: dict[str, object] = page.evaluate(
                ASK, [f"{world.url}/api/proxy/custom/mine/v1/chat/completions", world.token, model, stream]
            )
            return found
        finally:
            page.context.close()


def test_listed_origin_streams(chromium: Browser, world: World) -> None:
    answer = ask_from(OTHER_SITE, chromium, world)
    assert answer["status"] == 200
    assert "00004" in str(answer["text"]) and "[DONE]" in str(answer["text"])
    assert isinstance(answer["pieces"], int) and answer["pieces"] > 2


def test_unlisted_origin_gets_nothing(chromium: Browser, world: World) -> None:
    with pytest.raises(Exception, match="Failed to fetch"):
        ask_from("http://127.0.0.3:18472", chromium, world)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("fault", ["gzip", "gzip-declared"])
def test_a_compressed_answer_can_be_read(chromium: Browser, world: World, fault: str, stream: bool) -> None:
    answer = ask_from(OTHER_SITE, chromium, world, f"plan:chunks=50,fault={fault}", stream)
    text = str(answer["text"])
    assert answer["status"] == 200 and "00000" in text and "00049" in text
    assert text.endswith("data: [DONE]\n\n" if stream else "}")
