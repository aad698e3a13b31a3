"""Addresses of `transfer`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.transfer import api, downloads, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("chat/<uuid:id>/export", downloads.one, name="chat_export"),
    path("settings/data", pages.page, name="settings_data"),
    path("settings/data/imports/<uuid:id>", pages.report, name="import_report"),
    path("settings/data/imports/<uuid:id>/remove", pages.remove, name="import_remove"),
    path("settings/data/delete", pages.trash_all, name="trash_all"),
    path("settings/data/export", downloads.everything, name="export_all"),
    path("api/chats/<uuid:id>/export", downloads.api_one, name="api_chat_export"),
    path("api/export", downloads.api_all, name="api_export"),
    path("api/import", api.begin, name="api_import"),
    path("api/imports", api.imports, name="api_imports"),
    path("api/imports/<uuid:id>", api.one, name="api_import_one"),
    path("api/imports/<uuid:id>/report", api.report, name="api_import_report"),
]
