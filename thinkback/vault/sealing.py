"""AES-256-GCM over keys derived per record: pure functions of bytes, no database.

Each record has a salt and a nonce of its own; its key is HKDF-SHA-256 (RFC 5869) of a master key and that salt. The
associated data names the owner, the provider, the hosts and the field: a record copied elsewhere cannot be opened.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """A sealed key cannot be opened: its master key is gone, or it was sealed for somebody or somewhere else."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key is sealed for: its owner, the provider's kind, the hosts it may be sent to, and its field."""

    owner_id: int
    kind: str
    hosts: tuple[str, ...]
    ref: str
    field: str = "api_key"

    def associated_data(self) -> bytes:
        """The binding as bytes, the same for the same binding."""
        hosts = sorted(host.lower() for host in self.hosts)
        return json.dumps(["thinkback-1", self.owner_id, self.kind, hosts, self.ref, self.field]).encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is stored: everything but the master key, named by its id."""

    master_id: str
    salt: bytes
    nonce: bytes
    ciphertext: bytes


def record_key(master: bytes, salt: bytes) -> AESGCM:
    """The cipher of one record, derived from a master key of 32 bytes."""
    return AESGCM(HKDF(SHA256(), length=32, salt=salt, info=b"thinkback vault record").derive(master))


def seal(plaintext: str, binding: Binding, masters: list[tuple[str, bytes]]) -> Sealed:
    """Seal with the first of the master keys."""
    master_id, master = masters[0]
    salt, nonce = os.urandom(16), os.urandom(12)
    ciphertext = record_key(master, salt).encrypt(nonce, plaintext.encode(), binding.associated_data())
    return Sealed(master_id, salt, nonce, ciphertext)


class Opener:
    """One sealed key with its cipher at hand: opens in 2 us. It is as secret as the master key, and holds no plaintext.

    Making one raises Unsealable when the master key is gone.
    """

    __slots__ = ("_cipher", "_data", "_sealed")

    def __init__(self, sealed: Sealed, binding: Binding, masters: list[tuple[str, bytes]]) -> None:
        master = dict(masters).get(sealed.master_id)
        if master is None:
            raise Unsealable(f"The master key {sealed.master_id!r} that sealed this key is not configured.")
        self._sealed = sealed
        self._cipher = record_key(master, sealed.salt)
        self._data = binding.associated_data()

    def open(self) -> str:
        """The plaintext. Raises Unsealable, which says nothing about it."""
        try:
            return self._cipher.decrypt(self._sealed.nonce, self._sealed.ciphertext, self._data).decode()
        except InvalidTag:
            raise Unsealable("This key was sealed for another owner, provider or host, or was altered.") from None


def opens(sealed: Sealed, binding: Binding, masters: list[tuple[str, bytes]]) -> bool:
    """Whether it can be opened."""
    try:
        unseal(sealed, binding, masters)
    except Unsealable:
        return False
    return True


def unseal(sealed: Sealed, binding: Binding, masters: list[tuple[str, bytes]]) -> str:
    """The plaintext. Raises Unsealable, which says nothing about it."""
    return Opener(sealed, binding, masters).open()
