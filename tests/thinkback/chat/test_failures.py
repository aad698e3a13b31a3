"""Whose fault a failure was, and what helps, where the type of it does not say."""

from __future__ import annotations

import pytest

from providers import AuthFailed, ContentRefused, InvalidRequest, ProviderError
from proxy.errors import NoKey, Refused, Resting
from thinkback.chat.failures import card_of, stored
from thinkback.vault.keys import KEY_UNREADABLE


def ending(failure: ProviderError, key: str) -> ProviderError:
    failure.key_ending = key
    return failure


@pytest.mark.parametrize(
    ("failure", "title", "mends_key"),
    [
        (ending(AuthFailed("No."), "mnop"), "OpenAI refused the key ending …mnop", True),
        (AuthFailed("No."), "OpenAI refused the key", True),
        (AuthFailed("No.", code=KEY_UNREADABLE), "The key of OpenAI cannot be opened any more", True),
        (NoKey("auth_failed", "No.", 401), "OpenAI has no key yet", True),
        (Refused("rate_limit", "No.", 429), "ThinkBack asks to slow down", False),
        (Resting("server_error", "No.", 503), "OpenAI failed again and again", False),
        (ContentRefused("No."), "OpenAI’s content filter refused this message", False),
        (InvalidRequest("No.", code="context_length_exceeded"), "This chat is too long for the model", False),
        (InvalidRequest("No."), "OpenAI did not accept this", False),
    ],
)
def test_the_culprit_is_named(failure: ProviderError | Refused, title: str, mends_key: bool) -> None:
    card = card_of(stored(failure), "OpenAI")
    assert (card.title, card.update_key) == (title, mends_key)
