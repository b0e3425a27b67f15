"""Cards and plates are passes of their person: every reason in every direction, and the laws that stand above it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from devices.reading import CardSeen, PlateSeen
from gateway.compound import Direction
from gateway.events.every import PassShown
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.orders.every import GuardRuled, PassWithdrawn, PersonWithdrawn
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.numbers import Medium
from gateway.profile import Profile
from gateway.state.state import freeze
from tests.gateway.keeping import BO, FLAT, IN, LANES, OUT, START, Kept, decision, of, opened, seconds
from tests.gateway.number_kit import (
    ENTRIES,
    NEW_ENERGY,
    PLATE,
    PRINTED,
    READ,
    READERS,
    SEEN,
    UNKNOWN,
    entry,
    with_readers,
)

MEDIA = (Medium.CARD, Medium.PLATE)
WRONG: dict[Reason, dict[str, Any]] = {
    Reason.ADMITTED: {},
    Reason.WITHDRAWN: {"withdrawn": True},
    Reason.NOT_YET_VALID: {"not_before": datetime(2039, 1, 1, tzinfo=UTC)},
    Reason.EXPIRED: {"not_after": datetime(2021, 1, 1, tzinfo=UTC)},
    Reason.WRONG_COMPOUND: {"compound": "cedar"},
    Reason.WRONG_GATE: {"gates": 0b10},
}
REFUSED_IN = set(WRONG) - {Reason.ADMITTED}


def hold(kept: Kept, lane: str, seen: Any) -> list[Any]:
    return kept.hear(READERS[lane], seen, link=READERS[lane])


@pytest.mark.parametrize("holder", Holder)
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("reason", WRONG)
@pytest.mark.parametrize("medium", MEDIA)
def test_table(medium: Medium, reason: Reason, direction: Direction, holder: Holder) -> None:
    kept = with_readers(entry(medium, holder=str(holder), **WRONG[reason]))
    found = decision(hold(kept, LANES[direction], SEEN[medium]))
    refused = Verdict.REFUSE if direction is Direction.IN else Verdict.REFER
    expected = refused if reason in REFUSED_IN else Verdict.ADMIT
    assert (found.reason, found.verdict, found.holder) == (reason, expected, str(holder))
    assert (found.cti, found.subject) == (ENTRIES[medium].id, BO)
    assert bool(opened(kept.batches[-1])) is (expected is Verdict.ADMIT and direction is not Direction.BOTH)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("medium", MEDIA)
def test_a_number_nobody_knows_is_the_guards_to_look_at(medium: Medium, direction: Direction) -> None:
    kept = with_readers(*ENTRIES.values())
    found = decision(hold(kept, LANES[direction], UNKNOWN[medium]))
    assert (found.reason, found.verdict, found.cti, found.subject) == (Reason.NOT_IN_BOOK, Verdict.REFER, "", "")


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("medium", MEDIA)
def test_without_a_book_nothing_can_be_checked(medium: Medium, direction: Direction) -> None:
    found = decision(hold(with_readers(), LANES[direction], SEEN[medium]))
    assert (found.reason, found.verdict) == (Reason.CANNOT_CHECK, Verdict.REFER)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("seen", [PlateSeen(PLATE, 0.84), PlateSeen("_无_", 0.99), PlateSeen("沪A1234", 0.99)])
def test_a_plate_that_was_not_read_for_sure_is_the_guards_to_look_at(seen: PlateSeen, direction: Direction) -> None:
    found = decision(hold(with_readers(*ENTRIES.values()), LANES[direction], seen))
    assert (found.reason, found.verdict, found.cti) == (Reason.PLATE_UNSURE, Verdict.REFER, "")


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        (PLATE, PlateSeen("沪A·12345", None)),
        (NEW_ENERGY, PlateSeen("沪A D12345", 0.9)),
        ("沪A·12345D", PlateSeen("沪A12345D", 0.85)),
    ],
)
def test_plates_of_seven_and_eight_characters_however_they_are_written(number: str, seen: PlateSeen) -> None:
    assert decision(hold(with_readers(entry(Medium.PLATE, number=number)), IN, seen)).verdict is Verdict.ADMIT


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("wrong", [*WRONG.values()])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_quarantined_person_going_out_is_a_critical_alert(
    medium: Medium, wrong: dict[str, Any], trusted: bool
) -> None:
    kept = with_readers(entry(medium, **wrong), clock_trusted=trusted)
    kept.quarantine(BO)
    found = decision(hold(kept, OUT, SEEN[medium]))
    assert (found.verdict, found.flat) == (Verdict.REFER, FLAT)
    alert = kept.alert(Kind.QUARANTINED_PERSON_LEFT)
    assert (alert.severity, alert.subject, alert.place) == (Severity.CRITICAL, BO, OUT)


@pytest.mark.parametrize("medium", MEDIA)
def test_withdrawn_here_by_its_id_or_with_its_person(medium: Medium) -> None:
    kept = with_readers(entry(medium))
    kept.order(PassWithdrawn(id="w", at=kept.now, by="d1", cti=ENTRIES[medium].id, reason="lost"))
    assert decision(hold(kept, IN, SEEN[medium])).reason is Reason.WITHDRAWN
    kept = with_readers(entry(medium))
    kept.order(PersonWithdrawn(id="p", at=kept.now, by="d1", subject=BO, reason="moved"))
    assert decision(hold(kept, IN, SEEN[medium])).reason is Reason.WITHDRAWN
    assert decision(hold(kept, OUT, SEEN[medium])).verdict is Verdict.REFER


@pytest.mark.parametrize("medium", MEDIA)
def test_with_a_clock_not_trusted_only_dates_are_in_doubt(medium: Medium) -> None:
    kept = with_readers(entry(medium, not_after=datetime(2039, 1, 1, tzinfo=UTC)), clock_trusted=False)
    assert decision(hold(kept, IN, SEEN[medium])).reason is Reason.CLOCK_NOT_TRUSTED
    kept = with_readers(entry(medium), clock_trusted=False)
    assert decision(hold(kept, IN, SEEN[medium])).verdict is Verdict.ADMIT


@pytest.mark.parametrize("medium", MEDIA)
def test_held_to_the_reader_too_long_is_one_passing(medium: Medium) -> None:
    kept = with_readers(entry(medium))
    hold(kept, IN, SEEN[medium])
    kept.pass_time(seconds(2))
    assert decision(hold(kept, IN, SEEN[medium])).reason is Reason.REPEATED
    assert opened(kept.batches[-1]) == []


PROFILES: dict[Reason, tuple[str, dict[str, Any], dict[str, Any]]] = {
    Reason.QUOTA: (OUT, {"quota_people": 1, "quota_days": 2}, {"flat": FLAT}),
    Reason.FULL: (IN, {"head_cap": 1}, {"holder": "courier"}),
    Reason.ALREADY_INSIDE: (IN, {"inside_outside": True}, {}),
    Reason.NOT_INSIDE: (OUT, {"inside_outside": True}, {}),
}


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("reason", PROFILES)
def test_what_the_profile_asks_for_is_asked_of_cards_and_plates(reason: Reason, medium: Medium) -> None:
    lane, asked, changes = PROFILES[reason]
    kept = with_readers(entry(medium, subject="" if reason is Reason.QUOTA else BO, **changes))
    kept.state.profiles["asked"] = Profile(name="asked", **asked)
    kept.state.profile = "asked"
    if reason is Reason.FULL:
        kept.show(IN, holder="visitor", subject="", cti="c0ffee00000000ff")
        assert decision(hold(kept, lane, SEEN[medium])).reason is reason
        return
    assert decision(hold(kept, lane, SEEN[medium])).verdict is Verdict.ADMIT
    kept.pass_time(timedelta(hours=1))
    assert decision(hold(kept, lane, SEEN[medium])).reason is reason


def test_card_and_plate_of_one_person_are_one_person_inside() -> None:
    kept = with_readers(*ENTRIES.values())
    hold(kept, IN, SEEN[Medium.PLATE])
    assert BO in kept.state.inside
    hold(kept, OUT, SEEN[Medium.CARD])
    assert BO not in kept.state.inside


@pytest.mark.parametrize("seen", [READ, *UNKNOWN.values(), PlateSeen(PLATE, 0.97), PlateSeen(PLATE, 0.2)])
def test_the_number_stands_in_no_entry_and_in_no_state(seen: CardSeen | PlateSeen) -> None:
    kept = with_readers(*ENTRIES.values())
    hold(kept, IN, seen)
    asked = kept.state.decision_numbers[-1]
    kept.order(GuardRuled(id="r", at=START, by="g1", lane=IN, admit=True, reason="known to me", decision=asked))
    assert len(of(PassShown, kept.wrote())) == 1
    told = msgspec.json.encode(kept.wrote()).decode() + str(msgspec.msgpack.decode(freeze(kept.state)))
    for number in (PLATE, "A12345", PRINTED, "41143", "41144", str(READ.value), f"{READ.value:x}", "A99999"):
        assert number not in told
