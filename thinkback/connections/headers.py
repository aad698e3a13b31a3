"""Which extra headers a configuration may send along. None of them is secret: they are stored and shown as they are."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from providers import Adapter
from proxy.sanitising import RESERVED
from thinkback.connections.invalid import Invalid

MOST = 32
LONGEST = 4000
CREDENTIALS = frozenset(("authorization", "x-api-key", "x-goog-api-key", "api-key", "x-amz-security-token"))
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # a token of RFC 9110 section 5.6.2


def checked(value: Any, adapter: Adapter) -> dict[str, str]:
    """The extra headers as given. Raises Invalid, naming `headers`."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise Invalid(headers=_("Headers are an object of names and texts."))
    if len(value) > MOST:
        raise Invalid(headers=_("At most %(most)s headers.") % {"most": MOST})
    own = {name.lower() for name in adapter.credentials("x")}
    for name, text in value.items():
        _check(name, text, own)
    if len({name.lower() for name in value}) < len(value):
        raise Invalid(headers=_("A header is given twice."))
    return {name: text.strip(" ") for name, text in value.items()}


def _check(name: str, text: str, own: set[str]) -> None:
    low = name.lower()
    if _NAME.fullmatch(name) is None:
        raise Invalid(headers=_("A header's name has letters, digits and hyphens, no spaces."))
    if low in CREDENTIALS | own:
        raise Invalid(
            headers=_("%(name)s carries the key. Put the key into its own field, where it is sealed.") % {"name": name}
        )
    if low in RESERVED or low.startswith(("x-thinkback-", "proxy-", "x-forwarded-")):
        raise Invalid(headers=_("%(name)s is set by ThinkBack itself.") % {"name": name})
    if len(text) > LONGEST or not text.isascii() or not text.isprintable():
        raise Invalid(
            headers=_("The value of %(name)s has control characters, letters beyond ASCII, or is too long.")
            % {"name": name}
        )
