"""A short code is a claim: known or not, it admits nobody by itself, and keeps nobody in."""

from datetime import timedelta
from typing import Any

import pytest

from devices.reading import TypedSeen
from gateway.compound import PAGE, Direction
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled, PassWithdrawn
from gateway.passes.numbers import Medium
from gateway.passes.short_code import short_code, written
from gateway.rules.typed import MOST_KEPT
from tests.gateway.keeping import ANNA, BO, IN, LANES, OUT, START, Kept, decision, opened, seconds
from tests.gateway.number_kit import PLATE, entry, with_readers
from tests.gateway.passes.kit import RESIDENTS, VISITORS, issuing_key, trust

CTI = "c0ffee0000000001"
CODE = written(short_code(CTI))


def typed(kept: Kept, lane: str = IN, text: str = CODE) -> Any:
    return decision(kept.hear(PAGE + lane, TypedSeen(text), link="pages"))


def seen_before(**changes: Any) -> Kept:
    """A gate that has a trust list, and saw this pass an hour ago."""
    kept = Kept()
    kept.gatekeeper.trust = trust()
    kid = next(iter(kept.gatekeeper.trust.keys))
    kept.show(IN, kid=kid, **changes)
    kept.show(OUT, kid=kid, **changes)
    kept.pass_time(timedelta(hours=1))
    return kept


@pytest.mark.parametrize("direction", Direction)
def test_a_known_pass_is_the_guards_to_compare(direction: Direction) -> None:
    kept = seen_before()
    found = typed(kept, LANES[direction])
    assert (found.reason, found.verdict) == (Reason.TYPED, Verdict.REFER)
    assert (found.cti, found.subject, found.holder) == (CTI, BO, "resident")
    assert opened(kept.batches[-1]) == []
    assert BO not in kept.state.inside


@pytest.mark.parametrize("direction", Direction)
def test_a_pass_that_was_never_shown_here_is_not_in_the_book(direction: Direction) -> None:
    found = typed(seen_before(cti="c0ffee0000000002"), LANES[direction])
    assert (found.reason, found.verdict, found.cti) == (Reason.NOT_IN_BOOK, Verdict.REFER, "")


def test_a_guard_who_compared_lets_them_in_and_a_one_time_pass_is_spent_by_it() -> None:
    kept = seen_before(gates=0b10, once=True, not_after=START + timedelta(days=1))  # shown at the wrong gate before
    found = typed(kept)
    assert found.reason is Reason.WRONG_GATE
    kept = seen_before(once=True, not_after=START + timedelta(days=1))
    assert typed(kept).reason is Reason.SPENT
    kept = seen_before()
    typed(kept)
    number = kept.state.decision_numbers[-1]
    kept.order(GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="is them", decision=number))
    assert opened(kept.batches[-1]) == ["node-0000000a"]
    assert BO in kept.state.inside


def test_what_is_wrong_with_the_pass_is_wrong_with_its_short_code() -> None:
    kept = seen_before(not_after=START + timedelta(minutes=30))
    assert (typed(kept).reason, typed(kept).verdict) == (Reason.EXPIRED, Verdict.REFUSE)
    assert typed(kept, OUT).verdict is Verdict.REFER
    kept = seen_before()
    kept.order(PassWithdrawn(id="w", at=kept.now, by="d1", cti=CTI, reason="lost"))
    assert typed(kept).reason is Reason.WITHDRAWN


@pytest.mark.parametrize(
    "listed",
    [
        {"revoked_passes": frozenset({bytes.fromhex(CTI)})},
        {"revoked_subjects": frozenset({bytes.fromhex(BO)})},
        {"keys": (issuing_key(RESIDENTS, withdrawn=True), issuing_key(VISITORS, withdrawn=True))},
        {"keys": ()},
    ],
)
def test_lists_that_came_since_count(listed: dict[str, Any]) -> None:
    kept = seen_before()
    kept.gatekeeper.trust = trust(**listed)
    assert (typed(kept).reason, typed(kept, OUT).verdict) == (Reason.WITHDRAWN, Verdict.REFER)


def test_without_a_trust_list_it_cannot_be_checked() -> None:
    kept = seen_before()
    kept.gatekeeper.trust = None
    assert typed(kept).reason is Reason.CANNOT_CHECK


def test_a_quarantined_person_is_noticed_by_their_short_code() -> None:
    kept = seen_before(subject=ANNA)
    kept.quarantine(ANNA)
    assert typed(kept, OUT).reason is Reason.QUARANTINED
    assert len(kept.raised(Kind.QUARANTINED_PERSON_LEFT)) == 1


def test_what_a_phone_shows_is_not_used_up_by_typing() -> None:
    kept = seen_before()
    typed(kept)
    assert kept.state.used_codes == {}
    assert decision(kept.show(IN, stepped=kept.now)).verdict is Verdict.ADMIT


def test_a_plate_typed_by_the_guard_is_read_off_the_car() -> None:
    kept = with_readers(entry(Medium.PLATE))
    assert typed(kept, text="沪a·12345").verdict is Verdict.ADMIT
    assert typed(kept, text="沪A99999").reason is Reason.NOT_IN_BOOK
    assert typed(kept, OUT, text=PLATE).verdict is Verdict.ADMIT


def test_only_what_a_signature_spoke_for_is_known_by_its_short_code() -> None:
    kept = Kept()
    kept.show(IN, foreign="eu_dcc", cti="ab" * 16)
    kept.show(IN, medium="card", cti="ca4d000000000001")
    assert kept.state.known == {}


def test_short_codes_are_forgotten_with_their_passes_and_are_bounded() -> None:
    kept = Kept()
    for number in range(20):
        kept.show(IN, cti=f"{number:08x}00000000", not_after=kept.now + timedelta(hours=1))
        kept.pass_time(timedelta(hours=2))
    assert len(kept.state.known) <= 2
    assert MOST_KEPT <= 20_000
    kept.pass_time(seconds(1))
    again = kept.reopened()
    assert again.state.known == kept.state.known
