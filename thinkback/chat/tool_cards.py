"""A call of a tool as the page shows it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from thinkback.chat.rounds import Call

WORDS = {  # the word and its colour, by state
    "waiting": (N_("Needs your approval"), "warn"),
    "allowed": (N_("Allowed"), ""),
    "running": (N_("Running"), ""),
    "done": (N_("Done"), "good"),
    "failed": (N_("Failed"), "bad"),
    "denied": (N_("Denied"), ""),
    "stopped": (N_("Not run"), ""),
}
BROKEN_OFF = (N_("Broken off"), "warn")
LONGEST = 5000  # characters of arguments or result that are shown


@dataclass(frozen=True, slots=True)
class ToolCard:
    """One call: what is called with what, how it stands, what came of it."""

    key: str
    label: str
    name: str
    origin: str
    arguments: str
    result: str
    state: str
    word: str
    kind: str
    asks: bool  # for approval


def cards_of(calls: Iterable[Call], status: str) -> list[ToolCard]:
    """The cards of a round, in order; `status` is the message's."""
    return [card_of(call, status) for call in calls]


def card_of(call: Call, status: str) -> ToolCard:
    """One card. What was under way in an answer that has ended was broken off with it."""
    open_for = {"waiting": ("waiting",), "allowed": ("waiting", "streaming"), "running": ("streaming",)}
    is_over = status not in open_for.get(call.state, (status,))
    word, kind = BROKEN_OFF if is_over else WORDS[call.state]
    return ToolCard(
        call.key,
        call.label or call.name,
        call.name,
        call.origin,
        _cut(_laid_out(call.arguments)),
        _cut(call.result),
        "stopped" if is_over else call.state,
        _(word),
        kind,
        asks=call.state == "waiting" and not is_over,
    )


def _laid_out(arguments: str) -> str:
    """JSON over several lines, in the characters that people read; anything else as it is."""
    try:
        found = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return arguments
    return "" if found == {} else json.dumps(found, indent=2, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
