"""The setting that has a service keep a conversation for its next turn, where that has to be asked for."""

from __future__ import annotations

from collections.abc import Mapping

from providers._base import Field

KEPT = Field(
    "prompt_cache", "Prompt caching", "choice", choices=(("", "Off"), ("5m", "5 minutes"), ("1h", "1 hour")),
    help=(
        "Whether chats, and calls in OpenAI’s format, are kept there for their next turn. To read what is kept costs a"
        " tenth of the usual price; to keep it costs a quarter more, or twice the price for an hour. Programs that"
        " speak the service’s own format decide for themselves."
    ),
)  # fmt: skip
TIMES = tuple(time for time, _ in KEPT.choices if time)


def kept(options: Mapping[str, str]) -> str:
    """How long a configuration has its prompts kept: "", "5m" or "1h"."""
    return options.get(KEPT.name, "")
