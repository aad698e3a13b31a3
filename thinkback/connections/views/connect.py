"""`/connect`: how programs use what is set up here."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from thinkback.accounts.door import SignedIn
from thinkback.accounts.models import ApiToken
from thinkback.connections import catalogue
from thinkback.connections.models import Connection
from thinkback.connections.slugs import CUSTOM
from thinkback.connections.snippets import base_url, snippets
from thinkback.connections.targets import adapter_of, target_of
from thinkback.connections.views.showing import listed
from thinkback.host import SITE


@require_safe
@login_required
def connect(request: SignedIn) -> HttpResponse:
    """Base URL, token and snippets for the provider and token that the address names."""
    rows = [one.row for one in listed(request.user.pk) if one.state.name not in ("off", "not_installed")]
    row = next((row for row in rows if row.slug == request.GET.get("provider")), rows[0] if rows else None)
    tokens = working_tokens(request.user.pk)
    context = {
        "rows": rows,
        "row": row,
        "tokens": tokens,
        "token": next((one for one in tokens if str(one.pk) == request.GET.get("token")), None),
        **(_code(request, row) if row else {}),
    }
    return render(request, "connections/connect.html", context)


def working_tokens(user_id: int) -> list[ApiToken]:
    """The user's tokens that may call models now, newest first."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    tokens = ApiToken.objects.filter(unexpired, user_id=user_id, revoked_at=None).order_by("-pk")
    return [token for token in tokens if "proxy" in token.scopes]


def root_for(request: HttpRequest, row: Connection) -> str:
    """Where the proxy answers for this configuration: `<site>/api/proxy/<slug>`."""
    site = SITE.site_origin(request.scheme or "http", request.get_host())
    middle = "proxy/custom" if row.kind == CUSTOM else "proxy"
    return f"{site}/api/{middle}/{row.slug}"


def _code(request: HttpRequest, row: Connection) -> dict[str, object]:
    adapter = adapter_of(row)
    assert adapter is not None
    shape = adapter.wire(target_of(row)).shape
    model = next((entry.id for entry in catalogue.visible(row)), "")
    root = root_for(request, row)
    return {"base_url": base_url(root, shape), "snippets": snippets(root, shape, row.default_model or model)}
