"""Certificates made for a test, and the TLS contexts of both sides."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@cache
def made(address: str = "127.0.0.1") -> tuple[bytes, bytes]:
    """A self-signed certificate for an address or a name, and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    digits = address.replace(".", "").isdigit()
    alternative = x509.IPAddress(ip_address(address)) if digits else x509.DNSName(address)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private


def serving(address: str = "127.0.0.1") -> ssl.SSLContext:
    """How a server shows the certificate of this address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(b"".join(made(address)))
        context.load_cert_chain(path)
    return context


def trusting(*addresses: str) -> ssl.SSLContext:
    """How a client checks that trusts these certificates alone."""
    context = ssl.create_default_context(cadata="".join(made(address)[0].decode() for address in addresses))
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    return context
