"""Ed25519 keys: seeds and PEM in, keys and key ids out.

Randomness is an argument (a 32-byte seed); where the bytes lie, and with which file mode, is the caller's business.
"""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

SEED_BYTES = 32
PUBLIC_BYTES = 32
KID_BYTES = 2  # two keep a resident's pass at 120 bytes; keys may share a kid, so every key of that kid is tried

_P = 2**255 - 19  # RFC 8032 section 5.1
_D = -121665 * pow(121666, -1, _P) % _P


def kid_of(public: bytes) -> bytes:
    """The key id: the first two bytes of SHA-256 over the raw public key."""
    return hashlib.sha256(public).digest()[:KID_BYTES]


def private_key(seed: bytes) -> Ed25519PrivateKey:
    """The private key of a 32-byte random seed."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The raw 32-byte public key of a private key."""
    return key.public_key().public_bytes_raw()


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """PKCS #8 in PEM, unencrypted: write it to a file only its owner may read."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_private_pem(pem: bytes) -> Ed25519PrivateKey:
    """Raises ValueError where the PEM holds no unencrypted Ed25519 private key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as exc:  # how the library says "encrypted"
        raise ValueError("the private key is encrypted") from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 private key")
    return key


def public_pem(public: bytes) -> bytes:
    """SubjectPublicKeyInfo in PEM of a raw public key."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_pem(pem: bytes) -> bytes:
    """The raw public key. Raises ValueError where the PEM holds no Ed25519 key that may be trusted."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    public = key.public_bytes_raw()
    if not safe_public_key(public):
        raise ValueError("an Ed25519 public key that anyone could sign for")
    return public


def safe_public_key(public: bytes) -> bool:
    """Is this the canonical encoding of a curve point that is not of small order (RFC 8032 section 5.1.3)?

    The library takes any 32 bytes, and a signature "by" a point of small order can be made with no secret. Points with
    a small-order part beside a large one pass: they need their secret.
    """
    if len(public) != PUBLIC_BYTES:
        return False
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    if y >= _P or y in (0, 1, _P - 1):  # order 4, 1, 2
        return False
    if (_D * y**4 + 2 * y * y - 1) % _P == 0:  # order 8: doubled, its y is 0
        return False
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(x_squared, (_P - 1) // 2, _P) == 1  # Euler: a square, so the point exists (x = 0 is of small order)


@lru_cache(maxsize=1024)
def _loaded(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Did the owner of this raw public key sign the message?

    OpenSSL refuses S >= L and a non-canonical R, so nobody turns one signature into another; the tests hold it so.
    """
    try:
        _loaded(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
