"""The pin of the certificate that a service shows."""

from __future__ import annotations

import base64
import ssl
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def pin_of(certificate: bytes) -> str | None:
    """The pin of a certificate in DER: base64 of the SHA-256 of its SubjectPublicKeyInfo (RFC 7469, section 2.4)."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return base64.b64encode(sha256(info).digest()).decode("ascii")


def presented(tls: ssl.SSLObject | None) -> str:
    """The pin of the service's own certificate; empty without TLS, or where it cannot be read."""
    certificate = None if tls is None else tls.getpeercert(binary_form=True)
    return (None if certificate is None else pin_of(certificate)) or ""
