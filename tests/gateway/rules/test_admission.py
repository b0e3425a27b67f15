"""Every reason in every direction for every kind of pass; and the laws that stand above the table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.compound import Direction
from gateway.events.every import Proof
from gateway.findings import Alert, AlertState, Reason, Verdict
from gateway.kinds import Kind, Severity
from gateway.orders.every import GuardRuled, PassWithdrawn, RulingUndone, TrustTaken
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.rules.passage import INSIDE_KEPT
from gateway.verdicts import WAY_IN, verdict_for
from tests.gateway.keeping import ANNA, BO, BOTH, IN, LANES, OUT, START, Kept, decision, make_site, of, opened, seconds

LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2039, 1, 1, tzinfo=UTC)
AUTHENTIC_AND_WRONG: dict[Reason, dict[str, Any]] = {
    Reason.WITHDRAWN: {"proof": Proof.WITHDRAWN, "why": "pass_withdrawn"},
    Reason.NOT_YET_VALID: {"not_before": FAR_OFF},
    Reason.EXPIRED: {"not_after": LONG_AGO},
    Reason.WRONG_COMPOUND: {"compound": "cedar"},
    Reason.WRONG_GATE: {"gates": 0b10},
}
SHOWN: dict[Reason, dict[str, Any]] = {
    Reason.ADMITTED: {},
    Reason.UNREADABLE: {"proof": Proof.UNREADABLE, "cti": "", "subject": "", "compound": ""},
    Reason.NOT_A_PASS: {"proof": Proof.UNREADABLE, "why": "not_ours", "cti": "", "subject": "", "compound": ""},
    Reason.FORGED: {"proof": Proof.FORGED, "cti": "", "subject": "", "compound": ""},
    Reason.CANNOT_CHECK: {"proof": Proof.UNCHECKED, "cti": "", "subject": "", "compound": ""},
    **AUTHENTIC_AND_WRONG,
}
VERDICTS_IN = {
    Reason.ADMITTED: Verdict.ADMIT,
    Reason.UNREADABLE: Verdict.REFER,
    Reason.NOT_A_PASS: Verdict.REFER,
    Reason.FORGED: Verdict.REFUSE,
    Reason.CANNOT_CHECK: Verdict.REFER,
    Reason.WITHDRAWN: Verdict.REFUSE,
    Reason.NOT_YET_VALID: Verdict.REFUSE,
    Reason.EXPIRED: Verdict.REFUSE,
    Reason.WRONG_COMPOUND: Verdict.REFUSE,
    Reason.WRONG_GATE: Verdict.REFUSE,
}


@pytest.mark.parametrize("holder", Holder)
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("reason", SHOWN)
def test_table(reason: Reason, direction: Direction, holder: Holder) -> None:
    kept = Kept()
    found = decision(kept.show(LANES[direction], holder=str(holder), **SHOWN[reason]))
    expected = VERDICTS_IN[reason]
    if direction is not Direction.IN and expected is Verdict.REFUSE:
        expected = Verdict.REFER
    assert (found.reason, found.verdict, found.holder) == (reason, expected, str(holder))
    outputs = {Direction.IN: ["node-0000000a"], Direction.OUT: ["node-0000000b"], Direction.BOTH: []}
    assert opened(kept.batches[-1]) == (outputs[direction] if expected is Verdict.ADMIT else [])
    assert kept.raised() == []


def test_the_table_of_reasons_is_whole() -> None:
    assert set(WAY_IN) == set(Reason) - {Reason.RULED_BY_GUARD, Reason.RULING_UNDONE}


@pytest.mark.parametrize("reason", WAY_IN)
def test_leaving_is_never_refused(reason: Reason) -> None:
    assert verdict_for(reason, Direction.OUT) in (Verdict.ADMIT, Verdict.REFER)
    assert verdict_for(reason, Direction.BOTH) in (Verdict.ADMIT, Verdict.REFER)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("reason", [Reason.CANNOT_CHECK, Reason.CLOCK_NOT_TRUSTED])
def test_cannot_check_is_never_refused(reason: Reason, direction: Direction) -> None:
    assert verdict_for(reason, direction) is Verdict.REFER


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("reason", [Reason.NOT_YET_VALID, Reason.EXPIRED, Reason.ADMITTED, Reason.WRONG_GATE])
def test_with_a_clock_not_trusted_no_date_is_judged(reason: Reason, direction: Direction) -> None:
    kept = Kept(clock_trusted=False)
    found = decision(kept.show(LANES[direction], **SHOWN[reason]))
    assert (found.reason, found.verdict) == (Reason.CLOCK_NOT_TRUSTED, Verdict.REFER)


@pytest.mark.parametrize("wrong", [*AUTHENTIC_AND_WRONG.values(), {}, {"once": True}])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_quarantined_person_going_out_is_a_critical_alert_whatever_else(wrong: dict[str, Any], trusted: bool) -> None:
    kept = Kept(clock_trusted=trusted)
    kept.quarantine(ANNA)
    kept.gatekeeper.state.spent["c0ffee0000000001"] = FAR_OFF
    found = decision(kept.show(OUT, subject=ANNA, **wrong))
    assert found.verdict is Verdict.REFER
    assert found.flat == "palm/b1-1-101"
    alert = kept.alert(Kind.QUARANTINED_PERSON_LEFT)
    assert (alert.severity, alert.subject, alert.place) == (Severity.CRITICAL, ANNA, OUT)
    assert opened(kept.batches[-1]) == []


def test_a_pass_withdrawn_here_still_tells_of_a_quarantined_person() -> None:
    kept = Kept()
    kept.quarantine(ANNA)
    kept.order(PassWithdrawn(id="w", at=kept.now, by="d1", cti="c0ffee0000000001", reason="lost"))
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.WITHDRAWN
    assert len(kept.raised(Kind.QUARANTINED_PERSON_LEFT)) == 1


def test_a_quarantined_person_coming_in_is_referred_and_told() -> None:
    kept = Kept()
    kept.quarantine(ANNA)
    assert decision(kept.show(IN, subject=ANNA)).verdict is Verdict.REFER
    assert [alert.kind for alert in kept.raised()] == [Kind.QUARANTINED_PERSON_AT_GATE]


def test_a_quarantined_person_at_a_lane_for_both_ways_is_going_out() -> None:
    kept = Kept()
    kept.quarantine(ANNA)
    found = decision(kept.show(BOTH, subject=ANNA))
    assert (found.direction, found.verdict) == (Direction.OUT, Verdict.REFER)
    assert [alert.kind for alert in kept.raised()] == [Kind.QUARANTINED_PERSON_LEFT]


def test_others_of_the_flat_are_not_held() -> None:
    kept = Kept()
    kept.quarantine(ANNA)
    assert decision(kept.show(OUT, subject=BO)).verdict is Verdict.ADMIT
    assert kept.raised() == []


def test_before_the_first_day_and_after_the_last_a_person_is_as_any_other() -> None:
    kept = Kept()
    day = START.date()
    kept.quarantine(ANNA, first_day=day + timedelta(days=2), last_day=day + timedelta(days=3))
    assert decision(kept.show(OUT, subject=ANNA)).verdict is Verdict.ADMIT
    kept.pass_time(timedelta(days=2))
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.QUARANTINED
    kept.pass_time(timedelta(days=2))
    assert decision(kept.show(OUT, subject=ANNA)).verdict is Verdict.ADMIT


def test_a_flat_taken_out_of_the_configuration_releases_nobody() -> None:
    kept = Kept()
    kept.quarantine(ANNA, flat="palm/b1-1-102")
    kept.load(make_site(flats=1))
    assert decision(kept.show(OUT, subject=ANNA)).reason is Reason.QUARANTINED


@pytest.mark.parametrize(
    ("gates", "lane", "reason"),
    [
        (ALL_GATES, IN, Reason.ADMITTED),
        (ALL_GATES, BOTH, Reason.ADMITTED),
        (0b1, IN, Reason.ADMITTED),
        (0b1, BOTH, Reason.WRONG_GATE),
        (1 << 31, BOTH, Reason.ADMITTED),
        (1 << 31, IN, Reason.WRONG_GATE),
        ((1 << 32) - 1, BOTH, Reason.ADMITTED),
    ],
)
def test_gates(gates: int, lane: str, reason: Reason) -> None:
    assert decision(Kept().show(lane, gates=gates)).reason is reason


def test_validity_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    kept = Kept()
    assert decision(kept.show(not_before=START, not_after=START + seconds(1))).verdict is Verdict.ADMIT
    assert decision(kept.show(OUT, not_after=START)).reason is Reason.EXPIRED
    assert decision(kept.show(OUT, not_before=START + seconds(0.001))).reason is Reason.NOT_YET_VALID


def test_a_lane_for_both_ways_lets_in_then_out() -> None:
    kept = Kept()
    assert decision(kept.show(BOTH)).direction is Direction.IN
    kept.pass_time(seconds(60))
    assert decision(kept.show(BOTH)).direction is Direction.OUT
    kept.pass_time(seconds(60))
    assert decision(kept.show(BOTH)).direction is Direction.IN


def test_the_same_code_again_within_a_moment_is_one_passing() -> None:
    kept = Kept()
    kept.show(BOTH)
    kept.pass_time(seconds(4.9))
    again = decision(kept.show(BOTH))
    assert (again.verdict, again.reason) == (Verdict.ADMIT, Reason.REPEATED)
    assert BO in kept.state.inside
    kept.pass_time(seconds(0.1))
    assert decision(kept.show(BOTH)).reason is Reason.ADMITTED
    assert BO not in kept.state.inside


@pytest.mark.parametrize("lane", [IN, OUT])
def test_a_copy_held_out_right_behind_opens_nothing(lane: str) -> None:
    kept = Kept()
    kept.show(lane)
    assert len(opened(kept.batches[-1])) == 1
    kept.pass_time(seconds(4.9))
    kept.show(lane)
    assert opened(kept.batches[-1]) == []
    kept.pass_time(seconds(0.1))
    kept.show(lane)
    assert len(opened(kept.batches[-1])) == 1


def test_another_code_in_between_makes_it_a_passing_of_its_own() -> None:
    kept = Kept()
    kept.show(IN)
    kept.show(IN, cti="c0ffee0000000002", subject=ANNA)
    assert decision(kept.show(IN)).reason is Reason.ADMITTED


def test_a_repeat_is_judged_by_validity_first() -> None:
    kept = Kept()
    kept.show(IN)
    kept.order(PassWithdrawn(id="w", at=kept.now, by="d1", cti="c0ffee0000000001", reason="lost"))
    assert decision(kept.show(IN)).reason is Reason.WITHDRAWN


def test_a_one_time_pass_comes_in_once_and_goes_out() -> None:
    kept = Kept()
    until = START + timedelta(days=1)
    assert decision(kept.show(IN, once=True, not_after=until)).verdict is Verdict.ADMIT
    kept.pass_time(seconds(60))
    assert decision(kept.show(IN, once=True, not_after=until)).reason is Reason.SPENT
    assert decision(kept.show(OUT, once=True, not_after=until)).verdict is Verdict.ADMIT
    kept.pass_time(seconds(60))
    assert decision(kept.show(IN, once=True, not_after=until)).verdict is Verdict.REFUSE
    assert decision(kept.show(BOTH, once=True, not_after=until)).verdict is Verdict.REFER


def test_a_pass_that_was_refused_is_not_spent() -> None:
    kept = Kept()
    kept.show(IN, once=True, gates=0b10)
    assert decision(kept.show(IN, once=True)).verdict is Verdict.ADMIT


def test_spent_passes_and_visitors_who_never_left_are_forgotten_in_the_end() -> None:
    kept = Kept()
    for number in range(50):
        until = kept.now + timedelta(hours=1)
        kept.show(IN, cti=f"{number:016x}", subject="", once=True, not_after=until)
        kept.pass_time(timedelta(days=4))
    assert len(kept.state.spent) <= 3
    assert len(kept.state.inside) <= INSIDE_KEPT / timedelta(days=4) + 1


def ruling(kept: Kept, lane: str, *, admit: bool, answers: int | None = None, name: str = "r") -> GuardRuled:
    return GuardRuled(id=name, at=kept.now, by="g1", lane=lane, admit=admit, reason="known to me", decision=answers)


@pytest.mark.parametrize(
    ("lane", "admit", "verdict", "outputs"),
    [
        (IN, True, Verdict.ADMIT, ["node-0000000a"]),
        (IN, False, Verdict.REFUSE, []),
        (OUT, True, Verdict.ADMIT, ["node-0000000b"]),
        (OUT, False, Verdict.REFER, []),  # a guard may ask somebody to wait, and locks nobody in
    ],
)
def test_a_guard_rules(lane: str, admit: bool, verdict: Verdict, outputs: list[str]) -> None:
    kept = Kept()
    assert kept.order(ruling(kept, lane, admit=admit)).done
    found = decision(kept.batches[-1].bodies)
    assert (found.verdict, found.reason, found.by) == (verdict, Reason.RULED_BY_GUARD, "g1")
    assert opened(kept.batches[-1]) == outputs


def test_a_ruling_answers_a_decision_and_moves_its_person() -> None:
    kept = Kept()
    kept.show(BOTH)
    kept.pass_time(seconds(60))
    shown = kept.show(BOTH, not_after=LONG_AGO)  # on the way out, with a pass that has run out
    number = kept.state.number
    assert decision(shown).direction is Direction.OUT
    assert kept.order(ruling(kept, BOTH, admit=False, answers=number, name="r1")).done
    assert decision(kept.batches[-1].bodies).verdict is Verdict.REFER
    assert kept.order(ruling(kept, BOTH, admit=True, answers=number, name="r2")).done
    found = decision(kept.batches[-1].bodies)
    assert (found.verdict, found.direction, found.subject, found.answers) == (
        Verdict.ADMIT,
        Direction.OUT,
        BO,
        number,
    )
    assert BO not in kept.state.inside


def test_two_guards_and_one_person_the_first_ruling_stands_until_it_is_undone() -> None:
    kept = Kept()
    kept.show(IN, gates=0b10)
    number = kept.state.decision_numbers[-1]
    assert kept.order(ruling(kept, IN, admit=False, answers=number, name="r1")).done
    first = kept.state.decision_numbers[-1]
    second = kept.order(ruling(kept, IN, admit=True, answers=number, name="r2"))
    assert (second.done, second.why) == (False, "somebody has ruled already")
    assert kept.state.decision_numbers[-1] == first
    assert kept.order(RulingUndone(id="u1", at=kept.now, by="g2", decision=first)).done
    anew = ruling(kept, IN, admit=True, answers=kept.state.decision_numbers[-1], name="r3")
    assert kept.order(anew).done
    assert decision(kept.batches[-1].bodies).verdict is Verdict.ADMIT


def test_at_a_busy_gate_a_ruling_still_finds_its_person_and_can_be_undone() -> None:
    kept = Kept()
    kept.show(IN, gates=0b10)
    number = kept.state.decision_numbers[-1]
    for _ in range(60):
        kept.show(OUT, subject=ANNA)
    assert kept.order(ruling(kept, IN, admit=True, answers=number)).done
    found = decision(kept.batches[-1].bodies)
    assert found.subject == BO
    ruled = kept.state.decision_numbers[-1]
    for _ in range(60):
        kept.show(OUT, subject=ANNA)
    assert kept.order(RulingUndone(id="u1", at=kept.now, by="g2", decision=ruled)).done


def test_a_one_time_pass_that_a_guard_let_in_is_spent() -> None:
    kept = Kept(clock_trusted=False)
    kept.show(IN, once=True)
    kept.order(ruling(kept, IN, admit=True, answers=kept.state.number))
    kept.set_clock(seconds(10))
    assert decision(kept.show(IN, once=True)).reason is Reason.SPENT


def test_a_ruling_on_a_decision_of_another_lane_is_a_ruling_on_nobody() -> None:
    kept = Kept()
    kept.show(IN, gates=0b10)
    kept.order(ruling(kept, OUT, admit=True, answers=kept.state.number))
    assert decision(kept.batches[-1].bodies).subject == ""


def test_each_showing_of_a_quarantined_person_is_one_more_on_the_count_until_somebody_has_seen_it() -> None:
    kept = Kept()
    kept.quarantine(ANNA)
    for _ in range(3):
        kept.show(OUT, subject=ANNA)
        kept.pass_time(seconds(30))
    assert [a.count for a in of(Alert, kept.wrote()) if a.kind is Kind.QUARANTINED_PERSON_LEFT] == [1, 2, 3]
    assert kept.alert(Kind.QUARANTINED_PERSON_LEFT).state is AlertState.RAISED


def test_a_wrong_clock_makes_no_used_pass_good_again() -> None:
    """While nobody knows the hour nothing is forgotten by it: a gateway that wakes in 2036 is put right later."""
    kept, until = Kept(), START + timedelta(days=2)
    for number in range(4):
        kept.show(IN, cti=f"{number:016x}", subject="", once=True, not_after=until)
        kept.now += seconds(10)
    kept.set_clock(timedelta(days=3650), trusted=False)
    for number in range(4, 8):
        kept.show(IN, cti=f"{number:016x}", subject="", once=True, not_after=until)
        answers = kept.state.decision_numbers[-1]
        assert kept.order(ruling(kept, IN, admit=True, answers=answers, name=f"r{number}")).done
        kept.now += seconds(10)
    kept.set_clock(-timedelta(days=3650), trusted=True)
    for number in range(8):
        found = decision(kept.show(IN, cti=f"{number:016x}", subject="", once=True, not_after=until))
        assert (number, found.reason) == (number, Reason.SPENT)
        kept.now += seconds(10)


def test_what_a_guard_let_in_before_the_clock_was_first_set_stays_used() -> None:
    """A gateway without a clock of its own begins in 1970; a guard's ruling does not know the pass's end."""
    kept, until = Kept(start=datetime(1970, 1, 1, 2, tzinfo=UTC), clock_trusted=False), START + timedelta(days=2)
    kept.show(IN, once=True, not_after=until)
    assert kept.order(ruling(kept, IN, admit=True, answers=kept.state.decision_numbers[-1])).done
    kept.set_clock(START - kept.now)
    for number in range(3):  # each lets two old ones go
        kept.show(IN, cti=f"{number:016x}", subject="", once=True, not_after=until)
        kept.now += seconds(10)
    assert decision(kept.show(IN, once=True, not_after=until)).reason is Reason.SPENT


def test_a_decision_says_which_list_it_was_based_on_and_a_ruling_which_one_there_was() -> None:
    """What the screen showed is what is recorded (the pass was checked by list 7, while the house has list 9)."""
    kept = Kept()
    taken = TrustTaken(
        id="t", at=kept.now, by="stick", version=9, digest="ab", issued_at=START, next_update=START + timedelta(days=1)
    )
    assert kept.order(taken).done
    assert decision(kept.show(IN, trust_version=7, not_after=LONG_AGO)).trust_version == 7
    assert kept.order(ruling(kept, IN, admit=True, answers=kept.state.decision_numbers[-1])).done
    assert decision(kept.batches[-1].bodies).trust_version == 9
