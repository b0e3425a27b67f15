"""The timeline of a case: what each revision of an alert says anew, and what may be written beside it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.alerts.life import acknowledge, close
from gateway.case_log import KEPT, MOST_CASES, MOST_MOMENTS, CaseLog, Step, moments_of, note_alert, note_case
from gateway.compound import Places
from gateway.enact.every import enact, refusal
from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind, Severity
from gateway.limits import Limits
from gateway.orders.cases import CaseNoted
from gateway.state.state import State, freeze, thaw

AT = datetime(2022, 3, 14, 6, tzinfo=UTC)
FALL = Alert(
    id="e/1",
    kind=Kind.FALL,
    key="k",
    severity=Severity.CRITICAL,
    state=AlertState.RAISED,
    revision=1,
    raised_at=AT,
    changed_at=AT,
    case="e/1",
    assigned_to="head",
)


def noted(text: str = "asked the neighbours", *, case: str = "e/1", going: bool = False, by: str = "d1") -> CaseNoted:
    return CaseNoted(id=f"n{text}{going}", at=AT, by=by, case=case, text=text, going=going)


def test_a_fall_from_its_raising_to_its_end() -> None:
    late = replace(FALL, revision=2, changed_at=AT + timedelta(minutes=2), escalated=1, assigned_to="doctor")
    taken = acknowledge(late, by="d1", comment="", now=AT + timedelta(minutes=3), limits=Limits())
    over = replace(taken, revision=4, active=False, over_at=AT + timedelta(minutes=8))
    again = replace(over, revision=5, active=True, over_at=None)
    done = close(again, by="d1", closing=Closing.REAL, comment="in hospital", now=AT + timedelta(minutes=20))
    log: CaseLog = {}
    for before, alert in ((None, FALL), (FALL, late), (late, taken), (taken, over), (over, again), (again, done)):
        note_alert(log, before, alert)
    told = [(each.what, each.who, each.text) for each in log["e/1"]]
    assert told == [
        (Step.RAISED, "", ""),
        (Step.CALLED, "head", ""),
        (Step.OVERDUE, "doctor", ""),
        (Step.TAKEN, "d1", ""),
        (Step.OVER, "", ""),
        (Step.AGAIN, "", ""),
        (Step.PUT_RIGHT, "d1", "in hospital"),
    ]


def test_put_aside_and_back_and_reminded_of() -> None:
    aside = replace(FALL, revision=2, state=AlertState.SHELVED, shelved_by="i1", comment="new sensor")
    back = replace(aside, revision=3, state=AlertState.RAISED, shelved_by="")
    rung = replace(back, revision=4, reminded=1, reminded_by="centre:x")
    steps = [
        (each.what, each.who)
        for before, alert in ((FALL, aside), (aside, back), (back, rung))
        for each in moments_of(before, alert)
    ]
    assert steps == [(Step.SHELVED, "i1"), (Step.BACK, ""), (Step.REMINDED, "centre:x")]


def test_one_more_on_its_count_says_nothing() -> None:
    assert list(moments_of(FALL, replace(FALL, revision=2, count=2))) == []


def test_a_log_is_bounded_in_cases_moments_and_days() -> None:
    log: CaseLog = {}
    for number in range(MOST_CASES + 5):
        note_case(log, noted(case=f"e/{number}"))
    assert len(log) == MOST_CASES
    assert "e/4" not in log
    for number in range(MOST_MOMENTS + 5):
        note_case(log, noted(f"{number}", case="e/9"))
    assert len(log["e/9"]) == MOST_MOMENTS
    assert (log["e/9"][0].text, log["e/9"][-1].text) == ("asked the neighbours", f"{MOST_MOMENTS + 4}")
    note_case(log, replace(noted(case="e/new"), at=AT + KEPT + timedelta(seconds=1)))
    assert list(log) == ["e/new"]


def test_a_note_moves_the_state_on_and_is_in_a_snapshot() -> None:
    state = State(alerts={"e/1": FALL})
    order = noted(going=True, text="")
    assert refusal(order, state, Places(state.site)) == ""
    assert list(enact(order, state, Places(state.site))) == []
    assert [each.what for each in thaw(freeze(state)).case_log["e/1"]] == [Step.GOING]


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (noted(by=" "), "a name is needed"),
        (noted(case="e/2"), "no such open case"),
        (noted(" "), "write what there is to say"),
        (noted("x" * 201), "a note has at most 200 letters"),
        (noted("ring 13800001111"), "no phone or identity number in a note"),
        (noted("ring 138 0000 1111"), "no phone or identity number in a note"),
        (noted("31010119600101123X"), "no phone or identity number in a note"),
        (noted("2022-03-14 14:30 knocked, flat 1201 of 28"), ""),
        (noted("37.4 36.9 37.1 at 14:05"), ""),
    ],
)
def test_what_may_stand_in_a_note(order: CaseNoted, why: str) -> None:
    state = State(alerts={"e/1": FALL})
    assert refusal(order, state, Places(state.site)) == why
