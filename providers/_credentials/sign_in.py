"""How a service of one's own may want to be signed in to: a header of any name, or OAuth 2.0's client credentials.

RFC 6749, section 4.4; the credentials go in the body of the request, as section 2.3.1 allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from providers._base import Field, Target
from providers._credentials.granting import Grant, form, read_token
from providers._service import Service

HEADER, OAUTH = "header", "oauth"
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # a token of RFC 9110, section 5.6.2
FIELDS = (
    Field(
        "sign_in", "Sign-in", "choice",
        choices=(("", "API key, as its format has it"), (HEADER, "API key in another header"),
                 (OAUTH, "OAuth client credentials")),
        help="With OAuth the key above is the client secret, which goes to the token URL alone.",
    ),
    Field("key_header", "Header of the key", help="For a key in another header, such as X-Auth-Token."),
    Field("token_url", "Token URL", "url", help="For OAuth: where the secret is exchanged for a token."),
    Field("client_id", "Client ID", help="For OAuth."),
    Field("scope", "Scope", help="For OAuth, where the service wants one."),
)  # fmt: skip
SETTINGS = tuple(field.name for field in FIELDS)
Options = tuple[tuple[str, str], ...]  # names and values, which can be remembered by


def settings_of(options: Mapping[str, str]) -> Options:
    """Those settings that say how to sign in; none where it is the usual way."""
    return tuple((name, options.get(name, "")) for name in SETTINGS) if options.get("sign_in") else ()


class SignIn(Service):
    """A service that is signed in to as its settings say."""

    def __init__(self, settings: Options = ()) -> None:
        self.settings = dict(settings)
        self.way = self.settings.get("sign_in", "")
        self.grants = self.way == OAUTH

    def faults(self, target: Target) -> dict[str, str]:
        """What the chosen way needs and does not have."""
        given, found = target.options, {}
        if given.get("sign_in") == HEADER and NAME.fullmatch(given.get("key_header", "")) is None:
            found["key_header"] = "Name the header that carries the key, such as X-Auth-Token."
        if given.get("sign_in") == OAUTH:
            for name, words in (("token_url", "the address that gives tokens"), ("client_id", "the client's id")):
                if not given.get(name):
                    found[name] = f"OAuth needs {words}."
        return found

    def sign_in_url(self, target: Target) -> str:
        """Where the client secret goes."""
        return target.options.get("token_url", "") if target.options.get("sign_in") == OAUTH else ""

    def key_headers(self, key: str) -> dict[str, str]:
        """The key in the header that the settings name; a token as a bearer."""
        if self.way == HEADER:
            return {self.settings["key_header"].lower(): key}
        return {"authorization": f"Bearer {key}"} if self.way == OAUTH else super().key_headers(key)

    def grant(self, secret: str, target: Target, now: float) -> Grant:
        """The request for a token."""
        fields = {"grant_type": "client_credentials", "client_id": self.settings["client_id"], "client_secret": secret}
        scope = {"scope": self.settings["scope"]} if self.settings.get("scope") else {}
        return form(self.settings["token_url"], **fields, **scope)

    def granted(self, status: int, body: bytes) -> tuple[str, float]:
        """The token in the answer to it, and the seconds that it is good for. Raises ProviderError."""
        return read_token("The sign-in service", status, body)
