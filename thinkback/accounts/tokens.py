"""API tokens: what may be asked for, how one is made, how one ends."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from proxy.door import PREFIX
from thinkback.accounts import audit, origins
from thinkback.accounts.models import SCOPES, ApiToken, User

NAME_LENGTH = 100
MOST_ORIGINS = 50
USUAL = tuple(scope for scope in SCOPES if scope != "tokens")  # a token that makes tokens is made on purpose only


@dataclass(frozen=True, slots=True)
class Wish:
    """A token that somebody wants, checked. No origins: bound to none; no `expires_at`: for good."""

    name: str
    scopes: tuple[str, ...] = USUAL
    origins: tuple[str, ...] = ()
    expires_at: datetime | None = None
    limits: Mapping[str, int] = field(default_factory=dict)


def make(
    user: User, wish: Wish, where: audit.Where | None = None, maker: ApiToken | None = None
) -> tuple[ApiToken, str]:
    """Make a token; one that another token makes ends with it. Its text is returned this once and stored nowhere."""
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():  # together with the same in `revoke`: no token slips through while its maker ends
        if maker is not None and not ApiToken.objects.select_for_update().filter(pk=maker.pk, revoked_at=None).exists():
            raise ValidationError(_("This token was revoked."))
        token = ApiToken.objects.create(
            user=user,
            name=wish.name,
            digest=ApiToken.digest_of(text),
            last_four=text[-4:],
            scopes=list(wish.scopes),
            origins=list(wish.origins),
            expires_at=wish.expires_at,
            limits=dict(wish.limits),
            maker=maker,
        )
    audit.record("token_created", user.pk, str(token), where)
    return token, text


def revoke(token: ApiToken, where: audit.Where | None = None) -> None:
    """End a token and all that it made, or these made, in this process at once."""
    with transaction.atomic():
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record("token_revoked", token.user_id, str(token), where)
        for made in token.made.filter(revoked_at=None):
            revoke(made, where)


def keep(token: ApiToken, where: audit.Where | None = None) -> None:
    """Take a token's expiry away; one that has expired works again."""
    token.expires_at = None
    token.save(update_fields=["expires_at"])
    audit.record("token_kept", token.user_id, str(token), where)


def within(wish: Wish, maker: ApiToken) -> Wish:
    """The wish of a token's bearer, which must not reach beyond that token. Raises ValidationError by field."""
    if beyond := sorted(set(wish.scopes) - set(maker.scopes)):
        raise ValidationError({"scopes": f"A token cannot give what it does not have: {', '.join(beyond)}."})
    if maker.origins and not wish.origins:
        wish = replace(wish, origins=tuple(maker.origins))
    if maker.origins and not set(wish.origins) <= set(maker.origins):
        raise ValidationError({"origins": "A token cannot allow origins beyond its own."})
    if maker.expires_at is not None and (wish.expires_at is None or wish.expires_at > maker.expires_at):
        wish = replace(wish, expires_at=maker.expires_at)
    if maker.limits:
        lower = {name: min(number, maker.limits.get(name, number)) for name, number in wish.limits.items()}
        wish = replace(wish, limits={**maker.limits, **lower})
    return wish


def valid_name(value: object) -> str:
    """A name for people, one line. Raises ValidationError."""
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise ValidationError(
            _("Give the token a name of 1 to %(name_length)s characters.") % {"name_length": NAME_LENGTH}
        )
    return name


def valid_scopes(values: Iterable[object]) -> tuple[str, ...]:
    """At least one known scope, each once, in our order. Raises ValidationError."""
    wanted = list(values)
    unknown = [value for value in wanted if not isinstance(value, str) or value not in SCOPES]
    if unknown or not wanted:
        raise ValidationError(_("Choose from these scopes: %(names)s.") % {"names": ", ".join(SCOPES)})
    return tuple(scope for scope in SCOPES if scope in wanted)


def valid_origins(values: Iterable[object]) -> tuple[str, ...]:
    """Exact origins, each once. Raises ValidationError."""
    found = tuple(dict.fromkeys(origins.valid(value) for value in values))
    if len(found) > MOST_ORIGINS:
        raise ValidationError(_("A token takes at most %(most_origins)s origins.") % {"most_origins": MOST_ORIGINS})
    return found


def valid_expiry(value: datetime | None) -> datetime | None:
    """A moment to come. Raises ValidationError."""
    if value is not None and value <= timezone.now():
        raise ValidationError(_("This moment is past. Choose one to come, or none."))
    return value
