"""Limits below the site's own: those that a user sets himself, and those of a token or a provider configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from proxy.call import Limits
from thinkback.languages.numbers import whole

LABELS = {
    "requests_per_minute": N_("Requests a minute"),
    "tokens_per_minute": N_("Tokens a minute"),
    "streams": N_("Streams at a time"),
}


def lowered(ceiling: Limits, own: Mapping[str, int]) -> Limits:
    """What counts: the lower one of each. Only what somebody set stands in `own`."""
    return replace(ceiling, **{name: min(getattr(ceiling, name), own[name]) for name in LABELS if name in own})


def site_limits() -> Limits:
    """The site's own, for everybody."""
    limits: Limits = settings.LIMITS
    return limits


def in_words(limits: Mapping[str, int]) -> list[str]:
    """`10 requests a minute`, for each limit that is set."""
    words = {
        "requests_per_minute": _("%(number)s requests a minute"),
        "tokens_per_minute": _("%(number)s tokens a minute"),
        "streams": _("%(number)s streams at a time"),
    }
    return [text % {"number": whole(limits[name])} for name, text in words.items() if name in limits]


def checked(value: object) -> dict[str, int]:
    """The limits that somebody wants, none of them above the site's. Raises ValidationError."""
    if not isinstance(value, dict) or not value.keys() <= LABELS.keys():
        raise ValidationError(_("Give an object with any of %(names)s.") % {"names": ", ".join(LABELS)})
    for name, number in value.items():
        most = asdict(settings.LIMITS)[name]
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
            raise ValidationError(_("%(name)s is a whole number from 1 to %(most)s.") % {"name": name, "most": most})
    return dict(value)
