"""A stored secret exchanged for a short-lived bearer token, as OAuth 2.0 has it. RFC 6749, sections 4.4 and 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from providers._failures.classify import classify
from providers._failures.complaint import read_body
from providers._failures.errors import ProviderError, SignInRefused
from providers._failures.redaction import shorten
from providers._failures.waiting import seconds
from providers._json import decode_object

PASSING = frozenset({408, 429})  # refusals of the moment, not of the secret


@dataclass(frozen=True, slots=True)
class Grant:
    """The POST that asks for a token. The secret goes to `url`: fixed by the adapter, or its `sign_in_url`."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def form(url: str, **fields: str) -> Grant:
    """A grant whose fields are sent as a form."""
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    return Grant(url, urlencode(fields).encode(), headers)


def read_token(speaker: str, status: int, body: bytes) -> tuple[str, float]:
    """The token, and the seconds that it is good for. Raises SignInRefused, or what passes by as what it is."""
    if status in PASSING or status >= 500:
        raise classify(speaker, read_body(body), status)
    document = decode_object(body)
    token, lifetime = document.get("access_token"), seconds(document.get("expires_in"))
    if status == 200 and isinstance(token, str) and token.isascii() and token.isprintable() and token.strip():
        return token.strip(), 0.0 if lifetime is None else lifetime
    raise refusal(speaker, status, document)


def refusal(speaker: str, status: int, document: Mapping[str, object]) -> ProviderError:
    """What an answer without a token says (RFC 6749, section 5.2)."""
    code, reason = document.get("error"), document.get("error_description")
    message = f"{speaker} gave no access for these credentials."
    said = next((text for text in (reason, code) if isinstance(text, str) and text), "")
    if said:
        message = f"{message} It says: {shorten(said)}"
    return SignInRefused(message, status=status, code=code[:100] if isinstance(code, str) else None)
