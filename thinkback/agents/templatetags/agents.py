"""Whether there are agents at all, for the list of settings."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def has_agents() -> bool:
    """Whether the administrator has turned any on."""
    return bool(settings.AGENTS.programs)
