"""The keys of the chat page: what each does, unless its user chose others. `static/js/chat-shortcuts.js` hears them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A key alone would be typed into the page by whoever speaks to the machine: WCAG 2.1.4 wants a modifier with it.
KEYS = re.compile(r"(?:(?:Ctrl|Alt)\+(?:Alt\+)?(?:Shift\+)?|Shift\+(?=Escape|F\d))[^\s+]{1,12}")


class Shortcut(NamedTuple):
    """Keys, and the element that they press; `name` is what the choice of other keys is stored under."""

    name: str
    label: str | Promise
    keys: str
    presses: str  # a CSS selector; the last of those that are there


class Bound(NamedTuple):
    """A shortcut with the keys that its user has for it; "" where it is off."""

    shortcut: Shortcut
    keys: str


SHORTCUTS = (
    Shortcut("new_chat", _("New chat"), "Ctrl+Shift+O", ".chat-new"),
    Shortcut("search", _("Search"), "Ctrl+K", "[data-search-open]"),
    Shortcut("temporary", _("Temporary chat"), "Ctrl+Shift+'", "[data-temporary]"),
    Shortcut("model", _("Choose the model"), "Ctrl+Shift+M", "[data-picker]"),
    Shortcut("controls", _("Controls of this chat"), "Ctrl+Shift+E", "[data-controls-open]"),
    Shortcut("sidebar", _("Show or hide the list of chats"), "Ctrl+Shift+S", "[data-sidebar-toggle]"),
    Shortcut("field", _("Go to the message field"), "Shift+Escape", "[data-composer-text]"),
    Shortcut("copy_answer", _("Copy the last answer"), "Ctrl+Shift+C", "[data-copy-answer]"),
    Shortcut("copy_code", _("Copy the last code"), "Ctrl+Shift+;", "[data-copy-code]"),
    Shortcut("settings", _("Settings"), "Ctrl+.", ".chat-places a[href^='/settings']"),
    Shortcut("shortcuts", _("These shortcuts"), "Ctrl+/", "[data-shortcuts-open]"),
)
_NAMES = frozenset(shortcut.name for shortcut in SHORTCUTS)


def are_shortcuts(value: Any) -> bool:
    """Whether this is keys by the names of shortcuts, such as can be pressed; "" turns one off."""
    return isinstance(value, dict) and all(
        name in _NAMES and isinstance(keys, str) and (not keys or KEYS.fullmatch(keys)) for name, keys in value.items()
    )


def bound(chosen: Mapping[str, str]) -> list[Bound]:
    """Every shortcut with the keys that were chosen for it, or its own."""
    return [Bound(shortcut, chosen.get(shortcut.name, shortcut.keys)) for shortcut in SHORTCUTS]
