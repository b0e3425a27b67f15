"""Makes foreign credentials: what ministries and clinics write, with keys that exist only here."""

import base64
import hashlib
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from gateway.passes.foreign.dcc_keys import signer_keys
from gateway.passes.foreign.reader import ForeignTrust
from gateway.passes.foreign.shc_keys import card_keys

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 9, 1, tzinfo=UTC)
ISSUER = "https://health.example/issuer"
SECRET = b"of one house"
SIGNER = derive_private_key(1001, SECP256R1())
ANOTHER = derive_private_key(1002, SECP256R1())
TESTS_ONLY = ObjectIdentifier("1.3.6.1.4.1.1847.2021.1.1")
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def certificate(key: EllipticCurvePrivateKey, *uses: ObjectIdentifier, number: int = 7) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(BEGIN - timedelta(days=30))
        .not_valid_after(END + timedelta(days=30))
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


CERTIFICATE = certificate(SIGNER)
(KID,) = signer_keys([CERTIFICATE])


def raw_signature(key: EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def base45(data: bytes) -> str:
    letters = []
    for at in range(0, len(data), 2):
        two = data[at : at + 2]
        value = int.from_bytes(two, "big")
        for _ in range(len(two) + 1):
            value, letter = divmod(value, 45)
            letters.append(_BASE45[letter])
    return "".join(letters)


def hc1(blob: bytes) -> str:
    return "HC1:" + base45(zlib.compress(blob))


def dcc_claims(**changes: Any) -> dict[Any, Any]:
    entry = {"ci": "URN:UVCI:01:XX:1", "co": "XX"}
    certificate = {"ver": "1.3.0", "nam": {"fnt": "MUSTER"}, "dob": "1984-02-04", "t": [entry]} | changes
    return {1: "XX", 4: int(END.timestamp()), 6: int(BEGIN.timestamp()), -260: {1: certificate}}


def dcc(
    payload: bytes | None = None,
    key: EllipticCurvePrivateKey = SIGNER,
    protected: dict[int, Any] | None = None,
    unprotected: dict[int, Any] | None = None,
) -> str:
    payload = cbor2.dumps(dcc_claims()) if payload is None else payload
    header = cbor2.dumps({1: -7, 4: KID} if protected is None else protected)
    signature = raw_signature(key, cbor2.dumps(["Signature1", header, b"", payload]))
    return hc1(cbor2.dumps(cbor2.CBORTag(18, [header, unprotected or {}, payload, signature])))


def key_set(key: EllipticCurvePrivateKey = SIGNER, **changes: Any) -> bytes:
    numbers = key.public_key().public_numbers()
    x, y = (base64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
    named = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
    thumbprint = base64url(hashlib.sha256(json.dumps(named, separators=(",", ":")).encode()).digest())
    return json.dumps({"keys": [{**named, "kid": thumbprint, "alg": "ES256", "use": "sig"} | changes]}).encode()


CARD_KID = json.loads(key_set())["keys"][0]["kid"]


def card_payload(**changes: Any) -> bytes:
    record = {"fhirBundle": {"entry": [{"resource": {"name": [{"family": "Muster"}]}}]}}
    credential = {"type": ["https://smarthealth.cards#health-card"], "credentialSubject": record, "rid": "abc"}
    plain = {"iss": ISSUER, "nbf": BEGIN.timestamp(), "exp": END.timestamp(), "vc": credential}
    return json.dumps(plain | changes).encode()


def card(content: bytes | None = None, key: EllipticCurvePrivateKey = SIGNER, **header: Any) -> str:
    """The JWS of a card. `content` is what is packed."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(card_payload() if content is None else content) + packer.flush()
    written = json.dumps({"zip": "DEF", "alg": "ES256", "kid": CARD_KID} | header).encode()
    message = f"{base64url(written)}.{base64url(packed)}"
    return f"{message}.{base64url(raw_signature(key, message.encode()))}"


def shc(jws: str) -> str:
    return "shc:/" + "".join(f"{ord(letter) - 45:02}" for letter in jws)


def trust(*certificates: bytes, lists: list[bytes] | None = None) -> ForeignTrust:
    signers = signer_keys(list(certificates) or [CERTIFICATE])
    return ForeignTrust(signers, card_keys(ISSUER, key_set(), lists or []), SECRET)
