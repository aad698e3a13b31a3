"""What becomes of sessions in the database: taken for an answer, given back, suspended, resumed, moved, ended."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from providers import InvalidRequest, RateLimited
from thinkback.accounts import audit, revocation
from thinkback.accounts.models import User
from thinkback.agents import paths
from thinkback.agents.models import Session
from thinkback.asked import Asked
from thinkback.usage import boots
from thinkback.usage.models import Boot
from thinkback.usage.money import to_pico

BUSY = "This session is answering already. Wait for it, or stop it first."
SUBJECT = "agent"  # of announcements: `agent:<id>`, a session that is to stop
LATER = 60.0  # seconds after which to try again; so long that nobody waits for it
RESTARTED = "The server was restarted"


def take(asked: Asked, kind: str, directory: str, boot_id: UUID | None, here: Container[UUID] = ()) -> Session:
    """The session of this conversation, a new one if need be, held for one answer. Raises ProviderError.

    `here` are those that answer in this process: one that it holds otherwise was not given back.
    """
    assert asked.chat_id is not None
    try:
        with transaction.atomic():
            _lock()
            there = Session.objects.filter(conversation_id=asked.chat_id, slug=asked.slug)
            row = there.exclude(state=Session.State.ENDED).first()
            if row is None:
                path = checked(directory)
                row = Session(user_id=asked.caller.user_id, conversation_id=asked.chat_id, slug=asked.slug, kind=kind)
                row.directory, row.state = path, Session.State.SUSPENDED
            elif row.boot_id in alive() and (row.boot_id != boot_id or row.id in here):
                raise busy()
            forget_token(row)
            _activate(row)
            checked(row.directory)
            row.boot_id, row.used_at = boot_id, timezone.now()
            row.save()
            return row
    except IntegrityError:
        raise busy() from None


def busy() -> RateLimited:
    """The refusal of a second answer at a time."""
    return RateLimited(BUSY, status=429, code="session_busy", retry_after=LATER)


def heard(id: UUID, agent_id: str, said: str) -> None:
    """The agent is at work, and has in mind what the user said so far."""
    Session.objects.filter(id=id).update(agent_id=agent_id[:200], said=said)


def give_back(id: UUID, *, answered: bool, cost: Decimal | None, why: str = "") -> None:
    """The answer is over. With a reason the session is suspended as well, unless it has ended."""
    with transaction.atomic():
        row = Session.objects.select_for_update().filter(id=id).first()
        if row is None:
            return
        forget_token(row)
        row.boot_id, row.used_at = None, timezone.now()
        row.answers += answered
        pico = to_pico(cost)
        if pico is not None:
            row.reported_pico = (row.reported_pico or 0) + pico
        if why and row.state == Session.State.ACTIVE:
            row.state, row.reason = Session.State.SUSPENDED, why
        row.save()


def suspend(row: Session, who: User) -> None:
    """Give its place up. An answer under way stops, whichever process makes it."""
    _change(row, who, "agent_suspended", Q(state=Session.State.ACTIVE), state=Session.State.SUSPENDED, reason="")


def end(row: Session, who: User) -> None:
    """End it for good; the conversation stays."""
    _change(row, who, "agent_ended", ~Q(state=Session.State.ENDED), state=Session.State.ENDED, reason="")


def resume(row: Session, who: User) -> None:
    """Give it a place again. Raises RateLimited where there is none."""
    with transaction.atomic():
        _lock()
        row = Session.objects.select_for_update().get(id=row.id)
        if row.state == Session.State.SUSPENDED:
            _activate(row)
            row.used_at = timezone.now()
            row.save()
            audit.record("agent_resumed", who.pk, str(row)[:200])


def move(row: Session, who: User, directory: str) -> None:
    """Have it work in another directory from the next answer on: the agent begins anew there, and is told what was
    said. Raises ProviderError."""
    path = checked(directory)
    open_ = Session.objects.filter(id=row.id).exclude(state=Session.State.ENDED)
    if not open_.filter(boot_id=None).update(directory=path, agent_id="", said=""):
        raise busy()
    audit.record("agent_moved", who.pk, f"{row} to {path}"[:200])


def reap() -> int:
    """Suspend the sessions that nobody has used for long; how many."""
    since = timezone.now() - timedelta(minutes=settings.AGENTS.idle_minutes)
    idle = Session.objects.filter(state=Session.State.ACTIVE, boot_id=None, used_at__lt=since)
    return idle.update(state=Session.State.SUSPENDED, reason=f"Idle for {settings.AGENTS.idle_minutes} minutes")


def recover() -> int:
    """Suspend the sessions that were answering under a run of the server that is dead; how many."""
    lost = Session.objects.exclude(boot_id=None).exclude(boot_id__in=alive())
    for row in lost.exclude(token=None):
        forget_token(row)
    count = lost.filter(state=Session.State.ACTIVE).update(state=Session.State.SUSPENDED, reason=RESTARTED)
    lost.update(boot_id=None)
    return count


def forget_token(row: Session) -> None:
    """The token of its agent's calls works no more, in any process."""
    token, row.token = row.token, None
    if token is not None:
        id = token.pk
        token.delete()
        revocation.announce(f"token:{id}")


def alive() -> set[UUID]:
    """The runs of the server that live."""
    now = timezone.now()
    return {boot.id for boot in Boot.objects.filter(ended_at=None) if boots.is_alive(boot, now)}


def may_go_on(id: UUID) -> bool:
    """Whether it is still active."""
    return Session.objects.filter(id=id, state=Session.State.ACTIVE).exists()


def open_now() -> dict[str, int]:
    """How many sessions there are of all users, by state, without those that have ended."""
    rows = Session.objects.exclude(state=Session.State.ENDED)
    answering, active = rows.exclude(boot_id=None).count(), rows.filter(state=Session.State.ACTIVE).count()
    return {"answering": answering, "active": active, "suspended": rows.count() - active}


def seen_by(user: User) -> QuerySet[Session]:
    """The sessions that this user sees: his own, or everybody's for owner and administrators; the newest first."""
    rows = Session.objects.select_related("user", "conversation").order_by("-used_at")
    return rows if user.is_staff else rows.filter(user=user)


def checked(directory: str) -> str:
    """The real path of a directory that agents may use now. Raises InvalidRequest."""
    try:
        return str(paths.directory(directory, settings.AGENTS.roots, settings.DATA))
    except ValueError as error:
        raise InvalidRequest(str(error), status=400, code="session_directory") from None


def _activate(row: Session) -> None:
    if row.state == Session.State.ACTIVE:
        return
    active = Session.objects.filter(state=Session.State.ACTIVE)
    agents = settings.AGENTS
    if active.filter(user_id=row.user_id).count() >= agents.sessions_each:
        full = f"You have {agents.sessions_each} active sessions of agents already. Suspend or end one of them."
    elif active.count() >= agents.sessions:
        full = "As many sessions of agents are active as this site allows. Try again later."
    else:
        row.state, row.reason = Session.State.ACTIVE, ""
        return
    raise RateLimited(full, status=429, code="too_many_sessions", retry_after=LATER)


def _lock() -> None:
    """One at a time takes a place, also on PostgreSQL; SQLite's transactions wait for one another anyway."""
    list(User.objects.select_for_update().filter(role=User.Role.OWNER))


def _change(row: Session, who: User, action: str, where: Q, **values: str) -> None:
    if Session.objects.filter(where, id=row.id).update(**values):
        audit.record(action, who.pk, str(row)[:200])
        revocation.announce(f"{SUBJECT}:{row.id}")
