"""How many tokens a text is, about, and which messages of a long chat still fit into a model's context. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thinkback.chat.models import Message

# Characters of one token, by script: `static/js/chat-meter.js` reckons alike.
LATIN, CJK, OTHER = 4.0, 1.0, 2.5
IS_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
IS_OTHER = re.compile("[^\x00-\u024f\u2000-\u206f]")
EACH = 4  # tokens around every message
RESERVE = 0.1  # of an estimate, since it is one
ANSWER = 4_096  # tokens kept free for an answer whose longest is not set


def tokens_in(text: str) -> int:
    """About how many tokens a text is: 4 letters each, 1 character of Chinese, Japanese or Korean, 2.5 of others."""
    if text.isascii():
        return -(-len(text) // 4)
    cjk = len(IS_CJK.findall(text))
    other = len(IS_OTHER.findall(text)) - cjk
    return round((len(text) - cjk - other) / LATIN + cjk / CJK + other / OTHER + 0.5)


def weight(message: Message) -> int:
    """About how many tokens a message is to the model that is told it, its tools' answers included."""
    calls = [call for round in message.rounds for call in round.get("calls", [])]
    beside = sum(tokens_in(call.get("arguments", "")) + tokens_in(call.get("result", "")) for call in calls)
    return EACH + tokens_in(message.text) + beside


@dataclass(frozen=True, slots=True)
class Size:
    """What a model's context holds, and what of it is not for messages: the system prompt, tools, the answer."""

    context: int
    taken: int

    @property
    def room(self) -> int:
        """Tokens for messages."""
        return int((self.context - self.taken) / (1 + RESERVE))


def fitting(messages: Sequence[Message], size: Size) -> Sequence[Message]:
    """The messages that fit: the oldest whole turns are left out, never the last one."""
    starts = [place for place, message in enumerate(messages) if message.role == "user"]
    weights = [weight(message) for message in messages]
    for start in starts:
        if sum(weights[start:]) <= size.room or start == starts[-1]:
            return messages[start:] if start != starts[0] else messages
    return messages


def answer_room(longest: object, context: int) -> int:
    """Tokens that are kept free for the answer: as many as are allowed, at most half of the context."""
    wanted = longest if isinstance(longest, int) else ANSWER
    return min(wanted, context // 2)
