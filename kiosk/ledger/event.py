"""An event: the one thing that the ledger holds. Its bytes, its digest, its signature.

The digest is SHA-256 over the canonical form (RFC 8785, JSON Canonicalization Scheme) of the event without `digest` and
`signature`; the signature is Ed25519 over the 32 bytes of the digest. `node` is the fingerprint of the key that signs,
and each node's first event (`node.joined`) carries that key, so a chain can be checked with nothing else at hand.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.errors import ChainBroken, EventRefused

BODY_BYTES = 64 * 1024
HEADS = 2_000  # that `after` may name
EVENT_BYTES = 256 * 1024
DEPTH = 12
LAMPORT_MOST = 2**50  # leaves room below 2**53, the largest whole number of JSON
JOINED = "node.joined"

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NODE = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z_]{1,32}\.[a-z_]{1,32}")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_WORD = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}")


class Signer(Protocol):
    """A node's Ed25519 key. `public` is the raw 32 bytes; `sign` returns the raw 64."""

    @property
    def public(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. `prev` is the digest of the node's event before it ("" for the first), `after` the digests of other
    nodes' heads that the writer had seen since its own last event. `at` is for people; order is (lamport, node, seq)."""

    id: str
    node: str
    seq: int
    lamport: int
    after: tuple[str, ...]
    at: str
    actor: str
    kind: str
    subject: str
    version: int
    body: Mapping[str, Any]
    prev: str
    digest: str
    signature: str

    @property
    def order(self) -> tuple[int, str, int]:
        return (self.lamport, self.node, self.seq)

    def text(self) -> str:
        """The canonical form of the whole event, as it is stored and sent."""
        return canonical(asdict(self)).decode()

    def computed_digest(self) -> str:
        return hashlib.sha256(canonical(_unsigned(asdict(self)))).hexdigest()


def make(signer: Signer, **parts: Any) -> Event:
    """Digest and sign. Raises EventRefused when a part breaks the form."""
    parts["after"] = tuple(parts["after"])
    draft = Event(**parts, digest="", signature="")
    _check_form(draft)
    _check_size(draft)
    digest = draft.computed_digest()
    signature = base64.b64encode(signer.sign(bytes.fromhex(digest))).decode()
    return Event(**parts, digest=digest, signature=signature)


def from_text(text: str) -> Event:
    """Read what `Event.text` wrote. Anything that is not exactly such a text raises EventRefused."""
    size = len(text.encode("utf-8", "replace"))
    if size > EVENT_BYTES:
        raise EventRefused("这条记录太大，没有收下。")
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or set(data) != _NAMES or not isinstance(data["after"], list):
            raise EventRefused("这条记录缺项或多项，没有收下。")
        event = Event(**{**data, "after": tuple(data["after"])})
        _check_form(event)
        if size > BODY_BYTES:
            _check_size(event)
        if event.text() != text:
            raise EventRefused("这条记录不是规范的写法，没有收下。")
    except (ValueError, RecursionError, TypeError) as cause:
        raise EventRefused("这条记录读不懂，没有收下。") from cause
    return event


def from_stored(text: str) -> Event:
    """Read what this ledger itself has written. Digest and form are left to `kiosk ledger verify`. Raises EventRefused."""
    try:
        data = json.loads(text)
        data["after"] = tuple(data["after"])
        return Event(**data)
    except (ValueError, RecursionError, TypeError, KeyError) as cause:
        raise EventRefused("这条记录读不懂。") from cause


def check(event: Event, public: bytes) -> None:
    """Digest and signature hold under this key, and the key is the node's. Raises ChainBroken."""
    where = f"节点 {event.node[:8]} 第 {event.seq} 条"
    if fingerprint(public) != event.node:
        raise ChainBroken(f"{where}：公钥不是这个节点的。")
    if event.computed_digest() != event.digest:
        raise ChainBroken(f"{where}：内容和摘要对不上，这条记录被改过或坏了。")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(event.signature), bytes.fromhex(event.digest))
    except (InvalidSignature, ValueError) as cause:
        raise ChainBroken(f"{where}：签名不对。") from cause


def public_of(event: Event) -> bytes:
    """The key that a `node.joined` carries. Raises ChainBroken."""
    try:
        if event.kind == JOINED and event.seq == 1:
            return base64.b64decode(event.body["public_key"], validate=True)
    except (KeyError, TypeError, binascii.Error) as cause:
        raise ChainBroken(f"节点 {event.node[:8]} 第 1 条：公钥读不懂。") from cause
    raise ChainBroken(f"节点 {event.node[:8]}：第 1 条不是节点的公钥。")


def fingerprint(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:40]


def canonical(value: Any) -> bytes:
    """RFC 8785. A float is refused: two machines may write one differently; so is what JSON or UTF-8 cannot carry."""
    _check_value(value, DEPTH)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError) as cause:
        raise EventRefused("这条记录里有账本不收的内容（文字编码或数字不对），没有记下。") from cause


def new_id(milliseconds: int | None = None) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of time, 74 of chance."""
    now = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    value = (max(now, 0) & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_NAMES = {field.name for field in fields(Event)}


def _unsigned(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("digest", "signature")}


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _check_form(event: Event) -> None:
    words = (event.id, event.node, event.at, event.actor, event.kind, event.subject, event.prev, event.digest, event.signature)
    if not all(isinstance(word, str) for word in (*words, *event.after)):
        raise EventRefused("这条记录的格式不对，没有收下。")
    holds = (
        _ID.fullmatch(event.id)
        and _NODE.fullmatch(event.node)
        and _AT.fullmatch(event.at)
        and _KIND.fullmatch(event.kind)
        and _WORD.fullmatch(event.actor)
        and _WORD.fullmatch(event.subject)
        and (_DIGEST.fullmatch(event.prev) if event.seq != 1 else event.prev == "")
        and len(event.after) <= HEADS
        and all(_DIGEST.fullmatch(head) for head in event.after)
        and _whole(event.seq, 1, 2**53 - 1)
        and _whole(event.lamport, 1, LAMPORT_MOST)
        and _whole(event.version, 1, 10_000)
        and isinstance(event.body, Mapping)
    )
    if not holds:
        raise EventRefused("这条记录的格式不对，没有收下。")


def _check_size(event: Event) -> None:
    size = len(canonical(dict(event.body)))
    if size > BODY_BYTES:
        raise EventRefused(f"内容太长（{size // 1024} KB，最多 {BODY_BYTES // 1024} KB），没有记下。请写短一些。")


def _check_value(value: Any, depth: int) -> None:
    if depth < 0:
        raise EventRefused("这条记录套得太深，没有收下。")
    if isinstance(value, float):
        raise EventRefused("账本里不记小数，没有记下。")
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise EventRefused("这条记录的格式不对，没有收下。")
            _check_value(part, depth - 1)
    elif isinstance(value, list | tuple):
        for part in value:
            _check_value(part, depth - 1)
    elif value is not None and not isinstance(value, str | int):
        raise EventRefused("这条记录的格式不对，没有收下。")
