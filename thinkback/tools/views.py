"""`/settings/tools`: which tools there are, and which of them run without approval."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from thinkback.accounts.door import SignedIn
from thinkback.tools import servers
from thinkback.tools.kits import built_in
from thinkback.tools.models import Preference, Server


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tools_page(request: SignedIn) -> HttpResponse:
    """Show the tools; a POST says whether the harmless ones run without approval."""
    if request.method == "POST":
        unasked = request.POST.get("harmless_unasked") == "on"
        Preference.objects.update_or_create(user=request.user, defaults={"harmless_unasked": unasked})
        messages.success(request, _("Saved"))
        return redirect("settings_tools")
    preference = Preference.objects.filter(user=request.user).first()
    unasked = preference is not None and preference.harmless_unasked
    rows = [(server, len(servers.enabled_of(server))) for server in Server.objects.filter(user=request.user)]
    context = {"built_in": built_in(), "harmless_unasked": unasked, "servers": rows}
    return render(request, "tools/list.html", context)
