"""Who may be connected to: what is wrong with an address before, and after, its name is resolved."""

from __future__ import annotations

import httpx

from providers._failures.errors import HostRefused
from providers._transport import hosts
from providers._transport.addresses import is_literal, is_metadata, is_public


class Guard:
    """Decides what may be connected to; `private` holds each `host:port` that an administrator opened."""

    def __init__(self, private: frozenset[str] = frozenset()) -> None:
        self.private = private

    def listed(self, host: str, port: int) -> bool:
        """Whether the administrator opened exactly this host and port."""
        return f"{f'[{host}]' if ':' in host else host}:{port}".lower() in self.private

    def check_address(self, host: str, port: int, address: str) -> None:
        """Raise HostRefused unless `host` may be at this address."""
        if is_metadata(address) or not (self.listed(host, port) or is_public(address)):
            raise refusal(f"{host} is at a private or reserved address. ThinkBack does not connect there.")

    def check_url(self, url: httpx.URL) -> None:
        """Raise HostRefused for what is wrong before any name is resolved: scheme, port, a name, a literal address."""
        host = url.raw_host.decode("ascii")  # as it is resolved: httpx's `host` is for the eye
        port = (443 if url.scheme == "https" else 80) if url.port is None else url.port
        if not host or url.userinfo:
            raise refusal("The address of the provider has no host, or a user name in it.")
        literal = is_literal(host)
        if not literal and (flaw := hosts.flaw(host)) is not None:
            raise refusal(f"{host} {flaw}.")
        if not self.listed(host, port):
            if url.scheme != "https":
                raise refusal(f"{host} is asked for without TLS. Providers are reached over HTTPS only.")
            if not hosts.is_web(port):
                raise refusal(f"Port {port} of {host} is not a web port.")
            if not literal and hosts.is_of_home(host):
                raise refusal(f"{host} is a name of a private network. ThinkBack does not connect there.")
        if literal:
            self.check_address(host, port, host)


def refusal(message: str) -> HostRefused:
    """That we do not connect there; nothing was sent."""
    return HostRefused(message, unsent=True)
