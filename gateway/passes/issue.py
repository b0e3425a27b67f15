"""Claims and an issuing key in, the text of a pass out."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.passes import rotating
from gateway.passes.claims import Claims, write_claims
from gateway.passes.cose import seal
from gateway.passes.text import PHONE_PREFIX, to_text


def issue(claims: Claims, key: Ed25519PrivateKey, kid: bytes) -> str:
    """The text for the code. Raises ValueError where the claims could not be on a pass.

    A resident's blob has 120 bytes for all gates, or for any of gates 1 to 4 (a mask below 24 is one byte of CBOR).
    A higher gate in the mask costs one byte, above gate 8 two, above gate 16 four; a compound number above 23 one.
    All of them fit version 8-M.
    """
    return to_text(seal(write_claims(claims), key, kid))


def issue_for_phone(claims: Claims, key: Ed25519PrivateKey, kid: bytes) -> str:
    """The text a phone's page is made of. It is no code itself: only with a fresh tag does any gate take it."""
    return to_text(seal(write_claims(claims), key, kid, rotating.CONTEXT), PHONE_PREFIX)
