"""Every case of a quarantine door, one line each: what it said and when, what was in force, what is told."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from devices.reading import AliveSeen, DoorSeen, LinkSeen, TamperSeen
from gateway.compound import DeviceKind, Site
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import AlertAcknowledged, AlertClosed, FireDeclared, FireEnded, WindowOpened
from tests.gateway.keeping import ANNA, BAND, BOTH, DOOR, FLAT, IN, OUT, START, Kept, make_site, of, seconds

OPENED, NIGHT, LEFT = (
    Kind.QUARANTINE_DOOR_OPENED,
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT,
    Kind.QUARANTINE_DOOR_LEFT_OPEN,
)
DOORS = frozenset({OPENED, NIGHT, LEFT, Kind.DOOR_SENSOR_DOUBTED, Kind.FIRE_SUSPECTED, Kind.SENSOR_TAMPERED})
HOUR = 3600.0


def told(kept: Kept) -> list[Kind]:
    return [alert.kind for alert in kept.raised() if alert.kind in DOORS]


def counted(kept: Kept) -> dict[Kind, int]:
    """Of each kind the newest revision's count."""
    return {kind: kept.alert(kind).count for kind in dict.fromkeys(told(kept))}


def door(number: int) -> str:
    return f"node-{number:08x}"


def flat(number: int) -> str:
    return f"palm/b1-1-10{number}"


def many(flats: int) -> Site:
    """A building with so many flats, each with its door."""
    site = make_site(flats=flats)
    spare = next(each for each in site.devices if each.kind is DeviceKind.DOOR)
    others = tuple(replace(spare, id=door(n), place=flat(n)) for n in range(3, flats + 1))
    return replace(site, devices=site.devices + others)


class Case(Struct, frozen=True):
    """`says`: seconds after the start -> the door is open (True), shut (False), or found so (a heartbeat's word)."""

    says: tuple[tuple[float, bool], ...]
    told: tuple[Kind, ...]
    starts: float = 0.0  # after 10:00
    window: tuple[float, float] | None = None
    looks: float = 0.0  # how much longer


CASES = {
    "opened with no window": Case(((0, True), (5, False)), (OPENED,)),
    "opened in a window": Case(((600, True), (660, False)), (), window=(600, 1200)),
    "the food came four minutes early": Case(((360, True), (400, False)), (), window=(600, 1200)),
    "it came six minutes early": Case(((240, True), (280, False)), (OPENED,), window=(600, 1200)),
    "it came four minutes late": Case(((1440, True), (1480, False)), (), window=(600, 1200)),
    "it came six minutes late": Case(((1560, True), (1600, False)), (OPENED,), window=(600, 1200)),
    "left open": Case(((0, True),), (OPENED, LEFT), looks=121),
    "shut just in time": Case(((0, True), (119, False)), (OPENED,), looks=300),
    "left open past a window": Case(((600, True),), (LEFT,), window=(600, 1200), looks=1000),
    "open until the window is nearly over": Case(((600, True), (1490, False)), (), window=(600, 1200), looks=1000),
    "at five to ten in the evening": Case(((0, True), (5, False)), (OPENED,), starts=11 * HOUR + 3300),
    "at ten in the evening": Case(((0, True), (5, False)), (NIGHT,), starts=12 * HOUR),
    "at three in the morning": Case(((0, True), (5, False)), (NIGHT,), starts=17 * HOUR),
    "at six in the morning": Case(((0, True), (5, False)), (OPENED,), starts=20 * HOUR),
    "at night in a window": Case(((0, True), (5, False)), (), starts=12 * HOUR, window=(0, 600)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case(name: str) -> None:
    case = CASES[name]
    kept = Kept()
    kept.quarantine()
    kept.pass_time(seconds(case.starts))
    begun = kept.now
    if case.window is not None:
        opens, closes = (begun + seconds(each) for each in case.window)
        order = WindowOpened(id="w", at=begun, by="d1", flat=FLAT, opens=opens, closes=closes, purpose="food")
        assert kept.order(order).done
    for after, is_open in case.says:
        kept.pass_time(begun + seconds(after) - kept.now)
        kept.hear(DOOR, DoorSeen(open=is_open))
    kept.pass_time(seconds(case.looks))
    assert told(kept) == list(case.told)


def test_its_case_was_opened() -> None:
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, TamperSeen(open=True))
    assert told(kept) == [Kind.SENSOR_TAMPERED]
    assert kept.alert(Kind.SENSOR_TAMPERED).place == FLAT


def test_open_and_open_again_is_two_openings_and_the_time_runs_anew() -> None:
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.pass_time(seconds(100))
    kept.hear(DOOR, DoorSeen(open=True))  # its "shut" was lost
    kept.pass_time(seconds(100))
    assert counted(kept) == {OPENED: 2}
    kept.pass_time(seconds(21))
    assert kept.alert(LEFT).raised_at == START + seconds(220)
    assert kept.state.open_doors == kept_open(START + seconds(100))


def kept_open(at: object) -> dict[str, object]:
    return {FLAT: at}


def test_a_heartbeat_that_differs_was_an_opening_if_the_door_was_heard_a_moment_before() -> None:
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, AliveSeen(open=False))
    kept.pass_time(seconds(60))
    kept.hear(DOOR, AliveSeen(open=True))
    assert told(kept) == [OPENED]


def test_a_report_after_a_long_silence_is_never_an_opening_but_has_its_time_to_be_shut() -> None:
    kept = Kept()
    kept.quarantine()
    kept.hear(DOOR, AliveSeen(open=False))
    kept.hear("cable", LinkSeen(open=False, why="gone"))
    kept.pass_time(seconds(3000))
    kept.hear("cable", LinkSeen(open=True))
    kept.hear(DOOR, AliveSeen(open=True))
    assert told(kept) == []
    kept.pass_time(seconds(121))
    assert told(kept) == [LEFT]


def test_what_a_ring_tells_late_is_told_with_its_hour_and_does_not_open_the_door_now() -> None:
    kept = Kept()
    kept.quarantine()
    kept.pass_time(seconds(1000))
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    kept.hear(DOOR, DoorSeen(open=True), ago=500)
    kept.hear(DOOR, DoorSeen(open=False), ago=490)
    assert counted(kept) == {OPENED: 2}
    assert kept.state.open_doors == {}
    assert not kept.alert(OPENED).active
    kept.pass_time(seconds(1000))
    assert told(kept) == [OPENED]


def test_an_old_opening_that_nobody_else_told_is_an_alert_of_its_hour_and_over() -> None:
    kept = Kept()
    kept.quarantine()
    kept.pass_time(seconds(1000))
    kept.hear(DOOR, AliveSeen(open=False))
    kept.state.doors[FLAT] = replace(kept.state.doors[FLAT], word=kept.now)
    kept.hear(DOOR, DoorSeen(open=True), ago=500)
    alert = kept.alert(OPENED)
    assert (alert.raised_at, alert.active) == (START + seconds(500), False)


@pytest.mark.parametrize("acknowledged", [False, True])
def test_a_door_that_chatters_is_one_alert_with_a_count(acknowledged: bool) -> None:
    kept = Kept()
    kept.quarantine()
    for number in range(60):
        kept.hear(DOOR, DoorSeen(open=True))
        kept.pass_time(seconds(1))
        kept.hear(DOOR, DoorSeen(open=False))
        kept.pass_time(seconds(1))
        if acknowledged and number == 10:
            order = AlertAcknowledged(id="a", at=kept.now, by="d1", alert=kept.alert(OPENED).id)
            assert kept.order(order).done
    kept.pass_time(seconds(120))
    assert told(kept) == [OPENED]
    alert = kept.alert(OPENED)
    assert (alert.count, alert.active) == (60, False)
    assert alert.state is (AlertState.CLEARED if acknowledged else AlertState.RAISED)
    assert alert.revision < 20  # and not a message for each time


def test_open_when_a_stay_begins_that_begins_tomorrow() -> None:
    kept = Kept()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.quarantine(first_day=date(2026, 3, 13), last_day=date(2026, 3, 20))
    kept.pass_time(timedelta(hours=20), timedelta(hours=1))
    midnight = START + timedelta(hours=14)
    assert [a.raised_at for a in kept.raised(LEFT)] == [midnight + seconds(120)]


# many doors


def burning(doors: int, apart: float = 5.0, **limits: float) -> Kept:
    kept = Kept(many(8), limits=Limits(**limits))  # type: ignore[arg-type]  # numbers of Limits
    for number in range(1, 9):
        kept.quarantine(subject=f"{number:016x}", flat=flat(number))
    for number in range(1, doors + 1):
        kept.hear(door(number), DoorSeen(open=True))
        kept.pass_time(seconds(apart))
    return kept


def test_three_doors_are_three_violations() -> None:
    assert told(burning(3)) == [OPENED] * 3


def test_the_fourth_is_a_fire_and_the_rest_are_held() -> None:
    kept = burning(8)
    assert told(kept) == [OPENED] * 3 + [Kind.FIRE_SUSPECTED]
    alert = kept.alert(Kind.FIRE_SUSPECTED)
    assert (alert.count, alert.place, alert.active) == (8, "palm/b1", True)
    ringing = [each for each in kept.state.alerts.values() if each.kind in DOORS and not each.parent]
    assert [each.kind for each in ringing] == [Kind.FIRE_SUSPECTED]  # the first three are its children by now
    kept.pass_time(seconds(600))
    assert told(kept) == [OPENED] * 3 + [Kind.FIRE_SUSPECTED]


@pytest.mark.parametrize(
    ("apart", "limits"),
    [(21.0, {}), (5.0, {"fire_doors": 0}), (5.0, {"fire_doors": 9}), (5.0, {"fire_doors_seconds": 10})],
)
def test_no_fire(apart: float, limits: dict[str, float]) -> None:
    assert Kind.FIRE_SUSPECTED not in told(burning(8, apart, **limits))


def test_one_door_many_times_is_no_fire() -> None:
    kept = Kept(many(8))
    kept.quarantine()
    for _ in range(8):
        kept.hear(DOOR, DoorSeen(open=True))
        kept.hear(DOOR, DoorSeen(open=False))
        kept.pass_time(seconds(1))
    assert Kind.FIRE_SUSPECTED not in told(kept)


def test_doors_that_may_open_do_not_count() -> None:
    kept = Kept(many(8))
    for number in range(1, 9):
        kept.quarantine(subject=f"{number:016x}", flat=flat(number))
        order = WindowOpened(
            id=f"w{number}",
            at=kept.now,
            by="d1",
            flat=flat(number),
            opens=kept.now,
            closes=kept.now + seconds(900),
            purpose="swab",
        )
        assert kept.order(order).done
    for number in range(1, 9):
        kept.hear(door(number), DoorSeen(open=True))
    assert told(kept) == []


def test_words_of_an_hour_ago_are_no_fire_now() -> None:
    kept = burning(0)
    kept.pass_time(seconds(HOUR))
    for number in range(1, 9):
        kept.hear(door(number), DoorSeen(open=True), ago=1800 - number)
    assert Kind.FIRE_SUSPECTED not in told(kept)


def test_all_shut_again_it_is_over_but_somebody_must_have_looked() -> None:
    kept = burning(5)
    for number in range(1, 6):
        kept.hear(door(number), DoorSeen(open=False))
    alert = kept.alert(Kind.FIRE_SUSPECTED)
    assert (alert.active, alert.state) == (False, AlertState.RAISED)
    kept.hear(door(7), DoorSeen(open=True))  # from now on a door is a door again
    assert told(kept)[-1] is OPENED


def test_closed_by_a_person_those_that_still_stand_open_have_their_time_and_are_told() -> None:
    kept = burning(6)
    kept.hear(door(5), DoorSeen(open=False))
    order = AlertClosed(id="c", at=kept.now, by="d1", alert=kept.alert(Kind.FIRE_SUSPECTED).id, closing="drill")
    assert kept.order(order).done
    closed = kept.now
    kept.pass_time(seconds(119))
    assert LEFT not in told(kept)
    kept.pass_time(seconds(2))
    left = kept.raised(LEFT)
    assert [alert.place for alert in left] == [flat(n) for n in (1, 2, 3, 4, 6)]
    assert {alert.raised_at for alert in left} == {closed + seconds(120)}


def test_nobody_closes_it_then_single_doors_are_held_for_half_an_hour_and_no_longer() -> None:
    kept = burning(6)
    kept.pass_time(seconds(1700), seconds(60))
    assert LEFT not in told(kept)
    kept.pass_time(seconds(300), seconds(60))
    assert told(kept).count(LEFT) == 6


def test_while_a_fire_burns_no_door_is_told_and_after_it_those_that_stay_open_are() -> None:
    kept = burning(0)
    assert kept.order(FireDeclared(id="f", at=kept.now, by="", compound="palm")).done
    for number in range(1, 9):
        kept.hear(door(number), DoorSeen(open=True))
    kept.pass_time(seconds(4000), seconds(60))
    assert told(kept) == []
    for number in range(1, 8):
        kept.hear(door(number), DoorSeen(open=False))
    assert kept.order(FireEnded(id="e", at=kept.now, by="g1", compound="palm")).done
    kept.pass_time(seconds(200))
    assert [(alert.kind, alert.place) for alert in kept.raised() if alert.kind in DOORS] == [(LEFT, flat(8))]


@pytest.mark.parametrize("order", list(permutations(range(1, 5))))
def test_at_one_instant_in_whichever_order_they_come_it_is_one_fire(order: tuple[int, ...]) -> None:
    kept = burning(0)
    for number in order:
        kept.hear(door(number), DoorSeen(open=True))
    assert sorted(told(kept)) == sorted([OPENED] * 3 + [Kind.FIRE_SUSPECTED])
    assert kept.alert(Kind.FIRE_SUSPECTED).count == 4


# the sensor is doubted


def at_home(begun_ago: float = 7200.0) -> Kept:
    kept = Kept()
    kept.quarantine(ANNA)
    beat_for(kept, begun_ago)
    return kept


def beat_for(kept: Kept, long: float) -> None:
    """The door says that it is shut, again and again."""
    for _ in range(int(long / 300)):
        kept.pass_time(seconds(300))
        kept.hear(DOOR, AliveSeen(open=False))


@pytest.mark.parametrize("lane", [IN, OUT, BOTH])
def test_shown_at_a_lane_while_the_door_says_shut(lane: str) -> None:
    kept = at_home()
    seen = kept.now
    kept.show(lane, subject=ANNA)
    kept.pass_time(seconds(61))
    alert = kept.alert(Kind.DOOR_SENSOR_DOUBTED)
    assert (alert.place, alert.subject, alert.device, alert.raised_at) == (FLAT, ANNA, DOOR, seen)


def test_the_opening_explains_it_though_it_is_told_after_the_gate() -> None:
    kept = at_home()
    kept.show(OUT, subject=ANNA)
    kept.pass_time(seconds(20))
    kept.hear(DOOR, DoorSeen(open=True), ago=140)
    kept.hear(DOOR, DoorSeen(open=False), ago=130)
    kept.pass_time(seconds(100))
    assert Kind.DOOR_SENSOR_DOUBTED not in told(kept)


@pytest.mark.parametrize("gate_first", [False, True])
def test_door_and_gate_at_one_instant_in_either_order_say_the_same(gate_first: bool) -> None:
    kept = at_home()
    for gate in (gate_first, not gate_first):
        if gate:
            kept.show(OUT, subject=ANNA)
        else:
            kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    kept.pass_time(seconds(100))
    assert told(kept) == [OPENED]


def test_out_since_this_morning_by_the_door_is_no_doubt_but_two_days_of_shut_are() -> None:
    kept = at_home()
    kept.hear(DOOR, DoorSeen(open=True))
    kept.hear(DOOR, DoorSeen(open=False))
    beat_for(kept, 4 * HOUR)
    kept.show(IN, subject=ANNA)
    kept.pass_time(seconds(100))
    assert Kind.DOOR_SENSOR_DOUBTED not in told(kept)
    beat_for(kept, 48 * HOUR)
    kept.show(IN, subject=ANNA)
    kept.pass_time(seconds(100))
    assert told(kept)[-1] is Kind.DOOR_SENSOR_DOUBTED


def heard_at(kept: Kept, where: Where, home_ago: float) -> None:
    kept.consider(
        PresenceChanged(
            at=kept.now,
            heard=kept.now,
            device=BAND,
            flat=FLAT,
            where=where,
            was=Where.HOME,
            at_home=kept.now - seconds(home_ago),
        )
    )


@pytest.mark.parametrize(
    ("where", "opened_ago", "back", "doubted"),
    [
        (Where.AT_GATE, None, False, True),
        (Where.LEFT, None, False, True),
        (Where.LEFT, None, True, False),
        (Where.GONE, None, False, False),  # a flat battery goes, too
        (Where.AT_GATE, 60.0, False, False),
        (Where.LEFT, 500.0, False, False),  # a receiver of the flat heard it a while longer
        (Where.AT_GATE, 3600.0, False, True),  # it was heard at home long after the door had shut
    ],
)
def test_a_band_heard_elsewhere(where: Where, opened_ago: float | None, back: bool, doubted: bool) -> None:
    kept = Kept()
    kept.quarantine(ANNA, band=BAND)
    beat_for(kept, 7200)
    if opened_ago is not None:
        kept.hear(DOOR, DoorSeen(open=True), ago=opened_ago)
        kept.hear(DOOR, DoorSeen(open=False), ago=opened_ago - 5)
    heard_at(kept, where, home_ago=20)
    if back:
        heard_at(kept, Where.HOME, home_ago=0)
    beat_for(kept, 600)
    assert (Kind.DOOR_SENSOR_DOUBTED in told(kept)) is doubted


def rings_of(kept: Kept, flat: str) -> list[Kind]:
    return [alert.kind for alert in kept.state.alerts.values() if alert.rings and alert.place == flat]


@pytest.mark.parametrize("where", [Where.LEFT, Where.AT_GATE])
def test_that_the_door_never_opened_for_a_band_that_left_rings_once_and_is_one_case(where: Where) -> None:
    kept = Kept(limits=Limits(camera_silent_seconds=0.0, band_silent_seconds=0.0))
    kept.quarantine(ANNA, band=BAND)
    beat_for(kept, 7200)
    heard_at(kept, Where.HOME, home_ago=0)
    beat_for(kept, 60)
    heard_at(kept, where, home_ago=20)
    beat_for(kept, 600)
    [out] = kept.raised(Kind.BAND_LEFT_FLAT if where is Where.LEFT else Kind.BAND_AT_GATE)
    doubted = kept.alert(Kind.DOOR_SENSOR_DOUBTED)
    assert (doubted.parent, doubted.case) == (out.id, out.case)
    assert rings_of(kept, FLAT) == [out.kind]
    heard_at(kept, Where.HOME, home_ago=0)  # the radio was wrong, or they are back: both are still to be seen
    assert rings_of(kept, FLAT) == [out.kind]
    assert kept.order(AlertAcknowledged(id="a", at=kept.now, by="d1", alert=out.id)).done
    assert rings_of(kept, FLAT) == [], "who has looked at the one has looked at the other"


def test_a_door_that_is_still_doubted_rings_when_only_the_band_is_put_right() -> None:
    kept = Kept(limits=Limits(camera_silent_seconds=0.0, band_silent_seconds=0.0))
    kept.quarantine(ANNA, band=BAND)
    beat_for(kept, 7200)
    heard_at(kept, Where.HOME, home_ago=0)
    beat_for(kept, 60)
    heard_at(kept, Where.LEFT, home_ago=20)
    beat_for(kept, 600)
    closed = AlertClosed(id="c", at=kept.now, by="d1", alert=kept.alert(Kind.BAND_LEFT_FLAT).id, closing=Closing.REAL)
    assert kept.order(closed).done
    assert rings_of(kept, FLAT) == [Kind.DOOR_SENSOR_DOUBTED]


def test_a_silent_door_is_not_doubted_nor_one_of_a_stay_that_began_just_now() -> None:
    kept = at_home(600.0)
    kept.show(OUT, subject=ANNA)
    kept.pass_time(seconds(100))
    kept.hear("cable", LinkSeen(open=False, why="gone"))
    kept.pass_time(seconds(7200))
    kept.show(OUT, subject=ANNA)
    kept.pass_time(seconds(100))
    assert Kind.DOOR_SENSOR_DOUBTED not in told(kept)


# whatever happens


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "shut", "late", "beat", "ack", "close", "window", "fire", "calm", "pass", "clock"]),
        st.integers(1, 6),
        st.floats(0.0, 90.0),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=120, deadline=None)
def test_never_two_open_alerts_of_one_kind_for_one_subject_and_none_unacknowledges_itself(
    steps: list[tuple[str, int, float]],
) -> None:
    kept = burning(0)
    for number, (what, which, pause) in enumerate(steps):
        do(kept, f"o{number}", what, which)
        kept.pass_time(seconds(pause))
    kept.pass_time(seconds(4000), seconds(50))
    open_now: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for alert in of(Alert, kept.wrote()):
        if alert.kind not in DOORS:
            continue
        subject = (alert.kind, alert.key)
        assert open_now.setdefault(subject, alert.id) == alert.id
        if not alert.open:
            del open_now[subject]
        if alert.state is AlertState.ACKNOWLEDGED:
            taken.add(alert.id)
        assert alert.state is not AlertState.RAISED or alert.id not in taken
    again = kept.reopened()
    assert again.state.doors == kept.state.doors


def do(kept: Kept, order: str, what: str, which: int) -> None:
    ringing = [alert for alert in kept.state.alerts.values() if alert.open and alert.kind in DOORS]
    match what:
        case "open" | "shut":
            kept.hear(door(which), DoorSeen(open=what == "open"))
        case "late":
            kept.hear(door(which), DoorSeen(open=which % 2 == 0), ago=which * 40.0)
        case "beat":
            kept.hear(door(which), AliveSeen(open=which % 2 == 0))
        case "ack" if ringing:
            kept.order(AlertAcknowledged(id=order, at=kept.now, by="d1", alert=ringing[which % len(ringing)].id))
        case "close" if ringing:
            alert = ringing[which % len(ringing)].id
            kept.order(AlertClosed(id=order, at=kept.now, by="d1", alert=alert, closing="test"))
        case "window":
            closes = kept.now + seconds(which * 60)
            kept.order(
                WindowOpened(
                    id=order, at=kept.now, by="d1", flat=flat(which), opens=kept.now, closes=closes, purpose="food"
                )
            )
        case "fire":
            kept.order(FireDeclared(id=order, at=kept.now, by="", compound="palm"))
        case "calm":
            kept.order(FireEnded(id=order, at=kept.now, by="g1", compound="palm"))
        case "pass":
            kept.show(OUT, subject=f"{which:016x}")
        case "clock":
            kept.set_clock(seconds(which * 100 - 300))
        case _:
            pass
