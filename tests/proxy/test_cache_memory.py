"""The answers in memory: bounded in all and for each user, the oldest forgotten first."""

from __future__ import annotations

from datetime import UTC, datetime

from proxy.caching.store import OVERHEAD, Entry, Store
from proxy.call import new_id
from proxy.record import Record

SIZE = 1000 + OVERHEAD


def entry(size: int = 1000) -> Entry:
    record = Record(new_id(), 1, datetime.now(UTC), 1, "proxy", "openai", "openai", "chat", "v1", "POST")
    return Entry(b"x" * size, (), record, 0.0, 60.0)


def store(entries: int) -> Store:
    return Store(room=entries * SIZE, clock=lambda: 1.0)


def test_one_user_has_at_most_half() -> None:
    answers = store(10)
    for number in range(20):
        answers.put((1, bytes([number])), entry(), answers.forgotten)
    assert answers.size == 5 * SIZE
    assert [number for number in range(20) if answers.get((1, bytes([number])))] == [15, 16, 17, 18, 19]


def test_who_has_most_makes_room() -> None:
    answers = store(10)
    for user, count in ((1, 5), (2, 3), (3, 2), (4, 1)):
        for number in range(count):
            answers.put((user, bytes([number])), entry(), answers.forgotten)
    assert {user: len(kept) for user, kept in answers.users.items()} == {1: 4, 2: 3, 3: 2, 4: 1}
    assert answers.size == sum(answers.sizes.values()) == 10 * SIZE


def test_what_is_used_stays() -> None:
    answers = store(4)
    answers.put((1, b"a"), entry(), 0)
    answers.put((1, b"b"), entry(), 0)
    assert answers.get((1, b"a"))
    answers.put((1, b"c"), entry(), 0)
    assert answers.get((1, b"b")) is None and answers.get((1, b"a"))


def test_the_same_again_takes_no_further_room() -> None:
    answers = store(4)
    for _ in range(5):
        answers.put((1, b"a"), entry(), 0)
    assert answers.size == SIZE


def test_an_answer_larger_than_a_share_is_not_kept() -> None:
    answers = store(1)
    answers.put((1, b"a"), entry(), 0)
    assert answers.size == 0 and not answers.users


def test_one_users_answers_are_forgotten_and_no_others() -> None:
    answers = store(10)
    for user in (1, 2):
        answers.put((user, b"a"), entry(), 0)
    answers.forget(1)
    assert answers.get((1, b"a")) is None and answers.get((2, b"a"))
    answers.put((1, b"a"), entry(), 0)  # asked for before it was forgotten
    assert answers.get((1, b"a")) is None
    answers.forget()
    assert answers.size == 0 and not answers.users


def test_what_is_too_old_is_gone() -> None:
    answers = store(4)
    answers.put((1, b"a"), entry(), 0)
    answers.clock = lambda: 60.0
    assert answers.get((1, b"a")) is None and answers.size == 0
