"""Which base URLs a configuration may have. The connection itself is guarded once more when it is made."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from providers import Guard, HostRefused
from proxy import paths
from proxy.errors import Refused
from thinkback.connections.invalid import Invalid

LONGEST = 500


def checked(text: str) -> str:
    """The base URL without a closing slash. Raises Invalid, naming `base_url`."""
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid(base_url=_("An address has at most %(longest)s characters.") % {"longest": LONGEST})
    if not text.isascii() or not text.isprintable() or any(sign in text for sign in ' "<>\\^`{|}'):
        raise Invalid(base_url=_("An address has no spaces, control characters or letters beyond ASCII."))
    if "#" in text or "?" in text:
        raise Invalid(base_url=_("Leave out everything from the “?” or “#” on."))
    url = _parsed(text)
    if "@" in urlsplit(text).netloc:
        raise Invalid(
            base_url=_("Leave the user name and password out of the address; the key has a field of its own.")
        )
    _check_path(urlsplit(text).path)
    try:
        Guard(settings.PRIVATE_UPSTREAMS).check_url(url)
    except HostRefused as error:
        raise Invalid(base_url=_advice(url, error)) from error
    return str(url).rstrip("/")


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
        host, port = url.host, urlsplit(text).port  # UnicodeError for a malformed IDNA name, ValueError beyond 65535
    except (httpx.InvalidURL, ValueError) as error:
        raise Invalid(base_url=_("This is not an address. It looks like https://api.example.com/v1")) from error
    if url.scheme not in ("http", "https") or not host or port == 0:
        raise Invalid(base_url=_("An address begins with https:// and a host, like https://api.example.com/v1"))
    return url


def _check_path(path: str) -> None:
    try:
        paths.check("root", path.removeprefix("/"))
    except Refused as error:
        raise Invalid(
            base_url=_("The path of an address has no “..”, “//” or characters that are odd there.")
        ) from error


def _advice(url: httpx.URL, error: HostRefused) -> str:
    """What is wrong; and, where only a listing is missing, who can mend it."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    entry = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        Guard(frozenset({entry})).check_url(url)
    except HostRefused:
        return error.message
    own = "A service in your own network can be opened by the administrator:"
    return f"{error.message} {own} THINKBACK_PRIVATE_UPSTREAMS={entry}"
