"""Addresses of the connection check."""

from __future__ import annotations

from django.urls import URLPattern, path

from thinkback.connectivity import views

urlpatterns: list[URLPattern] = [
    path("settings/connection", views.page, name="settings_connection"),
    path("settings/connection/seen", views.seen, name="connection_seen"),
    path("settings/connection/events", views.events, name="connection_events"),
    path("settings/connection/size", views.size, name="connection_size"),
    path("ws/connection", views.stripped, name="connection_stripped"),
]
