"""What users keep to begin chats with: presets, and prompts to be filled in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from proxy.call import new_id


class Preset(models.Model):
    """A way to begin a chat: its model, system prompt, settings and tools."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="presets")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True, default="")
    slug = models.CharField(max_length=100, blank=True, default="")  # of the connection; "": whatever is chosen
    model = models.CharField(max_length=200, blank=True, default="")
    system = models.TextField(blank=True, default="")
    parameters = models.JSONField(blank=True, default=dict)
    tools = models.JSONField(blank=True, default=list)  # their keys
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [models.UniqueConstraint("user", Lower("name"), name="presets_named_once")]

    def __str__(self) -> str:
        return self.name


class SavedPrompt(models.Model):
    """A text for the message field, with `{{names}}` to be filled in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_prompts")
    name = models.CharField(max_length=100)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [models.UniqueConstraint("user", Lower("name"), name="presets_prompt_named_once")]

    def __str__(self) -> str:
        return self.name
