"""Addresses of `presets`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.presets import api, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/presets", pages.overview, name="settings_presets"),
    path("settings/presets/new", pages.new_preset, name="settings_preset_new"),
    path("settings/presets/<uuid:id>", pages.one_preset, name="settings_preset"),
    path("settings/presets/<str:id>/default", pages.make_default, name="settings_preset_default"),
    path("settings/presets/prompts/new", pages.new_prompt, name="settings_prompt_new"),
    path("settings/presets/prompts/<uuid:id>", pages.one_prompt, name="settings_prompt"),
    path("api/presets", api.presets, name="api_presets"),
    path("api/presets/<uuid:id>", api.preset, name="api_preset"),
    path("api/prompts", api.prompts, name="api_prompts"),
    path("api/prompts/<uuid:id>", api.prompt, name="api_prompt"),
]
