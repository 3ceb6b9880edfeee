"""The keys of this machine, each made once and kept in data/keys, readable by its owner alone.

node.key       Ed25519: signs every event; its fingerprint is the node's name
desk.key       X25519: opens the case keys of the advisors whose desk this is
station.key    32 random bytes: the station's half of every pick-up code, and of keyed fingerprints
recovery.pub   X25519, optional, laid there by the bureau; its private half never comes near this machine
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key, load_pem_public_key

from kiosk.errors import IdentityError

NODE, DESK, STATION = "node.key", "desk.key", "station.key"


class NodeKey:
    """The key that signs for this node."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> Self:
        return cls(Ed25519PrivateKey.generate())

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything in data/keys."""

    node: NodeKey
    desk: X25519PrivateKey
    station: bytes = field(repr=False)
    recovery: X25519PublicKey | None

    @staticmethod
    def exist(folder: Path) -> bool:
        return (folder / NODE).exists()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the keys, made first where there are none. Raises IdentityError when one is lost or cannot be read."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if cls.exist(folder):
            lost = [name for name in (DESK, STATION) if not (folder / name).exists()]
            if lost:
                raise IdentityError(f"{folder} 里缺 {'、'.join(lost)}，没有它打不开案件。请用备份恢复。")
        station = _kept(folder / STATION, lambda: secrets.token_bytes(32))
        desk = _private(folder / DESK, lambda: _pem(X25519PrivateKey.generate()))
        node = _private(folder / NODE, lambda: _pem(Ed25519PrivateKey.generate()))  # the last: where it is, all are
        if not isinstance(node, Ed25519PrivateKey) or not isinstance(desk, X25519PrivateKey) or len(station) != 32:
            raise IdentityError(f"{folder} 里的密钥种类不对。请用备份恢复这个文件夹。")
        return cls(NodeKey(node), desk, station, _recovery(folder / "recovery.pub"))


def _private(path: Path, make: Callable[[], bytes]) -> object:
    data = _kept(path, make)
    try:
        return load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as cause:
        raise IdentityError(f"密钥文件 {path} 读不懂。请用备份恢复它。") from cause


def _recovery(path: Path) -> X25519PublicKey | None:
    if not path.exists():
        return None
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, OSError) as cause:
        raise IdentityError(f"恢复公钥 {path} 读不懂。") from cause
    if not isinstance(key, X25519PublicKey):
        raise IdentityError(f"恢复公钥 {path} 不是 X25519 公钥。")
    return key


def _pem(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's bytes; made first when absent. A file is there whole or not at all, and of two makers one wins."""
    try:
        if not path.exists():
            _publish(path, make())
        return path.read_bytes()
    except OSError as cause:
        raise IdentityError(f"密钥文件 {path} 不能读或不能写：{cause.strerror}。") from cause


def _publish(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink()
