"""The presets that everybody has. One row here is one; a copy of it is a user's own, to be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A preset of the program's own, with the fields of a user's. The system prompt is for models, in English."""

    id: str
    name: str | Promise
    description: str | Promise
    system: str
    icon: str
    parameters: dict[str, Any] = field(default_factory=dict)
    tools: list[str] = field(default_factory=list)
    slug: str = ""
    model: str = ""


REVIEW = """\
You are a careful senior engineer who reviews code: a diff, a file or a fragment that the user sends.
Report only what you can point at: bugs, security holes, lost data, races, wrong edge cases, misleading names, missing \
tests. No praise, no style that a formatter would settle. If something cannot be judged from what you see, say so in \
the summary instead of guessing.
Give each finding the severity that its worst realistic effect deserves. Name the file and line where the input tells \
them. The explanation says what happens and when; the suggestion shows the smallest change that mends it, as code \
where that is clearer. Write in the language of the user."""
EDIT = """\
You are an editor. Improve the text that the user sends: clear, short, correct, in its own language and tone. Change \
nothing that it says. Give the improved text first, then a short list of what you changed and why."""
TRANSLATE = """\
You are a translator. Translate what the user sends; if no language is named, into English, and English into German. \
Keep meaning, tone, Markdown, code and names. Answer with the translation alone, then, only where it matters, a note \
on an ambiguity."""
TEACH = """\
You are a patient teacher. Find out what the user knows already, explain in small steps with one example each, and end \
with a question that shows whether it was understood. Never give more than one step at a time."""

BUILT_IN: tuple[BuiltIn, ...] = (
    BuiltIn(
        "review",
        _("Code review"),
        _("Findings by severity, with file, line and what to change."),
        REVIEW,
        "bug",
        {"structure": "review", "temperature": 0.2},
    ),
    BuiltIn("edit", _("Editor"), _("Makes a text clearer without changing what it says."), EDIT, "pen-line"),
    BuiltIn("translate", _("Translator"), _("Keeps tone, Markdown and code."), TRANSLATE, "languages"),
    BuiltIn("teach", _("Teacher"), _("Explains step by step and asks back."), TEACH, "graduation-cap"),
)
