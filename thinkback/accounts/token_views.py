"""`/settings/tokens`: a user's API tokens, for people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from thinkback.accounts import audit, tokens
from thinkback.accounts.door import SignedIn
from thinkback.accounts.forms import TokenForm
from thinkback.accounts.models import ApiToken


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("text")
def settings_tokens(request: SignedIn) -> HttpResponse:
    """List the tokens; a POST makes one, and its text is on this one answer, never in an address."""
    form = TokenForm(request.POST if request.method == "POST" else None, most=request.user.most)
    made, text = None, ""
    if request.method == "POST" and form.is_valid():
        made, text = tokens.make(request.user, form.wish(), audit.Where.of(request))
        form = TokenForm(most=request.user.most)
    context = {
        "form": form,
        "made": made,
        "text": text,
        "tokens": request.user.api_tokens.filter(revoked_at=None).order_by("-pk"),
        "now": timezone.now(),
    }
    return render(request, "accounts/tokens.html", context)


@login_required
@require_POST
def revoke_token(request: SignedIn, token_id: int) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken, pk=token_id, user=request.user, revoked_at=None)
    tokens.revoke(token, audit.Where.of(request))
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("settings_tokens")


@login_required
@require_POST
def keep_token(request: SignedIn, token_id: int) -> HttpResponse:
    """Let a token that would expire, or has, work for good."""
    token = get_object_or_404(ApiToken, pk=token_id, user=request.user, revoked_at=None)
    tokens.keep(token, audit.Where.of(request))
    messages.success(request, _("“%(name)s” never expires.") % {"name": token.name})
    return redirect("settings_tokens")
