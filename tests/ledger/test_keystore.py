from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.errors import Sealed
from kiosk.ledger import seal
from kiosk.ledger.keystore import KeyStore


@pytest.fixture
def desk() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture
def store(tmp_path: Path, desk: X25519PrivateKey) -> Iterator[KeyStore]:
    store = KeyStore.open(tmp_path / "keystore.sqlite", desk, b"s" * 32)
    yield store
    store.close()


def test_a_sealed_field_opens_with_its_key_at_its_place_alone() -> None:
    key = seal.new_key()
    sealed = seal.seal(key, "case/text", {"name": "张三"})
    assert seal.unseal(key, "case/text", sealed) == {"name": "张三"}
    assert "张三" not in sealed
    for other_key, context, text in (
        (seal.new_key(), "case/text", sealed),
        (key, "case/person", sealed),
        (key, "case/text", sealed[:-8] + "AAAAAAA="),
        (key, "case/text", "1.!!"),
        (key, "case/text", ""),
        (key, "case/text", "2." + sealed[2:]),
    ):
        with pytest.raises(Sealed):
            seal.unseal(other_key, context, text)


def test_the_length_of_a_sealed_text_does_not_give_away_whether_a_name_was_given() -> None:
    key = seal.new_key()
    assert len(seal.seal(key, "p", ["", ""])) == len(seal.seal(key, "p", ["欧阳小花", "13800000000"]))


def test_the_advisor_and_the_code_open_the_same_key(store: KeyStore) -> None:
    key = store.create("c1", ["a1"], code="123456")
    assert store.open_for("c1", "a1") == store.open_with_code("c1", "123456") == key
    with pytest.raises(Sealed):
        store.open_for("c1", "a2")
    for subject, code in (("c1", "123457"), ("c1", ""), ("c2", "123456")):
        with pytest.raises(Sealed):
            store.open_with_code(subject, code)


def test_a_substitute_can_be_let_in(store: KeyStore) -> None:
    key = store.create("c1", ["a1"])
    store.grant("c1", key, "a2")
    store.grant("c1", key, "a2")
    assert store.open_for("c1", "a2") == key


def test_a_code_opens_nothing_without_the_stations_secret(store: KeyStore, tmp_path: Path, desk: X25519PrivateKey) -> None:
    store.create("c1", [], code="123456")
    elsewhere = KeyStore.open(tmp_path / "keystore.sqlite", desk, b"t" * 32)
    with pytest.raises(Sealed):
        elsewhere.open_with_code("c1", "123456")
    elsewhere.close()


def test_erasing_leaves_nothing_of_a_wrap_in_the_file(store: KeyStore, tmp_path: Path) -> None:
    store.create("case-to-erase", ["a1"], code="123456")
    store.create("c2", ["a1"])
    file = tmp_path / "keystore.sqlite"
    assert b"case-to-erase" in file.read_bytes()
    store.erase("case-to-erase")
    store.erase("case-to-erase")
    assert store.holders("case-to-erase") == ()
    assert all(b"case-to-erase" not in one.read_bytes() for one in tmp_path.iterdir())
    store.open_for("c2", "a1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_bureaus_recovery_key_opens_away_from_the_machine(tmp_path: Path, desk: X25519PrivateKey) -> None:
    recovery = X25519PrivateKey.generate()
    store = KeyStore.open(tmp_path / "keystore.sqlite", desk, b"s" * 32, recovery.public_key())
    key = store.create("c1", [])
    assert store.recover("c1", recovery) == key
    with pytest.raises(Sealed):
        store.recover("c1", X25519PrivateKey.generate())
    with pytest.raises(Sealed):
        store.recover("c2", recovery)
    store.close()


def test_a_mark_finds_equal_texts_and_needs_the_key() -> None:
    assert seal.mark(b"k" * 32, "advised", "先找 村委会\n") == seal.mark(b"k" * 32, "advised", "先找村委会")
    assert seal.mark(b"k" * 32, "advised", "先找村委会") != seal.mark(b"j" * 32, "advised", "先找村委会")
    assert seal.mark(b"k" * 32, "advised", " ") == ""
