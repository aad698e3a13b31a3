"""How an answer ended, where it did not simply end: in words, with what can be done next."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from thinkback.chat.continuing import can_continue
from thinkback.chat.models import Message

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Ending:
    """The line below an answer; without `text` there is none, and the buttons stand with the failure."""

    text: Words = ""
    icon: str = "info"
    goes_on: bool = False  # Continue is offered
    again: bool = True  # Regenerate is


CUT = _("Cut off: the model reached the longest answer that it may give.")
FILTERED = "content_filter"  # a card says so
ALL_THOUGHT = _("No word was left to say: the model used up its longest answer before it began. Allow a longer one.")
SILENT = _("The model ended without a word.")


def ending_of(message: Message, *, has_pictures: bool) -> Ending:
    """What is to be said below an answer that is not being made."""
    said = bool(message.text.strip()) or has_pictures
    goes_on = can_continue(message)
    match message.status, message.finish:
        case "stopped", _any:
            return Ending(_("Stopped by you"), "circle-stop", goes_on)
        case "interrupted", _any:
            return Ending(_("Interrupted: ThinkBack was restarted"), "circle-alert", goes_on)
        case "done", "length":
            return Ending(CUT if said else ALL_THOUGHT, "circle-alert", goes_on)
        case "done", _any if not said and message.finish != FILTERED:
            return Ending(SILENT)
    return Ending(goes_on=goes_on, again=False)
