"""What a user has decided about tools."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """One user's; without a row, everything is asked."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    harmless_unasked = models.BooleanField(default=False)  # built-in tools that touch nothing run without approval

    def __str__(self) -> str:
        return f"tools of {self.user_id}"


class Server(models.Model):
    """An MCP server of one user. Its header's value lies in the vault (`servers.binding_of`)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tool_servers")
    slug = models.CharField(max_length=20)  # begins the names under which its tools are offered to models
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    header = models.CharField(max_length=100, blank=True, default="")  # the name of the header that lets us in
    tools = models.JSONField(default=list, blank=True)  # `mcp.listing.Listed`, as listed last
    disabled = models.JSONField(default=list, blank=True)  # names of tools that are not offered
    listed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "slug"], name="tools_one_slug_per_user")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"

    @property
    def key(self) -> str:
        """What stands for all of its tools where tools are chosen."""
        return f"mcp-{self.pk}"

    @property
    def ref(self) -> str:
        """Its name in the vault."""
        return f"mcp:{self.pk}"
