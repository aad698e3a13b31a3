"""`/settings/tools/servers/…`: one MCP server of the user, its tools, and the form of a new one."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from thinkback.accounts.door import SignedIn
from thinkback.accounts.models import User
from thinkback.connections.invalid import Invalid
from thinkback.tools import servers
from thinkback.tools.forms import ServerForm
from thinkback.tools.mcp.sessions import SESSIONS
from thinkback.tools.models import Server
from thinkback.vault import keys


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def new(request: HttpRequest) -> HttpResponse:
    """The form of a new server; a POST adds it and asks it for its tools."""
    user = await request.auser()
    assert isinstance(user, User)
    if request.method != "POST":
        return await sync_to_async(render)(request, "tools/new.html", {"form": ServerForm()})
    return await _save(request, Server(user=user))


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One server; a POST changes it and asks it for its tools again."""
    server = await _own(request, pk)
    if request.method != "POST":
        return await sync_to_async(_show)(request, server, ServerForm(server))
    return await _save(request, server)


@require_POST
@login_required
async def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Test the connection: ask for the list of tools now."""
    server = await _own(request, pk)
    await _ask(request, server)
    return redirect("settings_tool_server", pk)


@require_POST
@login_required
def choose(request: SignedIn, pk: int) -> HttpResponse:
    """Offer those tools that were ticked, and no other."""
    server = get_object_or_404(Server, pk=pk, user=request.user)
    ticked = set(request.POST.getlist("tool"))
    server.disabled = [tool.name for tool in servers.tools_of(server) if tool.name not in ticked]
    server.save(update_fields=["disabled"])
    messages.success(request, _("Saved"))
    return redirect("settings_tool_server", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove."""
    server = await _own(request, pk)
    if request.method != "POST":
        return await sync_to_async(_show)(request, server, ServerForm(server), ask=True)
    await sync_to_async(servers.remove)(server)
    await SESSIONS.forget(pk)
    await sync_to_async(messages.success)(request, _("%(name)s is removed") % {"name": server.name})
    return redirect("settings_tools")


async def _own(request: HttpRequest, pk: int) -> Server:
    user = await request.auser()
    server: Server = await sync_to_async(get_object_or_404)(Server, pk=pk, user_id=user.pk)
    return server


async def _save(request: HttpRequest, server: Server) -> HttpResponse:
    form = ServerForm(server, request.POST)
    try:
        await sync_to_async(servers.save)(server, form.given())
    except Invalid as error:
        form.refuse(error)
        if server._state.adding:
            return await sync_to_async(render)(request, "tools/new.html", {"form": form}, status=400)
        stored = await Server.objects.aget(pk=server.pk)
        return await sync_to_async(_show)(request, stored, form)
    await _ask(request, server)
    return redirect("settings_tool_server", server.pk)


async def _ask(request: HttpRequest, server: Server) -> None:
    problem = await servers.refresh(server)
    if not problem:
        words = f"{server.name} answered: {len(server.tools)} tool{'s'[: len(server.tools) != 1]}"
        await sync_to_async(messages.success)(request, words)


def _show(
    request: HttpRequest, server: Server, form: ServerForm, status: int = 200, *, ask: bool = False
) -> HttpResponse:
    tools = [(tool, tool.name not in server.disabled) for tool in servers.tools_of(server)]
    stored = keys.status(server.ref, "header")
    context = {"server": server, "form": form, "tools": tools, "stored": stored, "ask": ask}
    return render(request, "tools/one.html", context, status=400 if form.is_bound else 200)
