"""Links that a service gives: shown to people, so only what is plainly a web page."""

from __future__ import annotations

from typing import Any

import httpx

LONGEST = 500


def web_link(value: Any) -> str:
    """The link where it is an https address of a named host, without a user name; else nothing."""
    if not isinstance(value, str) or len(value) > LONGEST or not value.isascii() or not value.isprintable():
        return ""
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL:
        return ""
    plain = url.scheme == "https" and "." in url.host and not url.userinfo and " " not in value
    return str(url) if plain else ""
