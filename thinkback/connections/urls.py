"""Addresses of `connections`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.connections.views import connect, json_rows, json_upstream, model_facts, page_models, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/providers", json_rows.providers_list, name="api_providers"),
    path("api/providers/kinds", json_rows.kinds, name="api_provider_kinds"),
    path("api/providers/kinds/<str:kind>", json_rows.kind, name="api_provider_kind"),
    path("api/providers/<str:slug>", json_rows.provider, name="api_provider"),
    path("api/providers/<str:slug>/test", json_upstream.test, name="api_provider_test"),
    path("api/providers/<str:slug>/models", json_upstream.models, name="api_provider_models"),
    path("api/providers/<str:slug>/models/<path:model_id>", json_upstream.model, name="api_provider_model"),
    path("settings/providers", pages.providers_page, name="settings_providers"),
    path("settings/providers/new", pages.new_index),
    path("settings/providers/new/<str:kind>", pages.new, name="settings_provider_new"),
    path("settings/providers/<str:slug>", pages.one, name="settings_provider"),
    path("settings/providers/<str:slug>/enabled", pages.switch, name="settings_provider_switch"),
    path("settings/providers/<str:slug>/key/remove", pages.remove_key, name="settings_provider_key_remove"),
    path("settings/providers/<str:slug>/delete", pages.delete, name="settings_provider_delete"),
    path("settings/providers/<str:slug>/test", page_models.test, name="settings_provider_test"),
    path("settings/providers/<str:slug>/models", page_models.fetch, name="settings_provider_fetch"),
    path("settings/providers/<str:slug>/models/choice", page_models.choose, name="settings_provider_choose"),
    path("settings/providers/<str:slug>/models/facts", model_facts.edit, name="settings_model_facts"),
    path("connect", connect.connect, name="connect"),
]
