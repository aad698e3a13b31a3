"""One call of a tool: bounded in time and size, and never an exception."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from providers import ProviderError
from thinkback.tools.offered import Offered, ToolFailed

PATIENCE = 60.0  # seconds
LONGEST = 50_000  # characters of a result; each costs tokens in every later round
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool answered, or why it did not."""

    text: str
    failed: bool = False


async def run(offered: Offered, arguments: Mapping[str, Any]) -> Outcome:
    """Call a tool. Cancelling this cancels it."""
    try:
        async with asyncio.timeout(PATIENCE):
            return Outcome(capped(await offered.run(arguments)))
    except TimeoutError:
        return Outcome(f"{offered.label} gave no answer within {PATIENCE:.0f} seconds.", failed=True)
    except ToolFailed as error:
        return Outcome(capped(str(error)), failed=True)
    except ProviderError as error:  # what the guarded network says
        return Outcome(capped(error.message), failed=True)
    except Exception:  # a tool's own fault must not end the answer
        log.exception("tool_failed", tool=offered.name)
        return Outcome(f"{offered.label} failed.", failed=True)


def capped(text: str) -> str:
    """The text, cut where it is too long, which is said."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n[cut: {len(text) - LONGEST} more characters]"
