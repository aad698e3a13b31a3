"""The page of sessions, and the agents among the providers."""

from __future__ import annotations

import signal
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.thinkback.accounts.browser import signed_in
from tests.thinkback.agents.conftest import TurnOn, add_agent
from thinkback.accounts.models import AuditEntry, User
from thinkback.agents import marks, sessions
from thinkback.agents.keeper import clear
from thinkback.agents.models import Session
from thinkback.usage.models import Boot

pytestmark = pytest.mark.django_db
HERE = "/settings/agents"


def session(user: User, work: Path, **more: object) -> Session:
    return Session.objects.create(user=user, slug="claudecode", kind="claudecode", directory=str(work / "one"), **more)


def test_without_agents_there_is_nothing(alice: User) -> None:
    browser = signed_in(alice)
    assert browser.get(HERE).status_code == 404
    assert HERE not in browser.get("/settings/").content.decode()
    assert "Claude Code" not in browser.get("/settings/providers").content.decode()


def test_staff_sees_those_of_all(alice: User, bob: User, charlie: User, turn_on: TurnOn, work: Path) -> None:
    turn_on()
    session(bob, work, reported_pico=1_500_000_000_000, answers=2)
    mine, hers, his = (signed_in(user).get(HERE).content.decode() for user in (bob, alice, charlie))
    assert f"{work}/one" in mine and "$1.50 by its own reckoning" in mine and "2 answers" in mine
    assert f"{work}/one" in hers and '<span class="badge">bob</span>' in hers
    assert f"{work}/one" not in his and "No sessions yet" in his


def test_suspend_resume_move_end(alice: User, turn_on: TurnOn, work: Path) -> None:
    turn_on()
    row = session(alice, work, agent_id="x", said="1:x")
    browser = signed_in(alice)
    for do, state in (("suspend", "suspended"), ("resume", "active"), ("end", "ended"), ("resume", "ended")):
        assert browser.post(f"{HERE}/{row.id}", {"do": do}).status_code == 302
        row.refresh_from_db()
        assert row.state == state
    row = session(alice, work, agent_id="x", said="1:x")
    browser.post(f"{HERE}/{row.id}", {"do": "move", "directory": f"{work}/two"})
    row.refresh_from_db()
    assert (row.directory, row.agent_id, row.said) == (f"{work}/two", "", "")
    page = browser.post(f"{HERE}/{row.id}", {"do": "move", "directory": "/etc"}, follow=True).content.decode()
    assert "There is no directory /etc that agents may use." in page
    assert browser.post(f"{HERE}/{row.id}", {"do": "explode"}).status_code == 400
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions >= {"agent_suspended", "agent_resumed", "agent_ended", "agent_moved"}


def test_bob_does_not_touch_what_is_charlies(bob: User, charlie: User, turn_on: TurnOn, work: Path) -> None:
    turn_on()
    row = session(charlie, work)
    assert signed_in(bob).post(f"{HERE}/{row.id}", {"do": "end"}).status_code == 404
    assert signed_in(charlie).get(f"{HERE}/{row.id}").status_code == 405


def test_a_full_house(alice: User, turn_on: TurnOn, work: Path) -> None:
    turn_on(sessions_each=1)
    session(alice, work)
    row = session(alice, work, state="suspended")
    page = signed_in(alice).post(f"{HERE}/{row.id}", {"do": "resume"}, follow=True).content.decode()
    assert "You have 1 active sessions" in page


def test_idle_ones_are_suspended(alice: User, turn_on: TurnOn, work: Path) -> None:
    turn_on(idle_minutes=5)
    long_ago = timezone.now() - timedelta(minutes=6)
    idle, busy = (session(alice, work, used_at=long_ago) for _ in range(2))
    fresh = session(alice, work)
    Session.objects.filter(id=busy.id).update(boot_id=uuid4())
    assert sessions.reap() == 1
    idle.refresh_from_db()
    assert (idle.state, idle.reason) == ("suspended", "Idle for 5 minutes")
    assert Session.objects.filter(state="active").count() == 2 and fresh.state == "active"


def test_those_of_a_dead_server_are_suspended(alice: User, turn_on: TurnOn, work: Path) -> None:
    turn_on()
    now = timezone.now()
    living = Boot.objects.create(started_at=now, heartbeat_at=now, host="another", pid=1)
    lost, held = session(alice, work, boot_id=uuid4()), session(alice, work, boot_id=living.id)
    assert sessions.recover() == 1
    lost.refresh_from_db()
    held.refresh_from_db()
    assert (lost.state, lost.boot_id, held.state, held.boot_id) == ("suspended", None, "active", living.id)


def test_the_form_names_what_is_wrong(alice: User, turn_on: TurnOn, work: Path) -> None:
    turn_on()
    browser = signed_in(alice)
    assert "Runs on this server" in browser.get("/settings/providers").content.decode()
    form = browser.get("/settings/providers/new/claudecode").content.decode()
    assert f'value="{work}"' in form and "It runs on this server" in form
    refused = browser.post("/settings/providers/new/claudecode", {"name": "C", "directory": "/etc", "provider": "x"})
    assert refused.status_code == 400 and b"There is no directory /etc" in refused.content
    add_agent(alice, work / "one")
    page = browser.get("/settings/providers/claudecode").content.decode()
    assert "Its sessions" in page and "Use it from a program" not in page
    assert "Claude Code" not in browser.get("/connect").content.decode()


def test_the_status_page_counts_them(alice: User, turn_on: TurnOn, work: Path) -> None:
    browser = signed_in(alice)
    assert "They may" not in browser.get("/settings/status").content.decode()
    turn_on(sessions=4)
    for state in ("active", "suspended", "ended"):
        session(alice, work, state=state)
    page = browser.get("/settings/status").content.decode()
    assert "1 of 4, 0 of them answering" in page and f"<code>{work}</code>" in page


def test_what_a_dead_server_left_running_is_ended(turn_on: TurnOn, tmp_path: Path, settings: Settings) -> None:
    turn_on()
    settings.DATA = tmp_path  # an installation that no other process of these tests belongs to
    now = timezone.now()
    living = Boot.objects.create(started_at=now, heartbeat_at=now, host="another", pid=1)
    marked = [marks.mark(boot, uuid4()) for boot in (uuid4(), living.id)] + ["another installation:x:y", ""]
    left = [subprocess.Popen(["/bin/sleep", "60"], env={marks.NAME: mark}) for mark in marked]
    try:
        assert clear() == 1
        assert left[0].wait(10) == -signal.SIGKILL
        assert [one.poll() for one in left[1:]] == [None, None, None]
    finally:
        for one in left:
            one.kill()
            one.wait()
