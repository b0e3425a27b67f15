"""An alert that nobody takes calls the next one; one case for each happening; one alert rings for many."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.driver import Output
from devices.reading import AliveSeen, BandSeen, DeafSeen, DoorSeen
from gateway.calling import Calling, Responder, ResponderRole, Siren, ladder
from gateway.compound import Places
from gateway.entries import Act
from gateway.events.every import ConfigLoaded, DeviceForged, DoorMoved
from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind, Severity
from gateway.orders.alerts import AlertAssigned, AlertShelved, WorkBegun, WorkEnded
from gateway.orders.every import AlertAcknowledged, AlertClosed, FireDeclared, FireEnded, Order
from gateway.state.state import freeze, thaw
from tests.gateway.keeping import BAND, DOOR, FLAT, OTHER_BAND, OTHER_DOOR, OTHER_FLAT, Kept, make_site, of, seconds

HEAD = Responder("head-b1", ResponderRole.BUILDING_HEAD, ("palm/b1",))
STAIRS = Responder("head-b1-1", ResponderRole.BUILDING_HEAD, ("palm/b1-1",))
ELSEWHERE = Responder("head-b9", ResponderRole.BUILDING_HEAD, ("palm/b9",))
DOCTOR = Responder("doctor", ResponderRole.DOCTOR)
OFFICER = Responder("officer", ResponderRole.DUTY_OFFICER)
SECRETARY = Responder("secretary", ResponderRole.SECRETARY)
POLICE = Responder("police", ResponderRole.POLICE)
TEAM = (POLICE, SECRETARY, HEAD, STAIRS, ELSEWHERE, DOCTOR, OFFICER)
HORN = "node-0000000a"


def house(*, sirens: tuple[Siren, ...] = (), responders: tuple[Responder, ...] = TEAM) -> Kept:
    kept = Kept()
    kept.consider(
        ConfigLoaded(
            at=kept.now,
            heard=kept.now,
            fingerprint="g",
            site=make_site(),
            calling=Calling(responders=responders, sirens=sirens),
        )
    )
    kept.quarantine(band=BAND)
    return kept


def ask(kept: Kept, order: Order) -> str:
    batch, result = kept.gatekeeper.order(order)
    kept.batches.append(batch)
    return result.why


def close_all(kept: Kept, hour: int) -> None:
    for alert in list(kept.state.alerts.values()):
        closing = AlertClosed(id=f"{hour}-{alert.id}", at=kept.now, by="officer", alert=alert.id, closing=Closing.REAL)
        assert not ask(kept, closing)


def newest(kept: Kept, kind: Kind) -> Alert:
    return [alert for alert in of(Alert, kept.wrote()) if alert.kind is kind][-1]


# who is called


@pytest.mark.parametrize(
    ("kind", "place", "called"),
    [
        (Kind.FALL, FLAT, ["head-b1-1", "head-b1", "doctor", "officer", "secretary", "police"]),
        (Kind.FEVER, FLAT, ["doctor", "officer", "secretary"]),
        (Kind.QUARANTINED_PERSON_LEFT, "palm/east/out", ["officer", "police", "secretary"]),
        (Kind.QUARANTINE_DOOR_OPENED, "palm/b9-1-101", ["officer", "secretary"]),
        (Kind.CABLE_LOST, "", ["officer"]),
    ],
)
def test_whoever_is_nearest_is_called_first(kind: Kind, place: str, called: list[str]) -> None:
    assert ladder(kind, place, TEAM, Places(make_site())) == called


def test_nobody_takes_a_fall_and_one_after_the_other_is_called() -> None:
    kept = house()
    kept.hear(BAND, BandSeen(rssi=-60, fallen=True), link="radio")
    kept.pass_time(timedelta(minutes=40), seconds(1))
    fall = [alert for alert in of(Alert, kept.wrote()) if alert.kind is Kind.FALL]
    raised = fall[0]
    assert (raised.assigned_to, raised.due_at) == ("head-b1-1", raised.raised_at + timedelta(minutes=2))
    calls = [
        (alert.escalated, alert.assigned_to, alert.changed_at - raised.raised_at) for alert in fall if alert.escalated
    ]
    assert calls == [
        (1, "head-b1", timedelta(minutes=2)),
        (2, "doctor", timedelta(minutes=6)),
        (3, "officer", timedelta(minutes=14)),
        (4, "secretary", timedelta(minutes=30)),
    ]


def test_who_has_taken_it_has_until_the_door_and_is_then_followed() -> None:
    kept = house()
    kept.hear(BAND, BandSeen(rssi=-60, sos=True), link="radio")
    call = newest(kept, Kind.HELP_CALLED)
    kept.pass_time(seconds(60))
    assert not ask(kept, AlertAcknowledged(id="a", at=kept.now, by="officer", alert=call.id))
    taken = newest(kept, Kind.HELP_CALLED)
    assert (taken.state, taken.acknowledged_by, taken.acknowledged_at) == (AlertState.ACKNOWLEDGED, "officer", kept.now)
    assert taken.due_at == call.raised_at + timedelta(minutes=15)
    kept.pass_time(timedelta(minutes=13))
    assert newest(kept, Kind.HELP_CALLED) == taken
    kept.pass_time(timedelta(minutes=1))
    late = newest(kept, Kind.HELP_CALLED)
    assert (late.state, late.escalated) == (AlertState.ACKNOWLEDGED, 1)
    assert not ask(kept, AlertClosed(id="c", at=kept.now, by="officer", alert=call.id, closing=Closing.REAL))
    kept.pass_time(timedelta(days=2))
    assert newest(kept, Kind.HELP_CALLED).state is AlertState.CLOSED


def test_what_is_over_calls_nobody() -> None:
    kept = house()
    kept.pass_time(seconds(700), seconds(60))
    kept.hear(DOOR, AliveSeen())
    kept.hear(OTHER_DOOR, AliveSeen())
    assert newest(kept, Kind.DOOR_SILENT).state is AlertState.CLEARED
    for _ in range(40):
        kept.pass_time(timedelta(minutes=5))
        kept.hear(DOOR, AliveSeen())
        kept.hear(OTHER_DOOR, AliveSeen())
    assert [alert.escalated for alert in of(Alert, kept.wrote()) if alert.kind is Kind.DOOR_SILENT] == [0] * 4


def test_a_person_is_named_to_see_to_it() -> None:
    kept = house()
    kept.hear(BAND, BandSeen(rssi=-60, sos=True), link="radio")
    call = newest(kept, Kind.HELP_CALLED)
    assert ask(kept, AlertAssigned(id="a1", at=kept.now, by="chief", alert=call.id, to=" ")) != ""
    assert not ask(kept, AlertAssigned(id="a2", at=kept.now, by="chief", alert=call.id, to="li", comment="nearest"))
    assigned = newest(kept, Kind.HELP_CALLED)
    assert (assigned.assigned_to, assigned.comment, assigned.state) == ("li", "nearest", AlertState.RAISED)


# one happening


def test_door_band_and_gate_of_one_person_are_one_case() -> None:
    kept = house()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.pass_time(seconds(30))
    kept.hear(BAND, BandSeen(rssi=-60, worn=False), link="radio")
    kept.pass_time(seconds(90), seconds(10))
    kept.show("palm/east/out", subject="5afe000000000001")
    first = newest(kept, Kind.QUARANTINE_DOOR_OPENED)
    assert {a.kind for a in of(Alert, kept.wrote()) if a.case == first.id} >= {
        Kind.QUARANTINE_DOOR_OPENED,
        Kind.BAND_TAKEN_OFF,
        Kind.QUARANTINED_PERSON_LEFT,
    }
    kept.quarantine(subject="5afe000000000002", flat=OTHER_FLAT, band=OTHER_BAND)
    kept.hear(OTHER_DOOR, DoorSeen(open=True))
    other = newest(kept, Kind.QUARANTINE_DOOR_OPENED)
    assert other.case == other.id


def test_the_next_day_is_another_case_once_the_first_was_closed() -> None:
    kept = house()
    kept.hear(DOOR, DoorSeen(open=True))
    first = newest(kept, Kind.QUARANTINE_DOOR_OPENED)
    kept.hear(DOOR, DoorSeen(open=False))
    for hour in range(3):
        close_all(kept, hour)
        kept.pass_time(timedelta(hours=1), timedelta(minutes=5))
    close_all(kept, 3)
    kept.hear(DOOR, DoorSeen(open=True))
    again = newest(kept, Kind.QUARANTINE_DOOR_OPENED)
    assert (again.case, first.case) == (again.id, first.id)


# one for many


def test_a_deaf_radio_rings_for_its_bands_and_lets_go_of_them() -> None:
    kept = house()
    kept.pass_time(seconds(1000), seconds(10))
    assert newest(kept, Kind.BAND_SILENT).parent == ""
    kept.hear("radio", DeafSeen(deaf=True), link="radio")
    parent = newest(kept, Kind.RADIO_DEAF)
    child = newest(kept, Kind.BAND_SILENT)
    assert (child.parent, child.rings, child.open) == (parent.id, False, True)
    revisions = len(of(Alert, kept.wrote()))
    kept.pass_time(timedelta(minutes=9), seconds(30))  # held: nobody is called for the child
    assert [a.kind for a in of(Alert, kept.wrote())[revisions:] if a.kind is Kind.BAND_SILENT] == []
    kept.hear("radio", DeafSeen(deaf=False), link="radio")
    assert newest(kept, Kind.RADIO_DEAF).state is AlertState.CLEARED
    released = newest(kept, Kind.BAND_SILENT)
    assert (released.parent, released.rings) == ("", True)


def test_who_left_in_a_fire_is_asked_after_when_it_is_over() -> None:
    kept = house()
    ask(kept, FireDeclared(id="f", at=kept.now, by="fire-button", compound="palm"))
    fire = newest(kept, Kind.FIRE)
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    kept.show("palm/east/out", subject="5afe000000000001")
    held = newest(kept, Kind.QUARANTINED_PERSON_LEFT)
    assert (held.parent, held.rings) == (fire.id, False)
    ask(kept, FireEnded(id="e", at=kept.now, by="officer", compound="palm"))
    left = newest(kept, Kind.QUARANTINED_PERSON_LEFT)
    assert (left.parent, left.rings) == ("", True)
    assert kept.raised(Kind.QUARANTINE_DOOR_OPENED) == []  # in a fire an open door is none


# put aside


def test_put_aside_it_comes_back_by_itself_if_it_is_still_there() -> None:
    kept = house()
    kept.pass_time(seconds(700), seconds(60))
    silent = newest(kept, Kind.DOOR_SILENT)
    until = kept.now + timedelta(hours=1)
    assert not ask(
        kept, AlertShelved(id="s", at=kept.now, by="officer", alert=silent.id, until=until, reason="battery ordered")
    )
    shelved = newest(kept, Kind.DOOR_SILENT)
    assert (shelved.state, shelved.shelved_by, shelved.comment) == (AlertState.SHELVED, "officer", "battery ordered")
    kept.pass_time(timedelta(hours=1))
    back = next(a for a in reversed(of(Alert, kept.wrote())) if a.id == silent.id)
    assert (back.state, back.shelved_until) == (AlertState.RAISED, None)


@pytest.mark.parametrize("hours", [0.0, -1.0, 25.0])
def test_nothing_is_put_aside_for_ever(hours: float) -> None:
    kept = house()
    kept.pass_time(seconds(700), seconds(60))
    silent = newest(kept, Kind.DOOR_SILENT)
    until = kept.now + timedelta(hours=hours)
    assert ask(kept, AlertShelved(id="s", at=kept.now, by="o", alert=silent.id, until=until, reason="r")) != ""


def test_a_call_for_help_is_never_put_aside() -> None:
    kept = house()
    kept.hear(BAND, BandSeen(rssi=-60, sos=True), link="radio")
    call = newest(kept, Kind.HELP_CALLED)
    until = kept.now + timedelta(minutes=5)
    why = ask(kept, AlertShelved(id="s", at=kept.now, by="officer", alert=call.id, until=until, reason="busy"))
    assert why == "this alert is never put aside; take it, or close it"


def test_where_installers_work_people_are_looked_after_as_ever_unless_the_work_names_their_band() -> None:
    for devices in ((), (BAND,)):
        kept = house()
        until = kept.now + timedelta(hours=1)
        work = WorkBegun(
            id="w", at=kept.now, by="installer", until=until, reason="r", places=("palm/b1-1",), devices=devices
        )
        assert not ask(kept, work)
        for counter in range(3):
            kept.hear(BAND, BandSeen(rssi=-60, counter=counter, celsius=39.6), link="radio")
            kept.now += seconds(11)
        expected = AlertState.SHELVED if devices else AlertState.RAISED
        assert newest(kept, Kind.FEVER_HIGH).state is expected


def test_where_installers_work_nothing_rings_but_a_call_for_help() -> None:
    kept = house(sirens=(Siren(HORN, (Severity.CRITICAL, Severity.HIGH), 30.0),))
    until = kept.now + timedelta(hours=2)
    work = WorkBegun(id="w", at=kept.now, by="installer", until=until, reason="new sensors", places=("palm/b1-1",))
    assert not ask(kept, work)
    kept.batches.clear()
    kept.hear(DOOR, DoorSeen(open=True))
    opened = newest(kept, Kind.QUARANTINE_DOOR_OPENED)
    assert (opened.state, opened.work, opened.comment) == (AlertState.SHELVED, "w", "new sensors")
    assert acts(kept) == []
    kept.hear(BAND, BandSeen(rssi=-60, sos=True), link="radio")
    assert newest(kept, Kind.HELP_CALLED).rings
    assert acts(kept) == [Output(device=HORN, on=True, seconds=30.0)]
    assert not ask(kept, WorkEnded(id="x", at=kept.now, by="installer", work="w"))
    assert newest(kept, Kind.QUARANTINE_DOOR_OPENED).rings
    assert not kept.state.works


@pytest.mark.parametrize(
    "wrong",
    [
        {"places": ()},
        {"places": ("nowhere",)},
        {"devices": ("node-ffffffff",)},
        {"reason": " "},
        {"by": ""},
        {"hours": 9},
    ],
)
def test_work_mode_needs_a_place_a_reason_a_name_and_an_end(wrong: dict[str, object]) -> None:
    kept = house()
    said: dict[str, object] = {"places": (FLAT,), "reason": "r", "by": "i", "hours": 1} | wrong
    until = kept.now + timedelta(hours=int(str(said.pop("hours"))))
    assert ask(kept, WorkBegun(id="w", at=kept.now, until=until, **said)) != ""  # type: ignore[arg-type]  # a dict of mixed values
    assert not kept.state.works


# what sounds


def acts(kept: Kept) -> list[Output]:
    effects = [effect for batch in kept.batches for effect in batch.effects]
    return [act.action for act in effects if isinstance(act, Act) and isinstance(act.action, Output)]


def test_the_horn_sounds_until_it_is_taken_and_again_when_nobody_comes() -> None:
    kept = house(sirens=(Siren(HORN),))
    kept.hear(BAND, BandSeen(rssi=-60, sos=True), link="radio")
    assert acts(kept) == [Output(device=HORN, on=True, seconds=30.0)]
    kept.pass_time(seconds(121))
    assert acts(kept) == [Output(device=HORN, on=True, seconds=30.0)] * 2
    call = newest(kept, Kind.HELP_CALLED)
    ask(kept, AlertAcknowledged(id="a", at=kept.now, by="officer", alert=call.id))
    assert acts(kept)[2:] == [Output(device=HORN, on=False, seconds=0.0)]


# whatever happens

STEPS = st.lists(
    st.sampled_from(["door", "shut", "off", "on", "sos", "deaf", "hears", "hour", "take", "close", "shelve"])
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_over_any_history_one_alert_for_one_happening_and_nobody_untakes_it(steps: list[str]) -> None:
    kept = house()
    taken: dict[str, str] = {}
    for number, step in enumerate(steps):
        some = next(iter(kept.state.alerts.values()), None)
        match step:
            case "door" | "shut":
                kept.hear(DOOR, DoorSeen(open=step == "door"))
            case "off" | "on":
                kept.hear(BAND, BandSeen(rssi=-60, worn=step == "on"), link="radio")
            case "sos":
                kept.hear(BAND, BandSeen(rssi=-60, sos=True), link="radio")
            case "deaf" | "hears":
                kept.hear("radio", DeafSeen(deaf=step == "deaf"), link="radio")
            case "hour":
                kept.pass_time(timedelta(minutes=31), timedelta(minutes=1))
            case "take" if some is not None:
                ask(kept, AlertAcknowledged(id=f"t{number}", at=kept.now, by="li", alert=some.id))
                taken[some.id] = "li"
            case "close" if some is not None:
                ask(kept, AlertClosed(id=f"c{number}", at=kept.now, by="li", alert=some.id, closing=Closing.REAL))
            case "shelve" if some is not None:
                until = kept.now + timedelta(minutes=10)
                shelved = AlertShelved(id=f"s{number}", at=kept.now, by="li", alert=some.id, until=until, reason="r")
                if not ask(kept, shelved):
                    taken.pop(some.id, None)
            case _:
                pass
        open_ones = [(a.kind, a.key) for a in kept.state.alerts.values() if a.rings]
        assert len(open_ones) == len(set(open_ones))
        for alert in kept.state.alerts.values():
            if taken.get(alert.id):
                assert alert.acknowledged_by == "li"
                assert alert.state is not AlertState.RAISED
    assert freeze(thaw(freeze(kept.state))) == freeze(kept.state)


def many_open(kept: Kept, flats: range) -> None:
    for flat in flats:
        place = f"palm/b1-1-10{flat}"
        kept.consider(DoorMoved(at=kept.now, heard=kept.now, device=f"door {flat}", flat=place, open=True))


def test_a_suspicion_that_nobody_looks_at_holds_for_so_long_and_is_then_over_but_to_be_seen() -> None:
    kept = Kept(make_site(flats=6))
    for flat in range(1, 7):
        kept.quarantine(subject=f"{flat:016x}", flat=f"palm/b1-1-10{flat}")
    many_open(kept, range(1, 5))
    assert newest(kept, Kind.FIRE_SUSPECTED).active
    kept.pass_time(timedelta(minutes=31), timedelta(minutes=1))
    suspected = newest(kept, Kind.FIRE_SUSPECTED)
    assert (suspected.active, suspected.state) == (False, AlertState.RAISED)
    many_open(kept, range(5, 6))
    assert newest(kept, Kind.QUARANTINE_DOOR_OPENED).place == "palm/b1-1-105"
    assert newest(kept, Kind.QUARANTINE_DOOR_OPENED).calls


def test_who_rings_for_themselves_after_a_fire_has_the_whole_time_to_be_taken() -> None:
    kept = Kept()
    kept.quarantine(band=BAND)
    kept.hear(DOOR, DoorSeen(open=True))
    kept.order(FireDeclared(id="f", at=kept.now, by="d1", compound="palm"))
    assert newest(kept, Kind.QUARANTINE_DOOR_OPENED).parent
    kept.pass_time(timedelta(hours=2), timedelta(minutes=5))
    kept.order(FireEnded(id="o", at=kept.now, by="d1", compound="palm"))
    opened = newest(kept, Kind.QUARANTINE_DOOR_OPENED)
    assert (opened.parent, opened.escalated, opened.due_at) == ("", 0, kept.now + seconds(600))


# two open ones of one happening: a call that somebody has taken, and the next


def calls_again(kept: Kept) -> tuple[Alert, Alert]:
    """A call, taken; and another one."""
    kept.hear(BAND, BandSeen(rssi=-60, sos=True, counter=1), link="radio")
    first = newest(kept, Kind.HELP_CALLED)
    assert not ask(kept, AlertAcknowledged(id="t", at=kept.now, by="officer", alert=first.id))
    kept.pass_time(seconds(61))
    kept.hear(BAND, BandSeen(rssi=-60, sos=True, counter=2), link="radio")
    second = newest(kept, Kind.HELP_CALLED)
    assert first.id != second.id
    return first, second


def test_a_third_call_counts_on_the_one_that_rings_whatever_was_written_on_the_first_since() -> None:
    kept = house()
    first, second = calls_again(kept)
    assert not ask(kept, AlertAssigned(id="a", at=kept.now, by="chief", alert=first.id, to="li"))
    kept.pass_time(seconds(61))
    kept.hear(BAND, BandSeen(rssi=-60, sos=True, counter=3), link="radio")
    ringing = [alert for alert in kept.state.alerts.values() if alert.rings and alert.kind is Kind.HELP_CALLED]
    assert [(alert.id, alert.count) for alert in ringing] == [(second.id, 2)]


def test_one_that_was_taken_and_put_aside_comes_back_as_taken_while_the_next_rings() -> None:
    kept = house()
    forged = dict.fromkeys(("first", "second"), "")
    for which in forged:
        kept.consider(DeviceForged(at=kept.now, heard=kept.now, device=BAND, why="wrong key", count=1))
        forged[which] = newest(kept, Kind.BAND_FORGED).id
        if which == "first":
            assert not ask(kept, AlertAcknowledged(id="t", at=kept.now, by="officer", alert=forged["first"]))
        kept.pass_time(seconds(61))
    until = kept.now + timedelta(hours=1)
    assert not ask(kept, AlertShelved(id="s", at=kept.now, by="o", alert=forged["first"], until=until, reason="r"))
    kept.pass_time(timedelta(hours=1))
    states = {which: kept.state.alerts[alert].state for which, alert in forged.items()}
    assert states == {"first": AlertState.ACKNOWLEDGED, "second": AlertState.RAISED}
    assert kept.state.alerts[forged["first"]].acknowledged_by == "officer"
