"""A root, three issuing keys and their trust list: what the tests of passes stand on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES, Kind
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, private_key, public_bytes
from gateway.passes.trust import IssuingKey, Trust, TrustList
from gateway.passes.trust_list import read_trust, write_trust

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ROOT = private_key(b"\x01" * 32)
ROOT_PUBLIC = public_bytes(ROOT)
RESIDENTS = private_key(b"\x02" * 32)
VISITORS = private_key(b"\x03" * 32)
STRANGER = private_key(b"\x04" * 32)


def issuing_key(key: Ed25519PrivateKey, *kinds: Kind, **changes: Any) -> IssuingKey:
    plain = IssuingKey(
        public=public_bytes(key),
        kinds=frozenset(kinds),
        compounds={0: "palm", 17: "cedar"},
        epoch=1,
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=400),
    )
    return replace(plain, **changes)


def trust_list(**changes: Any) -> TrustList:
    plain = TrustList(
        version=7,
        issued_at=NOW,
        next_update=NOW + timedelta(days=7),
        keys=(
            issuing_key(RESIDENTS, Kind.RESIDENT, Kind.STAFF, Kind.OBSERVED),
            issuing_key(VISITORS, Kind.VISITOR, Kind.COURIER, Kind.VOLUNTEER),
        ),
    )
    return replace(plain, **changes)


def trust(**changes: Any) -> Trust:
    read = read_trust(write_trust(trust_list(**changes), ROOT), [ROOT_PUBLIC], None)
    assert isinstance(read, Trust)
    return read


def claims(**changes: Any) -> Claims:
    plain = Claims(
        cti=bytes.fromhex("c0ffee0000000001"),
        subject=bytes.fromhex("5afe000000000002"),
        compound_number=0,
        kind=Kind.RESIDENT,
        gates=ALL_GATES,
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=180),
        once=False,
    )
    return replace(plain, **changes)


def resident(**changes: Any) -> str:
    return issued(RESIDENTS, **changes)


def issued(key: Ed25519PrivateKey, **changes: Any) -> str:
    return issue(claims(**changes), key, kid_of(public_bytes(key)))
