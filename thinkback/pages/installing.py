"""What a browser needs to install ThinkBack as an app: https://www.w3.org/TR/appmanifest/."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

ICONS = (
    ("img/mark.svg", "any", "image/svg+xml", "any"),
    ("img/icon-192.png", "192x192", "image/png", "any"),
    ("img/icon-512.png", "512x512", "image/png", "any"),
    ("img/icon-maskable-512.png", "512x512", "image/png", "maskable"),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest. The same for everybody but for its words."""
    return JsonResponse(_manifest(), content_type="application/manifest+json")


def _manifest() -> dict[str, Any]:
    home = reverse("home")
    return {
        "id": home,
        "name": "ThinkBack",
        "short_name": "ThinkBack",
        "description": _("Chat with every language model that you have a key for, and see what it cost."),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [
            {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose}
            for path, sizes, kind, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("New chat"), "url": home},
            {"name": _("Usage"), "url": reverse("usage")},
        ],
    }
