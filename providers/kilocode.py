"""Kilo's gateway, and ThinkBackCode's, which is built like it. https://kilo.ai/docs/gateway"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from providers._base import Field, Target
from providers._events import Usage
from providers._failures import kilo
from providers._reading.counts import dollars, inner
from providers._reading.usage import first_choice
from providers._remaining.balance import BalanceQuestion, plain
from providers.compatible import Compatible

OWN_HEADERS = frozenset({
    "http-referer", "x-title", "x-kilocode-taskid", "x-kilocode-projectid", "x-kilocode-mode", "x-kilocode-feature",
    "x-kilocode-version", "x-kilocode-editorname",
})  # fmt: skip


def read_usage(document: Mapping[str, Any], usage: Usage) -> Usage:
    """The usage with the cost that Kilo itself goes by: what the model cost, for it charges nothing for a request.

    `cost` is less than that; Vercel's market price stands in where neither is told. A user's own key at the model's
    vendor (BYOK) is paid there.
    """
    upstream = dollars(inner(usage.raw, "cost_details").get("upstream_inference_cost"))
    if usage.raw.get("is_byok") is True:
        return replace(usage, cost_usd=upstream)
    cost = dollars(usage.raw.get("cost"))
    stated = upstream or cost
    return replace(usage, cost_usd=market_cost(document) if stated is None else stated)


def market_cost(document: Mapping[str, Any]) -> Decimal | None:
    """The price of a request that went through Vercel's gateway, which writes it as text."""
    choice = first_choice(document)
    delta = inner(choice, "delta", "message") if isinstance(choice, dict) else {}
    stated = inner(inner(delta, "provider_metadata"), "gateway").get("marketCost")
    try:
        return dollars(float(stated)) if isinstance(stated, str) else None
    except ValueError:
        return None


MANNER: dict[str, Any] = {
    "asks_for_usage": False,  # the gateway asks by itself
    "states_cost": True,
    "versioned": False,
    "host_rooted": frozenset({"api"}),  # accounts and organisations stand beside the gateway
    "usage_reader": read_usage,
    "error_reader": kilo.read,
    "recall": "details",
    "nests_effort": True,
    "balance": BalanceQuestion("api/profile/balance", plain),
    "forwarded": Compatible.forwarded | OWN_HEADERS,
}


class Kilo(Compatible):
    """A gateway in Kilo's manner: OpenAI's format, an organisation that pays, and accounts beside the gateway."""

    def fields(self) -> tuple[Field, ...]:
        """The common rows, the key as the token that it is called there, and who pays."""
        key, *others = super().fields()
        organization = Field("organization", "Organization", help="Its id, where an organization pays.")
        return replace(key, label="Token"), *others, organization

    def headers(self, target: Target) -> dict[str, str]:
        """The configuration's own headers, with the organisation."""
        organization = target.options.get("organization", "")
        paying = {"x-kilocode-organizationid": organization} if organization else {}
        return paying | super().headers(target)


SERVICES = (
    Kilo(
        "kilocode",
        "KiloCode",
        "https://api.kilo.ai/api/gateway",
        "https://app.kilo.ai/profile",
        price_id="openrouter",  # its models have OpenRouter's names and prices
        **MANNER,
    ),
    Kilo("thinkbackcode", "ThinkBackCode", "", **MANNER),
)
