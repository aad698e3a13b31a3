"""A user's language and time zone, put in force for whatever the current task does from now on."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from thinkback.accounts.models import User
from thinkback.languages.choosing import chosen


def read_as(user: User | None, cookie: str, accepted: str) -> str:
    """Put the language and the time zone of a user, or of a stranger, in force; tells the language."""
    code = chosen(user.language if user else "", cookie, accepted)
    translation.activate(code)
    zone = zone_of(user.timezone) if user else None
    if zone is None:
        timezone.deactivate()
    else:
        timezone.activate(zone)
    return code


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by its name; None where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


async def read_socket_as(user_id: int, scope: Mapping[str, Any]) -> None:
    """The same for the task of a WebSocket, and for the answers that are begun from it."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    user = await User.objects.only("language", "timezone").filter(pk=user_id).afirst()
    read_as(user, _cookie(headers.get(b"cookie", "")), headers.get(b"accept-language", ""))


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(settings.LANGUAGE_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""
