"""How passwords are hashed: argon2id with bounded memory, and only a few at a time."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# Four hashes at once are 76 MiB at most, however many people sign in.
TURNS = BoundedSemaphore(4)


class BoundedArgon2(Argon2PasswordHasher):
    """argon2id with the least that OWASP recommends (19 MiB, two passes, one lane): Django's default takes 100 MiB."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash a password, in turn."""
        with TURNS:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Check a password, in turn."""
        with TURNS:
            return super().verify(password, encoded)
