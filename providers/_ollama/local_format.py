"""What services on one's own machine have in common: no key, no price, and an API of their own beside OpenAI's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import ClassVar

import httpx

from providers._base import LOCAL, Adapter, Target
from providers._openai.format import OpenAIFormat
from providers._transport.addresses import is_literal, is_public
from providers._transport.hosts import is_of_home


class LocalFormat(OpenAIFormat):
    """A service that runs where its user wants it to. Elsewhere than in a private network, its price is unknown."""

    needs_key = False
    found_here = True
    settings: ClassVar[tuple[str, ...]] = ()  # the options that change how it speaks

    def __init__(self, is_own: bool = True, options: Mapping[str, str] | None = None) -> None:
        self.price_id = LOCAL if is_own else None
        self.options = options or {}

    def wire(self, target: Target) -> Adapter:
        """The adapter with this configuration's settings."""
        options = tuple((name, target.options[name]) for name in self.settings if target.options.get(name))
        kind: Callable[[bool, Mapping[str, str]], LocalFormat] = type(self)
        return with_settings(kind, is_own(target.base_url or self.base_url), options)

    def key_help(self) -> str:
        """When there is a key at all."""
        return "Only where the server asks for one."

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """A root may end with the version of OpenAI's API, which the service's own paths (`/api/…`) do not have."""
        return super().join(root[:-1] if path[:1] == ["api"] and root[-1:] == ["v1"] else root, path)


@lru_cache(maxsize=1024)
def with_settings(
    kind: Callable[[bool, Mapping[str, str]], LocalFormat], is_own: bool, options: tuple[tuple[str, str], ...]
) -> LocalFormat:
    """One adapter for all configurations that are set alike."""
    return kind(is_own, dict(options))


def is_own(base_url: str) -> bool:
    """Whether an address is one of a private network, so that nobody but its owner pays for what answers there."""
    try:
        host = httpx.URL(base_url.strip()).raw_host.decode("ascii")
    except httpx.InvalidURL:
        return False
    return not is_public(host) if is_literal(host) else bool(host) and is_of_home(host)
