"""Sessions of agents: one for each conversation with one of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from proxy.call import new_id


class Session(models.Model):
    """What an agent remembers of a conversation, and where it works. `boot_id` is set while it answers.

    No process lives between two answers: an active session has a place among those that are allowed, a suspended one
    has none and gets one when it is resumed.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="agent_sessions")
    conversation = models.ForeignKey("chat.Conversation", models.SET_NULL, null=True, related_name="agent_sessions")
    slug = models.CharField(max_length=64)  # of the connection
    kind = models.CharField(max_length=64)
    directory = models.CharField(max_length=4096)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(max_length=200, blank=True, default="")  # why it is suspended
    agent_id = models.CharField(max_length=200, blank=True, default="")  # the agent's own name for it
    said = models.CharField(max_length=64, blank=True, default="")  # digest of what the user said to it so far
    boot_id = models.UUIDField(null=True, blank=True)  # the server run under which it is answering
    token = models.ForeignKey("accounts.ApiToken", models.SET_NULL, null=True, related_name="+")  # of its calls
    answers = models.PositiveIntegerField(default=0)
    reported_pico = models.BigIntegerField(null=True, blank=True)  # pico-dollars, as the agent reckons
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "slug"],
                condition=~models.Q(state="ended"),
                name="agents_one_session_per_chat",
            )
        ]
        indexes = [models.Index(fields=["state", "used_at"], name="agents_state_used")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.directory}"
