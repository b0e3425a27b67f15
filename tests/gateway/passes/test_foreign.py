"""Foreign credentials made here, whole and damaged: each has its reason, and nothing a stranger can send does harm."""

import json
import tracemalloc
from base64 import urlsafe_b64decode
from typing import Any

import cbor2
import pytest
from cryptography.x509.oid import ObjectIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.events.every import Proof
from gateway.passes.foreign import base45, loose_cbor
from gateway.passes.foreign.dcc_keys import MAX_PER_KID, signer_keys
from gateway.passes.foreign.reader import ForeignTrust, is_foreign, read_foreign
from gateway.passes.foreign.shc_keys import card_keys, merged
from gateway.passes.foreign.shown import ForeignShown, ForeignWhy
from tests.gateway.passes import foreign_kit as kit
from tests.gateway.passes.kit import resident

TRUST = kit.trust()
MALFORMED = (Proof.UNREADABLE, ForeignWhy.MALFORMED)
GENUINE = (Proof.GENUINE, None)
MOST_MEMORY = 4_000_000


def shown(text: str, trust: ForeignTrust = TRUST) -> ForeignShown:
    read = read_foreign(text, trust)
    assert read is not None
    return read


def verdict(text: str, trust: ForeignTrust = TRUST) -> tuple[Proof, ForeignWhy | None]:
    read = shown(text, trust)
    return read.proof, read.why


def revocations(*rids: str, counter: int = 1) -> bytes:
    return json.dumps({"kid": kit.CARD_KID, "method": "rid", "ctr": counter, "rids": rids}).encode()


@pytest.mark.parametrize("text", [kit.dcc(), kit.shc(kit.card())])
def test_a_whole_credential_is_genuine_and_has_its_hours(text: str) -> None:
    read = shown(f"\r\n{text} \r\n")
    assert (read.proof, read.why, read.not_before) == (*GENUINE, kit.BEGIN)
    assert read.not_after is not None
    assert 0 <= (read.not_after - kit.END).total_seconds() <= 1
    assert read.key == shown(text).key
    assert "uster" not in repr(read)
    assert "UVCI" not in repr(read)


@pytest.mark.parametrize("text", [resident(), "", "HC2:ABC", "https://example.com", "hc1:NCF", "shcx", " "])
def test_other_codes_are_not_foreign_credentials(text: str) -> None:
    assert not is_foreign(text)
    assert read_foreign(text, TRUST) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (kit.dcc(protected={1: -7}, unprotected={4: kit.KID}), GENUINE),
        (kit.dcc(protected={}, unprotected={1: -7, 4: kit.KID}), GENUINE),
        (kit.dcc(protected={1: -7, 4: b"12345678"}, unprotected={4: kit.KID}), ("unchecked", "unknown_issuer")),
        (kit.dcc(protected={1: -7, 4: b"x" * 2000}), ("unchecked", "unknown_issuer")),
        (kit.dcc(protected={1: -7, 4: [kit.KID] * 900}), MALFORMED),
        (kit.dcc(protected={1: -7}), MALFORMED),
        (kit.dcc(protected={1: -37, 4: kit.KID}), ("forged", "wrong_algorithm")),
        (kit.dcc(protected={4: kit.KID}), ("forged", "wrong_algorithm")),
        (kit.dcc(key=kit.ANOTHER), ("forged", "wrong_signature")),
        (kit.dcc(cbor2.dumps(kit.dcc_claims(t=[]))), MALFORMED),
        (kit.dcc(cbor2.dumps({4: 1, 6: 1})), MALFORMED),
        (kit.dcc(cbor2.dumps({4: 1, 6: 1, -260: {}})), MALFORMED),
        (kit.dcc(cbor2.dumps({1: "XCL", 6: 1, -260: {-6: {"n": "x"}}})), ("unchecked", "other_content")),
        (kit.dcc(cbor2.dumps({1: "XJ", 4: 2, 6: 1, -260: {5: [{"u": "shlink:"}]}})), ("unchecked", "other_content")),
        (kit.dcc(cbor2.dumps(kit.dcc_claims() | {4: "never"})), MALFORMED),
        (kit.dcc(cbor2.dumps(kit.dcc_claims() | {4: float("nan")})), MALFORMED),
        (kit.dcc(cbor2.dumps(kit.dcc_claims() | {4: 1e300})), MALFORMED),
        (kit.dcc(cbor2.dumps(kit.dcc_claims() | {4: True})), MALFORMED),
        (kit.hc1(b""), MALFORMED),
        (kit.hc1(cbor2.dumps([b"", {}, None, b""])), MALFORMED),
        ("HC1:", MALFORMED),
        ("HC1:abc", MALFORMED),
        (kit.dcc()[:-1], MALFORMED),
        (kit.shc(kit.card(key=kit.ANOTHER)), ("forged", "wrong_signature")),
        (kit.shc(kit.card(alg="none")), ("forged", "wrong_algorithm")),
        (kit.shc(kit.card(alg="HS256")), ("forged", "wrong_algorithm")),
        (kit.shc(kit.card(kid="A" * 42 + "E")), ("unchecked", "unknown_issuer")),
        (kit.shc(kit.card(crit=["exp"])), MALFORMED),
        (kit.shc(kit.card(zip="")), MALFORMED),
        (kit.shc(kit.card(kit.card_payload(iss="https://elsewhere.example"))), ("forged", "not_entitled")),
        (kit.shc(kit.card(kit.card_payload(vc={"type": ["other"]}))), MALFORMED),
        (kit.shc(kit.card(kit.card_payload(nbf="today"))), MALFORMED),
        (kit.shc(kit.card(kit.card_payload(exp=None))), MALFORMED),
        (kit.shc(kit.card(kit.card_payload(exp=1e300))), MALFORMED),
        (kit.shc(kit.card(b"{}")), MALFORMED),
        (kit.shc(kit.card())[:-1], MALFORMED),
        (kit.shc(kit.card()) + "99", MALFORMED),
        ("shc:/", MALFORMED),
        ("shc:/" + "¹²", MALFORMED),
        ("shc:/1/2/5676", ("unchecked", "chunked")),
    ],
)
def test_every_fault_has_its_reason(text: str, expected: tuple[str, str | None]) -> None:
    assert verdict(text) == expected


def test_without_any_issuer_nothing_is_checked_and_nothing_refused() -> None:
    empty = ForeignTrust({}, {}, kit.SECRET)
    assert verdict(kit.dcc(), empty) == (Proof.UNCHECKED, ForeignWhy.NO_TRUST)
    assert verdict(kit.shc(kit.card()), empty) == (Proof.UNCHECKED, ForeignWhy.NO_TRUST)


def test_a_key_for_tests_may_not_sign_a_vaccination() -> None:
    only = kit.certificate(kit.SIGNER, kit.TESTS_ONLY)
    (kid,) = signer_keys([only])
    header = {1: -7, 4: kid}
    vaccination = cbor2.dumps(kit.dcc_claims(v=[{"ci": "1"}]))
    assert verdict(kit.dcc(protected=header), kit.trust(only)) == GENUINE
    assert verdict(kit.dcc(vaccination, protected=header), kit.trust(only)) == (Proof.FORGED, ForeignWhy.NOT_ENTITLED)


def test_a_key_for_something_else_signs_no_certificates() -> None:
    mail = kit.certificate(kit.SIGNER, ObjectIdentifier("1.3.6.1.5.5.7.3.4"))
    (kid,) = signer_keys([mail])
    text = kit.dcc(protected={1: -7, 4: kid})
    assert verdict(text, kit.trust(mail)) == (Proof.FORGED, ForeignWhy.NOT_ENTITLED)


def test_every_certificate_of_a_key_id_is_tried() -> None:
    (right,) = signer_keys([kit.CERTIFICATE])[kit.KID]
    (wrong,) = next(iter(signer_keys([kit.certificate(kit.ANOTHER)]).values()))
    both = ForeignTrust({kit.KID: (wrong, right)}, {}, kit.SECRET)
    assert verdict(kit.dcc(), both) == GENUINE


def test_the_same_certificate_twice_is_one_key() -> None:
    assert len(signer_keys([kit.CERTIFICATE] * (MAX_PER_KID + 1))[kit.KID]) == 1


def test_a_credential_outlives_neither_itself_nor_its_signer() -> None:
    claims = kit.dcc_claims() | {4: int(kit.END.timestamp()) + 90 * 86_400, 6: 0}
    read = shown(kit.dcc(cbor2.dumps(claims)))
    (key,) = TRUST.signers[kit.KID]
    assert (read.not_before, read.not_after) == (key.not_before, key.not_after)


@pytest.mark.parametrize(
    ("rids", "withdrawn"),
    [
        (["abc"], True),
        (["abd"], False),
        ([f"abc.{int(kit.BEGIN.timestamp())}"], False),
        ([f"abc.{int(kit.BEGIN.timestamp()) + 1}"], True),
        ([f"abc.{int(kit.BEGIN.timestamp())}", "abc"], True),
    ],
)
def test_a_revoked_card_is_withdrawn(rids: list[str], withdrawn: bool) -> None:
    listed = kit.trust(lists=[revocations(*rids)])
    expected = (Proof.WITHDRAWN, ForeignWhy.REVOKED) if withdrawn else GENUINE
    assert verdict(kit.shc(kit.card()), listed) == expected


def test_of_two_revocation_lists_the_newer_one_counts() -> None:
    lists = [revocations("abc", counter=2), revocations(counter=1)]
    for order in (lists, lists[::-1]):
        assert verdict(kit.shc(kit.card()), kit.trust(lists=order))[0] is Proof.WITHDRAWN


def test_a_key_two_issuers_share_is_the_key_of_both() -> None:
    both = merged([card_keys(issuer, kit.key_set(), []) for issuer in (kit.ISSUER, "https://two.example")])
    for issuer in (kit.ISSUER, "https://two.example"):
        text = kit.shc(kit.card(kit.card_payload(iss=issuer)))
        assert verdict(text, ForeignTrust({}, both, kit.SECRET)) == GENUINE


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"d": "AAAA"}, "private half"),
        ({"kid": "short"}, "thumbprint"),
        ({"x": "AAAA"}, "thumbprint"),
        ({"kty": "RSA"}, "no key on P-256"),
    ],
)
def test_a_key_set_that_should_not_be_trusted_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        card_keys(kit.ISSUER, kit.key_set(**changes), [])


@pytest.mark.parametrize("listed", [b"{}", b"[]", b"x", revocations("abc.x"), revocations().replace(b"rid", b"index")])
def test_a_revocation_list_that_says_something_else_is_refused(listed: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        card_keys(kit.ISSUER, kit.key_set(), [listed])


def test_a_credential_written_with_a_second_signature_keeps_its_key() -> None:
    """(r, n-s) is a signature as good as (r, s), and anybody can make it: nobody may come twice as two."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    jws = kit.card()
    message, _, signature = jws.rpartition(".")
    raw = urlsafe_b64decode(signature + "==")
    other = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    twin = f"{message}.{kit.base64url(other)}"
    assert twin != jws
    assert shown(kit.shc(twin)) == shown(kit.shc(jws))


@pytest.mark.parametrize(
    "bomb",
    [
        kit.hc1(bytes(3_000_000)),
        kit.hc1(b"\x81" * 15_000),  # an array in an array in an array ...
        kit.hc1(b"\x9f" * 15_000),
        kit.hc1(b"\xd8\x1c" * 7_000),  # a tag on a tag: shared references, which nobody follows
        kit.hc1(b"\x9b" + b"\xff" * 8),  # 2^64 - 1 items
        kit.hc1(b"\x5b" + b"\xff" * 8),
        kit.hc1(b"\xbb" + b"\x7f" * 8),
        kit.hc1(b"\x9f" + b"\x00" * 15_000 + b"\xff"),
        kit.hc1(b"\xc2\x5a\x00\x00\x30\x00" + b"\xff" * 0x3000),  # one big number
        kit.dcc(protected={1: -7, 4: kit.KID, 5: [4] * 2_500}),
        kit.dcc(b"\xa1" * 10_000),
        kit.shc(kit.card(b" " * 10_000_000)),
        kit.shc(kit.card(b"[" * 60_000)),
        kit.shc(kit.card(b'{"vc":' * 10_000)),
        kit.shc(kit.card(b'{"x":' + b"[" * 50_000)),
        kit.shc(kit.card(b'{"nbf":' + b"9" * 60_000 + b"}")),
        "HC1:" + ":" * 10_000_000,
        "shc:/" + "7" * 10_000_000,
        "HC1:" + ":" * 4_200,
        "shc:/" + "7" * 7_000,
    ],
    ids=range(20),
)
def test_a_bomb_costs_no_more_than_its_limits(bomb: str) -> None:
    tracemalloc.start()
    try:
        assert verdict(bomb) in [MALFORMED, (Proof.FORGED, ForeignWhy.WRONG_SIGNATURE)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["HC1:", "shc:/", ""]), st.text(max_size=300))
def test_no_text_raises(prefix: str, rest: str) -> None:
    read = read_foreign(prefix + rest, TRUST)
    assert (read is not None) is is_foreign(prefix + rest)
    assert read is None or read.proof not in (Proof.GENUINE, Proof.WITHDRAWN)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_blob_raises(blob: bytes) -> None:
    assert verdict(kit.hc1(blob)) == MALFORMED
    assert verdict(kit.dcc(blob))[0] is not Proof.GENUINE
    assert verdict(kit.shc(kit.card(blob)))[0] is not Proof.GENUINE


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=127))
def test_no_damaged_credential_is_genuine(at: int, change: int) -> None:
    for text in (kit.dcc(), kit.shc(kit.card())):
        place = 5 + at % (len(text) - 5)
        damaged = text[:place] + chr((ord(text[place]) + change) % 128) + text[place + 1 :]
        if damaged.strip() != text:
            assert verdict(damaged)[0] is not Proof.GENUINE


@given(st.binary(max_size=64))
def test_base45_reads_what_was_written(data: bytes) -> None:
    assert base45.decode(kit.base45(data)) == data


@pytest.mark.parametrize("text", ["A", "GGW", ":::", "::", "bb8", "ß00"])
def test_base45_refuses_what_nobody_writes(text: str) -> None:
    assert base45.decode(text) is None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=8) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 9) | st.text(max_size=3), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(PLAIN)
def test_cbor_is_read_as_the_library_writes_it(value: Any) -> None:
    assert loose_cbor.read(cbor2.dumps(value)) == value


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=60))
def test_cbor_raises_one_error_only(data: bytes) -> None:
    try:
        loose_cbor.read(data)
    except loose_cbor.NotLoose:
        return


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("bf6161019f02036162ffff", None),
        ("bf61619f0203ffff", {"a": [2, 3]}),
        ("5f41014102ff", b"\x01\x02"),
        ("7f61616162ff", "ab"),
        ("5f6161ff", None),
        ("a201010102", None),
        ("d83dd28001", None),
        ("d83dd28101", [1]),
        ("fb3ff8000000000000", 1.5),
        ("f93c00", 1.0),
        ("ff", None),
        ("1f", None),
        ("f8ff", None),
    ],
)
def test_cbor_as_issuers_write_it(written: str, value: object) -> None:
    if value is None:
        with pytest.raises(loose_cbor.NotLoose):
            loose_cbor.read(bytes.fromhex(written))
    else:
        assert loose_cbor.read(bytes.fromhex(written)) == value
