"""Serve ThinkBack: bring the database up to date, gather the static files, open the port."""

from __future__ import annotations

import gc
import importlib
import re
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from thinkback.accounts import first
from thinkback.serving.here import HERE
from thinkback.serving.open_files import allow_many_files
from thinkback.upgrade import upgrade

EXTRAS = {"uvicorn": "fast", "granian": "granian"}
ADDRESS = re.compile(r"(?:(?P<host>\[[^\]]+\]|[^:]+):)?(?P<port>\d+)")


class Command(BaseCommand):
    """`runserver [[host:]port]`, as Django's is called; it serves as `./run` does."""

    help = "Serves ThinkBack on http://127.0.0.1:8000."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, in either spelling."""
        parser.add_argument("addrport", nargs="?", default="", help="[host:]port, as Django's own runserver takes it")
        parser.add_argument("--host", default=None, help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=None, help="port to listen on (8000); 0 takes a free one")
        parser.add_argument("--data", help="folder of the database, the secrets and the attachments (./var)")
        parser.add_argument("--noreload", action="store_true", help="accepted and ignored: nothing is reloaded")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until told to stop."""
        host, port = address(options)
        copy = upgrade()
        if copy is not None:
            self.stdout.write(f"The database was brought up to date; a copy from before is in {copy}.")
        if host.strip("[]") not in ("0.0.0.0", "::"):  # noqa: S104  comparing, not binding
            settings.ALLOWED_HOSTS.append(host)
        self.notice = first.announcement()
        try:
            self.serve(host, port)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error}") from error

    def serve(self, host: str, port: int) -> None:
        """Start the server that THINKBACK_SERVER names."""
        kind = settings.SERVER_KIND
        site = importlib.import_module("thinkback.asgi")  # lazy: it starts as the database is up to date
        try:
            server = importlib.import_module(f"thinkback.serving.{kind}_server")  # lazy: none needs another's memory
        except ImportError as error:
            if kind not in EXTRAS:
                raise
            message = f"THINKBACK_SERVER: {kind} is not installed: pip install 'thinkback[{EXTRAS[kind]}]'"
            raise CommandError(message) from error
        gc.collect()
        gc.set_threshold(20_000, 5, 5)  # the usual 700 are new in every few calls, and nearly none is garbage
        gc.freeze()  # what is loaded now stays: without this each full round of the collector looks at it, for 70 ms
        allow_many_files()
        if not server.serve(getattr(site, server.SERVES), site.LIFECYCLE, self.announce, host, port):
            raise CommandError(f"ThinkBack did not start on {host}:{port}.")

    def announce(self, host: str, port: int) -> None:
        """Say where the site is, and how to become its owner while nobody is."""
        HERE.is_at(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"ThinkBack is at {settings.PUBLIC_URL or f'http://{shown}:{port}'} (Ctrl-C stops it).")
        if self.notice:
            self.stdout.write(self.notice)
        self.stdout.flush()


def address(options: dict[str, Any]) -> tuple[str, int]:
    """Host and port from either spelling."""
    found = ADDRESS.fullmatch(options["addrport"] or "8000")
    if found is None:
        raise CommandError(f"{options['addrport']} is not [host:]port.")
    host, port = options["host"] or found["host"] or "127.0.0.1", options["port"]
    return host, int(found["port"]) if port is None else port
