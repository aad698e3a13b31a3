"""ThinkBack itself, on data of its own: an owner, a token, and one provider that is the mock upstream."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.processes import cores, free_port, start, stop
from bench.subject import Subject

ROOT = Path(__file__).resolve().parents[1]
PATH = "/api/proxy/openai/v1/chat/completions"
UNLIMITED = "requests_per_minute=100000000,tokens_per_minute=100000000000,streams=100000"
OWNER = {
    "DJANGO_SUPERUSER_USERNAME": "alice",
    "DJANGO_SUPERUSER_PASSWORD": "correct horse battery staple",
    "DJANGO_SUPERUSER_EMAIL": "alice@example.org",
}


def subjects(upstream: int, folder: Path) -> list[Subject]:
    """ThinkBack on Daphne, and on the other servers where they are installed."""
    environment = {
        "THINKBACK_DATA": str(folder / "data"),
        "THINKBACK_PRIVATE_UPSTREAMS": f"127.0.0.1:{upstream}",
        "THINKBACK_LIMITS": UNLIMITED,
    }
    token = prepared(environment)
    kinds = ["daphne", *(kind for kind in ("uvicorn", "granian") if importlib.util.find_spec(kind))]
    found = [on(kind, environment, token) for kind in kinds]
    add_provider(found[0], upstream, folder)
    return found


def on(kind: str, environment: dict[str, str], token: str) -> Subject:
    """ThinkBack on one kind of server."""
    port = free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "runserver", "--port", str(port)]
    headers = {"Authorization": f"Bearer {token}"}
    return Subject(f"ThinkBack, {kind}", port, PATH, command, headers, {**environment, "THINKBACK_SERVER": kind}, ROOT)


def prepared(environment: dict[str, str]) -> str:
    """Make the database and the owner. Returns a token."""

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        settings = {**os.environ, **environment, **OWNER}
        return subprocess.run(command, cwd=ROOT, env=settings, check=True, stdout=subprocess.PIPE, text=True).stdout

    run("migrate", "-v0")
    run("createsuperuser", "--noinput")
    return run("create_token", "alice", "--name", "bench").strip()


def add_provider(subject: Subject, upstream: int, folder: Path) -> None:
    """Tell a server, started for that, of the mock upstream. Raises OSError where it will not have it."""
    fields = {
        "kind": "openai",
        "name": "OpenAI",
        "base_url": f"http://127.0.0.1:{upstream}",
        "api_key": "sk-" + "x" * 24,
    }
    headers = {**subject.headers, "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{subject.port}/api/providers"
    request = urllib.request.Request(url, json.dumps(fields).encode(), headers)
    process = start(subject.command, cores()[0], folder / "prepare.log", subject.environment, subject.folder)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(request, timeout=10).read()
                return
            except urllib.error.HTTPError as error:
                raise OSError(f"The provider was refused: {error.read()!r}") from error
            except OSError:
                time.sleep(0.1)
        raise OSError(f"ThinkBack did not start: {(folder / 'prepare.log').read_text()}")
    finally:
        stop(process)
