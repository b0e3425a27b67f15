"""An issued pass is verified; a withdrawn one comes along with its refusal; made by the wrong key, it is forged."""

from datetime import timedelta
from itertools import count

import pytest
import segno
from msgspec.structs import replace

from gateway.passes.gate_pass import ALL_GATES, Kind, Pass, covers, within
from gateway.passes.keys import kid_of, private_key, public_bytes
from gateway.passes.text import from_text
from gateway.passes.verify import Reason, Refusal, Why, verify
from tests.gateway.passes.kit import NOW, RESIDENTS, STRANGER, VISITORS, claims, issued, issuing_key, resident, trust

PASS = Pass(
    cti="c0ffee0000000001",
    kid=kid_of(public_bytes(RESIDENTS)).hex(),
    subject="5afe000000000002",
    compound="palm",
    kind=Kind.RESIDENT,
    gates=ALL_GATES,
    not_before=NOW - timedelta(days=1),
    not_after=NOW + timedelta(days=180),
    once=False,
)


def test_a_resident_is_known_again() -> None:
    assert verify(resident(), trust()) == PASS


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_issued_by_a_key_that_may(kind: Kind) -> None:
    visitor = issued(VISITORS, kind=kind, subject=None, gates=0b101, once=True, compound_number=17)
    key = issuing_key(VISITORS, kind)
    read = verify(visitor, trust(keys=(key,)))
    assert isinstance(read, Pass)
    assert (read.kind, read.subject, read.gates, read.once, read.compound) == (kind, None, 0b101, True, "cedar")


@pytest.mark.parametrize("blanks", ["\r", "\n", "\r\n", " ", "\t \r\n"])
def test_white_space_of_a_scanner_at_the_ends_is_dropped(blanks: str) -> None:
    assert verify(blanks + resident() + blanks, trust()) == PASS


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({}, 120),
        ({"gates": 0b1111}, 120),
        ({"gates": 0b1_0000}, 120),
        ({"gates": 0b1000_0000}, 121),
        ({"gates": 0xFFFF}, 122),
        ({"gates": 0xFFFF_FFFF, "compound_number": 255}, 125),
        ({"subject": None, "kind": Kind.VISITOR}, 112),
    ],
)
def test_a_pass_is_small_enough_for_a_version_8_m_code(changes: dict[str, object], size: int) -> None:
    text = resident(**changes)
    blob = from_text(text)
    assert blob is not None
    assert len(blob) == size
    code = segno.make(text, error="m", boost_error=False, micro=False)
    assert (code.mode, code.version) == ("alphanumeric", 8)


def test_the_validity_and_the_gates_of_a_pass_can_be_asked() -> None:
    gate_pass = replace(PASS, gates=0b101)
    assert [covers(gate_pass, gate) for gate in range(-1, 5)] == [False, False, True, False, True, False]
    assert [covers(PASS, gate) for gate in (0, 1, 32, 33)] == [False, True, True, False]
    instants = (PASS.not_before - timedelta(seconds=1), PASS.not_before, PASS.not_after)
    assert [within(PASS, at) for at in instants] == [False, True, False]


def test_a_withdrawn_pass_is_refused_and_says_whose_it_was() -> None:
    by_pass = trust(revoked_passes=frozenset({bytes.fromhex(PASS.cti)}))
    by_person = trust(revoked_subjects=frozenset({claims().subject}))
    by_key = trust(keys=(issuing_key(RESIDENTS, Kind.RESIDENT, withdrawn=True),))
    assert verify(resident(), by_pass) == Refusal(Reason.WITHDRAWN, Why.PASS_WITHDRAWN, PASS)
    assert verify(resident(), by_person) == Refusal(Reason.WITHDRAWN, Why.SUBJECT_WITHDRAWN, PASS)
    assert verify(resident(), by_key) == Refusal(Reason.WITHDRAWN, Why.KEY_WITHDRAWN, PASS)


def test_withdrawing_one_leaves_the_others_alone() -> None:
    other = trust(revoked_passes=frozenset({b"\x00" * 8}), revoked_subjects=frozenset({b"\x01" * 8}))
    assert verify(resident(), other) == PASS
    assert isinstance(verify(resident(subject=None), other), Pass)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (issued(STRANGER), Why.UNKNOWN_KEY),
        (issued(VISITORS), Why.NOT_ENTITLED),
        (resident(kind=Kind.VISITOR), Why.NOT_ENTITLED),
        (resident(compound_number=1), Why.NOT_ENTITLED),
        (resident(not_after=NOW + timedelta(days=401)), Why.NOT_ENTITLED),
        (resident(not_before=NOW - timedelta(days=31)), Why.NOT_ENTITLED),
    ],
)
def test_a_key_signs_only_what_it_is_listed_for(text: str, why: Why) -> None:
    assert verify(text, trust()) == Refusal(Reason.FORGED, why)


def test_keys_that_share_a_key_id_are_all_tried() -> None:
    kid = kid_of(public_bytes(RESIDENTS))
    twin = next(
        key
        for number in count()
        if kid_of(public_bytes(key := private_key(number.to_bytes(32, "big")))) == kid and key is not RESIDENTS
    )
    both = trust(keys=(issuing_key(twin, Kind.STAFF), issuing_key(RESIDENTS, Kind.RESIDENT)))
    assert len(both.keys[kid.hex()]) == 2
    assert verify(resident(), both) == PASS
    staff = verify(issued(twin, kind=Kind.STAFF), both)
    assert isinstance(staff, Pass)
    assert verify(issued(twin), both) == Refusal(Reason.FORGED, Why.NOT_ENTITLED)


@pytest.mark.parametrize(
    "changes",
    [
        {"cti": b"short"},
        {"subject": b"short"},
        {"compound_number": 256},
        {"compound_number": -1},
        {"gates": 0},
        {"gates": -2},
        {"gates": 1 << 32},
        {"not_after": NOW - timedelta(days=1)},
        {"not_before": NOW.replace(microsecond=1)},
        {"not_before": NOW.replace(year=1960)},
        {"not_after": NOW.replace(year=2107)},
    ],
)
def test_claims_that_could_not_be_on_a_pass_are_not_issued(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"pass|subject|compound|gates"):
        resident(**changes)
