"""The catalogues in `thinkback/locale`: brought in step with the texts of the site, and compiled. Needs Babel."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from thinkback.languages.collecting import catalog_of
from thinkback.languages.words import LOCALE

CODES = ("de", "zh_Hans")
DOMAINS = ("django", "djangojs")


def path_of(code: str, domain: str) -> Path:
    """Where the translations of a language stand."""
    return LOCALE / code / "LC_MESSAGES" / f"{domain}.po"


def read(code: str, domain: str) -> Catalog:
    """The translations of a language as they stand."""
    with path_of(code, domain).open("rb") as file:
        return read_po(file, locale=code, domain=domain)


def in_step(code: str, domain: str, texts: Catalog) -> Catalog:
    """The translations with every text of the site and no other. Nothing is guessed: what changed is empty."""
    found = read(code, domain)
    made = found.creation_date
    found.update(texts, no_fuzzy_matching=True, keep_user_comments=True)
    found.creation_date = made  # else every run changes every file
    found.obsolete.clear()
    return found


def as_text(catalogue: Catalog) -> bytes:
    """A catalogue as it is stored; without line numbers, which would change with every commit."""
    file = BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False, sort_output=True)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def update() -> dict[str, list[str]]:
    """Write all files; for each language, what has no translation."""
    missing: dict[str, list[str]] = {code: [] for code in CODES}
    for domain in DOMAINS:
        texts = catalog_of(domain)
        for code in CODES:
            found = in_step(code, domain, texts)
            path = path_of(code, domain)
            path.write_bytes(as_text(found))
            path.with_suffix(".mo").write_bytes(compiled(read(code, domain)))
            missing[code] += [str(message.id) for message in found if message.id and not is_whole(message.string)]
    return missing


def is_whole(translation: object) -> bool:
    """Whether every form is there."""
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


def as_json(missing: dict[str, list[str]]) -> str:
    """For whoever translates."""
    return json.dumps(missing, ensure_ascii=False, indent=1)
