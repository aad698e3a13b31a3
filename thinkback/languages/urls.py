"""Addresses of `languages`."""

from __future__ import annotations

from django.urls import URLPattern, path

from thinkback.languages import views

urlpatterns: list[URLPattern] = [path("language", views.choose, name="choose_language")]
