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
from thinkback.connections.views.showing import Listed, listed
from thinkback.host import SITE

UNIFIED = "*"  # in the place of a provider's name: all of them, in OpenAI's format


@require_safe
@login_required
def connect(request: SignedIn) -> HttpResponse:
    """Base URL, token and snippets for the provider and token that the address names."""
    rows = [one.row for one in listed(request.user.pk) if is_for_programs(one)]
    wanted = request.GET.get("provider")
    row = next((row for row in rows if row.slug == wanted), rows[0] if rows else None)
    tokens = working_tokens(request.user.pk)
    context: dict[str, object] = {
        "rows": rows,
        "row": row,
        "unified": UNIFIED if row and wanted == UNIFIED else "",
        "tokens": tokens,
        "token": next((one for one in tokens if str(one.pk) == request.GET.get("token")), None),
    }
    if row is not None:
        context |= _unified_code(request, rows) if context["unified"] else _code(request, row)
    return render(request, "connections/connect.html", context)


def is_for_programs(one: Listed) -> bool:
    """Whether programs can call it now."""
    adapter = adapter_of(one.row)
    return one.state.name not in ("off", "not_installed") and adapter is not None and adapter.for_programs


def working_tokens(user_id: int) -> list[ApiToken]:
    """The user's tokens that may call models now, newest first."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    tokens = ApiToken.objects.filter(unexpired, user_id=user_id, revoked_at=None).order_by("-pk")
    return [token for token in tokens if "proxy" in token.scopes]


def root_for(request: HttpRequest, row: Connection) -> str:
    """Where the proxy answers for this configuration: `<site>/api/proxy/<slug>`."""
    middle = "proxy/custom" if row.kind == CUSTOM else "proxy"
    return f"{_api(request)}/{middle}/{row.slug}"


def _api(request: HttpRequest) -> str:
    return f"{SITE.site_origin(request.scheme or 'http', request.get_host())}/api"


def _code(request: HttpRequest, row: Connection) -> dict[str, object]:
    adapter = adapter_of(row)
    assert adapter is not None
    wired = adapter.wire(target_of(row))
    shape = "vertex" if wired.wire_format == "vertex" else wired.shape  # the same SDK, called otherwise
    root = root_for(request, row)
    return {"base_url": base_url(root, shape), "snippets": snippets(root, shape, _model(row))}


def _model(row: Connection) -> str:
    """One that can be asked for; empty where none is known."""
    return row.default_model or next((entry.id for entry in catalogue.visible(row)), "")


def _unified_code(request: HttpRequest, rows: list[Connection]) -> dict[str, object]:
    known = next((f"{row.slug}/{_model(row)}" for row in rows if _model(row)), "")
    root = _api(request)
    return {"base_url": base_url(root, "openai"), "snippets": snippets(root, "openai", known or f"{rows[0].slug}/…")}
