"""What went wrong with a provider, and what to do next, in words for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

import providers
from providers import ProviderError
from proxy.call import Connection
from proxy.errors import Refused
from thinkback.connections.targets import place_of


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence on what happened, one on what mends it, and where to go for that (empty for nowhere)."""

    message: str
    fix: str
    link: str = ""


FIXES: tuple[tuple[type[ProviderError], str, str], ...] = (
    (
        providers.SignInRefused,
        "{detail}",
        N_("Check the settings of the sign-in, and that its secret has not expired."),
    ),
    (
        providers.AuthFailed,
        N_("{label} refused this key."),
        N_("Check that it is active, or paste a new one."),
    ),
    (
        providers.QuotaExceeded,
        N_("{label} says that no credit is left."),
        N_("Add credit there, then test again."),
    ),
    (providers.RateLimited, N_("{label} asks for a pause."), N_("Wait {wait}, then test again.")),
    (
        providers.HostRefused,
        "{detail}",
        N_("Give another base URL, or ask the administrator to open {host}."),
    ),
    (providers.PinMismatch, "{detail}", "{pin}"),
    (
        providers.NetworkFailed,
        "{detail}",
        N_("Check the base URL, and that this server can reach the service."),
    ),
    (
        providers.TimedOut,
        N_("{host} did not answer in time."),
        N_("Try again in a moment, or check the base URL."),
    ),
    (providers.ModelNotSupported, "{detail}", N_("Choose another default model, or check the base URL.")),
    (
        providers.InvalidRequest,
        N_("{label} did not accept the request: {detail}"),
        N_("Check the base URL and the format."),
    ),
    (
        providers.ProviderUnavailable,
        N_("{label} is overloaded or down for now."),
        N_("Try again in a moment."),
    ),
    (providers.ProviderError, N_("{label} failed: {detail}"), N_("Try again in a moment.")),
)
AT_THE_PROVIDER = (providers.AuthFailed, providers.QuotaExceeded)


def explain(connection: Connection, error: ProviderError | Refused) -> Advice:
    """The advice for one failure of one configuration."""
    if isinstance(error, Refused):
        return Advice(error.message, _("Try again in a moment.") if error.retry_after is not None else "")
    message, fix = next((message, fix) for kind, message, fix in FIXES if isinstance(error, kind))
    wait = _("a moment") if error.retry_after is None else f"{round(error.retry_after)} s"
    words = {
        "label": connection.name,
        "host": place_of(connection.adapter.root(connection.target)) or connection.name,
        "detail": error.message,
        "wait": wait,
        "pin": pin_advice(error),
    }
    if error.link:  # then its message tells more than ours
        return Advice(error.message, _(fix).format(**words), error.link)
    link = connection.adapter.key_url if isinstance(error, AT_THE_PROVIDER) else ""
    return Advice(_(message).format(**words), _(fix).format(**words), link)


def pin_advice(error: ProviderError) -> str:
    """What to do about another certificate than the pinned one, with the pin that it has."""
    presented = getattr(error, "presented", "")
    shown = _(" It showed sha256/%(sum)s") % {"sum": presented} if presented else ""
    asked = _("Ask the service whether its certificate changed before you put its new pin into More settings.")
    return asked + shown


def no_key(connection: Connection) -> Advice:
    """The advice where a key is needed and none is stored."""
    return Advice(
        _("%(name)s needs a key.") % {"name": connection.name},
        _("Paste one into the form."),
        connection.adapter.key_url,
    )


def unreadable_key(connection: Connection) -> Advice:
    """The advice where the stored key cannot be opened any more."""
    return Advice(_("The stored key cannot be opened any more: the site’s master key changed."), _("Paste it again."))
