"""The site runs on PostgreSQL and with Redis as it does on its own file."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.live import LiveServer

OWNER = {"DJANGO_SUPERUSER_USERNAME": "alice", "DJANGO_SUPERUSER_PASSWORD": "correct horse battery staple"}


@pytest.mark.postgres
def test_postgres(postgres_url: str, tmp_path: Path) -> None:
    with LiveServer(tmp_path / "data", DATABASE_URL=postgres_url) as server:
        server.command("createsuperuser", "--noinput", DJANGO_SUPERUSER_EMAIL="alice@example.org", **OWNER)
        token = server.command("create_token", "alice", "--name", "test").strip()
        headers = {"authorization": f"Bearer {token}"}
        assert httpx.get(server.url + "/api/usage/records", headers=headers).json()["results"] == []
        assert not (server.data / "thinkback.sqlite3").exists()
        assert server.stop() == 0


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
