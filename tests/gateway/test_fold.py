"""The state is a fold: from the same inputs the same state, byte for byte, and the same findings; from any snapshot.

What the pages show is a fold of its own over the same journal, and must come to the same.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields, replace

from devices.reading import (
    AliveSeen,
    BandSeen,
    DeafSeen,
    DoorSeen,
    ForgedSeen,
    GarbledSeen,
    HelloSeen,
    LinkSeen,
    LostSeen,
    Receipt,
    SpentPass,
    SpentSeen,
    TamperSeen,
)
from gateway.bodies import Body, read_body
from gateway.compound import Site, Street
from gateway.entries import Entry, EntryClass
from gateway.events.every import HouseOpened, LaneTemperatureTaken, Proof
from gateway.findings import Alert, Tombstone
from gateway.gatekeeper import Gatekeeper
from gateway.limits import Limits
from gateway.orders.care import CareAgreed, CareEnded
from gateway.orders.every import (
    AlertAcknowledged,
    AlertClosed,
    ArrivalExpected,
    DeviceKeyed,
    GuardRuled,
    PassWithdrawn,
    PersonEntered,
    PersonWithdrawn,
    ProfileChosen,
    QuarantineBegun,
    QuarantineEnded,
    TrustTaken,
    WindowOpened,
)
from gateway.orders.gate import CourierLeft, LookAsked, LookEnded
from gateway.orders.homes import HouseholdsChanged, Registered, RegisteredFlat
from gateway.orders.privacy import PersonErased
from gateway.orders.remind import AlertReminded
from gateway.orders.shifts import ShiftBegun, ShiftEnded, ShiftHandedOver
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.retention import KEEPING, WHY, Keeping, Retention
from gateway.shown.fold import Shown
from gateway.state.freezing import slices_of
from gateway.state.state import State, freeze, thaw
from gateway.times_over import OVER
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    BOTH,
    DOOR,
    FLAT,
    IN,
    OTHER_BAND,
    OTHER_DOOR,
    OTHER_FLAT,
    OUT,
    Kept,
    make_site,
    seconds,
)

Step = Callable[["Day"], object]
COURIER = "5afe0000000000c1"
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


class Day(Kept):
    """A house whose pages look on, and of whose state a snapshot is kept after every step."""

    def __init__(self) -> None:
        super().__init__(reports=("decisions", "stays"))
        self.sequences = {DOOR: 0, OTHER_DOOR: 0}
        self.orders = 0
        self.snapshots: list[tuple[int, bytes]] = []
        self.shown = Shown(self.state)

    def entries(self) -> list[Entry]:
        return [entry for batch in self.batches for entry in batch.entries]

    def about(self) -> dict[str, Any]:
        self.orders += 1
        return {"id": f"o{self.orders}", "at": self.now, "by": "d1"}

    def any_alert(self, which: int) -> str:
        names = sorted(self.state.alerts)
        return names[which % len(names)] if names else "e1/0"

    def any_stay(self, which: int) -> str:
        names = sorted([*self.state.quarantines, *self.state.arrivals, *self.state.suspended])
        return names[which % len(names)] if names else "none"


def door(device: str, is_open: bool, ago: float, again: bool) -> Step:
    def step(day: Day) -> None:
        if not again:
            day.sequences[device] += 1
        receipt = Receipt(device, 77, max(1, day.sequences[device]))
        day.hear(device, DoorSeen(open=is_open), ago=ago, receipt=receipt)

    return step


def hear(device: str, seen: Any) -> Step:
    link = "radio" if device in (BAND, OTHER_BAND, "radio") else "cable"
    return lambda day: day.hear(device, seen, link=link)


def show(lane: str, changes: dict[str, Any]) -> Step:
    def step(day: Day) -> None:
        if lane in day.gatekeeper.places.lanes:  # else the reading would mean nothing (gateway/interpret/readings.py)
            day.show(lane, **changes)

    return step


def begin(subject: str, flat: str, band: str, first: int, days: int) -> Step:
    def step(day: Day) -> None:
        first_day = day.now.date() + timedelta(days=first)
        last_day = first_day + timedelta(days=days)
        day.order(
            QuarantineBegun(
                **day.about(),
                flat=flat,
                subject=subject,
                ground="order 7",
                first_day=first_day,
                last_day=last_day,
                band=band,
            )
        )

    return step


def heat(lane: str, celsius: float, again: bool) -> Step:
    return lambda day: day.consider(
        LaneTemperatureTaken(at=day.now, heard=day.now, device="thermometer", lane=lane, celsius=celsius, again=again)
    )


def used(cti: str, hours: float) -> Step:
    """Another gate says that it let this pass in."""

    def step(day: Day) -> None:
        until = day.now + timedelta(hours=hours)
        day.hear("neighbours", SpentSeen(SpentPass(cti, day.now, until, "palm/north/in"), "palm-2"), link="neighbours")

    return step


def order(make: Callable[[Day], Any]) -> Step:
    return lambda day: day.order(make(day))


def reopen(day: Day) -> None:
    day.consider(
        HouseOpened(
            at=day.now,
            heard=day.now,
            version="1",
            epoch="e1",
            clock_trusted=True,
            streams=dict(day.state.streams),
        )
    )


def load(site: Site, limits: Limits) -> Step:
    return lambda day: day.load(site, limits, ("decisions", "stays"))


def bury(day: Day) -> None:
    grave = Tombstone(at=day.now, stream="report", first=1, last=1, why="disk full")
    day.batches.append(day.gatekeeper.tombstone(grave))


doors = st.sampled_from([DOOR, OTHER_DOOR])
bands = st.sampled_from([BAND, OTHER_BAND])
flats = st.sampled_from([FLAT, OTHER_FLAT, "nowhere"])
subjects = st.sampled_from([ANNA, BO, "王静"])
which = st.integers(0, 9)
minutes = st.integers(-90, 90)
seen_of_bands = st.builds(
    BandSeen,
    rssi=st.just(-60),
    counter=st.none() | st.integers(0, 99),
    celsius=st.none() | st.sampled_from([36.5, 37.2, 37.3, 38.8]),
    worn=st.none() | st.booleans(),
    sos=st.booleans(),
    fallen=st.booleans(),
    fine=st.booleans(),
    battery_percent=st.sampled_from([None, 10, 50]),
    repeat=st.booleans(),
)
seen_of_doors = st.one_of(
    st.builds(AliveSeen, battery_percent=st.sampled_from([None, 3, 90]), open=st.none() | st.booleans()),
    st.builds(TamperSeen, open=st.booleans()),
    st.builds(LostSeen, count=st.integers(1, 3)),
    st.builds(HelloSeen, firmware=st.just("1"), boot=st.integers(1, 3)),
    st.builds(GarbledSeen, length=st.just(4), digest=st.just("ab"), why=st.just("wrong checksum")),
)
shown_passes = st.sampled_from(
    [
        {},
        {"subject": ANNA},
        {"subject": "", "cti": "c0ffee0000000009", "once": True, "not_after": datetime(2027, 1, 1, tzinfo=UTC)},
        {"subject": ANNA, "not_after": LONG_AGO},
        {"proof": Proof.FORGED, "cti": "", "subject": ""},
        {"proof": Proof.WITHDRAWN},
        {"holder": "courier", "subject": COURIER, "cti": "c0ffee000000000c"},
        {"compound": "cedar"},
    ]
)


def on_shift(kind: str, gate: str, by: str) -> Step:
    """Of whatever shift runs at the gate, if one does; most of these make no sense, and are refused."""

    def step(day: Day) -> None:
        running = day.state.shifts[gate].id if gate in day.state.shifts else ""
        about = {**day.about(), "by": by, "gate": gate}
        match kind:
            case "begin":
                day.order(ShiftBegun(**about))
            case "take":
                day.order(ShiftBegun(**about, takes=running))
            case "hand":
                day.order(ShiftHandedOver(**about, shift=running, note="灯", pending=3))
            case _:
                day.order(ShiftEnded(**about, shift=running))

    return step


gate_orders: st.SearchStrategy[Step] = st.one_of(
    st.builds(
        on_shift,
        st.sampled_from(["begin", "take", "hand", "end"]),
        st.sampled_from(["palm/east", "palm/west", "nowhere"]),
        st.sampled_from(["g1", "g2"]),
    ),
    st.just(order(lambda day: CourierLeft(**day.about(), who=COURIER))),
    st.just(order(lambda day: LookAsked(**day.about(), lane=IN, camera="camera", reason="r", seconds=60))),
    st.just(order(lambda day: LookEnded(**day.about(), look=next(iter(day.state.looks), "none")))),
    which.map(lambda n: order(lambda day: AlertReminded(**day.about(), alert=day.any_alert(n)))),
)
sites = st.sampled_from([make_site(), make_site("Europe/Berlin"), make_site(flats=1), Site(Street("s", "s", ()), ())])
steps: st.SearchStrategy[Step] = st.one_of(
    gate_orders,
    st.builds(door, doors, st.booleans(), st.sampled_from([0.0, 1.0, 50.0, 4000.0]), st.booleans()),
    st.builds(hear, bands, seen_of_bands),
    st.builds(hear, bands, st.builds(ForgedSeen, why=st.just("wrong key"))),
    st.builds(hear, doors, seen_of_doors),
    st.builds(hear, st.sampled_from(["cable", "camera", "radio"]), st.builds(LinkSeen, open=st.booleans())),
    st.builds(hear, st.just("radio"), st.builds(DeafSeen, deaf=st.booleans())),
    st.builds(show, st.sampled_from([IN, OUT, BOTH]), shown_passes),
    st.builds(begin, subjects, flats, st.just("") | bands, st.integers(-3, 3), st.integers(-1, 70)),
    which.map(lambda n: order(lambda day: QuarantineEnded(**day.about(), quarantine=day.any_stay(n), reason="r"))),
    which.map(
        lambda n: order(
            lambda day: StayExtended(
                **day.about(), quarantine=day.any_stay(n), last_day=date(2026, 3, 14) + timedelta(days=n), reason="r"
            )
        )
    ),
    which.map(lambda n: order(lambda day: StaySuspended(**day.about(), quarantine=day.any_stay(n), reason="r"))),
    which.map(lambda n: order(lambda day: StayResumed(**day.about(), quarantine=day.any_stay(n)))),
    st.tuples(which, flats).map(
        lambda w: order(lambda day: StayMoved(**day.about(), quarantine=day.any_stay(w[0]), flat=w[1], reason="r"))
    ),
    bands.map(lambda band: order(lambda day: BandReturned(**day.about(), band=band))),
    st.tuples(flats, st.booleans()).map(
        lambda w: order(
            lambda day: HouseholdsChanged(
                **day.about(),
                ref=f"r{day.orders}",
                flats=(RegisteredFlat(w[0], (Registered(BO),) if w[1] else ()),),
                left=() if w[1] else (BO,),
            )
        )
    ),
    which.map(lambda n: order(lambda day: AlertAcknowledged(**day.about(), alert=day.any_alert(n)))),
    which.map(lambda n: order(lambda day: AlertClosed(**day.about(), alert=day.any_alert(n), closing="real"))),
    st.tuples(flats, minutes, minutes).map(
        lambda f: order(
            lambda day: WindowOpened(
                **day.about(),
                flat=f[0],
                opens=day.now + timedelta(minutes=f[1]),
                closes=day.now + timedelta(minutes=f[2]),
                purpose="food",
            )
        )
    ),
    st.booleans().map(
        lambda admit: order(
            lambda day: GuardRuled(
                **day.about(),
                lane=BOTH,
                admit=admit,
                reason="r",
                decision=day.state.decision_numbers[-1] if day.state.decision_numbers else None,
            )
        )
    ),
    st.just(order(lambda day: PassWithdrawn(**day.about(), cti="c0ffee0000000001", reason="lost"))),
    st.builds(used, st.sampled_from(["c0ffee0000000009", "c0ffee0000000001"]), st.sampled_from([-1.0, 0.1, 50.0])),
    st.builds(heat, st.sampled_from([IN, OUT, BOTH]), st.sampled_from([37.0, 38.0]), st.booleans()),
    st.sampled_from(["ordinary", "epidemic", "lockdown", "lockdown", "siege"]).map(
        lambda name: order(lambda day: ProfileChosen(**day.about(), profile=name))
    ),
    st.tuples(subjects, flats, st.just("") | bands, st.integers(0, 3), st.sampled_from([-1.0, 40.0, 9000.0])).map(
        lambda f: order(
            lambda day: ArrivalExpected(
                **day.about(),
                subject=f[0],
                flat=f[1],
                band=f[2],
                days=f[3],
                ground="order 7",
                arrive_by=day.now + seconds(f[4]),
            )
        )
    ),
    st.just(order(lambda day: PersonWithdrawn(**day.about(), subject=ANNA, reason="moved away"))),
    st.just(order(lambda day: PersonEntered(**day.about(), subject=BO, flat=FLAT))),
    st.tuples(subjects, flats, bands).map(
        lambda w: order(
            lambda day: CareAgreed(
                **day.about(),
                flat=w[1],
                subject=w[0],
                reason="lives alone",
                agreed_by="self",
                last_day=date(2027, 1, 1),
                band=w[2],
            )
        )
    ),
    st.just(order(lambda day: CareEnded(**day.about(), care=next(iter(day.state.care), "none")))),
    st.just(order(lambda day: DeviceKeyed(**day.about(), device=BAND, fingerprint=str(day.orders)))),
    which.map(lambda n: order(lambda day: TrustTaken(**day.about(), version=n, digest="d", issued_at=day.now))),
    st.tuples(
        st.sampled_from([1.0, 61.0, 130.0, 5000.0, 90_000.0]),
        st.sampled_from([None, 40.0, 3000.0]),
        st.sampled_from([0, 1, 3]),
    ).map(
        lambda t: (
            lambda day: day.pass_time(seconds(t[0]), seconds(max(t[1], t[0] / 50)) if t[1] else None, at_once=t[2])
        )
    ),
    st.tuples(st.sampled_from([-30_000.0, -3.0, 3.0, 30_000.0]), st.booleans()).map(
        lambda t: lambda day: day.set_clock(seconds(t[0]), trusted=t[1])
    ),
    st.builds(load, sites, st.sampled_from([Limits(), Limits(left_open_seconds=5.0, fever_readings=2)])),
    st.just(reopen),
    st.just(bury),
)


def live(chosen: list[Step], day: Day | None = None) -> Day:
    day = day or Day()
    day.snapshots.append((day.state.number, freeze(day.state)))
    told = len(day.batches)
    for step in chosen:
        step(day)
        for batch in day.batches[told:]:
            for entry, body in zip(batch.entries, batch.bodies, strict=True):
                day.shown.apply(entry.number, body)
        told = len(day.batches)
        day.snapshots.append((day.state.number, freeze(day.state)))
    return day


def folded(day: Day, number: int, state: State) -> tuple[bytes, list[tuple[int, bytes]]]:
    """The inputs after record `number`, read back from what the journal would hold, folded into this state."""
    gatekeeper = Gatekeeper(state)
    inputs = [
        (entry, read_body(entry.body))
        for entry in day.entries()
        if entry.number > number and entry.entry_class is EntryClass.INPUT
    ]
    findings = [(entry.number, entry.body) for entry in gatekeeper.replay(inputs)]
    gatekeeper.state.number = day.state.number
    return freeze(gatekeeper.state), findings


@given(chosen=st.lists(steps, max_size=40))
@settings(max_examples=250, deadline=None)
def test_replay_from_scratch_and_from_any_snapshot(chosen: list[Step]) -> None:
    day = live(chosen)
    final = freeze(day.state)
    assert b"".join(slices_of(day.state)) == final
    concluded = [(e.number, e.body) for e in day.entries() if e.entry_class is EntryClass.FINDING]
    assert folded(day, 0, State()) == (final, concluded)
    for number, snapshot in day.snapshots[:: max(1, len(day.snapshots) // 6)]:
        assert folded(day, number, thaw(snapshot)) == (final, [each for each in concluded if each[0] > number])


@given(chosen=st.lists(steps, max_size=40))
@settings(max_examples=150, deadline=None)
def test_the_pages_come_to_the_same(chosen: list[Step]) -> None:
    day = live(chosen)
    fresh = Shown(day.state)
    kept = ("couriers", "shifts", "sheets", "looks")
    for part in (
        "number",
        "alerts",
        "quarantines",
        "suspended",
        "released",
        "arrivals",
        "people",
        "windows",
        "open_doors",
        "silent",
        "off",
        "care",
        *kept,
    ):
        assert getattr(day.shown, part) == getattr(fresh, part), part
    assert list(day.shown.decisions) == list(fresh.decisions)
    assert day.shown.places.site == fresh.places.site


def test_the_pages_move_the_end_of_a_countdown_with_the_clock() -> None:
    fall = BandSeen(rssi=-60, counter=1, fallen=True)
    day = live([hear(BAND, fall), lambda day: day.set_clock(seconds(30_000.0), trusted=True)])
    assert day.shown.alerts == day.state.alerts
    assert [alert.cancel_until for alert in day.shown.alerts.values()] == [day.now + seconds(25)]


def looked_after(last_day: date, changes: Step) -> Day:
    """Who agreed to be looked after until then wears a band that comes off; then something happens."""
    about = {"flat": FLAT, "subject": BO, "reason": "lives alone", "agreed_by": "self", "last_day": last_day}
    off = BandSeen(rssi=-60, counter=1, worn=False)
    agreed = order(lambda day: CareAgreed(**day.about(), band=BAND, **about))
    day = live([agreed, hear(BAND, off)])
    assert BAND in day.shown.off
    return live([changes], day)


def test_nothing_of_a_band_is_shown_of_its_last_wearer_once_care_has_ended() -> None:
    far = date(2027, 1, 1)
    ends: tuple[Step, ...] = (
        order(lambda day: CareEnded(**day.about(), care=next(iter(day.state.care)))),
        order(lambda day: PersonErased(**day.about(), subject=BO, reason="asked")),
        order(lambda day: HouseholdsChanged(**day.about(), ref="r", flats=(RegisteredFlat(FLAT, ()),), left=(BO,))),
    )
    for end in ends:
        day = looked_after(far, end)
        assert (day.shown.care, day.shown.off) == (day.state.care, day.state.off) == ({}, {})


def test_the_last_day_of_care_ends_for_the_pages_too_but_not_by_a_clock_nobody_trusts() -> None:
    def days(day: Day) -> None:
        day.pass_time(timedelta(days=4))
        hear("radio", LinkSeen(open=True))(day)

    tomorrow = date(2026, 3, 15)
    day = looked_after(tomorrow, days)
    assert (day.shown.care, day.shown.off) == (day.state.care, day.state.off) == ({}, {})
    day = looked_after(tomorrow, lambda day: (day.set_clock(seconds(3.0), trusted=False), days(day)))
    assert day.state.care.keys() == day.shown.care.keys() != set()


@given(chosen=st.lists(steps, max_size=40))
@settings(max_examples=150, deadline=None)
def test_promises_that_hold_whatever_happens(chosen: list[Step]) -> None:
    day = live(chosen)
    entries = day.entries()
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    sources = [entry.source for entry in entries if entry.source]
    assert len(sources) == len(set(sources))
    for stream in ("alert", "report"):
        numbers = [entry.stream_number for entry in entries if entry.stream == stream]
        assert numbers == list(range(1, len(numbers) + 1))
    revisions: dict[str, Alert] = {}
    for body in day.wrote():
        if isinstance(body, Alert):
            before = revisions.get(body.id)
            assert body.revision == (before.revision + 1 if before else 1)
            assert before is None or before.open, "an alert that is over comes back under its old name"
            revisions[body.id] = body
    assert {name for name, alert in revisions.items() if alert.open} == set(day.state.alerts)
    assert set(day.state.ringing.values()) <= set(day.state.alerts)


def test_a_date_of_long_ago_or_far_off_is_no_bug() -> None:
    day = Day()
    for first in (date.min, date(1970, 1, 1), date.max):
        plain = QuarantineBegun(
            **day.about(), flat=FLAT, subject=ANNA, ground="g", first_day=first, last_day=first, band=""
        )
        assert not day.order(plain).done
        assert not day.order(replace(plain, id=f"{first}", flat=OTHER_FLAT)).done


FORGETS_BY_ITSELF = {  # books of the state that hold people and are not in OVER, and what empties them
    "erasing": "when the last record is gone",
    "people": "whoever left the registry and has no stay (enact_registry.forget)",
    "quarantines": "the last day (rules/stays.py)",
    "suspended": "the last day (rules/stays.py)",
    "waiting": "the first day (rules/stays.py)",
    "care": "the last day (rules/care.py)",
    "washes": "the last day (rules/stays.py)",
    "others_door": "with the band put on again, or the last day (rules/stays.py)",
    "lives": "with its agreement (rules/care.py)",
    "windows": "forget_over, by forget_windows",
    "guests": "forget_over: whoever is not inside",
    "decisions": "forget_over; the last twenty",
    "decision_numbers": "with decisions",
    "withdrawn_people": "random pseudonyms whose passes must not be good again",
    "withdrawn": "random ids of passes that must not be good again",
    "many_doors": "two minutes (rules/many_doors.py)",
    "held_doors": "when the fire is over (rules/many_doors.py)",
    "unruled": "when a guard has ruled, or after the limit (rules/unattended.py)",
    "rulings": "half a minute (rules/undo.py)",
    "alerts": "until somebody has closed it: an open alert is never forgotten",
    "ringing": "with its alert",
    "tasks": "when done, or knocked at (rules/rounds.py)",
    "shifts": "the end of the shift",
    "wrong_pins": "a week, or a day after it was told (rules/pins.py)",
    "timers": "when due",
}
NOBODY = {  # books of the state that say nothing of a person: devices, places, the house itself
    *("streams", "profiles", "unclean", "orders", "sources", "counters", "band_keys", "open_doors", "doors"),
    *("open_exits", "batteries", "drills", "fires", "silent", "dark", "sights", "rounds", "gaps", "round_figures"),
}


def kinds() -> set[str]:
    found: set[str] = set()

    def walk(each: Any) -> None:
        if isinstance(each, type) and issubclass(each, Struct):
            found.add(each.__name__)
        for part in get_args(each):
            walk(part)

    walk(Body)
    return found


def test_every_kind_that_is_journaled_has_its_time_and_its_reason() -> None:
    assert kinds() - KEEPING.keys() == set()
    assert KEEPING.keys() - kinds() == set()
    assert set(Keeping) == WHY.keys() == {Keeping(each.name.removesuffix("_days")) for each in fields(Retention)}


def test_every_book_of_the_state_is_emptied_by_something() -> None:
    books = {each.name for each in fields(State) if "dict[" in str(each.type) or "list[" in str(each.type)}
    assert books - OVER.keys() - FORGETS_BY_ITSELF.keys() - NOBODY == set()
    assert (FORGETS_BY_ITSELF.keys() | NOBODY) - books == set()
    assert OVER.keys() - books == {"temperatures"}
