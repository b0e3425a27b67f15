"""A trust list is taken from the root alone, never an older one, never two of one version."""

from datetime import timedelta

import cbor2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.passes.cose import seal
from gateway.passes.gate_pass import Kind
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.trust import IssuingKey, Trust, TrustMark
from gateway.passes.trust_list import CONTEXT, TrustReason, TrustRefused, read_trust, write_trust
from tests.gateway.passes.kit import NOW, RESIDENTS, ROOT, ROOT_PUBLIC, STRANGER, issuing_key, trust, trust_list

BLOB = write_trust(trust_list(), ROOT)
CONTENT = cbor2.loads(cbor2.loads(BLOB)[2])


def reason(blob: bytes, current: Trust | TrustMark | None = None) -> TrustReason | None:
    read = read_trust(blob, [ROOT_PUBLIC], current)
    return read.reason if isinstance(read, TrustRefused) else None


def signed(payload: bytes) -> bytes:
    return seal(payload, ROOT, kid_of(ROOT_PUBLIC), CONTEXT)


def with_content(**changes: object) -> bytes:
    """A list the root did sign, with other content."""
    names = {"form": 0, "version": 1, "issued": 2, "update": 3, "keys": 4, "passes": 5, "subjects": 6, "more": 7}
    content = CONTENT | {names[name]: value for name, value in changes.items()}
    return signed(cbor2.dumps(content, canonical=True))


def key_entry(**changes: object) -> list[object]:
    fields = dict(
        zip(("public", "kinds", "compounds", "epoch", "begin", "end", "withdrawn"), CONTENT[4][0], strict=True)
    )
    return [list((fields | changes).values())]


def test_what_the_root_signed_is_believed() -> None:
    read = read_trust(BLOB, [public_bytes(STRANGER), ROOT_PUBLIC], None)
    assert isinstance(read, Trust)
    assert read.listed == trust_list()
    assert read.blob == BLOB
    assert [key.hex() for key in map(kid_of, [public_bytes(RESIDENTS)])] == [next(iter(read.keys))]


def test_another_key_is_not_the_root() -> None:
    assert reason(write_trust(trust_list(), STRANGER)) is TrustReason.FORGED
    assert (
        reason(seal(cbor2.loads(BLOB)[2], ROOT, kid_of(ROOT_PUBLIC))) is TrustReason.FORGED
    )  # signed for another purpose
    assert isinstance(read_trust(BLOB, [], None), TrustRefused)


def test_a_list_is_not_rolled_back() -> None:
    current = trust(version=8)
    assert reason(BLOB, current) is TrustReason.OLDER
    assert reason(write_trust(trust_list(version=9), ROOT), current) is None


def test_one_version_has_one_content() -> None:
    current = trust()
    assert reason(BLOB, current) is None
    other = write_trust(trust_list(revoked_passes=frozenset({bytes(8)})), ROOT)
    assert reason(other, current) is TrustReason.CONFLICTING


def test_a_restart_remembers_which_list_was_in_use() -> None:
    current = trust()
    mark = TrustMark(current.version, current.digest)
    assert reason(BLOB, mark) is None
    assert reason(write_trust(trust_list(revoked_passes=frozenset({bytes(8)})), ROOT), mark) is TrustReason.CONFLICTING
    assert reason(BLOB, TrustMark(8, bytes(32))) is TrustReason.OLDER


def test_ten_thousand_withdrawals_take_eighty_kilobytes() -> None:
    withdrawn = frozenset(number.to_bytes(8, "big") for number in range(10_000))
    read = trust(revoked_passes=withdrawn)
    assert read.listed.revoked_passes == withdrawn
    assert len(read.blob) - len(BLOB) == 80_007  # the lengths take more bytes, too


def test_a_trust_is_one_serialisable_value() -> None:
    kept = trust(revoked_passes=frozenset({bytes(8)}))
    assert msgspec.json.decode(msgspec.json.encode(kept), type=Trust) == kept
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=Trust) == kept


# Points of small order (anyone can sign for them) and encodings that RFC 8032 section 5.1.3 does not allow.
UNSAFE = {
    "order 1": (1).to_bytes(32, "little"),
    "order 2": (2**255 - 20).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "order 8, negative": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "order 1, sign bit": (1 | 1 << 255).to_bytes(32, "little"),
    "y = p": (2**255 - 19).to_bytes(32, "little"),
    "y = p + 3": (2**255 - 16).to_bytes(32, "little"),
    "not on the curve": (2).to_bytes(32, "little"),
    "the root itself": ROOT_PUBLIC,
    "31 bytes": bytes(31),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_a_key_that_anyone_could_sign_for_is_never_listed(name: str) -> None:
    assert reason(with_content(keys=key_entry(public=UNSAFE[name]))) is TrustReason.UNSAFE
    with pytest.raises(ValueError, match="not a trust list"):
        write_trust(trust_list(keys=(issuing_key(RESIDENTS, Kind.STAFF, public=UNSAFE[name]),)), ROOT)


def test_a_root_that_anyone_could_sign_for_is_never_believed() -> None:
    neutral = UNSAFE["order 1"]
    forged = cbor2.loads(BLOB)
    forged[3] = neutral + bytes(32)  # R the neutral point, S zero: true for every message under the neutral point
    assert isinstance(read_trust(cbor2.dumps(forged), [neutral], None), TrustRefused)


def test_one_key_is_listed_once() -> None:
    assert reason(with_content(keys=CONTENT[4][:1] * 2)) is TrustReason.UNSAFE


REFUSED = {
    "nothing": b"",
    "trailing byte": BLOB + b"\0",
    "tagged": b"\xd2" + BLOB,
    "too long": BLOB + bytes(1 << 20),
    "another format": with_content(form=2),
    "format true": with_content(form=True),
    "version 0": with_content(version=0),
    "version true": with_content(version=True),
    "version beyond 2**53": with_content(version=2**53),
    "next update before it was issued": with_content(update=CONTENT[2]),
    "a field more": with_content(more=1),
    "ids cut short": with_content(passes=bytes(12)),
    "ids not ascending": with_content(passes=b"\1" * 8 + bytes(8)),
    "an id twice": with_content(subjects=bytes(16)),
    "a key that is no key": with_content(keys=[None]),
    "an unknown kind": with_content(keys=key_entry(kinds=[1, 7])),
    "kinds not ascending": with_content(keys=key_entry(kinds=[2, 1])),
    "kind true": with_content(keys=key_entry(kinds=[True])),
    "a compound without a name": with_content(keys=key_entry(compounds={0: ""})),
    "a compound with a line end": with_content(keys=key_entry(compounds={0: "pa\nlm"})),
    "a compound number too high": with_content(keys=key_entry(compounds={256: "palm"})),
    "a compound number as text": with_content(keys=key_entry(compounds={"0": "palm"})),
    "epoch true": with_content(keys=key_entry(epoch=True)),
    "a window turned round": with_content(keys=key_entry(begin=2, end=1)),
    "withdrawn 0": with_content(keys=key_entry(withdrawn=0)),
}


@pytest.mark.parametrize("form", REFUSED)
def test_another_form_is_unreadable_even_signed_by_the_root(form: str) -> None:
    assert reason(with_content()) is None
    assert reason(REFUSED[form]) is TrustReason.UNREADABLE


@given(at=st.integers(0, len(BLOB) - 1), flip=st.integers(1, 255))
def test_no_changed_byte_is_overlooked(at: int, flip: int) -> None:
    changed = bytearray(BLOB)
    changed[at] ^= flip
    assert reason(bytes(changed)) in (TrustReason.UNREADABLE, TrustReason.FORGED)


@given(st.binary(max_size=400) | st.binary(max_size=400).map(signed))
def test_no_bytes_raise(blob: bytes) -> None:
    assert reason(blob) in (TrustReason.UNREADABLE, TrustReason.FORGED)


def test_a_list_no_gate_would_take_is_not_written() -> None:
    for changes in (
        {"version": 0},
        {"next_update": NOW - timedelta(days=1)},
        {"issued_at": NOW.replace(microsecond=5)},
        {"revoked_passes": frozenset({b"short"})},
    ):
        with pytest.raises(ValueError, match="not a trust list"):
            write_trust(trust_list(**changes), ROOT)


def test_a_key_says_its_own_id() -> None:
    key = issuing_key(RESIDENTS, Kind.STAFF)
    assert isinstance(key, IssuingKey)
    assert key.kid == kid_of(public_bytes(RESIDENTS))
