"""How a conversation is laid out for a service that speaks OpenAI's chat completions.

`openai` is the format itself. `r1`, for models after DeepSeek's R1, has no system turn and no two turns of one role in
a row. `simple` is for servers that take one plain text a turn and refuse an empty one.
"""

from __future__ import annotations

import re
from typing import Any

from providers._events import Message, Prompt

Turn = dict[str, Any]
FORMATS = ("openai", "r1", "simple")
R1_MODELS = re.compile(r"deepseek[-_]?r1|deepseek-reasoner|sonar-reasoning|(^|/)qwq", re.IGNORECASE)


def laid_out(prompt: Prompt, format: str) -> list[Turn]:
    """The `messages` of a request. A model that is known to want R1's format gets it from every service."""
    if format == "r1" or (format == "openai" and R1_MODELS.search(prompt.model)):
        return r1(prompt)
    messages = list(prompt.messages)
    if format == "simple":
        messages = [message for message in messages if message.text.strip()]
    turns = [turn(message.role, message.text) for message in messages]
    return [turn("system", prompt.system), *turns] if prompt.system else turns


def r1(prompt: Prompt) -> list[Turn]:
    """The system prompt begins the first user turn, and turns of one role that follow each other are one."""
    opening = (Message("user", prompt.system),) if prompt.system else ()
    turns: list[Turn] = []
    for message in (*opening, *prompt.messages):
        if not message.text.strip():
            continue
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += f"\n\n{message.text}"
        else:
            turns.append(turn(message.role, message.text))
    return turns


def turn(role: str, text: str) -> Turn:
    """One turn in plain text."""
    return {"role": role, "content": text}
