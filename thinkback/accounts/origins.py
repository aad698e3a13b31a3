"""Which web origins may call: the site's list, and each user's own."""

from __future__ import annotations

import re
from itertools import chain

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from proxy.call import Caller
from thinkback import addresses
from thinkback.accounts import revocation
from thinkback.accounts.memory import Memory
from thinkback.accounts.models import AllowedOrigin, ApiToken
from thinkback.in_time import ask_once

LENGTH = 255
EXACT = re.compile(r"https?://([a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(:\d+)?")  # after it was brought into one form
ANYBODY = "anybody"
LISTS: Memory[frozenset[str]] = Memory(entries=1024)


def _forget(subject: str) -> None:
    if subject.startswith(("user:", "token:")):
        LISTS.forget(ANYBODY)
    # Whose token it was is not said, and tokens change rarely.
    LISTS.forget("*" if subject.startswith("token:") else subject)


revocation.listen(_forget)


async def listed(origin: str) -> bool:
    """Whether the site or any user lists this origin, which is enough for a preflight."""
    return origin in settings.ALLOWED_ORIGINS or origin in await _list(None)


async def allowed(origin: str, caller: Caller) -> bool:
    """Whether this caller may call from this origin. A bound token may from its own origins, and no others."""
    if caller.origins:
        return origin in caller.origins
    return origin in settings.ALLOWED_ORIGINS or origin in await _list(caller.user_id)


def listed_now(origin: str) -> bool:
    """`listed` for code that is not async."""
    return origin in settings.ALLOWED_ORIGINS or origin in _known(None)


def allowed_now(origin: str, caller: Caller) -> bool:
    """`allowed` for code that is not async."""
    if caller.origins:
        return origin in caller.origins
    return origin in settings.ALLOWED_ORIGINS or origin in _known(caller.user_id)


def of_site(request: HttpRequest, origin: str) -> bool:
    """Whether an origin is the site itself, as this request reached it or as its public address says."""
    here = f"{request.scheme}://{request.get_host()}"
    return origin in (here, settings.PUBLIC_URL)


def _known(user_id: int | None) -> frozenset[str]:
    key = _key(user_id)
    known = LISTS.get(key)
    return known if known is not None else _read(user_id, key, LISTS.moment())


async def _list(user_id: int | None) -> frozenset[str]:
    key = _key(user_id)
    known = LISTS.get(key)
    return known if known is not None else await ask_once(_read, user_id, key, LISTS.moment())


def _key(user_id: int | None) -> str:
    return ANYBODY if user_id is None else f"user:{user_id}"


def _read(user_id: int | None, key: str, moment: int) -> frozenset[str]:
    origins = frozenset(origins_of(user_id))
    LISTS.keep(key, origins, (key,), moment)
    return origins


def origins_of(user_id: int | None) -> set[str]:
    """A user's own list with the origins that his working tokens are bound to; of everybody for None."""
    own = AllowedOrigin.objects.filter(user__is_active=True)
    tokens = ApiToken.objects.filter(user__is_active=True, revoked_at=None).exclude(origins=[])
    if user_id is not None:
        own, tokens = own.filter(user_id=user_id), tokens.filter(user_id=user_id)
    tokens = tokens.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    bound = tokens.values_list("origins", flat=True)
    return {*own.values_list("origin", flat=True), *chain.from_iterable(bound)}


def valid(text: object) -> str:
    """One exact origin in the form that browsers send. Raises ValidationError, in words for people."""
    given = text.strip() if isinstance(text, str) else ""
    try:
        origin = addresses.origin(given) if given.isascii() and given.isprintable() and len(given) <= LENGTH else ""
    except ValueError:
        origin = ""
    if not EXACT.fullmatch(origin):
        raise ValidationError(_("Write each origin exactly, like https://app.example, without a path or “*”."))
    return origin
