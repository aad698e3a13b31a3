"""Who may come in at the JSON addresses: a page of this site with its session, or a program with a token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from proxy.call import Caller
from thinkback.accounts import identity, origins
from thinkback.accounts.models import User
from thinkback.answers import ApiError

READING = ("GET", "HEAD", "OPTIONS")
BEARER = "bearer "


class SignedIn(HttpRequest):
    """A request behind `login_required`."""

    user: User


class ApiRequest(SignedIn):
    """A request that was let in at a JSON address."""

    caller: Caller


def enter(request: HttpRequest, scope: str | None) -> None:
    """Set `user` and `caller`. Raises ApiError 401 for strangers, 403 for the wrong origin, scope or CSRF token.

    Without a scope only sessions are let in. Reads the database: not for the event loop.
    """
    authorization = request.headers.get("Authorization", "")
    if authorization.lower().startswith(BEARER):
        user, caller = _by_token(request, authorization[len(BEARER) :].strip(), scope)
    else:
        user, caller = _by_session(request)
    _admit(request, user, caller)


def _by_token(request: HttpRequest, text: str, scope: str | None) -> tuple[User, Caller]:
    token = identity.read_token(text)
    if token is None:
        raise ApiError(401, "auth_failed", "This token is unknown, expired or revoked.")
    caller = identity.caller_of(token.user, token)
    origin = request.headers.get("Origin")
    if origin is None and caller.origins:
        raise ApiError(403, "forbidden", "This token works only from the origins that it is bound to.")
    if origin is not None and not _may_call_from(request, origin, caller):
        raise ApiError(403, "forbidden", "This token may not be used from this origin.")
    if scope is None:
        raise ApiError(403, "forbidden", "This takes a person who is signed in, not a token.")
    if scope not in caller.scopes:
        raise ApiError(403, "forbidden", f"This token lacks the scope “{scope}”.")
    return token.user, caller


def _may_call_from(request: HttpRequest, origin: str, caller: Caller) -> bool:
    here = not caller.origins and origins.of_site(request, origin)
    return here or origins.allowed_now(origin, caller)


def _by_session(request: HttpRequest) -> tuple[User, Caller]:
    user = request.user
    if not isinstance(user, User):
        raise ApiError(401, "auth_failed", "Sign in, or send a token: Authorization: Bearer tb_…")
    if not from_this_site(request):
        raise ApiError(403, "forbidden", "A session works only from the pages of this site. Programs use a token.")
    if request.method not in READING and (reason := CsrfCheck.find_fault(request)):
        raise ApiError(403, "csrf_failed", f"{reason.rstrip('.')}. Load the page again, and try once more.")
    return user, identity.caller_of(user)


def from_this_site(request: HttpRequest) -> bool:
    """Whether a page of this site sent the request, by what browsers add and pages cannot forge."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return site == "same-origin" if origin is None else origins.of_site(request, origin)


def _admit(request: HttpRequest, user: User, caller: Caller) -> None:
    async def auser() -> User:
        return user

    request.user = user
    request.auser = auser  # Django's would look at the session, which is not who a token speaks for
    request.caller = caller  # type: ignore[attr-defined]


class CsrfCheck(CsrfViewMiddleware):
    """Django's own check, asked by us instead of run around the view, because tokens do without it."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason

    @classmethod
    def find_fault(cls, request: HttpRequest) -> str | None:
        """Why the CSRF token does not hold; None if it does."""
        check = cls(lambda _: HttpResponse())
        check.process_request(request)
        fault = check.process_view(request, _view, (), {})
        return None if fault is None else str(fault)


def _view(request: HttpRequest) -> HttpResponse:
    """Stands for a view that is not exempt."""
    return HttpResponse()
