"""Every page in its reader's language and time zone."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from thinkback.accounts.models import User
from thinkback.languages.reading import read_as
from thinkback.middleware import Answer, AsyncAnswer, Middleware


class ReadersLanguage(Middleware):
    """Puts the reader's language and time zone in force. Programs, which show a token, are answered in English."""

    def answer(self, request: HttpRequest, inside: Answer) -> HttpResponseBase:
        """Answer in them."""
        code = _read(request, _reader(request))
        return _labelled(inside(request), code)

    async def answer_later(self, request: HttpRequest, inside: AsyncAnswer) -> HttpResponseBase:
        """The same under ASGI."""
        code = _read(request, await _reader_later(request))
        return _labelled(await inside(request), code)


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _reader(request: HttpRequest) -> User | None:
    """Who reads; None for a stranger, and where the database does not answer: an error page needs none."""
    try:
        user = request.user if _has_session(request) else None
        return user if user and user.is_authenticated else None
    except DatabaseError:
        return None


async def _reader_later(request: HttpRequest) -> User | None:
    try:
        user = await request.auser() if _has_session(request) else None
    except DatabaseError:
        return None
    if not isinstance(user, User):
        return None
    request.user = user  # so that nothing loads it again
    return user


def read_again(request: HttpRequest, user: User) -> None:
    """For the rest of a request that changed the language or the time zone of its user; the cookie is changed too."""
    read_as(user, "", request.headers.get("Accept-Language", ""))


def _read(request: HttpRequest, user: User | None) -> str:
    if "Authorization" in request.headers:
        return read_as(None, settings.LANGUAGE_CODE, "")
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return read_as(user, cookie, request.headers.get("Accept-Language", ""))


def _labelled(response: HttpResponseBase, code: str) -> HttpResponseBase:
    response.headers.setdefault("Content-Language", code)
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response
