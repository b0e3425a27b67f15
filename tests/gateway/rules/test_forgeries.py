"""Somebody tries false passes at a gate: after so many within a period there is an alert, and it counts on."""

from typing import Any

import pytest

from gateway.events.every import Proof
from gateway.findings import AlertState
from gateway.kinds import Kind, Severity
from gateway.limits import Limits
from gateway.orders.every import AlertAcknowledged
from tests.gateway.keeping import BOTH, IN, OUT, Kept, seconds

FORGED: dict[str, Any] = {"proof": Proof.FORGED, "cti": "", "subject": ""}
WITHDRAWN: dict[str, Any] = {"proof": Proof.WITHDRAWN}


def try_(kept: Kept, *shown: dict[str, Any], lane: str = IN, every: float = 60.0) -> None:
    for each in shown:
        kept.show(lane, **each)
        kept.pass_time(seconds(every))


def counts(kept: Kept) -> list[int]:
    return [alert.count for alert in kept.raised(Kind.FORGERIES_AT_GATE)]


def test_the_third_within_ten_minutes_raises_an_alert_for_the_gate() -> None:
    kept = Kept()
    try_(kept, FORGED, WITHDRAWN)
    assert counts(kept) == []
    try_(kept, FORGED, lane=OUT)  # of the same gate
    alert = kept.alert(Kind.FORGERIES_AT_GATE)
    assert (alert.place, alert.count, alert.severity) == ("palm/east", 3, Severity.HIGH)


def test_each_further_one_is_on_the_count() -> None:
    kept = Kept()
    try_(kept, *[FORGED] * 7)
    assert counts(kept) == [3]
    assert kept.alert(Kind.FORGERIES_AT_GATE).count == 7


def test_slower_than_that_is_no_alert() -> None:
    kept = Kept()
    try_(kept, *[FORGED] * 8, every=301.0)
    assert counts(kept) == []


def test_another_gate_has_a_count_of_its_own() -> None:
    kept = Kept()
    try_(kept, FORGED, FORGED)
    try_(kept, FORGED, FORGED, lane=BOTH)
    assert counts(kept) == []


def test_a_code_held_to_the_scanner_is_one() -> None:
    kept = Kept()
    try_(kept, *[FORGED] * 4, every=1.0)
    assert counts(kept) == []


@pytest.mark.parametrize("shown", [{"not_after": None, "gates": 0b10}, {"proof": Proof.UNREADABLE}, {}])
def test_an_honest_mistake_is_no_forgery(shown: dict[str, Any]) -> None:
    kept = Kept()
    try_(kept, *[shown] * 5)
    assert counts(kept) == []


def test_once_seen_and_going_on_it_is_told_again_and_counted_anew() -> None:
    kept = Kept()
    try_(kept, *[FORGED] * 4)
    first = kept.alert(Kind.FORGERIES_AT_GATE)
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=first.id))
    try_(kept, FORGED)
    newest = kept.alert(Kind.FORGERIES_AT_GATE)
    assert (newest.state, newest.count, newest.id == first.id) == (AlertState.RAISED, 1, False)


def test_a_rest_longer_than_the_period_ends_the_run() -> None:
    kept = Kept(limits=Limits(forgeries_at_gate=2))
    try_(kept, FORGED, FORGED)
    kept.pass_time(seconds(700))
    try_(kept, FORGED)
    assert kept.alert(Kind.FORGERIES_AT_GATE).count == 2
    try_(kept, FORGED)
    assert kept.alert(Kind.FORGERIES_AT_GATE).count == 4
