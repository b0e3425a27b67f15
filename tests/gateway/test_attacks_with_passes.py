"""True signatures of keys that may not, and true passes in the wrong hands: named, and no lane opens for them."""

import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.case_log import MOST_MOMENTS
from gateway.compound import PAGE
from gateway.events.neighbours import PassSpentElsewhere
from gateway.findings import Alert, Reason, Verdict
from gateway.kinds import Kind
from gateway.passes import rotating
from gateway.passes.claims import write_claims
from gateway.passes.cose import seal
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue_for_phone
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.text import PHONE_PREFIX, PREFIX, from_text, to_text
from gateway.rules import neighbours
from gateway.state.state import freeze
from tests.day_office import ELSEWHERE, Card, Office
from tests.day_site import WAYS
from tests.gateway.attacked import FORGED, NORTH_BOTH, NORTH_IN, SOUTH_IN, SOUTH_OUT, UNREADABLE, AtTheGate, holds
from tests.gateway.keeping import START
from tests.gateway.passes import kit

LANES = list(WAYS)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OFFICE = Office(START, random.Random(20260312))
KID = kid_of(public_bytes(OFFICE.homes))
PAYLOAD = write_claims(kit.claims(compound_number=1))


@pytest.fixture(scope="module")
def ours() -> AtTheGate:
    """The house that believes the office's keys, but for the one that was lost."""
    return AtTheGate(OFFICE.trust(1, lost=True))


def strangers_and_the_unentitled() -> dict[str, tuple[str, Reason]]:
    visitor, resident = Holder.VISITOR, Holder.RESIDENT
    card, homes = OFFICE.card, OFFICE.homes
    early, late = START - 500 * DAY, START + 500 * DAY
    cards: dict[str, tuple[Card, Reason]] = {
        "a stranger's key": (card(OFFICE.stranger), FORGED),
        "a stranger's key in the office's name": (card(OFFICE.stranger, homes), FORGED),
        "the root key": (card(OFFICE.root), FORGED),
        "the root key in the office's name": (card(OFFICE.root, homes), FORGED),
        "a visitors' key for a resident": (card(OFFICE.guests, kind=resident), FORGED),
        "a visitors' key for somebody observed": (card(OFFICE.guests, kind=Holder.OBSERVED), FORGED),
        "a residents' key for a visitor": (card(homes, kind=visitor), FORGED),
        "a residents' key in the visitors' name": (card(homes, OFFICE.guests, kind=visitor), FORGED),
        "a compound nobody gave the key": (card(homes, compound_number=ELSEWHERE), FORGED),
        "the neighbour's key for our compound": (card(OFFICE.neighbours), FORGED),
        "the neighbour's own pass": (card(OFFICE.neighbours, compound_number=ELSEWHERE), Reason.WRONG_COMPOUND),
        "valid longer than its key": (card(homes, not_after=late), FORGED),
        "valid before its key": (card(homes, not_before=early), FORGED),
        "a withdrawn key": (card(OFFICE.lost, kind=visitor), Reason.WITHDRAWN),
        "a withdrawn key, and expired": (card(OFFICE.lost, kind=visitor, not_after=START - DAY), Reason.WITHDRAWN),
        "expired": (card(homes, not_after=START - HOUR), Reason.EXPIRED),
        "from tomorrow": (card(homes, not_before=START + 300 * DAY, not_after=START + 301 * DAY), Reason.NOT_YET_VALID),
    }
    return {name: (card.text, reason) for name, (card, reason) in cards.items()}


UNENTITLED = strangers_and_the_unentitled()


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("name", UNENTITLED)
def test_a_key_opens_no_more_than_it_may(ours: AtTheGate, lane: str, name: str) -> None:
    text, reason = UNENTITLED[name]
    holds(ours.show(lane, text), reason)


def test_a_trust_list_or_a_pass_signed_for_something_else_is_no_pass(ours: AtTheGate) -> None:
    for context in (b"menshen trust list 1", rotating.CONTEXT, b" ", b"\0"):
        holds(ours.show(SOUTH_IN, to_text(seal(PAYLOAD, OFFICE.homes, KID, context))), FORGED)


def test_a_one_time_pass_is_good_once_however_often_it_is_copied() -> None:
    gate = AtTheGate(OFFICE.trust(1))
    card = OFFICE.visitor()
    assert gate.show(SOUTH_IN, card.text).decision.reason is Reason.ADMITTED
    for lane in (SOUTH_IN, NORTH_IN, SOUTH_IN):
        holds(gate.show(lane, card.text), Reason.SPENT)
    holds(gate.show(SOUTH_IN, f" \t{card.text}\r\n"), Reason.SPENT)
    holds(gate.show(NORTH_IN, card.text, device=f"{PAGE}{NORTH_IN}"), Reason.SPENT)
    assert gate.show(SOUTH_OUT, card.text).decision.verdict is Verdict.ADMIT  # whoever goes out is let out
    holds(gate.show(NORTH_BOTH, card.text), Reason.SPENT)
    gate.kept = gate.kept.reopened()
    gate.kept.gatekeeper.trust = OFFICE.trust(1)
    for lane in (SOUTH_IN, NORTH_IN, NORTH_BOTH):
        holds(gate.show(lane, card.text), Reason.SPENT)
    gate.kept.pass_time(2 * DAY)
    holds(gate.show(SOUTH_IN, card.text), Reason.EXPIRED)


def test_a_neighbour_that_lies_makes_no_used_pass_good_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "MOST_KEPT", 10)
    gate = AtTheGate(OFFICE.trust(1))
    card = OFFICE.visitor()
    assert gate.show(SOUTH_IN, card.text).decision.reason is Reason.ADMITTED
    for cti in (card.cti, *(f"{number:016x}" for number in range(11))):
        now = gate.kept.now
        gate.kept.consider(
            PassSpentElsewhere(
                at=now, heard=now, device="mesh", gateway="palm-2", cti=cti, spent_at=now, until=now + DAY
            )
        )
    holds(gate.show(SOUTH_IN, card.text), Reason.SPENT)


def test_a_withdrawn_pass_is_no_harmless_repetition() -> None:
    card = OFFICE.resident()
    gate = AtTheGate(OFFICE.trust(1))
    assert gate.show(SOUTH_IN, card.text).decision.reason is Reason.ADMITTED
    gate.kept.gatekeeper.trust = OFFICE.trust(2, revoked_passes=frozenset({bytes.fromhex(card.cti)}))
    gate.kept.now -= timedelta(seconds=9)  # within a moment of its admission
    holds(gate.show(SOUTH_IN, card.text), Reason.WITHDRAWN)


def test_a_phones_pass_is_no_code_and_its_code_is_no_card(ours: AtTheGate) -> None:
    secret = b"\x07" * 32
    phone = issue_for_phone(kit.claims(compound_number=1), OFFICE.homes, KID)
    blob = from_text(phone, PHONE_PREFIX)
    assert blob is not None
    code = rotating.show(blob, rotating.pass_key(secret, kit.claims().cti), 3, START)
    relayed = {
        "on its way to the phone": (phone, UNREADABLE),
        "printed on a card": (to_text(blob), FORGED),
        "code called a card": (PREFIX + code[4:], UNREADABLE),
        "card called a code": ("MS2:" + OFFICE.resident().text[4:], UNREADABLE),
        "cut short": (code[:-1], UNREADABLE),
    }
    for lane in LANES:
        for text, reason in relayed.values():
            holds(ours.show(lane, text), reason)
        holds(ours.show(lane, code))  # this gate has no secret of that phone's


def test_a_flood_of_forgeries_is_one_alert_a_gate_and_fills_no_memory() -> None:
    gate = AtTheGate(OFFICE.trust(1))
    resident = OFFICE.resident()

    def flood() -> None:
        for _ in range(250):
            for lane in LANES:
                holds(gate.show(lane, OFFICE.forged(resident)), FORGED)

    def size() -> int:
        """Of all but the timelines: they grow to so many lines, and no further."""
        assert len(gate.kept.state.case_log) <= 2
        assert all(len(timeline) <= MOST_MOMENTS for timeline in gate.kept.state.case_log.values())
        return len(freeze(replace(gate.kept.state, case_log={})))

    flood()
    before = size()
    flood()
    assert abs(size() - before) < 200
    raised = [(alert.kind, alert.key) for alert in gate.kept.raised()]
    assert raised == [(Kind.FORGERIES_AT_GATE, "palm/south"), (Kind.FORGERIES_AT_GATE, "palm/north")]
    newest = {alert.id: alert for alert in gate.kept.wrote() if isinstance(alert, Alert)}
    assert [alert.count for alert in newest.values()] == [1000, 1000]
    assert gate.show(SOUTH_IN, resident.text).decision.reason is Reason.ADMITTED


@pytest.mark.parametrize("length", [*range(len(PAYLOAD)), *range(len(PAYLOAD) + 1, len(PAYLOAD) + 10)])
def test_the_office_itself_cannot_sign_another_length(ours: AtTheGate, length: int) -> None:
    holds(ours.show(SOUTH_IN, to_text(seal((PAYLOAD * 2)[:length], OFFICE.homes, KID))), UNREADABLE)
