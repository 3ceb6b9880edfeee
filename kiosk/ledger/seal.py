"""Sealing: what is personal lies in the ledger as ciphertext, under a key that lies elsewhere and can be destroyed.

A sealed field is AES-256-GCM over canonical JSON padded to a multiple of 64 bytes, bound by its context (which event's
subject, which field) so that it cannot be moved to another place. A key is handed to a holder in a box: X25519 with a
fresh sender key, HKDF-SHA-256, AES-256-GCM.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import unicodedata
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.errors import Sealed
from kiosk.ledger.event import canonical

_FORM = "1."
_BLOCK = 64
_NONCE = 12


def new_key() -> bytes:
    return os.urandom(32)


def seal(key: bytes, context: str, value: Any) -> str:
    """A value of JSON, sealed. The same value sealed twice gives two different texts."""
    plain = canonical(value)
    plain += b" " * (-len(plain) % _BLOCK)
    return _FORM + base64.b64encode(encrypt(key, plain, context)).decode()


def unseal(key: bytes, context: str, sealed: str) -> Any:
    """Raises Sealed when key, context or text are not those of the sealing."""
    try:
        if not sealed.startswith(_FORM):
            raise ValueError("form")
        return json.loads(decrypt(key, base64.b64decode(sealed.removeprefix(_FORM), validate=True), context))
    except ValueError as cause:
        raise Sealed("这段内容打不开：写法不对。") from cause


def encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError) as cause:
        raise Sealed("这段内容打不开：钥匙不对，或者已经清除。") from cause


def box(holder: X25519PublicKey, secret: bytes, context: str) -> bytes:
    """For the holder of the private key alone; anyone who knows the public key can make one."""
    sender = X25519PrivateKey.generate()
    public = sender.public_key().public_bytes_raw()
    key = derive(sender.exchange(holder), public + holder.public_bytes_raw(), context)
    return public + encrypt(key, secret, context)


def unbox(holder: X25519PrivateKey, boxed: bytes, context: str) -> bytes:
    try:
        shared = holder.exchange(X25519PublicKey.from_public_bytes(boxed[:32]))
    except ValueError as cause:
        raise Sealed("这把钥匙打不开。") from cause
    return decrypt(derive(shared, boxed[:32] + holder.public_key().public_bytes_raw(), context), boxed[32:], context)


def derive(secret: bytes, salt: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt, b"kiosk " + purpose.encode()).derive(secret)


def mark(secret: bytes, purpose: str, text: str) -> str:
    """A keyed fingerprint, taken before sealing, by which two texts can be found equal without being read.

    White space and width of characters do not count. Empty text leaves none.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return hmac.digest(derive(secret, b"", f"mark {purpose}"), plain.encode("utf-8", "replace"), hashlib.sha256).hex()[:32] if plain else ""
