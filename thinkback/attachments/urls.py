"""Addresses of `attachments`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.attachments import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("chat/attachment/<uuid:id>", views.file, name="chat_attachment"),
    path("chat/attachment/<uuid:id>/small", views.thumbnail, name="chat_attachment_small"),
    path("chat/attachment/<uuid:id>/text", views.text, name="chat_attachment_text"),
    path("api/attachments", api.attachments, name="api_attachments"),
    path("api/attachments/<uuid:id>", api.attachment, name="api_attachment"),
    path("api/attachments/<uuid:id>/file", api.attachment_file, name="api_attachment_file"),
]
