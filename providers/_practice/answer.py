"""What Practice says: a short tour of what an answer can hold, decided by nothing but the prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass

COMMAND = re.compile(r"(?:^|\s)/(help|long|code|table|list|think|error|cut)\b(?:[ \t]+(\w+))?")
TOKEN = re.compile(r"\w+|[^\w\s]")
PIECE = re.compile(r"\S+\s*|\s+")
LONGEST_ECHO = 600  # characters of the prompt that are repeated

INTRODUCTION = """\
This is **Practice**. It answers by itself: no key, no cost, and nothing leaves this server. \
Use it to see how a chat looks before you connect a real model."""
LIST = """\
### What to look at

1. The words arrive one by one, and **Stop** keeps what has been said.
2. Tokens and cost stand below the answer; Practice costs nothing.
3. Leave the page and come back:
   - the answer goes on without you,
   - and is here, whole, when you return."""
TABLE = """\
| Write | and the answer is |
|:------|:------------------|
| `/long 40` | forty paragraphs long |
| `/think` | preceded by reasoning |
| `/code`, `/table`, `/list` | only that |
| `/error 429` | an error of that status |
| `/error stream` | an error in mid-answer |
| `/cut` | broken off without an end |
| `use NAME {"a": 1}` | a call of that tool, if it is offered |
| words with a picture | its media type and size |"""
CODE = """\
```python
def greet(name: str) -> str:
    \"\"\"Say hello.\"\"\"
    return f"Hello, {name}"


assert greet("Practice") == "Hello, Practice"
```"""
PARAGRAPH = """\
Paragraph {number}. A long answer scrolls while it is written, stays readable, and can be stopped at any word. \
Each paragraph of this one is the same but for its number, so that nothing missing and nothing twice goes unseen."""
THOUGHT = "The prompt asks to see reasoning. There is nothing to find out, so I say so, and then answer. "


@dataclass(frozen=True, slots=True)
class Script:
    """What is to be played: reasoning, text, calls of tools, then perhaps a failure: a status, `stream` or `cut`."""

    text: str
    reasoning: str = ""
    failure: str = ""
    calls: tuple[tuple[str, str], ...] = ()  # name and arguments


def compose(prompt: str) -> Script:
    """The script for a prompt."""
    found = COMMAND.search(prompt.rpartition("\n\n")[2])  # questions that got no answer stand joined before the last
    command, argument = (found[1], found[2] or "") if found else ("", "")
    match command:
        case "long":
            count = min(int(argument), 2000) if argument.isascii() and argument.isdigit() else 30
            return Script("\n\n".join(PARAGRAPH.format(number=number) for number in range(1, count + 1)))
        case "code" | "table" | "list":
            return Script({"code": CODE, "table": TABLE, "list": LIST}[command])
        case "think":
            return Script(tour(prompt), reasoning=THOUGHT * 3)
        case "error":
            return Script(INTRODUCTION, failure=argument or "500")
        case "cut":
            return Script(INTRODUCTION, failure="cut")
    return Script(tour(prompt))


def tour(prompt: str) -> str:
    """The prompt as a quotation, and one of everything."""
    said = prompt.strip()
    said = said if len(said) <= LONGEST_ECHO else said[:LONGEST_ECHO] + "…"
    echo = "\n".join(f"> {line}" for line in said.splitlines()) or "> (nothing)"
    return "\n\n".join(("You wrote:", echo, INTRODUCTION, LIST, "### Things to try", TABLE, "And some code:", CODE))


def pieces(text: str) -> list[str]:
    """The text in the portions in which it is streamed."""
    return PIECE.findall(text)


def tokens(text: str) -> int:
    """How many tokens a text counts: words and signs."""
    return len(TOKEN.findall(text))
