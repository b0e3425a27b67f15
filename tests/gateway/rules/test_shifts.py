"""A shift: begun, handed over with counts and open matters, taken by somebody else's log-in, ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from devices.reading import SightFault, SightSeen
from gateway.bodies import body_of, read_body, stream_of
from gateway.entries import Entry, EntryClass
from gateway.events.every import Proof
from gateway.findings_shifts import ShiftSheet, ShiftStage, Tally
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import GuardRuled, OrderResult, RulingUndone
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.shifts import SHEETS_KEPT, count_alert, total
from gateway.shown.fold import Shown
from gateway.state.state import State, freeze, thaw
from tests.gateway.keeping import BOTH, IN, OUT, START, Kept, make_site, of, seconds

EAST, WEST = "palm/east", "palm/west"
QUIET = Limits(camera_silent_seconds=0.0, door_silent_seconds=0.0)


def begin(kept: Kept, by: str = "g1", gate: str = EAST, takes: str = "", id_: str = "s1") -> OrderResult:
    return kept.order(ShiftBegun(id=id_, at=kept.now, by=by, gate=gate, takes=takes))


def hand(kept: Kept, by: str = "g1", shift: str = "s1", gate: str = EAST, **more: object) -> OrderResult:
    order = ShiftHandedOver(id=f"h{len(kept.batches)}", at=kept.now, by=by, gate=gate, shift=shift)
    return kept.order(replace(order, **more))


def end(kept: Kept, by: str = "g1", shift: str = "s1", gate: str = EAST, **more: object) -> OrderResult:
    order = ShiftEnded(id=f"e{len(kept.batches)}", at=kept.now, by=by, gate=gate, shift=shift)
    return kept.order(replace(order, **more))


def rule(kept: Kept, lane: str, *, admit: bool = True) -> None:
    number = kept.state.decision_numbers[-1]
    order = GuardRuled(id=f"r{number}", at=kept.now, by="g1", lane=lane, admit=admit, reason="known", decision=number)
    kept.order(order)


def busy() -> Kept:
    """Half an hour at the east gate: seven answers, an alert, a courier who stays."""
    kept = Kept(limits=QUIET)
    begin(kept)
    kept.show(IN)
    kept.show(IN, cti="c0ffee0000000002", subject="")
    kept.show(OUT)
    kept.show(OUT)  # held on: the same passing
    kept.show(IN, proof=Proof.FORGED)
    kept.show(IN, proof=Proof.UNREADABLE, cti="", subject="")
    rule(kept, IN)
    kept.show(IN, proof=Proof.UNREADABLE, cti="", subject="")
    rule(kept, IN)
    kept.order(RulingUndone(id="u1", at=kept.now, by="g1", decision=kept.state.decision_numbers[-1]))
    kept.show(BOTH, cti="c0ffee0000000003", subject="")  # another gate's
    kept.show(IN, cti="c0ffee0000000009", subject="5afe0000000000c1", holder="courier")
    kept.hear("camera", SightSeen(SightFault.COVERED, learned=True), link="camera")
    kept.pass_time(timedelta(minutes=30), timedelta(minutes=1))
    return kept


EAST_COUNTS = {
    IN: Tally(admitted=3, refused=1, referred=2, by_hand=2, undone=1),
    OUT: Tally(admitted=1),
}


def test_a_shift_counts_what_happens_at_its_gate() -> None:
    shift = busy().state.shifts[EAST]
    assert shift.lanes == EAST_COUNTS
    assert shift.raised == {Kind.CAMERA_COVERED: 1}
    assert total(shift) == Tally(admitted=4, refused=1, referred=2, by_hand=2, undone=1)


def test_handed_over_with_what_is_open_and_taken_by_somebody_else() -> None:
    kept = busy()
    kept.pass_time(timedelta(minutes=40), timedelta(minutes=1))  # the courier has been inside for an hour
    assert hand(kept, note="东门灯坏了", pending=7).done
    sheet = kept.state.sheets["s1"]
    assert (sheet.stage, sheet.by, sheet.shift.note, sheet.shift.pending) == (
        ShiftStage.HANDED_OVER,
        "g1",
        "东门灯坏了",
        7,
    )
    assert sheet.matters.alerts == {Kind.CAMERA_COVERED: 1}
    assert (sheet.matters.couriers, [each.who for each in sheet.matters.overdue]) == (1, ["5afe0000000000c1"])
    assert sheet.matters.referrals == 0
    kept.show(IN, cti="c0ffee0000000004", subject="")  # until it is taken, it counts for whoever stands there
    assert begin(kept, by="g1", takes="s1", id_="s2").why == "somebody else takes it over"
    assert begin(kept, by="g2", takes="s1", id_="s3").done
    taken = kept.state.sheets["s1"]
    assert (taken.stage, taken.by, taken.shift.lanes[IN].admitted) == (ShiftStage.TAKEN, "g2", 4)
    assert (kept.state.shifts[EAST].by, kept.state.shifts[EAST].lanes) == ("g2", {})


def test_who_waits_for_a_guard_is_an_open_matter() -> None:
    kept = Kept(limits=QUIET)
    begin(kept)
    kept.show(IN, proof=Proof.UNREADABLE, cti="", subject="")
    kept.show(BOTH, proof=Proof.UNREADABLE, cti="", subject="")
    hand(kept)
    assert kept.state.sheets["s1"].matters.referrals == 1
    kept.pass_time(timedelta(minutes=11))
    hand(kept)
    assert kept.state.sheets["s1"].matters.referrals == 0


def test_a_sensing_path_that_is_down_is_an_open_matter() -> None:
    kept = Kept()
    begin(kept)
    kept.pass_time(timedelta(minutes=20), timedelta(minutes=1))
    end(kept)
    assert "camera" in kept.state.sheets["s1"].matters.silent
    assert set(kept.state.sheets["s1"].matters.silent) == set(kept.state.silent)


def test_a_shift_nobody_takes_is_ended_also_by_somebody_else() -> None:
    kept = busy()
    assert end(kept, by="d1").done
    assert kept.state.shifts == {}
    assert (kept.state.sheets["s1"].stage, kept.state.sheets["s1"].by) == (ShiftStage.ENDED, "d1")
    assert begin(kept, id_="s2").done


@pytest.mark.parametrize(
    ("do", "why"),
    [
        (lambda kept: begin(kept, id_="s2"), "a shift is running there"),
        (lambda kept: begin(kept, gate="nowhere", id_="s2"), "unknown gate"),
        (lambda kept: begin(kept, by="g2", takes="s1", id_="s2"), "nobody hands that shift over"),
        (lambda kept: begin(kept, by="g2", gate=WEST, takes="s1", id_="s2"), "nobody hands that shift over"),
        (lambda kept: begin(kept, by=" ", gate=WEST, id_="s2"), "a name is needed"),
        (lambda kept: hand(kept, by="g2"), "who has the shift hands it over"),
        (lambda kept: hand(kept, shift="s9"), "no such shift"),
        (lambda kept: hand(kept, note="x" * 201), "a note has at most 200 letters"),
        (lambda kept: end(kept, gate=WEST), "no such shift"),
        (lambda kept: end(kept, pending=-1), "a note has at most 200 letters"),
    ],
)
def test_what_makes_no_sense_is_refused(do: Callable[[Kept], OrderResult], why: str) -> None:
    kept = Kept(limits=QUIET)
    assert begin(kept).done
    assert do(kept).why == why
    assert kept.state.shifts[EAST].by == "g1"


def test_two_gates_have_shifts_of_their_own() -> None:
    kept = Kept(limits=QUIET)
    begin(kept)
    begin(kept, by="g2", gate=WEST, id_="w1")
    kept.show(BOTH)
    kept.hear("camera", SightSeen(SightFault.COVERED, learned=True), link="camera")
    assert (kept.state.shifts[EAST].lanes, kept.state.shifts[WEST].lanes) == ({}, {BOTH: Tally(admitted=1)})
    assert kept.state.shifts[EAST].raised == kept.state.shifts[WEST].raised == {Kind.CAMERA_COVERED: 1}


def test_counts_stand_after_a_kill_and_the_pages_count_the_same() -> None:
    """From a snapshot, from the journal alone, and by the pages' own fold: the same figures."""
    kept = busy()
    hand(kept)
    begin(kept, by="g2", takes="s1", id_="s2")
    kept.show(IN, cti="c0ffee0000000004", subject="")
    assert kept.reopened().state.shifts == kept.state.shifts
    entries = [
        (entry, body)
        for batch in kept.batches
        for entry, body in zip(batch.entries, batch.bodies, strict=True)
        if entry.entry_class is EntryClass.INPUT
    ]
    again = Gatekeeper(State())
    list(again.replay([(entry, read_body(entry.body)) for entry, _ in entries]))
    assert again.state.shifts == kept.state.shifts
    assert again.state.sheets == kept.state.sheets
    shown = Shown(State())
    everything: list[Entry] = [entry for batch in kept.batches for entry in batch.entries]
    for entry in everything:
        shown.apply(entry.number, read_body(entry.body))
    assert (shown.shifts, shown.sheets, shown.couriers) == (kept.state.shifts, kept.state.sheets, kept.state.couriers)
    end(kept, by="g2", shift="s2")
    for batch in kept.batches[-1:]:
        for entry in batch.entries:
            shown.apply(entry.number, read_body(entry.body))
    assert shown.shifts == {}
    assert shown.sheets["s2"].stage is ShiftStage.ENDED


def test_a_clock_that_is_set_makes_no_shift_longer() -> None:
    kept = Kept(limits=QUIET)
    begin(kept)
    kept.set_clock(timedelta(hours=8))
    assert kept.now - kept.state.shifts[EAST].begun_at == seconds(0)


def test_a_gate_that_is_taken_away_takes_its_shift_along() -> None:
    kept = Kept(limits=QUIET)
    begin(kept, gate=WEST)
    site = make_site()
    [palm] = site.street.compounds
    kept.load(replace(site, street=replace(site.street, compounds=(replace(palm, gates=palm.gates[:1]),))))
    assert kept.state.shifts == {}


def test_sheets_are_bounded_and_stay_at_home() -> None:
    kept = Kept(limits=QUIET)
    for number in range(SHEETS_KEPT + 3):
        begin(kept, id_=f"s{number}")
        end(kept, shift=f"s{number}")
    assert len(kept.state.sheets) == SHEETS_KEPT
    assert thaw(freeze(kept.state)).sheets == kept.state.sheets
    sheet = of(ShiftSheet, kept.wrote())[-1]
    assert stream_of(sheet, ("decisions", "stays")) is None
    assert body_of(sheet).at == START


def test_what_a_drill_rings_is_counted_in_no_shift_and_left_open_to_nobody() -> None:
    kept = busy()
    rehearsed = replace(kept.alert(Kind.CAMERA_COVERED), id="e1/999", revision=1, drill=True)
    before = dict(kept.state.shifts)
    count_alert(kept.state.shifts, rehearsed)
    assert kept.state.shifts == before
    kept.state.alerts[rehearsed.id] = rehearsed
    hand(kept)
    assert kept.state.sheets["s1"].matters.alerts == {Kind.CAMERA_COVERED: 1}
