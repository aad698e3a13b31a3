"""The page of a link, for whoever has it; and the dialog in which its owner makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from thinkback.attachments import files as storage
from thinkback.chat.pictures import ENDINGS
from thinkback.sharing import codes, links, reading
from thinkback.sharing.models import Link
from thinkback.sharing.picturing import CHOICES
from thinkback.transfer.storing import make_copy

PER_MINUTE = 120  # pages and files of links that one address may ask for
HIDDEN = {"X-Robots-Tag": "noindex, nofollow, noarchive"}


class Refused(Exception):
    """Somebody is answered something else than what he asked for."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def _open(request: HttpRequest, token: str) -> Link:
    """The link, if it shows anything. Raises Http404, and Refused with what to answer."""
    if not links.is_on():
        raise Http404
    if _too_many(request):
        raise Refused(render(request, "429.html", status=429))
    if settings.SHARING == "signed_in" and not request.user.is_authenticated:
        raise Refused(redirect_to_login(request.get_full_path()))
    link = links.found(token)
    if link is None:
        raise Http404
    if link.is_over(timezone.now()):
        raise Refused(render(request, "sharing/over.html", status=410))
    return link


def _too_many(request: HttpRequest) -> bool:
    key = f"shared:{request.META.get('REMOTE_ADDR', '')}"
    if cache.add(key, 1, 60):
        return False
    try:
        return bool(cache.incr(key) > PER_MINUTE)
    except ValueError:  # the minute is just over
        return False


def _hidden(response: HttpResponse) -> HttpResponse:
    for name, value in HIDDEN.items():
        response[name] = value
    return response


@require_safe
async def page(request: HttpRequest, token: str) -> HttpResponse:
    """A shared conversation. `?at=` chooses the branch through a message, `?from=` goes on after a long page."""
    try:
        link = await sync_to_async(_open)(request, token)
    except Refused as refused:
        return _hidden(refused.response)
    shown = await reading.page_of(link, _number(request, "at"), _number(request, "from") or 0)
    context = {"link": link, "chat": link.chat, "page": shown}
    return _hidden(await sync_to_async(render)(request, "sharing/page.html", context))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


@require_safe
def file(request: HttpRequest, token: str, place: int) -> HttpResponse:
    """A file of a shared conversation; what a browser might take for a page is only downloaded."""
    try:
        link = _open(request, token)
    except Refused as refused:
        return _hidden(refused.response)
    known = reading.places(link.chat)
    if not 1 <= place <= len(known):
        raise Http404
    data = _fetch(link)(known[place - 1], 0)
    if data is None:
        raise Http404
    ending = known[place - 1].rpartition(".")[2]
    media_type = next((kind for kind, known_ending in ENDINGS.items() if known_ending == ending), None)
    response = HttpResponse(data, content_type=media_type or "application/octet-stream")
    response["Content-Disposition"] = f'{"inline" if media_type else "attachment"}; filename="file.{ending}"'
    return _hidden(response)


def _fetch(link: Link) -> Callable[[str, int], bytes | None]:
    """The files of a link, by their places."""

    def fetch(place: str, most: int) -> bytes | None:
        try:
            return storage.read(link.files[place])
        except (KeyError, storage.StorageFailed):
            return None

    return fetch


@require_POST
@login_required
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """Go on with a shared conversation as one of one's own."""
    try:
        link = _open(request, token)
    except Refused as refused:
        return _hidden(refused.response)
    assert request.user.pk is not None
    made = make_copy(request.user.pk, link.chat, _fetch(link))
    return redirect("chat", made.id)


@require_http_methods(["GET", "POST"])
@login_required
def dialog(request: HttpRequest, id: UUID) -> HttpResponse:
    """What the dialog of a chat shows; posted to, it makes, renews or withdraws the link first."""
    assert request.user.pk is not None
    chat = links.own_chat(request.user.pk, id) if links.is_on() else None
    if chat is None:
        raise Http404
    link = links.of_chat(chat)
    if request.method == "POST":
        link = _withdrawn(link) if request.POST.get("act") == "withdraw" else _put(request, chat)
    return render(request, "sharing/_dialog.html", _dialog(request, link) | {"conversation": chat})


def _put(request: HttpRequest, chat: Any) -> Link:
    included = [name for name in CHOICES if name in request.POST.getlist("include")]
    return links.put(chat, included, links.SPANS.get(request.POST.get("days", "")))


def _withdrawn(link: Link | None) -> Link | None:
    if link is not None:
        links.withdraw(link)
    return None


def _dialog(request: HttpRequest, link: Link | None) -> dict[str, Any]:
    chosen = [] if link is None else link.included
    address = links.address(request, link) if link else ""
    rows = [(name, label, help, name in chosen) for name, (label, help) in CHOICES.items()]
    return {
        "link": link,
        "choices": rows,
        "address": address,
        "code": codes.drawn(address) if address else "",
        "signed_in": settings.SHARING != "open",
    }


@require_POST
@login_required
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    """End a link from the list of them."""
    assert request.user.pk is not None
    link = Link.objects.filter(id=id, user_id=request.user.pk, withdrawn_at=None).first()
    if link is None:
        raise Http404
    links.withdraw(link)
    return redirect("/settings/data#links")
