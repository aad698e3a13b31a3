"""The words of adapters, who know no Django, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext

from providers import Field


def said(text: str) -> str:
    """A label or a help of an adapter's field; English where nobody has translated it, such as a plug-in's."""
    return gettext(text) if text else ""


def words_of(fields: Iterable[Field]) -> Iterator[str]:
    """Everything that forms say with `said`; addresses are the same in every language."""
    for field in fields:
        yield from (word for word in (field.label, field.help) if word and not word.startswith("From https://"))
        yield from (label for _, label in field.choices if " " in label or label.isalpha())
