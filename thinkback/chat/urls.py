"""Addresses of `chat`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.chat import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("chat/older", views.older, name="chat_older"),
    path("chat/<uuid:id>", views.chat, name="chat"),
    path("chat/<uuid:id>/before/<uuid:before>", views.earlier, name="chat_earlier"),
    path("api/chats", api.chats, name="api_chats"),
    path("api/chats/<uuid:id>", api.chat, name="api_chat"),
]
