"""How hard a prompt looks, from 0 (a greeting) to 1: a cheap guess from its last question, without asking a model.

It adds up: length (up to 0.3, from 200 characters to 4,000), code (0.2), words that ask for thought (0.12 each, at
most 0.36), three questions or more (0.1), tools, a JSON schema or documents (0.1), a long talk (0.1), and what the
caller says himself by the reasoning effort. Words that ask for a plain job, such as a translation, take 0.1 away.
"""

from __future__ import annotations

import math
import re

from providers import Document, Prompt

CODE = re.compile(r"```|[;{}]\s*$|^\s*(?:def|class|import|function|const|let|var|SELECT|#include)\b", re.MULTILINE)
HARD = re.compile(
    r"\b(?:why|prove|proof|derive|design|architect\w*|debug|refactor|optimi[sz]e|compare|analy[sz]e|evaluate|plan|"
    r"trade-?offs?|step by step|algorithm|review|strategy|explain how|"
    r"warum|beweise?n?|entwirf|vergleiche?n?|analysiere?n?|begründe?n?|optimiere?n?)\b|为什么|证明|设计|比较|分析|优化",
    re.IGNORECASE,
)
EASY = re.compile(
    r"\b(?:translate|summari[sz]e|spell\w*|rephrase|shorten|list|hello|hi|thanks|"
    r"übersetze?n?|fasse|zusammenfass\w*|korrigiere?n?|hallo|danke)\b|翻译|总结|你好|谢谢",
    re.IGNORECASE,
)
QUESTION = re.compile(r"[?？]")
EFFORT = {"none": -0.2, "minimal": -0.2, "low": -0.1, "high": 0.3, "xhigh": 0.5}
LOOKED_AT = 20_000  # characters
SHORT, LONG = 200, 4_000  # characters
TURNS = 8
HARD_FROM, EASY_TO = 0.5, 0.2


def complexity(prompt: Prompt) -> float:
    """The guess, from 0 to 1."""
    text = next((message.text for message in reversed(prompt.messages) if message.role == "user"), "")
    points = _length(len(text)) + _words(text[:LOOKED_AT]) + EFFORT.get(prompt.reasoning_effort or "", 0.0)
    if prompt.tools or (prompt.response_format and prompt.response_format.schema) or _reads(prompt):
        points += 0.1
    if len(prompt.messages) > TURNS:
        points += 0.1
    return min(1.0, max(0.0, points))


def in_words(points: float) -> str:
    """What it says about a question."""
    return "hard" if points >= HARD_FROM else "simple" if points <= EASY_TO else "middling"


def _length(characters: int) -> float:
    if characters <= SHORT:
        return 0.0
    return min(0.3, 0.3 * math.log(characters / SHORT) / math.log(LONG / SHORT))


def _words(text: str) -> float:
    points = 0.12 * min(3, len({match.lower() for match in HARD.findall(text)}))
    if CODE.search(text):
        points += 0.2
    if len(QUESTION.findall(text)) >= 3:
        points += 0.1
    return points - 0.1 if EASY.search(text) else points


def _reads(prompt: Prompt) -> bool:
    return any(isinstance(part, Document) for message in prompt.messages for part in message.parts)
