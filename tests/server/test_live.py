"""The whole server, as its users start it."""

from __future__ import annotations

import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.live import ROOT, LiveServer
from thinkback.serving.lifecycle import EXIT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server for those tests that leave it as it was."""
    with LiveServer(tmp_path_factory.mktemp("live") / "data") as found:
        yield found


def test_the_first_page_is_there(server: LiveServer) -> None:
    page = httpx.get(server.url + "/", follow_redirects=True)
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_files_have_hashed_names_and_are_kept_for_ever(server: LiveServer) -> None:
    page = httpx.get(server.url + "/", follow_redirects=True).text
    found = re.search(r'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)
    assert found is not None, page
    file = httpx.get(server.url + found[1])
    assert file.status_code == 200
    assert "immutable" in file.headers["cache-control"]
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in file.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_any_host(server: LiveServer, path: str) -> None:
    answer = httpx.get(server.url + path, headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_pages_do_not(server: LiveServer) -> None:
    assert httpx.get(server.url + "/", headers={"host": "evil.example"}).status_code == 400


def test_metrics_are_read_from_this_machine(server: LiveServer) -> None:
    answer = httpx.get(server.url + "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "thinkback_ledger_ready 1.0" in answer.text
    assert httpx.get(server.url + "/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 403


def test_what_it_keeps_is_for_its_owner(server: LiveServer) -> None:
    for path in [server.data, *server.data.glob("secrets/*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_its_database_writes_ahead(server: LiveServer) -> None:
    with sqlite3.connect(server.data / "thinkback.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_command_works_beside_it(server: LiveServer) -> None:
    assert "No migrations to apply" in server.command("migrate")


def test_a_query_is_not_logged(server: LiveServer) -> None:
    httpx.get(server.url + "/nowhere?key=canary")
    server.wait_for_log("GET /nowhere 404")
    assert "canary" not in server.log


def test_a_socket_of_another_site_is_turned_away(server: LiveServer) -> None:
    headers = {
        "origin": "http://evil.example",
        "upgrade": "websocket",
        "connection": "upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "a2tra2tra2tra2tra2traw==",
    }
    assert httpx.get(server.url + "/ws/chat", headers=headers).status_code == 403


def test_a_taken_port_is_said(server: LiveServer, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        LiveServer(tmp_path / "other").command("runserver", "--port", str(server.port))
    assert f"Cannot listen on 127.0.0.1:{server.port}" in caught.value.stderr
    assert "Traceback" not in caught.value.stderr


def test_killed_and_stopped_and_started_again(tmp_path: Path) -> None:
    with LiveServer(tmp_path / "data") as server:
        url = server.url
        server.kill()
        server.start()
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < EXIT
        server.start()
        assert server.url == url
        assert httpx.get(url + "/healthz").status_code == 200


def test_a_copy_is_taken_before_migrations(tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "data")
    server.command("migrate")
    server.command("migrate", "sessions", "zero")
    with server:
        copies = list(server.data.glob("backups/*.sqlite3"))
        assert len(copies) == 1
        with sqlite3.connect(copies[0]) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert "accounts_user" in tables
        assert "django_session" not in tables


def test_nothing_is_copied_for_nothing(server: LiveServer) -> None:
    assert not list(server.data.glob("backups/*"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THINKBACK_LIMITS", "canary"),
        ("THINKBACK_AGENTS", "canary"),
        ("THINKBACK_MASTER_KEYS", "canary"),
        ("THINKBACK_SECRET_KEY_FILE", "/nowhere/at/all"),
        ("DATABASE_URL", "canary://host"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        LiveServer(tmp_path / "data").command("runserver", **{name: value})
    assert caught.value.stderr.startswith(f"ThinkBack cannot start. {name}: ")
    assert "canary" not in caught.value.stderr
    assert caught.value.stderr.count("\n") == 1


def test_what_is_not_there_yet_is_said(tmp_path: Path) -> None:
    with LiveServer(tmp_path / "data", THINKBACK_OIDC_ISSUER="https://id.example.org") as server:
        assert "THINKBACK_OIDC_ISSUER is set, but this version does not use it yet." in server.log


def test_data_may_be_named_on_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "migrate", "--data", str(tmp_path / "named"), "-v", "0"]
    subprocess.run(command, cwd=ROOT, env={"PATH": ""}, check=True, timeout=60)
    assert (tmp_path / "named" / "thinkback.sqlite3").exists()


def test_ctrl_c_is_quiet(tmp_path: Path) -> None:
    with LiveServer(tmp_path / "data") as server:
        assert server.process is not None
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(EXIT) == 0
        assert "Traceback" not in server.log


@pytest.mark.parametrize("kind", ["uvicorn", "granian"])
def test_others_serve_the_same(tmp_path: Path, kind: str) -> None:
    with LiveServer(tmp_path / "data", THINKBACK_SERVER=kind) as server:
        assert httpx.get(server.url + "/", follow_redirects=True).status_code == 200
        server.wait_for_log("GET / 302")
        assert server.stop() in (0, -signal.SIGTERM)  # it ends by the signal that it was sent
        assert "Traceback" not in server.log
