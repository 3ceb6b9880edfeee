from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.errors import IdentityError
from kiosk.identity.keys import Keys


def test_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keys"
    first, second = Keys.load(folder), Keys.load(folder)
    assert first.node.public == second.node.public
    assert first.station == second.station
    assert first.desk.private_bytes_raw() == second.desk.private_bytes_raw()
    assert {path.name for path in folder.iterdir()} == {"node.key", "desk.key", "station.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_of_two_starts_at_the_same_moment_one_makes_the_keys(tmp_path: Path) -> None:
    loaded: list[bytes] = []
    threads = [threading.Thread(target=lambda: loaded.append(Keys.load(tmp_path / "keys").node.public)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 6
    assert len(set(loaded)) == 1


@pytest.mark.parametrize("lost", ["desk.key", "station.key"])
def test_a_lost_key_is_never_replaced_silently(tmp_path: Path, lost: str) -> None:
    Keys.load(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(IdentityError, match=lost):
        Keys.load(tmp_path)


def test_a_start_that_was_cut_off_between_two_keys_goes_on(tmp_path: Path) -> None:
    Keys.load(tmp_path)
    (tmp_path / "node.key").unlink()  # made last
    Keys.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_torn_key_is_named(tmp_path: Path, content: bytes) -> None:
    Keys.load(tmp_path)
    (tmp_path / "node.key").write_bytes(content)
    with pytest.raises(IdentityError, match=r"node\.key"):
        Keys.load(tmp_path)


def test_keys_of_another_kind_are_refused(tmp_path: Path) -> None:
    Keys.load(tmp_path)
    (tmp_path / "node.key").write_bytes((tmp_path / "desk.key").read_bytes())
    with pytest.raises(IdentityError, match="种类"):
        Keys.load(tmp_path)


def test_the_bureaus_recovery_key_is_read_when_it_is_there(tmp_path: Path) -> None:
    assert Keys.load(tmp_path).recovery is None
    public = X25519PrivateKey.generate().public_key()
    (tmp_path / "recovery.pub").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    recovery = Keys.load(tmp_path).recovery
    assert recovery is not None
    assert recovery.public_bytes_raw() == public.public_bytes_raw()
    (tmp_path / "recovery.pub").write_text("?")
    with pytest.raises(IdentityError, match="恢复公钥"):
        Keys.load(tmp_path)
