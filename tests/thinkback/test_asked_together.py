"""Those who ask the database the same at the same time share one answer, and nothing but it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from proxy.call import Call, Caller
from proxy.errors import Refused
from tests.thinkback.connections.conftest import KEY
from thinkback import host, in_time
from thinkback.accounts import identity, revocation, tokens
from thinkback.accounts.memory import Memory
from thinkback.accounts.models import User
from thinkback.connections import changes, lookup
from thinkback.in_time import ask_once
from thinkback.vault import keys

MANY = 50


class Slow:
    """A question that is answered when `answered` is set; it counts how often it was asked."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.answer = answer
        self.times = 0
        self.asked = threading.Event()
        self.answered = threading.Event()

    def __call__(self, *_: Any) -> Any:
        self.times += 1
        self.asked.set()
        assert self.answered.wait(60)
        return self.answer()

    async def begun(self) -> None:
        """It is being asked."""
        while not self.asked.is_set():
            await asyncio.sleep(0.001)


@pytest.fixture
def slow() -> Iterator[Slow]:
    """One that answers 7."""
    question = Slow(lambda: 7)
    yield question
    question.answered.set()


async def test_many_share_one(slow: Slow) -> None:
    asked = [asyncio.create_task(ask_once(slow, "key")) for _ in range(MANY)]
    await slow.begun()
    slow.answered.set()
    assert await asyncio.gather(*asked) == [7] * MANY
    assert slow.times == 1
    assert not in_time.UNDER_WAY
    assert (await ask_once(slow, "key"), slow.times) == (7, 2), "nothing is remembered"


async def test_other_arguments_are_another_question(slow: Slow) -> None:
    slow.answered.set()
    await asyncio.gather(ask_once(slow, "key"), ask_once(slow, "other"))
    assert slow.times == 2


async def test_after_a_revocation_nobody_shares_what_began_before(slow: Slow) -> None:
    memory: Memory[int] = Memory()
    before = asyncio.create_task(ask_once(slow, "key", memory.moment()))
    await slow.begun()
    memory.forget("user:1")
    after = [asyncio.create_task(ask_once(slow, "key", memory.moment())) for _ in range(3)]
    await asyncio.sleep(0)
    slow.answered.set()
    assert await asyncio.gather(before, *after) == [7] * 4
    assert slow.times == 2


async def test_the_first_may_leave(slow: Slow) -> None:
    asked = [asyncio.create_task(ask_once(slow, "key")) for _ in range(3)]
    await slow.begun()
    asked[0].cancel()
    await asyncio.wait(asked[:1])
    late = asyncio.create_task(ask_once(slow, "key"))
    await asyncio.sleep(0)
    slow.answered.set()
    assert await asyncio.gather(*asked[1:], late) == [7] * 3
    assert (asked[0].cancelled(), slow.times) == (True, 1)


async def test_when_all_have_left_nothing_is_under_way(slow: Slow) -> None:
    asked = [asyncio.create_task(ask_once(slow, "key")) for _ in range(3)]
    await slow.begun()
    for task in asked:
        task.cancel()
    await asyncio.wait(asked)
    assert not in_time.UNDER_WAY


async def test_a_failure_reaches_all_each_with_his_own_refusal() -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    ends = await asyncio.gather(*(ask_once(refuse) for _ in range(3)), return_exceptions=True)
    assert [isinstance(end, Refused) and end.status for end in ends] == [503] * 3
    assert len({id(end) for end in ends}) == 3  # headers are added to a refusal on its way
    assert not in_time.UNDER_WAY


async def test_nobody_joins_one_that_hangs(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_time, "PULSE", in_time.Pulse())
    monkeypatch.setattr(in_time, "PATIENCE", 60)
    patient = asyncio.create_task(ask_once(slow, "key"))
    await slow.begun()
    monkeypatch.setattr(in_time, "PATIENCE", 0.1)
    with pytest.raises(Refused):
        await ask_once(slow, "key")
    slow.answered.set()
    assert await asyncio.gather(patient, ask_once(slow, "key")) == [7, 7]
    assert slow.times == 2


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[object]]:
    """Replaces a function by itself with a list of its calls."""

    def count(place: Any, name: str) -> list[object]:
        calls: list[object] = []
        original = getattr(place, name)

        def counting(*arguments: Any, **named: Any) -> Any:
            calls.append(arguments)
            return original(*arguments, **named)

        monkeypatch.setattr(place, name, counting)
        return calls

    return count


@pytest.mark.django_db(transaction=True)
async def test_a_crowd_asks_once_for_each_thing(alice: User, counted: Callable[[Any, str], list[object]]) -> None:
    """Its caller, its configuration and its key; and the use of that is written down once."""
    text = (await sync_to_async(tokens.make)(alice, tokens.Wish("laptop")))[1]
    await sync_to_async(changes.create)(alice.pk, {"kind": "openai", "name": "Work", "api_key": KEY})
    places = (identity, "_working"), (lookup, "connection_of"), (keys, "find_sealed"), (keys, "mark_used")
    calls = [counted(*place) for place in places]
    caller = Caller(alice.pk, "session")
    call = Call(caller, "openai", "proxy", "POST", "v1/x")

    async def one() -> str | None:
        assert await identity.identify_token(text) is not None
        connection = await lookup.find(caller, "openai")
        assert connection is not None
        return await host.Site().find_key(connection, call)

    assert await asyncio.gather(*(one() for _ in range(MANY))) == [KEY] * MANY
    assert [len(each) for each in calls] == [1, 1, 1, 1]
    for memory in (identity.CALLERS, lookup.FOUND, host.SEALED):
        memory.forget("*")
    assert await asyncio.gather(*(one() for _ in range(MANY))) == [KEY] * MANY
    assert [len(each) for each in calls] == [2, 2, 2, 1]


@pytest.mark.django_db(transaction=True)
async def test_a_crowd_of_strangers_asks_once_and_is_not_remembered(
    counted: Callable[[Any, str], list[object]],
) -> None:
    calls = counted(identity, "_working")
    for times in (1, 2):
        assert await asyncio.gather(*(identity.identify_token("tb_unknown") for _ in range(MANY))) == [None] * MANY
        assert len(calls) == times


@pytest.mark.django_db(transaction=True)
async def test_revoked_while_it_is_looked_up(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token, text = await sync_to_async(tokens.make)(alice, tokens.Wish("laptop"))
    read = identity._working
    found = [read, lambda digest: None]  # before the revocation it works, afterwards no more
    gate = Slow(lambda: None)

    def working(digest: str) -> Any:
        answer = found[min(gate.times, 1)](digest)
        gate()
        return answer

    monkeypatch.setattr(identity, "_working", working)
    before = asyncio.create_task(identity.identify_token(text))
    await gate.begun()
    revocation.tell(f"token:{token.pk}")
    after = asyncio.create_task(identity.identify_token(text))
    await asyncio.sleep(0)
    gate.answered.set()
    assert await before is not None
    assert await after is None
    assert await identity.identify_token(text) is None, "what was read before is not remembered either"
