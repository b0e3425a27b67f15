"""Names in, a certificate authority of this gateway's own and certificates for its pages out. The hour is a parameter.

EC P-256 and SHA-256, which every phone reads. The authority may sign for this house's names and for private addresses
only (name constraints, RFC 5280 section 4.2.1.10): whoever steals its key can be no bank to the phones that trust it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_HOLDS = timedelta(days=3650)
PAGES_HOLD = timedelta(days=397)  # Apple takes 825 days of an own authority, browsers are at 398 for public ones
RENEWED_BEFORE = timedelta(days=60)
BEFORE = timedelta(days=2)  # a gateway's clock may be ahead of a phone's
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10")
NOT_PUBLIC = (".local", ".lan", ".internal", ".home.arpa", "localhost")


class Pair(NamedTuple):
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_pair(certificate: bytes, key: bytes) -> Pair:
    """From their PEM. Raises ValueError where they are none, or do not belong together."""
    read, private = x509.load_pem_x509_certificate(certificate), load_pem_private_key(key, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != read.public_key():
        raise ValueError("the certificate and the key do not belong together")
    return Pair(read, private)


def new_authority(name: str, names: Sequence[str], now: datetime) -> Pair:
    """An authority that may sign for `names` (and what is below them) and for private addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(name)
    hosts = sorted({host for host in names if _address(host) is None} | {each.lstrip(".") for each in NOT_PUBLIC})
    permitted: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    permitted += [x509.IPAddress(ip_network(network)) for network in PRIVATE]
    permitted += [x509.IPAddress(ip_network(host)) for host in names if _is_public(host)]
    builder = (
        _begun(subject, subject, key, now - BEFORE, now + AUTHORITY_HOLDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def issue(authority: Pair, names: Sequence[str], now: datetime) -> Pair:
    """A certificate for a server of these host names and addresses. Raises ValueError for none."""
    if not names:
        raise ValueError("a certificate is for at least one name")
    key = ec.generate_private_key(ec.SECP256R1())
    ends = min(now + PAGES_HOLD, authority.certificate.not_valid_after_utc)
    builder = (
        _begun(_named(names[0]), authority.certificate.subject, key, now - BEFORE, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(_alternatives(names))), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def why_renew(authority: Pair, pages: Pair, names: Sequence[str], now: datetime) -> str:
    """Why the pages need another certificate, empty if they do not."""
    certificate = pages.certificate
    if certificate.issuer != authority.certificate.subject or not _signed_by(authority, certificate):
        return "another authority signed it"
    if set(names_of(certificate)) != {_plain(name) for name in names}:
        return "the names are others"
    soon = certificate.not_valid_after_utc - now < RENEWED_BEFORE
    if soon and certificate.not_valid_after_utc < authority.certificate.not_valid_after_utc:
        return "it ends soon"
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        return "it is not good now"
    return ""


def names_of(certificate: x509.Certificate) -> list[str]:
    """The host names and addresses it is for."""
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, as phones show it: pairs of hex digits."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest().hex(":").upper()


def _signed_by(authority: Pair, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _alternatives(names: Iterable[str]) -> Iterator[x509.GeneralName]:
    for name in names:
        address = _address(name)
        yield x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _is_public(name: str) -> bool:
    address = _address(name)
    return address is not None and not any(address in ip_network(network) for network in PRIVATE)


def _plain(name: str) -> str:
    address = _address(name)
    return name if address is None else str(address)
