"""What a user can choose about the chat page, and what it is without a choice. One row here is one choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from thinkback.chat.models import Preferences
from thinkback.chat.shortcuts import are_shortcuts


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its default, and whether a value is one that can be chosen.

    The settings page shows it by its label: with words for each of its values, as a switch, or as a number of `unit`.
    """

    default: Any
    fits: Callable[[Any], bool]
    label: str | Promise = ""  # without one it is chosen elsewhere
    help: str | Promise = ""
    words: Mapping[str, str | Promise] = field(default_factory=dict)
    unit: str | Promise = ""  # money stands before its number, anything else behind


def one_of(*values: str) -> Callable[[Any], bool]:
    """Whether a value is one of these words."""
    return lambda value: value in values


def is_yes_or_no(value: Any) -> bool:
    """Whether a value is true or false."""
    return isinstance(value, bool)


def is_short_text(value: Any) -> bool:
    """Whether a value is an id, or nothing."""
    return isinstance(value, str) and len(value) <= 60


def is_money(value: Any) -> bool:
    """Whether a value is an amount of dollars that may be spent unasked; None is any amount."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (is_number and 0 <= value <= 10_000)


def is_days(value: Any) -> bool:
    """Whether a value is a number of whole days up to ten years; None is for ever."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (is_number and 1 <= value <= 3650 and value == int(value))


def is_model(value: Any) -> bool:
    """Whether a value names a model through a connection, as `slug/model`; empty is none."""
    return isinstance(value, str) and len(value) <= 301 and (not value or all(value.partition("/")))


CHOICES: dict[str, Choice] = {
    "sends": Choice(
        "enter",
        one_of("enter", "ctrl_enter"),
        _("Send with"),
        _("The other one adds a line. On touch keyboards Enter always adds one."),
        {"enter": _("Enter"), "ctrl_enter": _("Ctrl + Enter")},
    ),
    "follows": Choice(
        "end",
        one_of("end", "question"),
        _("While an answer grows"),
        _("What stays in sight."),
        {"end": _("Its end"), "question": _("Your question, on top")},
    ),
    "opens_reasoning": Choice(
        default=False,
        fits=is_yes_or_no,
        label=_("Show reasoning while it is written"),
        help=_("It is folded when the answer is there."),
    ),
    "default_preset": Choice("", is_short_text),  # what new chats begin with: the id of one
    "cost_guard": Choice(
        0.5,
        is_money,
        _("Ask before a message that costs about"),
        _("Or more. Leave it empty to be never asked."),
        unit="$",
    ),
    "keeps_days": Choice(
        None,
        is_days,
        _("Delete chats untouched for"),
        _(
            "They go into the trash, archived ones too, and can be taken back from there as long as it keeps them. "
            "Pinned chats and those in folders stay. Leave it empty to keep everything."
        ),
        unit=_("days"),
    ),
    "titles": Choice(
        "cheap",
        one_of("off", "cheap", "same", "named"),
        _("Titles of chats"),
        _(
            "After the first answer a model is asked for a title: about 800 tokens in and 20 out, counted as “title” "
            "in your usage. If cheap: by the model that answered, where that costs less than $0.001 by the price list."
        ),
        {"off": _("First words"), "cheap": _("If cheap"), "same": _("Same model"), "named": _("Named model")},
    ),
    "title_model": Choice(
        "",
        is_model,
        _("Named model for titles"),
        _("As provider/model, like openai/gpt-4o-mini. Used where “Named model” is chosen above."),
    ),
    "announces": Choice(
        "finish",
        one_of("off", "finish", "full"),
        _("Screen readers hear of an answer"),
        words={"off": _("Nothing"), "finish": _("When it begins and ends"), "full": _("All of it, at the end")},
    ),
    "shortcuts_on": Choice(default=True, fits=is_yes_or_no),
    "shortcuts": Choice(default={}, fits=are_shortcuts),  # keys by the names of those that were changed
}


def of(user_id: int) -> dict[str, Any]:
    """Every choice of a user, by name."""
    row = Preferences.objects.filter(user_id=user_id).first()
    chosen = {} if row is None else row.chosen
    return {name: chosen.get(name, choice.default) for name, choice in CHOICES.items()}


def choose(user_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """Store choices, and return all. Raises ValueError, which names what does not fit."""
    for name, value in values.items():
        if name not in CHOICES or not CHOICES[name].fits(value):
            raise ValueError(name)
    with transaction.atomic():  # two tabs may choose two things at once
        Preferences.objects.get_or_create(user_id=user_id)
        row = Preferences.objects.select_for_update().get(user_id=user_id)
        row.chosen |= values
        row.save(update_fields=["chosen"])
    return of(user_id)
