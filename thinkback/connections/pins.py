"""Certificate pins of a configuration: which public keys its service may show."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils.translation import gettext as _

from providers import Field
from thinkback.connections.invalid import Invalid

FIELD = Field(
    "pins",
    "Certificate pins",
    help="Connect only where the certificate’s public key has one of these SHA-256 sums (base64, with a space between "
    "them). Empty: any valid certificate. They go when the host changes.",
)
MOST = 8
SIZE = 32  # bytes of a SHA-256 sum
PREFIXES = ("sha256/", "sha256//")  # as RFC 7469's tools and curl write them


def checked(value: Any) -> list[str]:
    """The pins as plain base64, each once. Raises Invalid, naming `pins`."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST:
        raise Invalid(pins=_("Give at most %(most)s certificate pins.") % {"most": MOST})
    return list(dict.fromkeys(map(_pin, value)))


def split(text: str) -> list[str]:
    """The pins in a line of a form."""
    return text.replace(",", " ").split()


def _pin(text: Any) -> str:
    plain = text.strip() if isinstance(text, str) else ""
    for prefix in reversed(PREFIXES):
        plain = plain.removeprefix(prefix)
    try:
        raw = base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != SIZE:
        raise Invalid(
            pins=_(
                "A pin is the SHA-256 of a certificate’s public key in base64: 44 characters, like "
                "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            )
        )
    return base64.b64encode(raw).decode("ascii")
