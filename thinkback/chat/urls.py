"""Addresses of `chat`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from thinkback.chat import (
    api,
    context_api,
    event_stream,
    folders,
    many,
    model_list,
    overview,
    preference_page,
    preferences_api,
    versioning,
    views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("chats", overview.page, name="all_chats"),
    path("chats/<str:view>", overview.page, name="chats"),
    path("chat/list", views.chats, name="chat_list"),
    path("chat/<uuid:id>", views.chat, name="chat"),
    path("chat/<uuid:id>/before/<uuid:before>", views.earlier, name="chat_earlier"),
    path("chat/<uuid:id>/folder", views.filing, {"what": "move"}, name="chat_move"),
    path("chat/<uuid:id>/tags", views.filing, {"what": "tags"}, name="chat_tags"),
    path("chat/picture/<uuid:id>", views.picture, name="chat_picture"),
    path("events/chat", event_stream.events, name="chat_events"),
    path("settings/chat", preference_page.page, name="settings_chat"),
    path("api/chats/context", context_api.context, name="api_chat_context"),
    path("api/chats/models", model_list.models, name="api_chat_models"),
    path("api/chats/models/prices", model_list.prices, name="api_chat_prices"),
    path("api/chats", api.chats, name="api_chats"),
    path("api/preferences", preferences_api.chosen, name="api_preferences"),
    path("api/chats/batch", many.batch, name="api_chats_batch"),
    path("api/chats/trash", many.trash, name="api_chats_trash"),
    path("api/chats/pictures/<uuid:id>", api.picture, name="api_chat_picture"),
    path("api/chats/<uuid:id>", api.chat, name="api_chat"),
    path("api/folders", folders.folders, name="api_folders"),
    path("api/folders/<int:folder_id>", folders.folder, name="api_folder"),
    path("api/tags", folders.tags, name="api_tags"),
    path("api/chats/<uuid:id>/messages/<uuid:message_id>", versioning.version, name="api_chat_message"),
]
