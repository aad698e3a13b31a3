"""Identifiers are in the order in which they were made, as versions and lists are."""

from __future__ import annotations

import time

from proxy.call import new_id


def test_they_are_version_7_and_of_now() -> None:
    before, made, after = time.time_ns() // 1_000_000, new_id(), time.time_ns() // 1_000_000
    assert made.version == 7 and made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after


def test_two_of_one_millisecond_keep_their_order() -> None:
    made = []
    for _ in range(200):
        made.append(new_id())
        end = time.time_ns() + 2_000  # as long as the least that is done between two
        while time.time_ns() < end:
            pass
    assert made == sorted(made) and len(set(made)) == 200
