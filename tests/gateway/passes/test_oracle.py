"""python-cwt, which shares no line with us, reads our passes, and we read what it signs."""

from datetime import timedelta

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface

from gateway.passes.claims import write_claims
from gateway.passes.gate_pass import Pass
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.passes.text import from_text, to_text
from gateway.passes.trust_list import CONTEXT, write_trust
from gateway.passes.verify import verify
from tests.gateway.passes.kit import NOW, RESIDENTS, ROOT, claims, resident, trust, trust_list

COSE_SIGN1 = b"\xd2"  # tag 18, which python-cwt wants in front and we leave out


def public(key: Ed25519PrivateKey) -> COSEKeyInterface:
    raw = public_bytes(key)
    return COSEKey.from_pem(public_pem(raw), kid=kid_of(raw))


def test_python_cwt_verifies_our_pass() -> None:
    blob = from_text(resident())
    assert blob is not None
    payload = COSE.new().decode(COSE_SIGN1 + blob, public(RESIDENTS))
    assert cbor2.loads(payload) == {
        4: int((NOW + timedelta(days=180)).timestamp()),
        5: int((NOW - timedelta(days=1)).timestamp()),
        7: bytes.fromhex("c0ffee0000000001"),
        -65537: [0, 1, -1, bytes.fromhex("5afe000000000002"), False],
    }


def test_we_verify_what_python_cwt_signs() -> None:
    pem = RESIDENTS.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    kid = kid_of(public_bytes(RESIDENTS))
    signer = COSEKey.from_pem(pem, kid=kid)
    tagged = COSE.new().encode_and_sign(write_claims(claims()), signer, protected={1: -8, 4: kid})
    assert isinstance(tagged, bytes)
    text = to_text(tagged.removeprefix(COSE_SIGN1))
    assert text == resident()
    assert isinstance(verify(text, trust()), Pass)


def test_python_cwt_verifies_our_trust_list() -> None:
    blob = write_trust(trust_list(), ROOT)
    payload = COSE.new().decode(COSE_SIGN1 + blob, public(ROOT), external_aad=CONTEXT)
    assert cbor2.loads(payload)[1] == 7
