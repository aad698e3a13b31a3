"""Sign-in with an application of Microsoft Entra ID, by its client secret.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from providers._base import Field
from providers._credentials.granting import Grant, form

SPEAKER = "Microsoft Entra ID"
AUTHORITY = "https://login.microsoftonline.com"
SCOPE = "https://cognitiveservices.azure.com/.default"
TENANT = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{2,253}")  # an id, or a domain
CLIENT = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
CHOSEN = "entra"
FIELDS = (
    Field(
        "sign_in", "Sign-in", "choice", choices=(("", "API key"), (CHOSEN, "Entra ID application")),
        help="With an application the key above is its client secret, which goes to login.microsoftonline.com alone.",
    ),
    Field("tenant", "Tenant", help="For Entra ID: the directory's id or domain."),
    Field("client_id", "Client ID", help="For Entra ID: the application's id."),
)  # fmt: skip


def is_chosen(options: Mapping[str, str]) -> bool:
    """Whether a configuration signs in so."""
    return options.get("sign_in") == CHOSEN


def faults(options: Mapping[str, str]) -> dict[str, str]:
    """What is missing or misspelled, by field."""
    if not is_chosen(options):
        return {}
    found = {}
    if TENANT.fullmatch(options.get("tenant", "")) is None:
        found["tenant"] = "Entra ID needs the tenant: its id, or a domain like contoso.onmicrosoft.com."
    if CLIENT.fullmatch(options.get("client_id", "")) is None:
        found["client_id"] = "Entra ID needs the application's client ID, like 00000000-0000-0000-0000-000000000000."
    return found


def grant(options: Mapping[str, str], secret: str) -> Grant:
    """The request for a token of Azure's model services."""
    url = f"{AUTHORITY}/{quote(options.get('tenant', ''), safe='')}/oauth2/v2.0/token"
    client = options.get("client_id", "")
    return form(url, grant_type="client_credentials", client_id=client, client_secret=secret, scope=SCOPE)
