"""Addresses of `sharing`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.sharing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("share/<str:token>", views.page, name="shared"),
    path("share/<str:token>/file/<int:place>", views.file, name="shared_file"),
    path("share/<str:token>/copy", views.copy, name="shared_copy"),
    path("chat/<uuid:id>/share", views.dialog, name="chat_share"),
    path("settings/data/links/<uuid:id>/withdraw", views.withdraw, name="link_withdraw"),
]
