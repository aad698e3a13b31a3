"""Addresses of `agents`."""

from __future__ import annotations

from django.urls import URLPattern, path

from thinkback.agents import views

urlpatterns: list[URLPattern] = [
    path("settings/agents", views.settings_agents, name="settings_agents"),
    path("settings/agents/<uuid:session_id>", views.change, name="change_agent"),
]
