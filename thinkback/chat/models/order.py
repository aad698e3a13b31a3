"""How a user keeps order among conversations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Folder(models.Model):
    """A folder of the list of conversations. Without it they stand in the list itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_folders")
    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint("user", Lower("name"), name="chat_folder_named_once")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that a user hangs on conversations."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_tags")
    name = models.CharField(max_length=50)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("user", Lower("name"), name="chat_tag_named_once")]

    def __str__(self) -> str:
        return self.name
