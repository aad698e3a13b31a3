"""Whose token or session this is. Asked on every call, so the answer is remembered for up to five seconds."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from importlib import import_module
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from proxy.call import Caller
from proxy.door import PREFIX
from thinkback.accounts import revocation
from thinkback.accounts.memory import Memory
from thinkback.accounts.models import ApiToken, User
from thinkback.accounts.uses import USES
from thinkback.in_time import ask_once
from thinkback.lower_limits import lowered

# Callers under the SHA-256 of what they showed. Misses are never kept: a new token works at once.
CALLERS: Memory[Caller] = Memory()
revocation.listen(CALLERS.forget)


async def identify_token(token: str) -> Caller | None:
    """Whose token this is; None for anything unknown, expired or revoked, and for a user who is not active."""
    if not token.startswith(PREFIX):
        return None
    key = ApiToken.digest_of(token)
    caller = CALLERS.get(key)
    if caller is None:
        caller = await ask_once(_find_token, key, CALLERS.moment())
    if caller is not None and caller.token_id is not None:
        USES.note(caller.token_id)
    return caller


async def identify_session(session_key: str) -> Caller | None:
    """Whose session cookie this is; None when it ended, by sign-out, age or a change of password."""
    key = hashlib.sha256(session_key.encode(errors="surrogateescape")).digest()
    known = CALLERS.get(key)
    if known is not None:
        return known
    return await ask_once(_find_session, session_key, key, CALLERS.moment())


def read_token(token: str) -> ApiToken | None:
    """The working token with its user, straight from the database."""
    found = _working(ApiToken.digest_of(token))
    if found is not None:
        USES.note(found.pk)
    return found


def caller_of(user: User, token: ApiToken | None = None) -> Caller:
    """What the proxy needs to know of a user, or of the program that carries his token."""
    via: Literal["session", "token"] = "session" if token is None else "token"
    limits = lowered(user.most, user.limits)
    return Caller(
        user_id=user.pk,
        via=via,
        token_id=None if token is None else token.pk,
        scopes=frozenset() if token is None else frozenset(token.scopes),
        origins=frozenset() if token is None else frozenset(token.origins),
        limits=limits,
        is_staff=user.is_staff,
        token_limits=lowered(limits, token.limits) if token is not None and token.limits else None,
    )


def session_user(session: SessionBase) -> User | None:
    """The user whom a loaded session signs in, checked as Django's middleware does, but changing nothing."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=session[SESSION_KEY], is_active=True).first()
    return user if user is not None and is_current(user, session) else None


def is_current(user: User, session: SessionBase | dict[str, Any]) -> bool:
    """Whether neither the password nor the epoch of this user changed since the session began."""
    shown = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(shown, each) for each in hashes)


def _working(digest: str) -> ApiToken | None:
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    return token if token is not None and token.works_at(timezone.now()) else None


def _find_token(digest: str, moment: int) -> Caller | None:
    token = _working(digest)
    if token is None:
        return None
    caller = caller_of(token.user, token)
    expiry = token.expires_at
    if expiry is None or expiry - timezone.now() > timedelta(seconds=CALLERS.seconds):
        CALLERS.keep(digest, caller, (f"user:{caller.user_id}", f"token:{token.pk}"), moment)
    return caller


def _find_session(session_key: str, key: bytes, moment: int) -> Caller | None:
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = session_user(session)
    if user is None:
        return None
    caller = caller_of(user)
    CALLERS.keep(key, caller, (f"user:{caller.user_id}",), moment)
    return caller
