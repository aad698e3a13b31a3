"""Conversations as JSON: `/api/chats`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from thinkback.api import ApiError, ApiRequest, answer, api, page, read_json
from thinkback.attachments import enclosing
from thinkback.attachments.describing import described
from thinkback.chat import clearing, many, pictures
from thinkback.chat.acts import change, check, tell_change
from thinkback.chat.bus import BUS, of_user
from thinkback.chat.frames import ChatChanged
from thinkback.chat.models import Conversation, Message
from thinkback.chat.rounds import read
from thinkback.chat.tree import Tree, branch
from thinkback.chat.wellformed import wellformed
from thinkback.presets import parameters

TEXTS = {"title": 200, "slug": 100, "model": 200, "system": 100_000}
FIELDS: tuple[str, ...] = ("id", "title", "slug", "model", "system", "parameters", "temporary")
FIELDS += ("created_at", "updated_at", "pinned_at", "archived_at", "trashed_at")


@api("GET", "POST", scope="chat")
def chats(request: ApiRequest) -> HttpResponse:
    """The conversations, newest first, as `asked` narrows them; or a new empty one."""
    if request.method == "POST":
        data = read_json(request)
        now = timezone.now()
        made = Conversation(user=request.user, created_at=now, updated_at=now, **_texts(data))
        if "parameters" in data:
            made.parameters = _parameters(made, data["parameters"])
        made.save()
        return answer(_line(made), 201)
    rows = many.asked(request.user.pk, request.GET).order_by("-updated_at", "-id").prefetch_related("tags")
    return page(request, rows, _line)


@api("GET", "PATCH", "DELETE", scope="chat")
async def chat(request: ApiRequest, id: UUID) -> HttpResponse:
    """One conversation with the branch that is shown; change it, put it into the trash or back, or remove it there."""
    found = await Conversation.objects.filter(id=id, user_id=request.user.pk).prefetch_related("tags").afirst()
    if found is None:
        raise Http404
    if request.method == "GET":
        return answer(await _whole(found))
    if request.method == "DELETE" and request.GET.get("forever") == "1":
        await remove(found)
        return HttpResponse(status=204)
    await _change(found, {"trashed": True} if request.method == "DELETE" else read_json(request))
    if request.method == "DELETE":
        return HttpResponse(status=204)
    return answer(_line(await Conversation.objects.prefetch_related("tags").aget(id=id)))


async def remove(conversation: Conversation) -> None:
    """Remove a conversation for good. Raises ApiError where it is not in the trash."""
    if conversation.trashed_at is None:
        raise ApiError(409, "not_in_trash", "Only what is in the trash can be removed for good.")
    await sync_to_async(clearing.remove)([conversation.id])
    BUS.publish(of_user(conversation.user_id), ChatChanged(conversation.id, "", ""))


def _parameters(conversation: Conversation, named: object) -> Any:
    """Those named are changed, null gives one back to the provider."""
    try:
        return parameters.changed(conversation.parameters, named)
    except parameters.Unfit as error:
        raise ApiError(400, "invalid_request", f"{error.name} {error.message}.", error.name) from None


async def _change(conversation: Conversation, data: dict[str, Any]) -> None:
    """All that was asked, or nothing: what does not fit is found before anything is written."""
    values: dict[str, Any] = dict(_texts(data))
    if "title" in values:
        values["titled_by"] = Conversation.TitledBy.PERSON
    if "parameters" in data:
        values["parameters"] = _parameters(conversation, data["parameters"])
    if "leaf" in data:
        values["leaf_id"] = await _end_of(conversation, data["leaf"])
    acts = {name: value for name, value in data.items() if name not in values}
    await sync_to_async(check)(conversation.user_id, acts)
    # Only what was named: another page may be beginning an answer just now.
    found = Conversation.objects.filter(id=conversation.id, **(was := _were(data)))
    if not (await found.aupdate(**values) if values else await found.aexists()):
        name = next(iter(was), "")
        raise ApiError(409, "conflict", f"{name.capitalize()} was changed in another window. Load it again.", name)
    await sync_to_async(change)(conversation.user_id, [conversation.id], acts)
    await tell_change(conversation.user_id, [conversation.id], acts)


def _were(data: dict[str, Any]) -> dict[str, str]:
    """The texts that the page had before it, where it says so (`was`)."""
    was = data.get("was")
    return {name: was[name] for name in TEXTS if isinstance(was.get(name), str)} if isinstance(was, dict) else {}


async def _end_of(conversation: Conversation, text: object) -> UUID:
    """The end of the newest branch through a message."""
    tree = await sync_to_async(Tree.of)(conversation.id)
    try:
        id = UUID(str(text))
    except ValueError:
        raise ApiError(400, "invalid_request", "leaf must be the id of a message.", "leaf") from None
    if id not in tree.parents:
        raise ApiError(400, "invalid_request", "There is no such message in this chat.", "leaf")
    if id in tree.path_to(conversation.leaf_id):
        return conversation.leaf_id or id  # it is shown already
    end: UUID = tree.end_of(id)
    return end


def _texts(data: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, longest in TEXTS.items():
        if name not in data:
            continue
        value = data[name]
        if not isinstance(value, str) or len(value) > longest:
            raise ApiError(400, "invalid_request", f"{name} must be a text of at most {longest} characters.", name)
        found[name] = wellformed(value).strip()
    if "title" in found:
        found["title"] = " ".join(found["title"].split())  # it stands in one line
    if found.get("title") == "":
        raise ApiError(400, "invalid_request", "Give it a name.", "title")
    return found


def _line(conversation: Conversation) -> dict[str, Any]:
    line = {name: getattr(conversation, name) for name in FIELDS}
    return {**line, "folder": conversation.folder_id, "tags": [tag.name for tag in conversation.tags.all()]}


async def _whole(conversation: Conversation) -> dict[str, Any]:
    tree = await sync_to_async(Tree.of)(conversation.id)
    messages = await sync_to_async(branch)(conversation, tree)
    enclosed = await sync_to_async(enclosing.of)(message.id for message in messages)
    return {
        **_line(conversation),
        "messages": [_message(one) | {"attachments": [*map(described, enclosed.get(one.id, []))]} for one in messages],
    }


def _message(message: Message) -> dict[str, Any]:
    names = ("id", "role", "text", "reasoning", "status", "error", "slug", "model", "created_at", "finished_at")
    told = ("name", "arguments", "state", "result")
    rounds = read(message.rounds)
    calls = [{name: getattr(call, name) for name in told} for round in rounds for call in round.calls]
    drawn = [
        {"id": one.id, "media_type": one.media_type, "url": reverse("api_chat_picture", args=[one.id])}
        for round in rounds
        for one in round.drawn
    ]
    further = {"parent": message.parent_id, "calls": calls, "pictures": drawn}
    return {name: getattr(message, name) for name in names} | further


@api("GET", scope="chat")
def picture(request: ApiRequest, id: UUID) -> HttpResponse:
    """A picture that a model drew."""
    found = pictures.owned(request.caller.user_id, id)
    data = None if found is None else pictures.bytes_of(found)
    if found is None or data is None:
        raise Http404
    response = HttpResponse(data, content_type="application/octet-stream")
    ending = pictures.ENDINGS.get(found.media_type, "bin")
    response["Content-Disposition"] = f'attachment; filename="picture.{ending}"'
    return response
