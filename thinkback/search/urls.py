"""Addresses of `search`."""

from __future__ import annotations

from django.urls import URLPattern, path

from thinkback.search import api

urlpatterns: list[URLPattern] = [path("api/search", api.search, name="api_search")]
