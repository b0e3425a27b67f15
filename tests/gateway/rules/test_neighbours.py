"""One-time passes and the compound's other gateways: told once on disk, refused once heard, found when used twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from devices.driver import TellSpent
from devices.reading import ForgedSeen, LinkSeen, SpentPass, SpentSeen, UsedCode, UsedSeen
from gateway.compound import Device, DeviceKind, Site
from gateway.entries import Act
from gateway.events.neighbours import PassSpentElsewhere
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.orders.every import GuardRuled, RulingUndone
from gateway.passes.gate_pass import ALL_GATES
from tests.gateway.keeping import BOTH, IN, OUT, START, Kept, decision, make_site, of, seconds

NEIGHBOURS = "neighbours"
CTI = "c0ffee0000000001"
UNTIL = START + timedelta(days=1)
ONCE: dict[str, Any] = {"once": True, "not_after": UNTIL, "holder": "visitor", "subject": ""}


def beside_others() -> Kept:
    site = make_site()
    return Kept(Site(site.street, (*site.devices, Device(NEIGHBOURS, DeviceKind.NEIGHBOUR, NEIGHBOURS))))


def told(kept: Kept) -> list[SpentPass]:
    """What the last batch tells the neighbours, once it is on disk."""
    actions = [effect.action for effect in kept.batches[-1].effects if isinstance(effect, Act)]
    return [spent for action in actions if isinstance(action, TellSpent) for spent in action.passes]


def hear(kept: Kept, cti: str = CTI, until: datetime = UNTIL, gateway: str = "palm-2") -> list[Any]:
    spent = SpentPass(cti=cti, at=kept.now - seconds(60), until=until, lane="palm/west/in")
    return kept.hear(NEIGHBOURS, SpentSeen(spent, gateway), link=NEIGHBOURS)


def test_a_one_time_pass_that_came_in_is_told_and_no_other() -> None:
    kept = beside_others()
    kept.show(IN, **ONCE)
    assert told(kept) == [SpentPass(cti=CTI, at=START, until=UNTIL + timedelta(days=2), lane=IN)]
    kept.show(IN, **ONCE)  # a moment later: the same passing
    assert told(kept) == []
    kept.show(OUT, **ONCE)
    assert told(kept) == []
    kept.show(IN, cti="c0ffee0000000002")
    assert told(kept) == []
    kept.show(IN, **{**ONCE, "cti": "c0ffee0000000003", "gates": 0b10})
    assert told(kept) == []


def test_one_that_the_guard_let_in_is_told_and_if_undone_not_told_again() -> None:
    kept = beside_others()
    kept.show(IN, **{**ONCE, "gates": 0b10})
    asked = kept.state.decision_numbers[-1]
    assert kept.order(
        GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="known", decision=asked)
    ).done
    assert [spent.cti for spent in told(kept)] == [CTI]
    ruled = kept.state.decision_numbers[-1]
    assert kept.order(RulingUndone(id="u", at=kept.now, by="g1", decision=ruled)).done
    kept.hear(NEIGHBOURS, LinkSeen(open=True), link=NEIGHBOURS)
    assert told(kept) == []


def test_what_was_used_elsewhere_is_spent_here() -> None:
    kept = beside_others()
    hear(kept)
    found = decision(kept.show(IN, **ONCE))
    assert (found.reason, found.verdict) == (Reason.SPENT, Verdict.REFUSE)
    assert decision(kept.show(OUT, **ONCE)).verdict is Verdict.ADMIT
    assert kept.raised() == []


def test_used_here_and_there_while_nobody_heard_is_found_and_told_once() -> None:
    kept = beside_others()
    kept.show(IN, **ONCE)
    kept.pass_time(seconds(30))
    for _ in range(3):
        hear(kept)
    (alert,) = kept.raised(Kind.PASS_USED_TWICE)
    assert (alert.key, alert.place, alert.severity, alert.count) == (CTI, IN, Severity.HIGH, 1)
    assert len(of(PassSpentElsewhere, kept.wrote())) == 1, "said again and again, it is kept once"


def test_whom_a_guard_lets_in_knowing_it_was_used_is_not_used_twice() -> None:
    kept = beside_others()
    hear(kept)
    kept.show(IN, **ONCE)
    asked = kept.state.decision_numbers[-1]
    kept.order(GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="known", decision=asked))
    assert told(kept) == []
    hear(kept, gateway="palm-3")
    assert kept.raised(Kind.PASS_USED_TWICE) == []


def test_when_the_link_opens_everything_that_still_counts_is_said_again() -> None:
    kept = beside_others()
    kept.show(IN, **ONCE)
    kept.show(BOTH, **{**ONCE, "cti": "c0ffee0000000002", "not_after": START + seconds(60)})
    hear(kept, "c0ffee0000000007")
    kept.hear(NEIGHBOURS, LinkSeen(open=True), link=NEIGHBOURS)
    assert [spent.cti for spent in told(kept)] == [CTI, "c0ffee0000000002"]
    kept.pass_time(timedelta(days=2, seconds=61))
    again = kept.reopened()
    again.hear(NEIGHBOURS, LinkSeen(open=True), link=NEIGHBOURS)
    assert [spent.cti for spent in told(again)] == [CTI]
    again.hear("camera", LinkSeen(open=True), link="camera")
    assert told(again) == []


def test_what_is_long_over_is_not_kept_and_nothing_is_kept_for_ever() -> None:
    kept = beside_others()
    assert hear(kept, until=kept.now) == []
    hear(kept, until=kept.now + timedelta(days=9000))
    assert kept.state.spent_elsewhere[CTI] == kept.now + timedelta(days=60)


@pytest.mark.parametrize("count", [30])
def test_the_book_does_not_grow(count: int) -> None:
    kept = beside_others()
    for number in range(count):
        hear(kept, f"{number:016x}", kept.now + timedelta(hours=1))
        kept.pass_time(timedelta(hours=2))
    assert len(kept.state.spent_elsewhere) <= 2


def test_other_gates_that_are_away_for_long_are_told_of() -> None:
    kept = beside_others()
    kept.hear(NEIGHBOURS, LinkSeen(open=False, why="no route"), link=NEIGHBOURS)
    kept.pass_time(seconds(121))
    assert len(kept.raised(Kind.NEIGHBOURS_AWAY)) == 1
    kept.hear(NEIGHBOURS, LinkSeen(open=True), link=NEIGHBOURS)
    assert not kept.alert(Kind.NEIGHBOURS_AWAY).active


# codes of phones


def told_codes(kept: Kept) -> list[UsedCode]:
    actions = [effect.action for effect in kept.batches[-1].effects if isinstance(effect, Act)]
    return [code for action in actions if isinstance(action, TellSpent) for code in action.codes]


def hear_code(kept: Kept, stepped: datetime, cti: str = CTI) -> list[Any]:
    return kept.hear(NEIGHBOURS, UsedSeen(UsedCode(cti, stepped), "palm-2"), link=NEIGHBOURS)


@pytest.mark.parametrize("gates", [ALL_GATES, 0b10])
def test_a_phones_code_is_told_by_being_shown_whatever_became_of_it(gates: int) -> None:
    kept = beside_others()
    kept.show(IN, stepped=START, gates=gates)
    assert told_codes(kept) == [UsedCode(CTI, START)]
    kept.show(IN, stepped=START, gates=gates)  # held out too long
    assert told_codes(kept) == []
    kept.show(IN, cti="c0ffee0000000002")  # a card
    assert told_codes(kept) == []


def test_a_code_that_was_shown_at_another_gate_is_used_here() -> None:
    kept = beside_others()
    hear_code(kept, START)
    found = decision(kept.show(IN, stepped=START))
    assert (found.reason, found.verdict) == (Reason.CODE_USED, Verdict.REFUSE)
    assert decision(kept.show(OUT, stepped=START)).verdict is Verdict.REFER
    assert decision(kept.show(IN, stepped=START + seconds(15))).verdict is Verdict.ADMIT, "the next one is good"


def test_an_older_or_a_future_code_from_elsewhere_takes_nothing_back() -> None:
    kept = beside_others()
    kept.show(IN, stepped=START)
    hear_code(kept, START - seconds(15))
    assert kept.state.used_codes[CTI] == START
    hear_code(kept, START + seconds(60))
    assert kept.state.used_codes[CTI] == START


def test_an_old_message_played_again_is_no_line_of_the_journal() -> None:
    kept = beside_others()
    hear_code(kept, START)
    kept.pass_time(timedelta(minutes=11))
    assert hear_code(kept, START) == []


def test_a_gate_that_comes_back_is_told_of_the_codes_that_are_still_fresh() -> None:
    kept = beside_others()
    kept.show(IN, stepped=START)
    kept.hear(NEIGHBOURS, LinkSeen(open=True), link=NEIGHBOURS)
    assert told_codes(kept) == [UsedCode(CTI, START)]
    kept.pass_time(seconds(41))
    kept.hear(NEIGHBOURS, LinkSeen(open=True), link=NEIGHBOURS)
    assert told_codes(kept) == []


def test_who_speaks_for_another_gate_without_the_key_is_an_alert() -> None:
    kept = beside_others()
    kept.hear(NEIGHBOURS, ForgedSeen("not signed"), link=NEIGHBOURS)
    kept.pass_time(timedelta(minutes=2))
    assert len(kept.raised(Kind.NEIGHBOUR_FORGED)) == 1
    assert kept.raised(Kind.BAND_FORGED) == []


def test_a_visitors_pass_for_one_gate_is_good_there_and_at_no_other() -> None:
    kept = beside_others()
    visitor = {**ONCE, "gates": 0b1}
    found = decision(kept.show(BOTH, **visitor))
    assert (found.reason, found.verdict) == (Reason.WRONG_GATE, Verdict.REFER)
    assert told(kept) == [], "and is not used up by having been shown there"
    assert decision(kept.show(IN, **visitor)).verdict is Verdict.ADMIT
