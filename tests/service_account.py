"""The key file of a service account, made up for the tests."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

EMAIL = "chat@my-project.iam.gserviceaccount.com"
KEY_ID = "0123456789abcdef0123456789abcdef01234567"


@cache
def private_key() -> RSAPrivateKey:
    """One key for all tests: making it takes a while."""
    return generate_private_key(65537, 2048)


def pem_of(key: Any) -> str:
    """A private key as it stands in a key file."""
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def key_file(**changed: Any) -> str:
    """A key file as Google writes it; a field that is changed to None is left out."""
    document = {
        "type": "service_account",
        "project_id": "my-project",
        "private_key_id": KEY_ID,
        "private_key": pem_of(private_key()),
        "client_email": EMAIL,
        "client_id": "123456789012345678901",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "universe_domain": "googleapis.com",
        **changed,
    }
    return json.dumps({name: value for name, value in document.items() if value is not None}, indent=2) + "\n"
