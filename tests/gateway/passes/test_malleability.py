"""A pass has exactly one text. Every other form of it, and every hostile one, is refused with the stated reason."""

import base64

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.passes.cose import Sealed, assemble, seal, signed_bytes, unseal
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.text import from_text, to_text
from gateway.passes.verify import Reason, Refusal, Why, verify
from tests.gateway.passes.kit import RESIDENTS, VISITORS, resident, trust

TRUST = trust()
TEXT = resident()
BLOB = base64.b32decode(TEXT[4:] + "=" * (-len(TEXT[4:]) % 8))
PARTS = cbor2.loads(BLOB)
PROTECTED, _, PAYLOAD, SIGNATURE = PARTS
CLAIMS = cbor2.loads(PAYLOAD)
KID = kid_of(public_bytes(RESIDENTS))
L = 2**252 + 27742317777372353535851937790883648493  # order of the base point, RFC 8032 section 5.1
P = 2**255 - 19

MALFORMED = (Reason.UNREADABLE, Why.MALFORMED)
NOT_OURS = (Reason.UNREADABLE, Why.NOT_OURS)
BAD_SIGNATURE = (Reason.FORGED, Why.WRONG_SIGNATURE)
OTHER_ALGORITHM = (Reason.FORGED, Why.WRONG_ALGORITHM)


def outcome(text: str) -> tuple[Reason, Why]:
    found = verify(text, TRUST)
    assert isinstance(found, Refusal), found
    assert found.gate_pass is None
    return found.reason, found.why


def blob_text(*parts: object) -> str:
    return to_text(cbor2.dumps(list(parts)))


def signed_payload(payload: bytes) -> str:
    """Bytes the issuer itself signed, though it never should have."""
    return to_text(seal(payload, RESIDENTS, KID))


def signed_claims(**changes: object) -> str:
    names = {"exp": 4, "nbf": 5, "cti": 7, "private": -65537}
    return signed_payload(cbor2.dumps(CLAIMS | {names[name]: value for name, value in changes.items()}, canonical=True))


def private(**changes: object) -> str:
    fields = dict(zip(("compound", "kind", "gates", "subject", "once"), CLAIMS[-65537], strict=True))
    return signed_claims(private=list((fields | changes).values()))


def header(protected: bytes) -> str:
    """Another protected header, and a true signature over it."""
    message = cbor2.dumps(["Signature1", protected, b"", PAYLOAD])
    return blob_text(protected, {}, PAYLOAD, RESIDENTS.sign(message))


def es256() -> str:
    sealed = Sealed(-7, KID, PAYLOAD, b"")
    key = ec.derive_private_key(5, ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(signed_bytes(sealed), ec.ECDSA(SHA256())))
    return to_text(assemble(replace(sealed, signature=r.to_bytes(32, "big") + s.to_bytes(32, "big"))))


def signature_with(r: bytes, s: int) -> str:
    return blob_text(PROTECTED, {}, PAYLOAD, r + s.to_bytes(32, "little"))


S = int.from_bytes(SIGNATURE[32:], "little")

TEXTS = {
    "nothing": ("", NOT_OURS),
    "blanks": (" \r\n", NOT_OURS),
    "the prefix alone": ("MS1:", MALFORMED),
    "no prefix": (TEXT[4:], NOT_OURS),
    "another prefix": ("MS9:" + TEXT[4:], NOT_OURS),
    "the prefix of a phone": ("MS2:" + TEXT[4:], MALFORMED),
    "the prefix of a pass on its way to a phone": ("MSP:" + TEXT[4:], MALFORMED),
    "a small prefix": ("ms1:" + TEXT[4:], NOT_OURS),
    "small letters": ("MS1:" + TEXT[4:].lower(), MALFORMED),
    "one small letter": (TEXT[:4] + TEXT[4].lower() + TEXT[5:], MALFORMED),
    "padding": (TEXT + "=" * (-len(TEXT[4:]) % 8 or 8), MALFORMED),
    "a blank inside": (TEXT[:60] + " " + TEXT[60:], MALFORMED),
    "a line end inside": (TEXT[:60] + "\r\n" + TEXT[60:], MALFORMED),
    "a NUL at the end": (TEXT + "\0", MALFORMED),
    "an ideographic blank": ("\u3000" + TEXT, NOT_OURS),
    "a no-break space behind": (TEXT + "\xa0", MALFORMED),
    "a byte order mark": ("\ufeff" + TEXT, NOT_OURS),
    "a full-width colon": (TEXT.replace(":", "："), NOT_OURS),
    "a Cyrillic M": ("М" + TEXT[1:], NOT_OURS),
    "a full-width letter": (TEXT[:20] + chr(ord(TEXT[20]) + 0xFEE0) + TEXT[21:], MALFORMED),
    "a lone surrogate": (TEXT + "\udcff", MALFORMED),
    "0 for O, 1 for I": ("MS1:01" + TEXT[6:], MALFORMED),
    "one letter short": (TEXT[:-1], MALFORMED),
    "twice": (TEXT + TEXT, MALFORMED),
    "a letter more": (TEXT + "A", MALFORMED),
    "a giant text": ("MS1:" + "A" * 1_000_000, MALFORMED),
    "giant white space": (TEXT + " " * 1_000, MALFORMED),
    "a payment code": ("https://qr.example/pay?id=1", NOT_OURS),
}
ENCODINGS = {
    "tagged as COSE_Sign1": (to_text(cbor2.dumps(cbor2.CBORTag(18, PARTS))), MALFORMED),
    "tagged as CWT": (to_text(cbor2.dumps(cbor2.CBORTag(61, PARTS))), MALFORMED),
    "trailing byte": (to_text(BLOB + b"\0"), MALFORMED),
    "cut short": (to_text(BLOB[:-1]), MALFORMED),
    "endless outer array": (to_text(b"\x9f" + BLOB[1:] + b"\xff"), MALFORMED),
    "outer array with a long head": (to_text(b"\x98\x04" + BLOB[1:]), MALFORMED),
    "five parts": (blob_text(*PARTS, None), MALFORMED),
    "an array for a part": (blob_text([[[]]], {}, PAYLOAD, SIGNATURE), MALFORMED),
    "a header beyond any length": (blob_text(cbor2.dumps([0] * 20), {}, b"", SIGNATURE), MALFORMED),
    "three parts": (blob_text(*PARTS[:3]), MALFORMED),
    "a map": (to_text(cbor2.dumps(dict(enumerate("ab")))), MALFORMED),
    "unprotected header stuffed": (blob_text(PROTECTED, {99: b"x"}, PAYLOAD, SIGNATURE), MALFORMED),
    "kid in the unprotected header": (blob_text(PROTECTED, {4: KID}, PAYLOAD, SIGNATURE), MALFORMED),
    "unprotected header an array": (blob_text(PROTECTED, [], PAYLOAD, SIGNATURE), MALFORMED),
    "detached payload": (blob_text(PROTECTED, {}, None, SIGNATURE), MALFORMED),
    "protected header not wrapped": (blob_text({1: -8, 4: KID}, {}, PAYLOAD, SIGNATURE), MALFORMED),
    "algorithm left out": (header(cbor2.dumps({4: KID})), MALFORMED),
    "kid left out": (header(cbor2.dumps({1: -8})), MALFORMED),
    "a header more": (header(cbor2.dumps({1: -8, 3: 0, 4: KID})), MALFORMED),
    "a critical header": (header(cbor2.dumps({1: -8, 2: [4], 4: KID})), MALFORMED),
    "header key twice": (header(b"\xa3\x01\x27\x01\x27\x04\x42" + KID), MALFORMED),
    "header keys turned round": (header(b"\xa2\x04\x42" + KID + b"\x01\x27"), MALFORMED),
    "header with trailing byte": (header(PROTECTED + b"\0"), MALFORMED),
    "algorithm as text": (header(cbor2.dumps({1: "EdDSA", 4: KID})), MALFORMED),
    "algorithm in a long form": (header(b"\xa2\x01\x38\x07\x04\x42" + KID), MALFORMED),
    "a longer kid": (header(cbor2.dumps({1: -8, 4: KID + b"\0"})), MALFORMED),
    "ES256 under this key's id": (es256(), OTHER_ALGORITHM),
    "HMAC under this key's id": (header(cbor2.dumps({1: 5, 4: KID})), OTHER_ALGORITHM),
    "algorithm 0": (header(cbor2.dumps({1: 0, 4: KID})), OTHER_ALGORITHM),
}
SIGNATURES = {
    "S + L": (signature_with(SIGNATURE[:32], S + L), BAD_SIGNATURE),
    "S negated": (signature_with(SIGNATURE[:32], L - S), BAD_SIGNATURE),
    "R with its sign turned": (signature_with(SIGNATURE[:31] + bytes([SIGNATURE[31] ^ 0x80]), S), BAD_SIGNATURE),
    "R not canonical": (signature_with((P + 1).to_bytes(32, "little"), S), BAD_SIGNATURE),
    "R the neutral point, S 0": (signature_with((1).to_bytes(32, "little"), 0), BAD_SIGNATURE),
    "all zero": (blob_text(PROTECTED, {}, PAYLOAD, bytes(64)), BAD_SIGNATURE),
    "63 bytes": (blob_text(PROTECTED, {}, PAYLOAD, SIGNATURE[:63]), MALFORMED),
    "65 bytes": (blob_text(PROTECTED, {}, PAYLOAD, SIGNATURE + b"\0"), MALFORMED),
    "none": (blob_text(PROTECTED, {}, PAYLOAD, b""), MALFORMED),
    "of another key": (to_text(seal(PAYLOAD, VISITORS, KID)), BAD_SIGNATURE),
    "made for a trust list": (to_text(seal(PAYLOAD, RESIDENTS, KID, b"menshen trust list 1")), BAD_SIGNATURE),
    "of a whole COSE_Sign array": (
        blob_text(PROTECTED, {}, PAYLOAD, RESIDENTS.sign(cbor2.dumps(["Signature", PROTECTED, b"", b"", PAYLOAD]))),
        BAD_SIGNATURE,
    ),
}
# Signed by the issuer's own key, and still no pass: the shape is checked after the signature as before it.
SHAPES = {
    "a claim more": (signed_payload(cbor2.dumps(CLAIMS | {1: "x"}, canonical=True)), MALFORMED),
    "exp left out": (signed_payload(cbor2.dumps({k: v for k, v in CLAIMS.items() if k != 4})), MALFORMED),
    "claim keys turned round": (signed_payload(cbor2.dumps(dict(reversed(CLAIMS.items())))), MALFORMED),
    "a claim twice": (signed_payload(b"\xa5\x04\x00" + PAYLOAD[1:]), MALFORMED),
    "payload with trailing byte": (signed_payload(PAYLOAD + b"\0"), MALFORMED),
    "empty payload": (signed_payload(b""), MALFORMED),
    "payload a text": (signed_payload(cbor2.dumps("pass")), MALFORMED),
    "exp a float": (signed_claims(exp=1.9e9), MALFORMED),
    "exp true": (signed_claims(exp=True, nbf=0), MALFORMED),
    "exp negative": (signed_claims(exp=-1), MALFORMED),
    "exp beyond 2106": (signed_claims(exp=2**32), MALFORMED),
    "exp beyond 64 bits": (signed_claims(exp=2**64), MALFORMED),
    "exp a date tag": (signed_claims(exp=cbor2.CBORTag(1, 1_900_000_000)), MALFORMED),
    "ends before it begins": (signed_claims(exp=CLAIMS[5]), MALFORMED),
    "cti of 7 bytes": (signed_claims(cti=bytes(7)), MALFORMED),
    "cti a text": (signed_claims(cti="12345678"), MALFORMED),
    "no private claim": (signed_claims(private=None), MALFORMED),
    "private claim too short": (signed_claims(private=[0, 1, 1, None]), MALFORMED),
    "private claim too long": (signed_claims(private=[0, 1, 1, None, False, 0]), MALFORMED),
    "kind 0": (private(kind=0), MALFORMED),
    "kind 7": (private(kind=7), MALFORMED),
    "kind true": (private(kind=True), MALFORMED),
    "compound false": (private(compound=False), MALFORMED),
    "compound 256": (private(compound=256), MALFORMED),
    "compound negative": (private(compound=-1), MALFORMED),
    "no gates": (private(gates=0), MALFORMED),
    "gates true": (private(gates=True), MALFORMED),
    "gates -2": (private(gates=-2), MALFORMED),
    "gate 33": (private(gates=1 << 32), MALFORMED),
    "subject empty": (private(subject=b""), MALFORMED),
    "subject false": (private(subject=False), MALFORMED),
    "subject a text": (private(subject="12345678"), MALFORMED),
    "once 1": (private(once=1), MALFORMED),
    "once null": (private(once=None), MALFORMED),
}
TABLE = TEXTS | ENCODINGS | SIGNATURES | SHAPES


def test_the_original_is_valid() -> None:
    assert not isinstance(verify(TEXT, TRUST), Refusal)
    assert blob_text(*PARTS) == signed_claims() == private() == header(PROTECTED) == TEXT


@pytest.mark.parametrize("form", TABLE)
def test_another_form_is_refused_for_the_stated_reason(form: str) -> None:
    text, expected = TABLE[form]
    assert outcome(text) == expected


@given(at=st.integers(0, len(BLOB) - 1), flip=st.integers(1, 255))
def test_no_changed_byte_is_overlooked(at: int, flip: int) -> None:
    changed = bytearray(BLOB)
    changed[at] ^= flip
    outcome(to_text(bytes(changed)))


@given(at=st.integers(0, len(TEXT) - 1), letter=st.characters())
def test_no_changed_letter_is_overlooked(at: int, letter: str) -> None:
    changed = TEXT[:at] + letter + TEXT[at + 1 :]
    if changed != TEXT:
        outcome(changed)


@given(st.text() | st.text().map("MS1:".__add__) | st.binary(max_size=135).map(to_text))
@example("MS1:" + "A" * 216)
def test_no_text_raises_or_is_admitted(text: str) -> None:
    outcome(text)


@given(st.binary(max_size=66))
def test_no_payload_the_issuer_signs_by_mistake_raises(payload: bytes) -> None:
    outcome(signed_payload(payload))


@given(st.binary(max_size=300))
def test_unsealing_and_sealing_are_one(blob: bytes) -> None:
    sealed = unseal(blob)
    assert sealed is None or assemble(sealed) == blob


@given(st.binary(min_size=1, max_size=135))
def test_a_text_and_its_blob_are_one(blob: bytes) -> None:
    assert from_text(to_text(blob)) == blob
