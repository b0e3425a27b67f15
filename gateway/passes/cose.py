"""COSE_Sign1 (RFC 9052 section 4.2), untagged, Ed25519 only: payload and key in, blob out; and back.

    84                     array of 4
      4x .. a2 01 27 04 42 kkkk    protected header: algorithm EdDSA (-8), key id of 2 bytes, nothing else
      a0                   unprotected header: empty, for nobody signs it
      5x .. payload
      58 40 .. signature   64 bytes over ["Signature1", protected, context, payload]

`context` is the external_aad of the RFC: it keeps a signature made for one purpose from serving another.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from gateway.passes import cbor
from gateway.passes.keys import KID_BYTES

EDDSA = -8
_ALGORITHM, _KID = 1, 4  # header labels, RFC 9052 table 2
_SIGNATURE_BYTES = 64
_ARRAY_OF_4 = b"\x84"
_MAX_HEADER_BYTES = 15  # with the longest integer as algorithm


class Sealed(Struct, frozen=True):
    """A well-formed COSE_Sign1. Nothing in it is to be believed before its signature has been checked."""

    algorithm: int
    kid: bytes
    payload: bytes
    signature: bytes


def seal(payload: bytes, key: Ed25519PrivateKey, kid: bytes, context: bytes = b"") -> bytes:
    """Sign a payload. `kid` is 2 bytes; ValueError otherwise."""
    if len(kid) != KID_BYTES:
        raise ValueError(f"a key id has {KID_BYTES} bytes")
    unsigned = Sealed(EDDSA, kid, payload, b"")
    return assemble(Sealed(EDDSA, kid, payload, key.sign(signed_bytes(unsigned, context))))


def unseal(blob: bytes) -> Sealed | None:
    """The parts of a blob, None where it has another shape or another encoding than `assemble` would give it."""
    if not blob.startswith(_ARRAY_OF_4):
        return None
    try:
        parts = cbor.read(blob, depth=1)  # four items with nothing in them: cheap, however long a stranger's blob is
        if not isinstance(parts, list):
            return None
        protected, unprotected, payload, signature = parts
        if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
            return None
        header = cbor.read(protected[: _MAX_HEADER_BYTES + 1], depth=1)
    except cbor.NotPlain:
        return None
    if unprotected != {} or len(signature) != _SIGNATURE_BYTES:
        return None
    if not isinstance(header, dict) or header.keys() != {_ALGORITHM, _KID}:
        return None
    algorithm, kid = header[_ALGORITHM], header[_KID]
    if type(algorithm) is not int or not isinstance(kid, bytes) or len(kid) != KID_BYTES:
        return None
    sealed = Sealed(algorithm, kid, payload, signature)
    return sealed if assemble(sealed) == blob else None


def assemble(sealed: Sealed) -> bytes:
    """The one encoding of these parts."""
    return cbor.write([_protected(sealed), {}, sealed.payload, sealed.signature])


def signed_bytes(sealed: Sealed, context: bytes = b"") -> bytes:
    """The Sig_structure, which is what the signature covers."""
    return cbor.write(["Signature1", _protected(sealed), context, sealed.payload])


def _protected(sealed: Sealed) -> bytes:
    return cbor.write({_ALGORITHM: sealed.algorithm, _KID: sealed.kid})
