"""Addresses of `usage`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.usage import api, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("usage", pages.usage, name="usage"),
    path("api/usage/summary", api.summary, name="api_usage_summary"),
    path("api/usage/records", api.records, name="api_usage_records"),
    path("api/usage/records.csv", api.records_csv, name="api_usage_records_csv"),
]
