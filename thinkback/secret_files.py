"""The secrets that the server makes for itself at its first start: one file each, for its owner's eyes only."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MasterKeys = list[tuple[str, bytes]]
KEY_BYTES = 32  # AES-256
MAKE_ONE = f"Make one with: echo k1:$(openssl rand -base64 {KEY_BYTES})"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may look into."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def data_folder(text: str) -> Path:
    """The folder of everything that is kept, made if it is not there yet. Raises ValueError."""
    try:
        return private_folder(Path(text).expanduser().resolve())
    except (OSError, RuntimeError) as error:  # RuntimeError: a home folder that nobody has
        reason = error.strerror if isinstance(error, OSError) else "there is no such home folder"
        raise ValueError(f"this folder cannot be used ({reason}).") from None


def kept(path: Path, make: Callable[[], str]) -> str:
    """A file's content; the first to ask makes it. Two processes that start at once get the same."""
    if not path.exists():
        _create(path, make())
    return path.read_text(encoding="utf-8").strip()


def _create(path: Path, content: str) -> None:
    """Write whole, then link into place: nobody sees half a secret, and the loser of a race keeps the winner's."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # somebody else was faster
    finally:
        draft.unlink()


def new_secret_key() -> str:
    """What Django signs with."""
    return secrets.token_urlsafe(50)


def new_master_keys() -> str:
    """One master key under a random id, in the form of THINKBACK_MASTER_KEYS."""
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
    return f"k{secrets.token_hex(4)}:{key}"


def master_keys(text: str) -> MasterKeys:
    """`id:base64,…` → keys of 32 bytes; the first one seals, all of them open."""
    keys: MasterKeys = []
    for part in text.replace("\n", ",").split(","):
        if part.strip():
            keys.append(_master_key(part.strip()))
    if len({name for name, _ in keys}) != len(keys) or not keys:
        raise ValueError(f"must be a list of id:base64 of {KEY_BYTES} bytes in which no id comes twice. {MAKE_ONE}")
    return keys


def _master_key(part: str) -> tuple[str, bytes]:
    name, _, encoded = part.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not name or len(key) != KEY_BYTES:
        raise ValueError(f"each part must be id:base64 of {KEY_BYTES} bytes. {MAKE_ONE}")
    return name, key


def kept_master_keys(path: Path) -> MasterKeys:
    """Those of the file that the first start made. Raises ImproperlyConfigured when it was damaged since."""
    try:
        return master_keys(kept(path, new_master_keys))
    except ValueError as error:
        raise ImproperlyConfigured(f"{path}: {error} Better still, put it back from a backup.") from None


def secret_key(text: str) -> str:
    """A key to sign with, long enough."""
    if len(text) < 32:
        raise ValueError("must have at least 32 characters.")
    return text
