"""Answers of a server run that is dead are marked; those of the living are left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from proxy.call import new_id
from thinkback.accounts.models import User
from thinkback.chat import recovery
from thinkback.chat.models import Conversation, Message
from thinkback.usage import boots
from thinkback.usage.models import Boot


def answer(user: User, boot_id: UUID | None, status: str = "streaming") -> Message:
    conversation = Conversation.objects.create(user=user)
    return Message.objects.create(
        conversation=conversation, role="assistant", status=status, text="so far", boot_id=boot_id
    )


def dead_boot() -> UUID:
    now = datetime(2020, 1, 1, tzinfo=UTC)
    return Boot.objects.create(id=new_id(), started_at=now, heartbeat_at=now, host="elsewhere", pid=1).id


@pytest.mark.parametrize("boot", ["dead", "unknown", "none"])
def test_an_orphan_is_interrupted_and_keeps_its_text(alice: User, boot: str) -> None:
    message = answer(alice, {"dead": dead_boot(), "unknown": new_id(), "none": None}[boot])
    assert recovery.recover() == 1
    message.refresh_from_db()
    assert (message.status, message.text) == ("interrupted", "so far")
    assert message.finished_at is not None


def test_the_answers_of_the_living_are_left_alone(alice: User, settings: object, tmp_path: object) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    life = boots.Life()
    life.begin()
    message = answer(alice, life.id)
    assert recovery.recover() == 0
    message.refresh_from_db()
    assert message.status == "streaming"
    life.end()


@pytest.mark.parametrize("status", ["done", "stopped", "error"])
def test_what_has_ended_is_left_alone(alice: User, status: str) -> None:
    answer(alice, None, status)
    assert recovery.recover() == 0
