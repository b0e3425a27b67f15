"""Whatever is journaled, sent or counted says whether it is of a drill, or stands here with the reason why it does not.

The tests walk the unions themselves: a new event, finding or message that forgets the mark fails by its name.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct, structs
from msgspec.structs import replace

from devices.reading import BandSeen
from gateway.bodies import Body, read_body
from gateway.compound import Places
from gateway.daily import daily
from gateway.drills import marked
from gateway.entries import Stream
from gateway.events.every import BandHeard, DoorMoved, Event, FireSignalled, TemperatureTaken
from gateway.events.marked import Marked
from gateway.findings import Alert, Closing, Decision, Finding, Verdict
from gateway.kinds import Kind
from gateway.messages.every import Numbered, OpenAlert
from gateway.messages.telling import numbered
from gateway.messages.telling_alerts import open_alert
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.orders.every import FireDeclared, GuardRuled, Order
from gateway.orders.shifts import ShiftBegun
from gateway.orders.windows import WindowAsked
from gateway.scribe import _encode
from gateway.services import Service, ServiceMoved, ServiceState
from tests.gateway.keeping import ANNA, BAND, BO, DOOR, FLAT, IN, OTHER_BAND, OUT, START, Kept, decision, of, seconds

HOUR = timedelta(hours=1)
LIFE = (Kind.HELP_CALLED, Kind.FALL, Kind.FIRE, Kind.FEVER)

NO_EVENT_OF_A_PLACE = {
    "HourStruck": "the hour",
    "HouseOpened": "the house itself",
    "ConfigLoaded": "the house itself",
    "ClockSet": "the house itself",
    "DiskFilled": "the house itself",
    "BooksRead": "the house itself",
    "TimesOver": "what retention let go",
    "ContentsDeleted": "what retention let go",
    "PassSpentElsewhere": "what another gateway of the compound says; its drills are its own",
    "CodeUsedElsewhere": "what another gateway of the compound says; its drills are its own",
}
ALWAYS_REAL = {
    "StayBegun": "somebody came in; whether they are observed is no rehearsal",
    "StayEnded": "a stay's days are over, or an order ended it",
    "StayChanged": "where somebody is, and until when they are observed, is no rehearsal",
    "Task": "somebody is to be called or knocked at, also where a drill goes on: that nobody is forgotten",
    "RoundDone": "the figures of tasks, which are real",
    "ShiftSheet": "counts what is real, and the drills' answers apart (Tally.in_drills)",
    "Tombstone": "what a full disk forgot",
}


def members(union: object) -> list[type[Struct]]:
    if isinstance(union, UnionType) or get_origin(union) is not None:
        return [each for part in get_args(union) for each in members(part)]
    assert isinstance(union, type)
    return [union]


def drill(**changes: object) -> DrillBegun:
    order = DrillBegun(id="drill-1", at=START, by="d1", reason="rehearsal", until=START + HOUR, places=("palm",))
    return replace(order, **changes)


def drilling(**changes: object) -> Kept:
    kept = Kept(reports=("decisions", "services"))
    kept.quarantine(subject=ANNA, flat=FLAT, band=BAND)
    assert kept.order(drill(**changes)).done
    return kept


def some(wanted: type[Struct], **given: object) -> Any:
    """One of these, at FLAT and lane IN, with whatever else it must have."""
    names: dict[str, object] = {"flat": FLAT, "lane": IN, "place": FLAT, "compound": "palm", "device": DOOR, **given}
    return wanted(
        **{
            field.name: names[field.name] if field.name in names else _some(get_type_hints(wanted)[field.name])
            for field in structs.fields(wanted)
            if field.required or field.name in given
        }
    )


def _some(wanted: Any) -> object:
    plain: dict[object, object] = {str: "x", int: 1, float: 37.0, bool: True, datetime: START, date: START.date()}
    if wanted in plain:
        return plain[wanted]
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return next(iter(wanted))
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return some(wanted)
    raise AssertionError(f"say here what a {wanted} is")


@pytest.mark.parametrize("body", sorted(members(Body), key=lambda each: each.__name__), ids=lambda each: each.__name__)
def test_everything_that_is_journaled_has_the_mark_or_a_reason(body: type[Struct]) -> None:
    name = body.__name__
    if body in members(Order) or name == "OrderRefused":
        return  # what people ask stands as it was asked; what came of it carries the mark
    exempt = NO_EVENT_OF_A_PLACE.get(name) or ALWAYS_REAL.get(name)
    has = issubclass(body, Marked) or (body in members(Finding) and hasattr(body, "drill"))
    assert has is not bool(exempt), f"{name}: give it the mark, or say in this file why it has none"


EVENTS = [each for each in members(Event) if issubclass(each, Marked)]


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.__name__)
def test_every_event_of_a_place_in_a_drill_is_marked_on_record(event: type[Struct]) -> None:
    kept = drilling(rehearsed=LIFE)
    places = Places(kept.state.site)
    here = marked(some(event), kept.state, places)
    assert isinstance(here, Marked)
    assert here.drill
    assert read_body(_encode(here)) == here
    kept.order(DrillEnded(id="e", at=kept.now, by="d1", drill="drill-1"))
    assert marked(some(event), kept.state, places) == some(event)


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.__name__)
def test_a_journal_of_before_is_read_as_it_was(event: type[Struct]) -> None:
    """What is left out has its default: no body is longer for the mark, and none of before is unreadable."""
    body = some(event)
    assert b"drill" not in _encode(body)
    assert read_body(_encode(body)) == body


SENT = {
    "Alert": Stream.ALERT,
    "Decision": Stream.REPORT,
    "ServiceMoved": Stream.REPORT,
}


def test_every_finding_with_a_mark_is_sent_with_it() -> None:
    assert set(SENT) == {each.__name__ for each in members(Finding)} - set(ALWAYS_REAL)
    assert all("drill" in each.__struct_fields__ for each in (*members(Numbered), OpenAlert))
    kept = drilling(rehearsed=LIFE)
    kept.hear(BAND, BandSeen(rssi=-60, counter=7, sos=True), link="radio")
    kept.show(IN)
    ask(kept)
    places = Places(kept.state.site)
    told = {
        type(body).__name__: numbered(
            body, gw="g", stream=stream, epoch="e", number=1, heard=START, places=places, late=False
        )
        for body in kept.findings()
        if (stream := SENT.get(type(body).__name__)) is not None
    }
    assert set(told) == set(SENT)
    for message in told.values():
        assert (message.drill, message.text_zh[:4], message.text_en[:7]) == (True, "【演练】", "[drill]")
    assert open_alert(kept.alert(Kind.HELP_CALLED), places).drill


def ask(kept: Kept, request: str = "r1") -> None:
    asked = WindowAsked(id=request, at=kept.now, by="resident", flat=FLAT, purpose="medicine")
    assert kept.order(asked).done


@pytest.mark.parametrize(
    ("scope", "lanes"),
    [
        ({"places": (IN,)}, (True, False)),
        ({"places": ("palm/east",)}, (True, True)),
        ({"places": ("palm",)}, (True, True)),
        ({"places": ("palm/b1",)}, (False, False)),
        ({"places": (), "devices": ("camera",)}, (True, False)),
        ({"places": ("palm",), "kinds": (Kind.FORGERIES_AT_GATE,)}, (False, False)),
    ],
)
def test_which_decisions_are_of_a_drill(scope: dict[str, object], lanes: tuple[bool, bool]) -> None:
    kept = drilling(**scope)
    decided = decision(kept.show(IN)), decision(kept.show(OUT, device="scanner"))
    assert (decided[0].drill, decided[1].drill) == lanes
    assert [each.verdict for each in decided] == [Verdict.ADMIT, Verdict.ADMIT]  # nobody is kept out or in by a drill
    assert BO not in kept.state.inside  # went out again: the books know who is there, drill or not


def test_a_ruling_of_a_drills_decision_is_a_drills_also_after_it() -> None:
    kept = drilling()
    referred = decision(kept.show(IN, subject=ANNA))
    assert (referred.drill, referred.verdict) == (True, Verdict.REFER)
    number = kept.state.decision_numbers[-1]
    kept.order(DrillEnded(id="e", at=kept.now, by="d1", drill="drill-1"))
    ruled = GuardRuled(id="g", at=kept.now, by="g1", lane=IN, admit=True, reason="known", decision=number)
    assert kept.order(ruled).done
    assert of(Decision, kept.wrote())[-1].drill


def test_a_shift_counts_a_drills_answers_apart() -> None:
    kept = drilling(places=(IN,))
    kept.order(ShiftBegun(id="s", at=kept.now, by="g1", gate="palm/east"))
    kept.show(IN)
    kept.show(OUT, device="scanner")
    lanes = kept.state.shifts["palm/east"].lanes
    assert (lanes[IN].admitted, lanes[IN].in_drills) == (0, 1)
    assert (lanes[OUT].admitted, lanes[OUT].in_drills) == (1, 0)


def test_a_request_that_still_waits_when_the_drill_is_over_is_real() -> None:
    kept = drilling()
    ask(kept)
    kept.pass_time(seconds(31 * 60))
    assert kept.alert(Kind.SERVICE_UNANSWERED).drill
    kept.pass_time(seconds(30 * 60))
    moves = of(ServiceMoved, kept.wrote())
    assert [(each.service.state, each.drill) for each in moves] == [
        (ServiceState.ASKED, True),
        (ServiceState.ASKED, False),
    ]
    unanswered = kept.alert(Kind.SERVICE_UNANSWERED)
    assert (unanswered.drill, unanswered.open) == (False, True)


def test_the_day_counts_no_request_of_a_drill() -> None:
    service = Service(
        id="r", flat=FLAT, purpose=some(Service).purpose, state=ServiceState.ASKED,
        asked_at=START, asked_by="resident", changed_at=START,
    )  # fmt: skip
    moves = [
        ServiceMoved(at=START, flat=FLAT, service=replace(service, drill=True)),
        ServiceMoved(at=START, flat=FLAT, service=replace(service, id="real")),
    ]
    zone = ZoneInfo("Asia/Shanghai")
    today = START.astimezone(zone).date()
    assert daily(moves, {}, today, today, zone)[0].asked == 1


CALL, FALL = BandSeen(rssi=-60, sos=True), BandSeen(rssi=-60, fallen=True)


@pytest.mark.parametrize(
    ("scope", "is_drill"),
    [
        ({}, False),  # somebody presses for help where doors are rehearsed: who could tell?
        ({"places": (FLAT,)}, False),
        ({"devices": (DOOR,)}, False),
        ({"devices": (BAND,)}, True),  # this very band was announced
        ({"rehearsed": (Kind.HELP_CALLED, Kind.FALL)}, True),
        ({"kinds": (Kind.HELP_CALLED, Kind.FALL)}, True),
        ({"kinds": (Kind.DOOR_SILENT,), "rehearsed": (Kind.HELP_CALLED, Kind.FALL)}, False),
    ],
)
@pytest.mark.parametrize(("seen", "kind"), [(CALL, Kind.HELP_CALLED), (FALL, Kind.FALL)])
def test_who_calls_in_a_drill_is_believed_unless_it_was_announced(
    scope: dict[str, object], is_drill: bool, seen: BandSeen, kind: Kind
) -> None:
    kept = drilling(**scope)
    kept.hear(BAND, replace(seen, counter=1), link="radio")
    assert kept.alert(kind).drill is is_drill
    assert of(BandHeard, kept.wrote())[-1].drill is is_drill
    kept.pass_time(seconds(26))
    assert kept.alert(kind).calls is not is_drill


def test_a_fever_where_a_drill_is_on_is_a_fever() -> None:
    kept = drilling()
    for counter in range(3):
        kept.hear(BAND, BandSeen(rssi=-60, counter=counter + 1, celsius=39.4, worn=True), link="radio")
        kept.pass_time(seconds(10))
    assert not kept.alert(Kind.FEVER_HIGH).drill
    assert not any(taken.drill for taken in of(TemperatureTaken, kept.wrote()))


def burn(kept: Kept, device: str) -> None:
    kept.consider(FireSignalled(at=kept.now, heard=kept.now, device=device, compound="palm", on=True))


def test_a_fire_in_a_drill_is_one_unless_it_was_announced() -> None:
    for scope, is_drill in (({}, False), ({"rehearsed": (Kind.FIRE,)}, True), ({"devices": ("bell",)}, True)):
        kept = Kept()
        kept.state.drills["drill-1"] = drill(**scope)
        burn(kept, "bell")
        assert kept.alert(Kind.FIRE).drill is is_drill
        assert "palm" in kept.state.fires  # the lanes are open all the same


def test_a_fire_from_elsewhere_in_the_middle_of_a_fire_drill_is_real() -> None:
    """The drill named its bell. Whoever presses the button means it."""
    kept = Kept()
    kept.state.drills["drill-1"] = drill(places=(), devices=("bell",))
    burn(kept, "bell")
    rehearsed = kept.alert(Kind.FIRE)
    assert kept.order(FireDeclared(id="f", at=kept.now, by="g1", compound="palm")).done
    real = kept.alert(Kind.FIRE)
    assert (rehearsed.drill, real.drill, real.calls) == (True, False, True)
    closed = [alert for alert in of(Alert, kept.wrote()) if alert.id == rehearsed.id][-1]
    assert closed.closing is Closing.DRILL
    burn(kept, "bell")  # it rings on; the real one stays as it is
    assert kept.alert(Kind.FIRE).id == real.id


def test_a_ring_that_tells_late_is_judged_by_when_it_happened() -> None:
    kept = Kept()
    kept.now += HOUR
    assert kept.order(drill(at=kept.now, until=kept.now + HOUR)).done
    for ago in (120.0, 0.0):
        at = kept.now - seconds(ago)
        kept.consider(DoorMoved(at=at, heard=kept.now, device=DOOR, flat=FLAT, open=True))
    assert [moved.drill for moved in of(DoorMoved, kept.wrote())] == [False, True]


def test_bands_of_the_same_building_that_were_not_named_are_real() -> None:
    kept = drilling(places=(), devices=(BAND,))
    kept.quarantine(subject=BO, flat="palm/b1-1-102", band=OTHER_BAND)
    for band in (BAND, OTHER_BAND):
        kept.hear(band, BandSeen(rssi=-60, counter=1, sos=True), link="radio")
    assert {alert.device: alert.drill for alert in kept.raised(Kind.HELP_CALLED)} == {BAND: True, OTHER_BAND: False}


def test_words_of_this_file_name_what_there_is() -> None:
    known = {each.__name__ for each in members(Body)}
    assert set(NO_EVENT_OF_A_PLACE) | set(ALWAYS_REAL) <= known
