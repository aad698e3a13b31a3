"""Addresses of `pages`."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import api_docs, installing, offline, status, views

urlpatterns: list[URLPattern] = [
    path("settings", views.to_settings),
    path("settings/", views.settings_index, name="settings"),
    path("settings/status", status.status, name="settings_status"),
    path("settings/about", views.about, name="settings_about"),
    path("settings/about/parts", views.parts, name="settings_parts"),
    path("api/docs", api_docs.page, name="api_docs"),
    path("api/docs/openapi.json", api_docs.openapi, name="openapi"),
    path("signed-out", views.session_expired, name="session_expired"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("offline", offline.page, name="offline"),
    path("service-worker.js", offline.worker, name="service_worker"),
]
