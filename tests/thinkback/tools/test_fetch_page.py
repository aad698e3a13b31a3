"""Pages of allowed hosts come as text; nothing else is fetched, however it is asked for."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from providers import HostRefused
from thinkback.accounts.models import User
from thinkback.host import SITE
from thinkback.tools import kits
from thinkback.tools.builtin.page import LARGEST, fetch_page, is_allowed
from thinkback.tools.builtin.plain_text import from_html
from thinkback.tools.offered import ToolFailed

HTML = "text/html; charset=utf-8"


class Pages:
    """A web server in the test's hands: for each path a status, headers and content."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.port = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, content: bytes | str, type: str = HTML, path: str = "/", **headers: str) -> str:
        data = content.encode() if isinstance(content, str) else content
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (200, {"Content-Type": type, **more}, data)
        return self.url(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        self.asked.append(path)
        status, headers, content = self.pages.get(path, (404, {}, b""))
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        writer.close()


@pytest.fixture
async def pages(settings: Any) -> AsyncIterator[Pages]:
    """On an address of this machine that the administrator has opened, and named among the hosts of pages."""
    pages = Pages()
    server = await asyncio.start_server(pages.serve, "127.0.0.1", 0)
    pages.port = server.sockets[0].getsockname()[1]
    settings.PRIVATE_UPSTREAMS = frozenset({f"127.0.0.1:{pages.port}"})
    settings.PAGE_HOSTS = frozenset({"127.0.0.1", "*.example.org"})
    await SITE.start()
    yield pages
    await SITE.stop()
    server.close()


async def fetch(url: Any) -> str:
    return await fetch_page({"url": url})


async def test_a_page_comes_as_text(pages: Pages) -> None:
    html = "<html><head><title>A &amp; B</title><style>p{}</style></head><body><script>alert(1)</script><h1>Head</h1>"
    html += "<p>One\n  two &lt;3 <b>bold</b></p><ul><li>a<li>b</ul><table><tr><td>x<td>y</table><!-- no --></body>"
    text = await fetch(pages.put(html))
    assert text.startswith(f"{pages.url()}\n\n# A & B\n\nHead")
    assert "One two <3 bold" in text and "- a\n- b" in text and "| x | y" in text
    assert "alert" not in text and "p{}" not in text and "no" not in text.split()


@pytest.mark.parametrize(
    ("content", "type", "words"),
    [
        ("größe", "text/plain; charset=utf-8", "größe"),
        ("größe".encode("latin-1"), "text/plain; charset=ISO-8859-1", "größe"),
        ("<meta charset=iso-8859-1>größe".encode("latin-1"), "text/html", "größe"),
        (b"gr\xff", "text/plain; charset=nonsense", "gr\ufffd"),
        ('{"a": 1}', "application/json", '{"a": 1}'),
        ("<a>1</a>", "application/atom+xml", "<a>1</a>"),
        ("", HTML, "(no text)"),
    ],
)
async def test_encodings_and_kinds_of_text(pages: Pages, content: bytes | str, type: str, words: str) -> None:
    assert words in await fetch(pages.put(content, type))


async def test_packed_pages_are_unpacked_within_bounds(pages: Pages) -> None:
    assert "packed" in await fetch(pages.put(gzip.compress(b"packed"), Content_Encoding="gzip"))
    bomb = gzip.compress(b"x" * (LARGEST + 1))
    for content, encoding, words in ((bomb, "gzip", "larger"), (b"x", "gzip", "wrongly"), (b"x", "br", "nobody asked")):
        with pytest.raises(ToolFailed, match=words):
            await fetch(pages.put(content, Content_Encoding=encoding))


@pytest.mark.parametrize(
    ("content", "type", "words"),
    [(b"x" * (LARGEST + 1), "text/plain", "larger than 2 MB"), (b"PNG", "image/png", "no text but image/png")],
)
async def test_what_is_no_bearable_text_is_refused(pages: Pages, content: bytes, type: str, words: str) -> None:
    with pytest.raises(ToolFailed, match=words):
        await fetch(pages.put(content, type))


async def test_redirects_lead_to_allowed_hosts_alone(pages: Pages) -> None:
    pages.put("there", path="/there")
    pages.pages["/"] = (302, {"Location": "/there#part"}, b"")
    assert (await fetch(pages.url())).startswith(f"{pages.url('/there')}\n")
    for place, words in {"https://evil.example/": "evil.example", "/": "more than 5", "": "begins with"}.items():
        pages.pages["/"] = (301, {"Location": place}, b"")
        with pytest.raises(ToolFailed, match=words):
            await fetch(pages.url())


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "https://example.org.evil.example/", "https://example.org/", "ftp://a.example.org/",
     "file:///etc/passwd", "", "nonsense", "https://", "https://a.example.org@evil.example/", 5, ["https://x"],
     "https://a.example.org/" + "x" * 3000],
)  # fmt: skip
async def test_other_addresses_are_refused(pages: Pages, url: object) -> None:
    with pytest.raises(ToolFailed):
        await fetch(url)


@pytest.mark.parametrize("hosts", [{"*"}, {"*.0.0.1"}])
async def test_a_wildcard_opens_nothing_private(pages: Pages, settings: Any, hosts: set[str]) -> None:
    settings.PAGE_HOSTS = frozenset(hosts)
    with pytest.raises(HostRefused):
        await fetch(pages.put("secret"))
    for url in ("https://127.0.0.1/", "https://169.254.169.254/", "https://[::1]/", "http://public.example/"):
        with pytest.raises(HostRefused if hosts == {"*"} else (HostRefused, ToolFailed)):
            await fetch(url)
    assert not pages.asked


def test_hosts_below_one(settings: Any) -> None:
    settings.PAGE_HOSTS = frozenset({"*.example.org", "docs.example.com"})
    assert is_allowed("a.example.org") and is_allowed("a.b.example.org") and is_allowed("docs.example.com")
    assert not any(map(is_allowed, ("example.org", "aexample.org", "a.docs.example.com", "example.com", "org", "")))


async def test_it_is_offered_where_hosts_are_allowed(alice: User, settings: Any) -> None:
    settings.PAGE_HOSTS = frozenset()
    assert not (await kits.kit_of(alice.pk, ["fetch_page"])).offered
    settings.PAGE_HOSTS = frozenset({"docs.example.org"})
    tool = (await kits.kit_of(alice.pk, ["fetch_page"])).offered["fetch_page"]
    assert "docs.example.org" in tool.tool.description and not tool.harmless


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<",
        "<title",
        "<title>",
        "<!--",
        "<script>",
        "<svg>",
        "</",
        "<a <b>",
        "&",
        "\n",
        "<p>\n",
        "</script",
        "<!x",
    ],
)
def test_hostile_html_takes_no_time(piece: str) -> None:
    from_html(piece * (LARGEST // 4 // len(piece)))  # in quadratic time it would take hours


def test_what_is_broken_is_read_as_far_as_it_goes() -> None:
    assert from_html("a < b <p>c<!-- d") == "a < b\nc"
    assert from_html("<TITLE>T</title>x<SCRIPT>y</SCRIPT >z<svg>w") == "# T\n\nx\n\nz\nw"
    assert from_html("a<br>b<b>c</b></div>d<p") == "a\nbc\nd"
