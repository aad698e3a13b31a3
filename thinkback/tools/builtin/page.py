"""Fetches a page that the administrator allows, as text: through the same guard as everything, within bounds."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from providers import Request, Response, Tool, exchange
from thinkback import __version__
from thinkback.host import SITE
from thinkback.tools.builtin.plain_text import from_html
from thinkback.tools.offered import Offered, ToolFailed, text_of, texts

LONGEST_URL = 2000  # characters
LARGEST = 2 * 1024 * 1024  # bytes of a page, also unpacked
SILENCE = 20.0  # seconds
REDIRECTS = 5
NAMED = 20  # hosts that the model is told of
HTML = ("text/html", "application/xhtml+xml")
TEXT = re.compile(r"text/|application/(json|xml|javascript|rss\+xml|atom\+xml|[a-z0-9.-]+\+(json|xml))$")
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a server sent."""

    url: httpx.URL
    media_type: str
    charset: str
    content: bytes


def page_tool(hosts: frozenset[str]) -> Offered:
    """The tool for pages of these hosts."""
    named = ", ".join(sorted(hosts)[:NAMED]) + (", …" if len(hosts) > NAMED else "")
    where = "any public host" if "*" in hosts else f"these hosts only: {named}"
    description = f"Fetches a web page and gives its text. Allowed are {where}."
    tool = Tool("fetch_page", description, texts({"url": "The whole address, with https://"}, "url"))
    return Offered(tool, "Fetch a page", fetch_page)


async def fetch_page(arguments: Mapping[str, Any]) -> str:
    """The text of the page at `url`. Raises ToolFailed, and what the guarded network says."""
    page = await fetched(address(text_of(arguments, "url")))
    text = decoded(page)
    if page.media_type in HTML:
        text = await asyncio.to_thread(from_html, text)
    return f"{page.url}\n\n{text.strip() or '(no text)'}"


async def fetched(url: httpx.URL) -> Page:
    """The page itself, or where it is now; each place on the way must be allowed."""
    for _ in range(REDIRECTS + 1):
        response = await asked(url)
        try:
            if not 300 <= response.status < 400:
                return await read(url, response)
            place = header(response, b"location")
        finally:
            await response.stream.aclose()
        try:
            url = address(str(url.join(place)) if place else "")
        except httpx.InvalidURL:
            raise ToolFailed("The page sends us to an address that is none.") from None
    raise ToolFailed(f"The page sends us on more than {REDIRECTS} times.")


async def asked(url: httpx.URL) -> Response:
    """The beginning of an answer. What is in a private network is reached only where its very name is allowed."""
    network = SITE.outside() if host_of(url) in settings.PAGE_HOSTS else SITE.public()
    headers = [
        (b"accept", b"text/html, text/plain;q=0.9, */*;q=0.5"),
        (b"accept-encoding", b"gzip"),
        (b"user-agent", f"ThinkBack/{__version__}".encode()),
    ]
    return await exchange(network, Request("GET", url, headers, read=SILENCE, idle=SILENCE))


async def read(url: httpx.URL, response: Response) -> Page:
    """A page of readable kind and bearable size."""
    if response.status != 200:
        raise ToolFailed(f"The page answered with HTTP {response.status}.")
    kind = header(response, b"content-type")
    media_type = kind.partition(";")[0].strip().lower() or "text/plain"
    if not TEXT.match(media_type) and media_type not in HTML:
        raise ToolFailed(f"This is no text but {media_type[:100]}.")
    content = bytearray()
    async for chunk in response.stream:
        content += chunk
        if len(content) > LARGEST:
            raise ToolFailed(f"The page is larger than {LARGEST // 2**20} MB.")
    whole = unpacked(bytes(content), header(response, b"content-encoding").strip().lower())
    found = CHARSET.search(kind)
    if found is None and media_type in HTML:
        found = CHARSET.search(whole[:2048].decode("latin-1"))
    return Page(url, media_type, found[1] if found else "utf-8", whole)


def unpacked(content: bytes, encoding: str) -> bytes:
    """What was packed for the way."""
    if encoding in ("", "identity"):
        return content
    if encoding not in ("gzip", "x-gzip"):
        raise ToolFailed(f"The page is packed in a way that nobody asked for ({encoding[:40]}).")
    unpacker = zlib.decompressobj(31)
    try:
        whole = unpacker.decompress(content, LARGEST + 1)
    except zlib.error:
        raise ToolFailed("The page is packed wrongly.") from None
    if len(whole) > LARGEST:
        raise ToolFailed(f"The page is larger than {LARGEST // 2**20} MB.")
    if not unpacker.eof:
        raise ToolFailed("The page is packed wrongly.")
    return whole


def decoded(page: Page) -> str:
    """Its text, in the encoding that it names."""
    try:
        return page.content.decode(page.charset, "replace")
    except (LookupError, ValueError):
        return page.content.decode("utf-8", "replace")


def address(text: str) -> httpx.URL:
    """An address that may be fetched. Raises ToolFailed."""
    if len(text) > LONGEST_URL:
        raise ToolFailed(f"An address has at most {LONGEST_URL} characters.")
    try:
        url = httpx.URL(text)
        host = host_of(url)
    except (httpx.InvalidURL, ValueError):
        raise ToolFailed("This is not an address.") from None
    if url.scheme not in ("http", "https") or not host:
        raise ToolFailed("An address begins with https:// and a host.")
    if not is_allowed(host):
        raise ToolFailed(f"Pages of {host} may not be fetched here. The administrator allows hosts.")
    return url.copy_with(fragment=None)


def is_allowed(host: str) -> bool:
    """Whether the administrator allows this host."""
    hosts: frozenset[str] = settings.PAGE_HOSTS
    parents = (f"*.{host.split('.', count)[-1]}" for count in range(1, host.count(".") + 1))
    return host in hosts or "*" in hosts or any(parent in hosts for parent in parents)


def host_of(url: httpx.URL) -> str:
    """The host as it is resolved."""
    return url.raw_host.decode("ascii").lower()


def header(response: Response, name: bytes) -> str:
    """The value of a header, empty where there is none."""
    return next((value.decode("latin-1") for field, value in response.headers if field.lower() == name), "")
