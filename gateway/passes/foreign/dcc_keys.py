"""A document signer's certificate in, the key a gate may check EU certificates with out.

EU Digital COVID Certificate, hcert_spec.md 1.0.5 sections 3.3 and 5, and its annex on key usage: the extended key usage
of a certificate says which of test, vaccination and recovery its key may sign; where it names no use at all, all three.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct

KID_BYTES = 8
ES256, PS256 = -7, -37  # RFC 9053 table 1, RFC 8230 table 1
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 4096
MAX_PER_KID = 8  # several signers may share a kid and all are tried: that many, and no more
_SECOND = timedelta(seconds=1)


class Group(StrEnum):
    """What a certificate states; the letters are those of its payload."""

    TEST = "t"
    VACCINATION = "v"
    RECOVERY = "r"


_USAGES = {
    prefix + number: group
    for prefix in ("1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1.")  # as specified, and as first published
    for number, group in (("1", Group.TEST), ("2", Group.VACCINATION), ("3", Group.RECOVERY))
}
_EXTENDED_KEY_USAGE = bytes.fromhex("0603551d25")  # 2.5.29.37 in DER
_NO_USAGE = _EXTENDED_KEY_USAGE + bytes.fromhex("04023000")  # an empty sequence of them
_USAGES_IN_DER = {
    prefix + bytes([number]): group
    for prefix in (bytes.fromhex("060b2b060104018e378f6501"), bytes.fromhex("060c2b06010401008e378f6501"))
    for number, group in ((1, Group.TEST), (2, Group.VACCINATION), (3, Group.RECOVERY))
}


class SignerKey(Struct, frozen=True):
    """One key of an issuer. It signs these groups, and what it signed counts inside its certificate's window."""

    kid: bytes
    public: EllipticCurvePublicKey | RSAPublicKey
    algorithm: int
    groups: frozenset[Group]
    not_before: datetime
    not_after: datetime


SignerKeys = dict[bytes, tuple[SignerKey, ...]]


def signer_keys(certificates: Iterable[bytes]) -> SignerKeys:
    """Keys by kid, of files with one DER or any number of PEM certificates. Raises ValueError with the fault."""
    return by_kid(key for file in certificates for key in read_certificates(file))


def read_certificates(file: bytes) -> list[SignerKey]:
    """The keys of one file. Raises ValueError with the fault."""
    if b"-----BEGIN CERTIFICATE-----" in file:
        return list(map(_signer_key, x509.load_pem_x509_certificates(file)))
    return [_signer_key(x509.load_der_x509_certificate(file))]


def by_kid(keys: Iterable[SignerKey]) -> SignerKeys:
    """Raises ValueError where more keys share a kid than are tried."""
    found: SignerKeys = {}
    for key in keys:
        others = found.get(key.kid, ())
        if key not in others:
            found[key.kid] = (*others, key)
        if len(found[key.kid]) > MAX_PER_KID:
            raise ValueError(f"more than {MAX_PER_KID} certificates share the key id {key.kid.hex()}")
    return found


def _signer_key(certificate: x509.Certificate) -> SignerKey:
    public = certificate.public_key()
    match public:
        case EllipticCurvePublicKey() if isinstance(public.curve, SECP256R1):
            algorithm = ES256
        case RSAPublicKey() if MIN_RSA_BITS <= public.key_size <= MAX_RSA_BITS:
            algorithm = PS256
        case _:
            raise ValueError("a document signer's key is on P-256, or RSA with 2048 to 4096 bits")
    return SignerKey(
        kid=hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()[:KID_BYTES],
        public=public,
        algorithm=algorithm,
        groups=_groups(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc + _SECOND,  # RFC 5280 section 4.1.2.5: its last second included
    )


def _groups(certificate: x509.Certificate) -> frozenset[Group]:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return frozenset(Group)
    except ValueError:  # some ministries' certificates encode a default, which DER forbids, and the library then stops
        return _groups_in(certificate.tbs_certificate_bytes)
    named = [use.dotted_string for use in usage]
    return frozenset(_USAGES[use] for use in named if use in _USAGES) if named else frozenset(Group)


def _groups_in(der: bytes) -> frozenset[Group]:
    """The same, by looking for the identifiers themselves. What the file's owner put there is to be believed anyway."""
    if _EXTENDED_KEY_USAGE not in der or _NO_USAGE in der:
        return frozenset(Group)
    return frozenset(group for usage, group in _USAGES_IN_DER.items() if usage in der)
