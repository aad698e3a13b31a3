"""Who may become the owner: the first visitor, if he sits at the server or knows the code that it printed."""

from __future__ import annotations

import base64
import secrets
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from thinkback import secret_files
from thinkback.accounts.models import User

# A request that came through another machine says so in one of these, as a rule.
FORWARDED = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP", "HTTP_TRUE_CLIENT_IP")
FORWARDED_FAMILIES = ("HTTP_X_FORWARDED", "HTTP_CF_", "HTTP_X_CLUSTER_")
CODE_BYTES = 15  # 120 bits: not to be guessed at any rate


class TooLate(Exception):
    """Somebody else was there first, or the name was taken meanwhile."""


def nobody() -> bool:
    """Whether there is no account yet."""
    return not User.objects.exists()


def sits_here(request: HttpRequest) -> bool:
    """Whether the visitor is on the server's own machine: by address and Host, and not through a proxy."""
    if "HTTP_HOST" not in request.META:  # Django would take the server's own address for what was asked
        return False
    if any(name in FORWARDED or name.startswith(FORWARDED_FAMILIES) for name in request.META):
        return False
    host, _ = split_domain_port(request.get_host())
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and (host == "localhost" or _is_loopback(host.strip("[]")))


def _is_loopback(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def code_file() -> Path:
    """Where the code is kept."""
    return Path(settings.SECRETS) / "setup_code"


def announcement(address: str = "") -> str | None:
    """What the server prints while nobody exists, with the code; None afterwards. Reads the database."""
    if not nobody():
        forget_code()
        return None
    code = secret_files.kept(code_file(), _new_code)
    return (
        f"Nobody has an account here yet. The first, made at {address}{reverse('account_signup')}, is the owner’s.\n"
        f"A browser on this machine needs nothing else. From elsewhere the page asks for the setup code {code}"
    )


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode("ascii")
    return "-".join(letters[start : start + 6] for start in range(0, len(letters), 6))


def is_code(given: str) -> bool:
    """Whether this is the setup code; small letters and missing hyphens are forgiven."""
    try:
        code = code_file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return len(_plain(code)) >= CODE_BYTES and constant_time_compare(_plain(given), _plain(code))


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def forget_code() -> None:
    """A code works once."""
    code_file().unlink(missing_ok=True)


def enrol(user: User, *, may_own: bool) -> None:
    """Save a new user, as owner if he is the first and may be. Raises TooLate if that changed since he was asked.

    The database decides between two who come at once: by SQLite's lock, and by the constraint on owners.
    """
    try:
        with transaction.atomic():
            first = nobody()
            if not (may_own if first else settings.SIGNUP == "open"):
                raise TooLate
            user.role = User.Role.OWNER if first else User.Role.MEMBER
            user.save()
    except IntegrityError:
        raise TooLate from None
