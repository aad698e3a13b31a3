"""A page's script with all that it imports, asked for at once: else each level of imports waits for the one above."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_IMPORT = re.compile(r'^import (?:[^"]* from )?"\./([\w-]+\.js)";', re.MULTILINE)


@register.simple_tag
def module(path: str) -> SafeString:
    """The script of this path, after links that fetch its imports beside it."""
    links = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(each),) for each in imported(path)))
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(path))


@lru_cache
def imported(path: str) -> tuple[str, ...]:
    """Every module that one imports, directly or not, each once; LookupError for a file that is not there."""
    found: dict[str, None] = {}
    waiting = [path]
    while waiting:
        this = waiting.pop()
        file = finders.find(this)
        if file is None:
            raise LookupError(f"There is no static file {this}.")
        names = (str(PurePosixPath(this).parent / name) for name in _IMPORT.findall(Path(file).read_text()))
        fresh = [name for name in names if name not in found and name != path]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return tuple(found)
