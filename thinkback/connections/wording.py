"""What went wrong with a provider, and what to do next, in words for people."""

from __future__ import annotations

from dataclasses import dataclass

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
    (providers.SignInRefused, "{detail}", "Check the settings of the sign-in, and that its secret has not expired."),
    (providers.AuthFailed, "{label} refused this key.", "Check that it is active, or paste a new one."),
    (providers.QuotaExceeded, "{label} says that no credit is left.", "Add credit there, then test again."),
    (providers.RateLimited, "{label} asks for a pause.", "Wait {wait}, then test again."),
    (providers.HostRefused, "{detail}", "Give another base URL, or ask the administrator to open {host}."),
    (providers.PinMismatch, "{detail}", "{pin}"),
    (providers.NetworkFailed, "{detail}", "Check the base URL, and that this server can reach the service."),
    (providers.TimedOut, "{host} did not answer in time.", "Try again in a moment, or check the base URL."),
    (providers.ModelNotSupported, "{detail}", "Choose another default model, or check the base URL."),
    (providers.InvalidRequest, "{label} did not accept the request: {detail}", "Check the base URL and the format."),
    (providers.ProviderUnavailable, "{label} is overloaded or down for now.", "Try again in a moment."),
    (providers.ProviderError, "{label} failed: {detail}", "Try again in a moment."),
)
AT_THE_PROVIDER = (providers.AuthFailed, providers.QuotaExceeded)


def explain(connection: Connection, error: ProviderError | Refused) -> Advice:
    """The advice for one failure of one configuration."""
    if isinstance(error, Refused):
        return Advice(error.message, "Try again in a moment." if error.retry_after is not None else "")
    message, fix = next((message, fix) for kind, message, fix in FIXES if isinstance(error, kind))
    wait = "a moment" if error.retry_after is None else f"{round(error.retry_after)} s"
    words = {
        "label": connection.name,
        "host": place_of(connection.target.base_url) or connection.name,
        "detail": error.message,
        "wait": wait,
        "pin": pin_advice(error),
    }
    if error.link:  # then its message tells more than ours
        return Advice(error.message, fix.format(**words), error.link)
    link = connection.adapter.key_url if isinstance(error, AT_THE_PROVIDER) else ""
    return Advice(message.format(**words), fix.format(**words), link)


def pin_advice(error: ProviderError) -> str:
    """What to do about another certificate than the pinned one, with the pin that it has."""
    presented = getattr(error, "presented", "")
    shown = f" It showed sha256/{presented}" if presented else ""
    return f"Ask the service whether its certificate changed before you put its new pin into More settings.{shown}"


def no_key(connection: Connection) -> Advice:
    """The advice where a key is needed and none is stored."""
    return Advice(f"{connection.name} needs a key.", "Paste one into the form.", connection.adapter.key_url)


def unreadable_key(connection: Connection) -> Advice:
    """The advice where the stored key cannot be opened any more."""
    return Advice("The stored key cannot be opened any more: the site’s master key changed.", "Paste it again.")
