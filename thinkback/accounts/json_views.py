"""The JSON addresses: tokens and the audit trail."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from thinkback.accounts import audit, token_json, tokens
from thinkback.accounts.models import ApiToken, AuditEntry
from thinkback.api import ApiRequest, answer, api, page, read_json


@api("GET", "POST", scope="tokens")
def tokens_api(request: ApiRequest) -> HttpResponse:
    """The caller's tokens; or a new one, whose text is in this answer and never again."""
    if request.method == "GET":
        return page(request, request.user.api_tokens.filter(revoked_at=None), token_json.row)
    maker = None if request.caller.token_id is None else ApiToken.objects.get(pk=request.caller.token_id)
    wish = token_json.wish_of(read_json(request), maker)
    token, text = tokens.make(request.user, wish, audit.Where.of(request), maker)
    return answer({**token_json.row(token), "token": text}, 201)


@api("DELETE", scope="tokens")
def token_api(request: ApiRequest, token_id: int) -> HttpResponse:
    """Revoke one of the caller's tokens."""
    token = get_object_or_404(ApiToken, pk=token_id, user=request.user, revoked_at=None)
    tokens.revoke(token, audit.Where.of(request))
    return HttpResponse(status=204)


@api("GET", scope="tokens")
def audit_api(request: ApiRequest) -> HttpResponse:
    """What happened to the caller's account; to all accounts, for owner and administrators."""
    entries = AuditEntry.objects.select_related("user")
    if not request.caller.is_staff:
        entries = entries.filter(user=request.user)
    return page(request, entries, _entry)


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at,
        "user": None if entry.user is None else entry.user.username,
        "action": entry.action,
        "subject": entry.subject,
        "origin": entry.origin or None,
        "ip": entry.ip,
        "operation_id": entry.operation_id,
    }
