"""What can go wrong upstream, as a caller would tell it apart.

ProviderError
├── AuthFailed              auth_failed       the key is wrong, expired, or may not do this
│   └── SignInRefused                         the sign-in service gives no token for it
├── RateLimited             rate_limit        too often; try again after `retry_after`
├── QuotaExceeded           quota_exceeded    no money or quota left; waiting does not help
├── NetworkFailed           network_error     never reached it, or the connection broke
│   ├── HostRefused                           we do not connect there (a private or forbidden address)
│   ├── CertificateInvalid                    its certificate is not one to trust
│   └── PinMismatch                           its certificate is not among those that its user pinned
├── InvalidRequest          invalid_request   the provider does not accept what was asked
│   ├── ModelNotSupported                     there is no such model, or the key may not use it
│   └── ContentRefused                        the provider's content rules forbid it
├── ServerFailed            server_error      the provider failed
│   ├── ProviderUnavailable                   overloaded, or down for now
│   ├── SessionFailed                         the session of an agent broke
│   └── StreamTruncated                       the answer ended without its proper end
└── TimedOut                timeout           no word within the time allowed
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class ProviderError(Exception):
    """A failure of the upstream service. `message` is safe to show; `retry_after` is in seconds.

    `unsent`: it is certain that the service did not receive the request, so to send it again cannot cost twice.
    """

    type: ClassVar[str] = "server_error"
    retryable: ClassVar[bool] = False
    attempts: int = 1  # how often it was tried before this was given up
    link: str = ""  # the web page that mends it, where the service names one
    key_ending: str = ""  # of the key that was sent, to recognise it by; whoever keeps the keys fills it in
    headers: Sequence[tuple[bytes, bytes]] = ()  # what whoever carried the call tells beside it

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        unsent: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.unsent = unsent


class AuthFailed(ProviderError):
    """The key is wrong, expired, or not allowed to do this."""

    type = "auth_failed"


class SignInRefused(AuthFailed):
    """The stored secret was not exchanged for a token; the service itself was not asked."""


class ListRefused(AuthFailed):
    """The key is good, but it may not list the models."""


class RateLimited(ProviderError):
    """Too many requests or tokens for now."""

    type = "rate_limit"
    retryable = True


class QuotaExceeded(ProviderError):
    """No credit or quota left: waiting does not help, paying does."""

    type = "quota_exceeded"


class NetworkFailed(ProviderError):
    """The service was not reached, or the connection broke."""

    type = "network_error"
    retryable = True


class HostRefused(NetworkFailed):
    """We do not connect to this address: it is private, reserved, or not HTTPS."""

    retryable = False


class CertificateInvalid(NetworkFailed):
    """The service's certificate is out of date, of another name, or of nobody that is trusted. Nothing was sent."""

    retryable = False


class PinMismatch(NetworkFailed):
    """The service showed another certificate than its user pinned; `presented` is its pin, empty where it has none.

    A pin is the base64 of the SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 7469, section 2.4).
    """

    retryable = False

    def __init__(self, host: str, presented: str = "") -> None:
        super().__init__(f"{host} presented a certificate that is not among its pins.", unsent=True)
        self.presented = presented


class InvalidRequest(ProviderError):
    """The service does not accept what was asked."""

    type = "invalid_request"


class ModelNotSupported(InvalidRequest):
    """No such model here, or not for this key."""


class ContentRefused(InvalidRequest):
    """The service's content rules forbid what was asked."""


class ServerFailed(ProviderError):
    """The service itself failed."""

    type = "server_error"
    retryable = True


class ProviderUnavailable(ServerFailed):
    """The service is overloaded or down for now."""


class SessionFailed(ServerFailed):
    """The session of an agent broke; it may have done some of what it was asked, so nobody asks again by himself."""

    retryable = False

    def __init__(self, message: str, provider: str, session: str) -> None:
        super().__init__(message, code="session_error")
        self.provider = provider
        self.session = session


class StreamTruncated(ServerFailed):
    """The answer ended without the event that ends it."""

    retryable = False


class TimedOut(ProviderError):
    """No word from the service within the time allowed."""

    type = "timeout"
    retryable = True
