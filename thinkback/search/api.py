"""The search as JSON: `/api/search`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from thinkback.api import ApiError, ApiRequest, answer, api
from thinkback.search.finding import FoundChat, FoundMessage, find
from thinkback.search.snippets import Piece

LIMIT, MOST, LAST = 20, 100, 10_000


@api("GET", scope="chat")
def search(request: ApiRequest) -> HttpResponse:
    """What fits `?q=`: chats by their title, messages with the part that fits, the best first."""
    offset = _number(request, "offset", 0, LAST)
    limit = _number(request, "limit", LIMIT, MOST)
    found = find(request.user.pk, request.GET.get("q", ""), offset, max(1, limit))
    return answer(
        {
            "chats": [_chat(chat) for chat in found.chats],
            "messages": [_message(message) for message in found.messages],
            "next": offset + len(found.messages) if found.more else None,
        }
    )


def _chat(found: FoundChat) -> dict[str, Any]:
    chat = found.chat
    told = {"id": chat.id, "title": chat.title, "updated_at": chat.updated_at, "archived_at": chat.archived_at}
    return {**told, "snippet": _pieces(found.title)}


def _message(found: FoundMessage) -> dict[str, Any]:
    message = found.message
    told = {name: getattr(message, name) for name in ("id", "role", "model", "created_at")}
    chat = message.conversation
    return {"chat": chat.id, "title": chat.title, **told, "snippet": _pieces(found.snippet)}


def _pieces(pieces: list[Piece]) -> list[dict[str, Any]]:
    """Text, never HTML: who shows it marks the hits himself."""
    return [{"text": piece.text, "hit": piece.hit} for piece in pieces]


def _number(request: HttpRequest, name: str, usual: int, most: int) -> int:
    text = request.GET.get(name)
    if text is None:
        return usual
    if not text.isascii() or not text.isdecimal() or int(text[:9]) > most:
        raise ApiError(400, "invalid_request", f"{name} must be a whole number up to {most}.", name)
    return int(text)
