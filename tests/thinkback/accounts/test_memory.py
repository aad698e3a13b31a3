"""What is remembered is bounded, short-lived, and gone when its subject is announced."""

from __future__ import annotations

from thinkback.accounts.memory import Memory


def test_what_is_forgotten_during_a_lookup_is_not_kept() -> None:
    memory: Memory[str] = Memory()
    moment = memory.moment()
    memory.forget("user:1")
    memory.keep("key", "old", ("user:1",), moment)
    assert memory.get("key") is None


def test_the_one_unused_for_longest_makes_room() -> None:
    memory: Memory[int] = Memory(entries=2)
    for number in (1, 2):
        memory.keep(number, number, (), memory.moment())
    memory.get(1)
    memory.keep(3, 3, (), memory.moment())
    assert [memory.get(number) for number in (1, 2, 3)] == [1, None, 3]


def test_nothing_is_remembered_for_longer_than_it_says() -> None:
    memory: Memory[int] = Memory(seconds=0)
    memory.keep("key", 1, (), memory.moment())
    assert memory.get("key") is None


def test_only_what_a_subject_ends_is_forgotten() -> None:
    memory: Memory[int] = Memory()
    memory.keep("a", 1, ("user:1",), memory.moment())
    memory.keep("b", 2, ("user:2",), memory.moment())
    memory.forget("user:1")
    assert (memory.get("a"), memory.get("b")) == (None, 2)
    memory.forget("*")
    assert memory.get("b") is None
