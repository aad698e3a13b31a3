"""A small world in processes of its own: a fake provider, the real server before it, its owner with a token."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import PASSWORD
from tests.live import ROOT, LiveServer

CANARY = "sk-canary-0123456789abcdefghijklmnop"  # the provider's key; nobody but the provider may ever see it
GOOGLE_CANARY = "AIzaCanary0123456789abcdefghijklmnopqrs"
ELSEWHERE = {"DATABASE_URL", "THINKBACK_SECRET_KEY", "THINKBACK_MASTER_KEY"}  # what a copied folder cannot bring along


class World:
    """The server, the provider behind it, and how Alice speaks to both."""

    def __init__(self, server: LiveServer, upstream: str) -> None:
        self.server = server
        self.upstream = upstream
        self.token = ""

    @property
    def url(self) -> str:
        return self.server.url

    def settle_in(self) -> None:
        """Alice becomes the owner and takes a token."""
        self.token = settle(self.server)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the JSON API with Alice's token; HTTPError for anything but 2xx."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            raw = answer.read()
            return json.loads(raw) if "json" in answer.headers.get("content-type", "") else raw.decode()

    def add(self, kind: str, **more: Any) -> str:
        """Add a provider that points at the fake one; its slug."""
        body = {"kind": kind, "name": kind.title(), "base_url": self.upstream, "api_key": CANARY, **more}
        return str(self.api("POST", "/api/providers", body)["slug"])

    def records(self) -> list[dict[str, Any]]:
        """Every usage record, newest first."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.api("GET", f"/api/usage/records?limit=200{cursor}")
            found += page["results"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    def seen(self) -> list[str | None]:
        """The models that the fake provider was asked for, in order."""
        with urllib.request.urlopen(f"{self.upstream}/seen", timeout=20) as answer:
            return list(json.load(answer))

    def last(self) -> dict[str, Any]:
        """Path, target, headers and body of the request that the fake provider had last."""
        with urllib.request.urlopen(f"{self.upstream}/last", timeout=20) as answer:
            return dict(json.load(answer))

    def stats(self) -> dict[str, Any]:
        """What the fake provider counted."""
        with urllib.request.urlopen(f"{self.upstream}/stats", timeout=20) as answer:
            return dict(json.load(answer))


def settle(server: LiveServer) -> str:
    """Make Alice the owner; a token of hers."""
    owner = {"DJANGO_SUPERUSER_USERNAME": "alice", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    server.command("createsuperuser", "--noinput", DJANGO_SUPERUSER_EMAIL="alice@example.org", **owner)
    return server.command("create_token", "alice", "--name", "tests").strip()


@cache
def settled() -> tuple[Path, str]:
    """A data folder in which Alice has settled in, and her token. Made once: each world begins with a copy of it."""
    folder = Path(tempfile.mkdtemp(prefix="thinkback-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = LiveServer(folder / "data")
    server.command("migrate")
    return server.data, settle(server)


@contextmanager
def fake_provider(port: str = "0") -> Iterator[str]:
    """The fake upstream as a process; its address."""
    command = [sys.executable, "-m", "tests.upstream", port]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@contextmanager
def small_world(data: Path, *others: str, **environment: str) -> Iterator[World]:
    """Everything started, Alice settled in, no provider added yet. `others` may be reached as well."""
    with fake_provider() as upstream:
        private = ",".join(address.removeprefix("http://") for address in (upstream, *others))
        environment = {"THINKBACK_PRIVATE_UPSTREAMS": private, **environment}
        server = LiveServer(data, **environment)
        world = World(server, upstream)
        if ELSEWHERE.isdisjoint(environment):
            template, world.token = settled()
            shutil.copytree(template, data)
        with server:
            if not world.token:
                world.settle_in()
            yield world
