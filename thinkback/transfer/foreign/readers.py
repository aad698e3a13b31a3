"""Whose exports can be read: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from thinkback.transfer.foreign import chatgpt, claude, librechat, open_webui, own
from thinkback.transfer.foreign.values import Assets, Incoming


@dataclass(frozen=True, slots=True)
class Reader:
    """One application: its name, how its conversations are known, and how they are read."""

    name: str
    fits: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any], Assets], Incoming]


READERS = (
    Reader("ChatGPT", chatgpt.fits, chatgpt.read),
    Reader("Claude", claude.fits, claude.read),
    Reader("Open WebUI", open_webui.fits, open_webui.read),
    Reader("LibreChat", librechat.fits, librechat.read),
    Reader("ThinkBack", own.fits, own.read),
)


def reader_of(raw: object) -> Reader | None:
    """Who can read this conversation; None where nobody can."""
    return next((reader for reader in READERS if reader.fits(raw)), None) if isinstance(raw, dict) else None
