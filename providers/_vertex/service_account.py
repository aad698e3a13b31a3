"""The key file of a service account of Google Cloud, and the token that its private key asks for.

https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from providers._credentials.granting import Grant, form
from providers._failures.errors import AuthFailed
from providers._json import decode_whole

SPEAKER = "Google"
# The secret proves itself here alone: what a key file names as its `token_uri` is never asked.
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600  # seconds, the longest that Google allows
KEPT = ("type", "project_id", "client_email", "private_key", "private_key_id")  # the last one is what it is known by
EMAIL = re.compile(r"[^@\s]{1,100}@[a-z0-9.-]{1,200}")
BITS = range(2048, 3073)  # Google makes those of 2048; far longer ones would take seconds to read
LONGEST_PEM = 2600


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who signs, and with what."""

    email: str
    key: RSAPrivateKey = field(repr=False)
    key_id: str = ""


def is_key_file(secret: str) -> bool:
    """Whether a secret looks like a key file, and not like an API key."""
    return secret.lstrip().startswith("{")


def tidied(secret: str) -> str:
    """The key file in one line, without what is not needed. Raises AuthFailed for what is none."""
    document = read_document(secret)
    account_of(document)
    return json.dumps({name: document[name] for name in KEPT if document.get(name)})


def project_of(secret: str) -> str:
    """The project that a key file belongs to; empty where it names none."""
    project = (decode_whole(secret.encode()) or {}).get("project_id")
    return project if isinstance(project, str) else ""


def confidential(secret: str) -> tuple[str, ...]:
    """What of a key file is secret: the body of its private key. Its other words may well stand in messages."""
    key = (decode_whole(secret.encode()) or {}).get("private_key")
    lines = [line for line in str(key or "").splitlines() if line and not line.startswith("-----")]
    return ("".join(lines), *lines)


def grant(secret: str, now: float) -> Grant:
    """The request for a token, at this time (seconds since 1970). Raises AuthFailed for what is no key file."""
    return form(TOKEN_URL, grant_type=GRANT_TYPE, assertion=assertion(account_of(read_document(secret)), int(now)))


def assertion(account: ServiceAccount, now: int) -> str:
    """What the account claims, signed with its key (RFC 7523)."""
    head = {"alg": "RS256", "typ": "JWT"} | ({"kid": account.key_id} if account.key_id else {})
    claims = {"iss": account.email, "scope": SCOPE, "aud": TOKEN_URL, "iat": now, "exp": now + LIFETIME}
    signed = f"{segment(head)}.{segment(claims)}"
    return f"{signed}.{encoded(account.key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def segment(value: Mapping[str, Any]) -> str:
    """One part of the assertion."""
    return encoded(json.dumps(value, separators=(",", ":")).encode())


def encoded(raw: bytes) -> str:
    """Base64 as RFC 7515 has it."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_document(secret: str) -> dict[str, Any]:
    """The JSON of a key file. Raises AuthFailed."""
    document = decode_whole(secret.encode())
    if document is None:
        raise malformed("This is no JSON.")
    kind = document.get("type")
    if kind != "service_account":
        said = kind[:40] if isinstance(kind, str) and kind.isidentifier() else "something else"
        raise malformed(f"Its type is {said}, not service_account.")
    if document.get("universe_domain", "googleapis.com") != "googleapis.com":
        raise malformed("It belongs to another cloud than Google's own.")
    return document


def account_of(document: Mapping[str, Any]) -> ServiceAccount:
    """The account and its key. Raises AuthFailed, without a word of what it holds."""
    email, pem, key_id = (document.get(name) for name in ("client_email", "private_key", "private_key_id"))
    if not isinstance(email, str) or EMAIL.fullmatch(email) is None:
        raise malformed("It names no account (client_email).")
    if not isinstance(pem, str) or len(pem) > LONGEST_PEM:
        raise malformed("It holds no private key (private_key).")
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise malformed("Its private key (private_key) cannot be read.") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size not in BITS:
        raise malformed("Its private key is no RSA key of 2048 to 3072 bits.")
    return ServiceAccount(email, key, key_id if isinstance(key_id, str) and key_id.isalnum() else "")


def malformed(reason: str) -> AuthFailed:
    """Why a secret is not the key file of a service account."""
    message = f"This is not the key file of a service account. {reason} Paste the whole JSON file, unchanged."
    return AuthFailed(message, code="malformed_key")
