"""Addresses of `tools`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.tools import server_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/tools", views.tools_page, name="settings_tools"),
    path("settings/tools/servers/new", server_views.new, name="settings_tool_server_new"),
    path("settings/tools/servers/<int:pk>", server_views.one, name="settings_tool_server"),
    path("settings/tools/servers/<int:pk>/refresh", server_views.refresh, name="settings_tool_server_refresh"),
    path("settings/tools/servers/<int:pk>/tools", server_views.choose, name="settings_tool_server_choose"),
    path("settings/tools/servers/<int:pk>/remove", server_views.remove, name="settings_tool_server_remove"),
]
