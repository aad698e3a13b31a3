"""The site runs on PostgreSQL and with Redis as it does on its own file."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from tests.live import LiveServer

OWNER = {"DJANGO_SUPERUSER_USERNAME": "alice", "DJANGO_SUPERUSER_PASSWORD": "correct horse battery staple"}

SLEEP = 8  # seconds
INJECTIONS = [f"{start}' OR pg_sleep({SLEEP}) IS NOT NULL--" for start in ("", "tb_", "tb_" + "x" * 40)]


@pytest.mark.postgres
def test_postgres(postgres_url: str, tmp_path: Path) -> None:
    with LiveServer(tmp_path / "data", DATABASE_URL=postgres_url) as server:
        server.command("createsuperuser", "--noinput", DJANGO_SUPERUSER_EMAIL="alice@example.org", **OWNER)
        token = server.command("create_token", "alice", "--name", "test").strip()
        headers = {"authorization": f"Bearer {token}"}
        assert httpx.get(server.url + "/api/usage/records", headers=headers).json()["results"] == []
        assert not (server.data / "thinkback.sqlite3").exists()
        check_injections(server.url)
        assert server.stop() == 0


def check_injections(url: str) -> None:
    """A presented key is never part of a statement: SQL in it is an unknown key, at once."""
    for key in INJECTIONS:
        for headers in ({"authorization": f"Bearer {key}"}, {"x-api-key": key}, {"cookie": f"sessionid={key}"}):
            began = time.monotonic()
            assert httpx.get(f"{url}/api/proxy/practice/v1/models", headers=headers).status_code == 401
            assert time.monotonic() - began < SLEEP


@pytest.mark.redis
def test_redis(redis_url: str, tmp_path: Path) -> None:
    with LiveServer(tmp_path / "data", REDIS_URL=redis_url) as server:
        assert httpx.get(server.url + "/accounts/login/").status_code in (200, 302)
        assert server.stop() == 0
        assert "Traceback" not in server.log


@pytest.mark.redis
def test_processes_share_limits(redis_url: str, tmp_path: Path) -> None:
    more = {"REDIS_URL": redis_url, "THINKBACK_LIMITS": "requests_per_minute=3"}
    with LiveServer(tmp_path / "data", **more) as one, LiveServer(tmp_path / "data", **more) as other:
        one.command("createsuperuser", "--noinput", DJANGO_SUPERUSER_EMAIL="alice@example.org", **OWNER)
        token = one.command("create_token", "alice", "--name", "test").strip()
        headers = {"authorization": f"Bearer {token}"}
        urls = [f"{server.url}/api/proxy/practice/v1/models" for server in (one, other, one, other)]
        replies = [httpx.get(url, headers=headers) for url in urls]
        assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
        assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["2", "1", "0", "0"]
        assert one.stop() == other.stop() == 0
        assert "Redis" not in one.log + other.log
