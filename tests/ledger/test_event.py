from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.errors import ChainBroken, EventRefused
from kiosk.identity.keys import NodeKey
from kiosk.ledger.event import BODY_BYTES, Event, canonical, check, fingerprint, from_text, make, new_id


def an_event(key: NodeKey, **other: object) -> Event:
    parts: dict[str, object] = {
        "id": new_id(),
        "node": fingerprint(key.public),
        "seq": 2,
        "lamport": 7,
        "after": ("ab" * 32,),
        "at": "2026-11-23T01:00:00.000Z",
        "actor": "advisor:a1",
        "kind": "note.made",
        "subject": "s1",
        "version": 1,
        "body": {"words": "张家\u0000湾", "count": 3},
        "prev": "cd" * 32,
    }
    return make(key, **{**parts, **other})


def test_anyone_can_check_an_event_with_the_standards_alone(key: NodeKey) -> None:
    data = json.loads(an_event(key).text())
    digest, signature = data.pop("digest"), data.pop("signature")
    plain = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(plain).hexdigest() == digest
    Ed25519PublicKey.from_public_bytes(key.public).verify(base64.b64decode(signature), bytes.fromhex(digest))
    assert data["node"] == hashlib.sha256(key.public).hexdigest()[:40]


def test_canonical_form_is_that_of_rfc_8785() -> None:
    assert canonical({"€": 1, "\r": 2, "a": [True, None, "\u000f\n<"]}) == '{"\\r":2,"a":[true,null,"\\u000f\\n<"],"€":1}'.encode()


def test_an_event_read_back_is_the_same(key: NodeKey) -> None:
    event = an_event(key)
    assert from_text(event.text()) == event
    check(event, key.public)


@pytest.mark.parametrize("part", ["body", "at", "actor", "seq", "lamport", "prev", "after", "subject", "kind", "version", "id"])
def test_a_change_of_any_part_is_found(key: NodeKey, part: str) -> None:
    event = an_event(key)
    other = an_event(
        key,
        body={},
        at="1970-01-01T00:00:00.000Z",
        actor="x",
        seq=3,
        lamport=8,
        prev="ef" * 32,
        after=(),
        subject="s2",
        kind="note.other",
        version=2,
    )
    with pytest.raises(ChainBroken):
        check(replace(event, **{part: getattr(other, part)}), key.public)


def test_another_nodes_key_does_not_check(key: NodeKey) -> None:
    with pytest.raises(ChainBroken, match="公钥"):
        check(an_event(key), NodeKey.generate().public)


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text[:-1],
        lambda text: " " + text,
        lambda text: text.replace('"seq":2', '"seq":2.0'),
        lambda text: text.replace('"seq":2', '"seq":true'),
        lambda text: text.replace('"seq":2', '"seq":-2'),
        lambda text: text.replace('"seq":2', '"more":1,"seq":2'),
        lambda text: text.replace(',"version":1', ""),
        lambda text: text.replace('"seq":2', '"seq":2,"seq":2'),
        lambda text: text.replace("note.made", "note made"),
        lambda text: text.replace('"lamport":7', f'"lamport":{2**51}'),
        lambda text: text.replace("2026-11-23T01", "23-11-2026"),
        lambda text: "[]",
        lambda text: "[" * 100_000,
        lambda text: "x" * 300_000,
    ],
)
def test_what_is_not_exactly_an_event_is_refused(key: NodeKey, changed: object) -> None:
    assert callable(changed)
    with pytest.raises(EventRefused):
        from_text(changed(an_event(key).text()))


def test_a_body_has_its_limit(key: NodeKey) -> None:
    an_event(key, body={"a": "x" * (BODY_BYTES - 8)})
    with pytest.raises(EventRefused, match="太长"):
        an_event(key, body={"a": "x" * (BODY_BYTES - 7)})
    nested: list[object] = []
    for _ in range(30):
        nested = [nested]
    with pytest.raises(EventRefused, match="太深"):
        an_event(key, body={"a": nested})


def test_ids_are_uuids_of_version_7_even_before_1970() -> None:
    assert new_id(0)[14] == "7"
    assert new_id(-5)[:13] == "00000000-0000"
    assert new_id(1_700_000_000_000) < new_id(1_700_000_000_001)
    assert len({new_id(0) for _ in range(1000)}) == 1000
