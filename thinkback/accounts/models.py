"""People, the tokens of their programs, the origins that may call for them, and what happened to all of these."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from proxy.call import Limits
from thinkback.lower_limits import in_words, lowered

SCOPES = {
    "proxy": gettext_lazy("Call models through the proxy"),
    "chat": gettext_lazy("Read and write conversations"),
    "providers": gettext_lazy("Read and change provider settings"),
    "usage": gettext_lazy("Read usage and cost"),
    "tokens": gettext_lazy("Make and revoke tokens"),
}


class People(UserManager["User"]):
    """Users, of whom the first becomes owner."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> User:
        """The owner while nobody exists, afterwards an administrator. Raises IntegrityError for the loser of a race."""
        with transaction.atomic():  # the lock of SQLite, and the constraint `one_owner`, decide between two at once
            fields["role"] = User.Role.ADMIN if self.exists() else User.Role.OWNER
            return super().create_superuser(username, email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of this name, however it is capitalised."""
        return self.get(username=User.normalize_username(username or ""))


class User(AbstractUser):
    """A person who signs in. The first one is the owner."""

    class Role(models.TextChoices):
        OWNER = "owner", gettext_lazy("Owner")
        ADMIN = "admin", gettext_lazy("Administrator")
        MEMBER = "member", gettext_lazy("Member")

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    timezone = models.CharField("time zone", max_length=64, default="UTC")
    language = models.CharField(max_length=10, blank=True, default="")  # of settings.LANGUAGES; "" = the browser's
    session_epoch = models.PositiveIntegerField(default=0)  # one more ends all sessions
    limits = models.JSONField(default=dict, blank=True)  # {name of a limit: number}, chosen by the user himself
    ceiling = models.JSONField(default=dict, blank=True)  # the same, set by owner or administrator: nothing goes above

    objects: ClassVar[People] = People()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role"], condition=models.Q(role="owner"), name="one_owner"),
        ]

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Names differ by more than capitals; allauth compares them in lower case too."""
        return super().normalize_username(username).lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with Django's two flags drawn from the role, which alone decides."""
        self.is_staff = self.is_superuser = self.role in (self.Role.OWNER, self.Role.ADMIN)
        fields = kwargs.get("update_fields")
        if fields is not None and "role" in fields:
            kwargs["update_fields"] = {*fields, "is_staff", "is_superuser"}
        super().save(*args, **kwargs)

    @property
    def most(self) -> Limits:
        """The most that this user may ask for, or allow himself."""
        return lowered(settings.LIMITS, self.ceiling)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Django's own, with the epoch beside the password: a change of either ends every session.
        salt = "thinkback.accounts.User.session"
        return salted_hmac(salt, f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256").hexdigest()


class AllowedOrigin(models.Model):
    """A web origin (`https://app.example`) from which its user's programs may call."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="allowed_origins")
    origin = models.CharField(max_length=255, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "origin"], name="origin_once_per_user")]

    def __str__(self) -> str:
        return self.origin


class ApiToken(models.Model):
    """What a program shows instead of a password. Only the SHA-256 of the token is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    maker = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="made")  # or a page
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # hex
    last_four = models.CharField(max_length=4, editable=False)
    scopes = models.JSONField(default=list)
    origins = models.JSONField(default=list)  # empty: not bound to any
    limits = models.JSONField(default=dict, blank=True)  # {name of a limit: number}, counted for this token alone
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_four})"

    @property
    def limits_in_words(self) -> list[str]:
        """`10 requests a minute`, for each limit of its own."""
        return in_words(self.limits)

    @staticmethod
    def digest_of(token: str) -> str:
        """The SHA-256 under which a token is found. A token has 256 random bits, so no slow hash is needed."""
        return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()

    def works_at(self, moment: datetime) -> bool:
        """Whether it is neither revoked nor expired, and its user is active."""
        expired = self.expires_at is not None and self.expires_at <= moment
        return self.revoked_at is None and not expired and self.user.is_active


class Revocation(models.Model):
    """A subject (`user:7`, `token:3`, `connection:7`) of which every process must forget what it remembers."""

    subject = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.subject


class AuditEntry(models.Model):
    """Who did what, when and from where. Never changed; outlives its user."""

    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="audit_entries")
    action = models.CharField(max_length=40)  # `token_created`
    subject = models.CharField(max_length=200, blank=True)  # a name, never a secret
    origin = models.CharField(max_length=255, blank=True)
    ip = models.GenericIPAddressField(null=True)
    operation_id = models.UUIDField(null=True)  # the call, as usage records name it
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"
