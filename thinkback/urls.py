"""The site map. /api/proxy, /api/v1 and the health probes never come here: see asgi.py."""

from __future__ import annotations

from django.urls import include, path

handler404 = "thinkback.pages.errors.not_found"
handler500 = "thinkback.pages.errors.failed"

urlpatterns = [
    path("", include("thinkback.accounts.urls")),  # /accounts/… /settings/account /settings/tokens /api/tokens
    path("", include("thinkback.connections.urls")),  # /settings/providers /connect /api/providers
    path("", include("thinkback.usage.urls")),  # /usage /api/usage/…
    path("", include("thinkback.languages.urls")),  # /language
    path("", include("thinkback.agents.urls")),  # /settings/agents
    path("", include("thinkback.connectivity.urls")),  # /settings/connection
    path("", include("thinkback.pages.urls")),  # /settings/ /settings/about/parts
    path("", include("thinkback.tools.urls")),  # /settings/tools
    path("", include("thinkback.transfer.urls")),  # /settings/data /api/export /api/import
    path("", include("thinkback.attachments.urls")),  # /chat/attachment/… /api/attachments
    path("", include("thinkback.presets.urls")),  # /settings/presets /api/presets /api/prompts
    path("", include("thinkback.search.urls")),  # /api/search
    path("", include("thinkback.sharing.urls")),  # /share/<token>
    path("", include("thinkback.chat.urls")),  # / /chat/<id> /api/chats
]
