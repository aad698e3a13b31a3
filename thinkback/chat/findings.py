"""The answer to a code review, where it is the JSON that was asked for: read, shown as a list, told as Markdown."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from thinkback.chat.rendering import render
from thinkback.presets.structures import SEVERITIES

MOST = 500  # findings that are shown
FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
WORDS = ("title", "explanation", "suggestion", "file")
SAID: dict[str, tuple[str | Promise, str]] = {  # severity: its word, and the colour of its badge
    "critical": (_("Critical"), "bad"),
    "high": (_("High"), "bad"),
    "medium": (_("Medium"), "warn"),
    "low": (_("Low"), "info"),
    "info": (_("Note"), ""),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem."""

    severity: str
    title: str
    explanation: str
    suggestion: str
    file: str
    line: int | None

    @property
    def word(self) -> str | Promise:
        """Its severity for the reader."""
        return SAID[self.severity][0]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return SAID[self.severity][1]

    @property
    def place(self) -> str:
        """`views.py:12`, as editors take it."""
        if self.line is None:
            return self.file
        return f"{self.file}:{self.line}" if self.file else f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Review:
    """What a review came to, the worst first."""

    summary: str
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> list[tuple[str | Promise, str, int]]:
        """How many there are of each severity: its word, its colour, their number."""
        found = Counter(finding.severity for finding in self.findings)
        return [(*SAID[severity], found[severity]) for severity in SEVERITIES if found[severity]]


def read(text: str) -> Review | None:
    """The review that an answer is; None for any other answer."""
    body = text.strip()
    if '"findings"' not in body or not body.startswith(("{", "```")):
        return None
    fenced = FENCE.match(body)
    try:
        found = json.loads(fenced[1] if fenced else body)
    except (ValueError, RecursionError):
        return None
    rows = found.get("findings") if isinstance(found, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST:
        return None
    findings = [_finding(row) for row in rows]
    known = [finding for finding in findings if finding is not None]
    if len(known) < len(findings):
        return None  # rather the whole text than a part of it
    known.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return Review(_text(found.get("summary")), tuple(known))


def _finding(row: Any) -> Finding | None:
    severity = _text(row.get("severity")).lower() if isinstance(row, dict) else ""
    if severity not in SAID or not _text(row.get("title")):
        return None
    line = row.get("line")
    is_line = isinstance(line, int) and not isinstance(line, bool) and 0 < line < 10**9
    title, explanation, suggestion, file = (_text(row.get(name)) for name in WORDS)
    return Finding(severity, title, explanation, suggestion, file, line if is_line else None)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def as_markdown(review: Review) -> str:
    """The same for an issue or a mail."""
    parts = [review.summary] if review.summary else []
    for finding in review.findings:
        place = f" (`{finding.place}`)" if finding.place else ""
        parts.append(f"### {finding.severity.capitalize()}: {finding.title}{place}")
        parts += [text for text in (finding.explanation, finding.suggestion) if text]
    return "\n\n".join(parts) + "\n"


def html_of(text: str, prefix: str) -> SafeString | None:
    """An answer as a list of findings; None where it is none."""
    review = read(text)
    if review is None:
        return None
    rows = [
        (
            finding,
            _rendered(finding.explanation, f"{prefix}{place}e-"),
            _rendered(finding.suggestion, f"{prefix}{place}s-"),
        )
        for place, finding in enumerate(review.findings)
    ]
    context = {"review": review, "rows": rows, "markdown": as_markdown(review), "json": text.strip()}
    return render_to_string("chat/_findings.html", context)


def _rendered(text: str, prefix: str) -> SafeString:
    return mark_safe(render(text, prefix) if text else "")  # noqa: S308 - sanitised
