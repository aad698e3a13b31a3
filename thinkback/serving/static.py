"""Static files: gathered under names that hold their hash, so that browsers keep them for ever; scripts made light."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import rjsmin
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.files.storage import Storage as Source
from django.core.management import call_command
from servestatic import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

SOON = 60  # seconds that a browser may keep a file whose name holds no hash


def light(script: str) -> str:
    """A script without its comments and spaces; its names stay, so that what the console tells can be read."""
    return str(rjsmin.jsmin(script))


class _Light:
    """Where our own scripts come from, light."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def open(self, path: str) -> ContentFile[bytes]:
        """The light form of the script at `path`."""
        with self._source.open(path) as file:
            return ContentFile(light(file.read().decode()).encode())


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed names in templates, in stylesheets and in the imports of modules; scripts light; gzip beside each file."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Make the hashed files of what was gathered. The plain names keep the scripts as they were written."""
        ours = {name for name in paths if name.startswith("js/") and name.endswith(".js")}
        sources = {name: (_Light(source) if name in ours else source, path) for name, (source, path) in paths.items()}
        yield from super().post_process(sources, dry_run, **options)

    def url_converter(self, name: str, *arguments: Any, **options: Any) -> Callable[[re.Match[str]], str]:
        """What replaces an address inside a file.

        Scripts of packages stay as they are: they import nothing, but speak of imports in comments.
        """
        convert: Callable[[re.Match[str]], str] = super().url_converter(name, *arguments, **options)
        foreign = name.endswith(".js") and not name.startswith("js/")

        def convert_addresses(match: re.Match[str]) -> str:
            return match["matched"] if foreign else convert(match)

        return convert_addresses


def fingerprint() -> str:
    """Changes when any static file does."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = os.stat(storage.path(name))
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def gather() -> None:
    """Bring all static files together, unless that has been done and nothing has changed since."""
    mark = Path(settings.STATIC_ROOT) / ".fingerprint"
    now = fingerprint()
    if not mark.exists() or mark.read_text() != now:
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(now)


def protect(headers: Headers, path: str, url: str) -> None:
    """Keep browsers from guessing a type."""
    headers["X-Content-Type-Options"] = "nosniff"


def served(application: Any) -> Any:
    """Answer /static/ from the gathered files; everything else is the application's."""
    gather()
    return ServeStaticASGI(
        application,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=SOON,
        allow_all_origins=False,
        add_headers_function=protect,
    )
