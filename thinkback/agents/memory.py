"""What an agent remembers of a conversation, compared with what the chat says was said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from providers import Message, Prompt

EARLIER = 100_000  # characters of an earlier conversation that an agent is told, its last
BETWEEN = "\n\n"  # also what the chat puts between two messages that nobody answered


def told(prompt: Prompt, said: str) -> str | None:
    """What to tell an agent that goes on with its session: the last message, and before it what it has missed.

    `said` is what `seal` made of the user's words then. None where the conversation went another way since.
    """
    size, _, _ = said.partition(":")
    words = of_user(prompt.messages)
    if not size.isdecimal() or seal(words[: int(size)]) != said or not words[int(size) :].startswith(BETWEEN):
        return None
    return in_words(rest(prompt.messages, int(size)))


def anew(prompt: Prompt) -> str:
    """What to tell an agent that knows nothing yet."""
    return BETWEEN.join(part for part in (prompt.system or "", in_words(prompt.messages)) if part)


def seal(words: str) -> str:
    """A user's words as a short value, by which they are known again."""
    return f"{len(words)}:{hashlib.sha256(words.encode(errors='surrogatepass')).hexdigest()}"


def of_user(messages: Sequence[Message]) -> str:
    """All that the user said."""
    return BETWEEN.join(message.text for message in messages if message.role == "user")


def rest(messages: Sequence[Message], known: int) -> list[Message]:
    """The messages after those many characters of the user's words, and after the answer to them."""
    left: list[Message] = []
    position = -len(BETWEEN)
    for message in messages:
        if message.role != "user":
            left += [message] if left else []
            continue
        position += len(BETWEEN)
        end = position + len(message.text)
        if end > known:
            fresh = message.text[max(0, known - position) :].removeprefix(BETWEEN if known > position else "")
            left.append(Message("user", fresh))
        position = end
    return left


def in_words(messages: Sequence[Message]) -> str:
    """The last message; before it the earlier ones, as a text to be read."""
    last = messages[-1].text
    lines = (f"{'User' if message.role == 'user' else 'Assistant'}: {message.text}" for message in messages[:-1])
    earlier = BETWEEN.join(lines)[-EARLIER:]
    if not earlier:
        return last
    return f"This was said before; go on from there.\n\n<conversation>\n{earlier}\n</conversation>\n\n{last}"
