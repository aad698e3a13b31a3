"""Every text is translated into every language, with the same places for values, and the compiled files are in step.

`python -m thinkback messages` brings the files in step; what it then counts is to be translated in thinkback/locale.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from thinkback.languages import catalogues
from thinkback.languages.collecting import catalog_of

BOTH = [(code, domain) for code in catalogues.CODES for domain in catalogues.DOMAINS]
PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+[^>]*>")


def texts_of(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def translations_of(message: Message) -> tuple[str, ...]:
    found = message.string
    return tuple(found) if isinstance(found, tuple | list) else (found or "",)


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


@pytest.mark.parametrize(("code", "domain"), BOTH)
def test_every_text_is_there_and_no_other(code: str, domain: str) -> None:
    there = {texts_of(message) for message in messages(catalogues.read(code, domain))}
    wanted = {texts_of(message) for message in messages(catalog_of(domain))}
    assert (wanted - there, there - wanted) == (set(), set()), "run: python -m thinkback messages"


@pytest.mark.parametrize(("code", "domain"), BOTH)
def test_every_text_is_translated(code: str, domain: str) -> None:
    found = catalogues.read(code, domain)
    assert [one.id for one in messages(found) if not all(translations_of(one)) or one.fuzzy] == []
    forms = {len(translations_of(one)) for one in messages(found) if one.pluralizable}
    assert forms <= {found.num_plurals}


@pytest.mark.parametrize(("code", "domain"), BOTH)
def test_values_and_marks_are_the_same(code: str, domain: str) -> None:
    wrong = []
    for message in messages(catalogues.read(code, domain)):
        known = [Counter(PLACES.findall(text)) for text in texts_of(message)]
        for text in translations_of(message):
            found = Counter(PLACES.findall(text))
            if found not in known:
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize(("code", "domain"), BOTH)
def test_ends_are_alike(code: str, domain: str) -> None:
    """A text that begins or ends with a space, or ends a sentence, does so in every language."""
    wrong = []
    for message in messages(catalogues.read(code, domain)):
        for text in translations_of(message):
            one = texts_of(message)[-1]
            if (one[:1] == " ") != (text[:1] == " ") or (one[-1:] == " ") != (text[-1:] == " "):
                wrong.append(text)
            if one.endswith(".") and not text.endswith((".", "。", "！", "）")):
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize(("code", "domain"), BOTH)
def test_the_compiled_file_is_in_step(code: str, domain: str) -> None:
    compiled = catalogues.path_of(code, domain).with_suffix(".mo").read_bytes()
    assert compiled == catalogues.compiled(catalogues.read(code, domain)), "run: python -m thinkback messages"
