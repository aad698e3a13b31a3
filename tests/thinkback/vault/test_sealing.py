"""What is sealed opens for the same binding and the same master key, and for nothing else."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkback.vault.sealing import Binding, Sealed, Unsealable, seal, unseal

MASTERS = [("one", b"1" * 32), ("two", b"2" * 32)]
ALICE = Binding(owner_id=1, kind="openai", hosts=("api.openai.com",), ref="connection:1")
ELSEWHERE = {
    "owner_id": 2,
    "kind": "custom",
    "hosts": ("api.openai.com.evil.example",),
    "ref": "connection:2",
    "field": "secret_header",
}


@given(st.text(st.characters(codec="utf-8")))
def test_it_opens_again(key: str) -> None:
    assert unseal(seal(key, ALICE, MASTERS), ALICE, MASTERS) == key


@pytest.mark.parametrize("part", ELSEWHERE)
def test_another_binding_cannot_open_it(part: str) -> None:
    sealed = seal("sk-canary", ALICE, MASTERS)
    with pytest.raises(Unsealable):
        unseal(sealed, dataclasses.replace(ALICE, **{part: ELSEWHERE[part]}), MASTERS)


def test_order_and_case_of_hosts_do_not_matter() -> None:
    sealed = seal("sk-canary", dataclasses.replace(ALICE, hosts=("B.example", "a.example")), MASTERS)
    assert unseal(sealed, dataclasses.replace(ALICE, hosts=("a.example", "b.example")), MASTERS) == "sk-canary"


@pytest.mark.parametrize("part", ["salt", "nonce", "ciphertext"])
def test_an_altered_record_cannot_be_opened(part: str) -> None:
    sealed = seal("sk-canary", ALICE, MASTERS)
    altered = bytearray(getattr(sealed, part))
    altered[0] ^= 1
    with pytest.raises(Unsealable):
        unseal(dataclasses.replace(sealed, **{part: bytes(altered)}), ALICE, MASTERS)


def test_an_older_master_key_still_opens_and_a_missing_one_says_so() -> None:
    sealed = seal("sk-canary", ALICE, MASTERS[1:])
    assert unseal(sealed, ALICE, MASTERS) == "sk-canary"
    with pytest.raises(Unsealable, match="'two'"):
        unseal(sealed, ALICE, MASTERS[:1])


def test_the_same_key_never_looks_the_same() -> None:
    first, second = seal("sk-canary", ALICE, MASTERS), seal("sk-canary", ALICE, MASTERS)
    assert first.salt != second.salt and first.nonce != second.nonce and first.ciphertext != second.ciphertext


def test_nothing_of_the_key_is_in_the_record() -> None:
    sealed: Sealed = seal("sk-canary-0123456789", ALICE, MASTERS)
    assert "canary" not in repr(sealed) and b"canary" not in sealed.ciphertext
