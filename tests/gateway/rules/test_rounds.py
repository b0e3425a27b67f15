"""A round: the band answers for its wearer; who is not measured is called; a gap in the evidence sends somebody."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reading import AliveSeen, BandSeen, DoorSeen, LostSeen, Receipt
from gateway.events.every import ConfigLoaded
from gateway.findings import Alert
from gateway.kinds import Kind
from gateway.orders.every import Order, QuarantineBegun, QuarantineEnded, WindowOpened
from gateway.orders.rounds import TaskAnswered
from gateway.rounds import Outcome, RoundDone, RoundRules, Task, TaskKind, TaskState, Why
from gateway.state.state import freeze, thaw
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    DOOR,
    FLAT,
    OTHER_BAND,
    OTHER_DOOR,
    OTHER_FLAT,
    START,
    Kept,
    make_site,
    of,
)

ZONE = ZoneInfo("Asia/Shanghai")  # START is ten o'clock there
NOON = time(12)
RULES = RoundRules(hours=(NOON,), seconds=3600.0, call_within_seconds=1800.0, knock_within_seconds=1800.0)


class Place(Kept):
    """Two quarantine homes; everything is heard every so often, and the doors stay shut."""

    def __init__(self, rules: RoundRules = RULES) -> None:
        super().__init__()
        self.consider(ConfigLoaded(at=self.now, heard=self.now, fingerprint="g", site=make_site(), round_rules=rules))
        self.quarantine(band=BAND)
        self.quarantine(subject=BO, flat=OTHER_FLAT, band=OTHER_BAND)
        self.counters = {BAND: 0, OTHER_BAND: 0}

    def live(self, until: time, *, mute: tuple[str, ...] = (), day: date | None = None) -> None:
        """Until that hour, five minutes at a time; who is `mute` says nothing."""
        local = self.now.astimezone(ZONE)
        end = datetime.combine(day or local.date(), until, ZONE)
        while self.now < end:
            self.pass_time(min(timedelta(minutes=5), end - self.now))
            for door in {DOOR, OTHER_DOOR} - set(mute):
                self.hear(door, AliveSeen(open=False))
            for band in {BAND, OTHER_BAND} - set(mute):
                self.say(band, 36.5)

    def say(self, band: str, celsius: float | None, *, worn: bool = True) -> None:
        self.counters[band] += 1
        seen = BandSeen(rssi=-60, worn=worn, celsius=celsius, counter=self.counters[band])
        self.hear(band, seen, link="radio")

    def ask(self, order: Order) -> str:
        batch, result = self.gatekeeper.order(order)
        self.batches.append(batch)
        return result.why

    def answer(self, task: Task, outcome: str, celsius: float | None = None) -> str:
        order = TaskAnswered(
            id=f"a{len(self.batches)}", at=self.now, by="li", task=task.id, outcome=outcome, celsius=celsius
        )
        return self.ask(order)

    @property
    def tasks(self) -> list[Task]:
        """As they came, first revisions."""
        return [task for task in of(Task, self.wrote()) if task.revision == 1]

    @property
    def figures(self) -> list[RoundDone]:
        return of(RoundDone, self.wrote())


def test_everybody_measured_and_every_door_watched_saves_every_visit() -> None:
    place = Place()
    place.live(time(13, 1))
    assert place.tasks == []
    [done] = place.figures
    assert (done.persons, done.measured, done.calls, done.flats, done.knocks, done.saved, done.final) == (
        2,
        2,
        0,
        2,
        0,
        2,
        True,
    )
    assert (done.round, done.at.astimezone(ZONE).time()) == ("palm/2026-03-12T1200", time(13))


def test_who_was_not_measured_is_called_and_the_band_may_still_answer() -> None:
    place = Place()
    place.live(time(13, 1), mute=(BAND,))
    call, knock = place.tasks
    assert (call.kind, call.subject, call.why, call.state) == (
        TaskKind.CALL,
        ANNA,
        (Why.NOT_MEASURED,),
        TaskState.OPEN,
    )
    assert (knock.kind, knock.flat, knock.why) == (TaskKind.KNOCK, FLAT, (Why.BAND_SILENT,))
    assert [(f.measured, f.calls, f.saved, f.final) for f in place.figures] == [(1, 1, 1, False)]
    place.say(BAND, 36.6)
    done = of(Task, place.wrote())[-1]
    assert (done.id, done.state, done.outcome, done.by) == (call.id, TaskState.DONE, Outcome.MEASURED, "band")
    assert place.answer(knock, "well") == ""
    last = place.figures[-1]
    assert (last.final, last.reached, last.calls, last.knocks) == (True, 2, 1, 1)
    assert place.state.tasks == {}
    assert place.state.round_figures == {}


def test_measured_before_or_after_the_round_is_not_measured_in_it() -> None:
    place = Place()
    place.live(time(11, 59))
    place.live(time(13, 1), mute=(BAND,))
    assert [task.kind for task in place.tasks] == [TaskKind.CALL, TaskKind.KNOCK]


def test_no_answer_sends_somebody_and_nobody_at_home_is_an_alert() -> None:
    place = Place()
    place.live(time(13, 1), mute=(BAND,))
    call, knock = place.tasks
    assert place.answer(knock, "well") == ""
    assert place.answer(call, "no_answer") == ""
    second = place.tasks[-1]
    assert (second.kind, second.subject, second.why) == (TaskKind.KNOCK, ANNA, (Why.NOT_MEASURED, Why.NO_ANSWER))
    assert place.raised(Kind.NOT_AT_HOME) == []
    assert place.answer(second, "not_at_home") == ""
    [alert] = place.raised(Kind.NOT_AT_HOME)
    assert (alert.subject, alert.place) == (ANNA, FLAT)
    assert place.figures[-1].final


def test_nobody_calls_in_time_is_an_alert_that_ends_when_somebody_does() -> None:
    place = Place()
    place.live(time(13, 1), mute=(BAND,))
    place.live(time(13, 29), mute=(BAND,))
    assert place.raised(Kind.NOT_LOOKED_AFTER) == []
    place.live(time(13, 31), mute=(BAND,))
    assert {alert.subject or alert.place for alert in place.raised(Kind.NOT_LOOKED_AFTER)} == {ANNA, FLAT}
    call = place.tasks[0]
    assert place.state.tasks[call.id].state is TaskState.OVERDUE
    assert place.answer(call, "well") == ""
    over = [a for a in of(Alert, place.wrote()) if a.kind is Kind.NOT_LOOKED_AFTER and a.subject == ANNA][-1]
    assert not over.active


@pytest.mark.parametrize(("outcome", "celsius", "alarm"), [("well", 36.4, 0), ("well", 38.2, 1), ("unwell", None, 1)])
def test_who_says_to_be_unwell_or_hot_is_an_alert(outcome: str, celsius: float | None, alarm: int) -> None:
    place = Place()
    place.live(time(13, 1), mute=(BAND,))
    assert place.answer(place.tasks[0], outcome, celsius) == ""
    assert len(place.raised(Kind.SAID_UNWELL)) == alarm


@pytest.mark.parametrize(
    ("what", "why"),
    [("opened", Why.DOOR_OPENED), ("silent", Why.DOOR_SILENT), ("lost", Why.RECORDS_LOST), ("off", Why.BAND_OFF)],
)
def test_one_gap_in_the_evidence_and_somebody_knocks(what: str, why: Why) -> None:
    place = Place()
    place.live(time(11))
    if what == "opened":
        place.hear(DOOR, DoorSeen(open=True))
        place.hear(DOOR, DoorSeen(open=False))
    elif what == "silent":
        place.live(time(11, 30), mute=(DOOR,))
    elif what == "lost":
        place.hear(DOOR, LostSeen(count=2), receipt=Receipt(DOOR, 1, 2))
    else:
        place.say(BAND, None, worn=False)
    place.live(time(13, 1))
    assert [(task.kind, task.flat, task.why) for task in place.tasks] == [(TaskKind.KNOCK, FLAT, (why,))]
    assert (place.figures[0].knocks, place.figures[0].saved) == (1, 1)
    place.answer(place.tasks[0], "well")
    place.live(time(13, 1), day=date(2026, 3, 13))
    assert len(place.tasks) == 1  # the next round begins with clean evidence
    assert place.figures[-1].saved == 2


def test_a_door_that_was_permitted_to_open_is_no_gap() -> None:
    place = Place()
    window = WindowOpened(
        id="w",
        at=place.now,
        by="d",
        flat=FLAT,
        opens=START,
        closes=START + timedelta(hours=1),
        purpose="food",
    )
    assert place.ask(window) == ""
    place.live(time(10, 30))
    place.hear(DOOR, DoorSeen(open=True))
    place.hear(DOOR, DoorSeen(open=False))
    place.live(time(13, 1))
    assert place.tasks == []


def test_who_is_released_is_no_longer_called() -> None:
    place = Place()
    place.live(time(13, 1), mute=(BAND,))
    [stay] = place.state.quarantines_of(FLAT)
    assert place.ask(QuarantineEnded(id="e", at=place.now, by="d", quarantine=stay.id, reason="hospital")) == ""
    ended = [task for task in of(Task, place.wrote()) if task.state is TaskState.DONE]
    assert {task.outcome for task in ended} == {Outcome.RELEASED}
    assert place.state.tasks == {}
    assert BAND not in place.state.measured


def test_a_house_that_was_closed_over_the_end_of_a_round_calls_when_it_opens() -> None:
    place = Place()
    place.live(time(12, 10), mute=(BAND,))
    place.now += timedelta(hours=3)
    again = place.reopened()
    tasks = [task for task in of(Task, again.wrote()) if task.revision == 1]
    assert [(task.kind, task.subject or task.flat, task.at.astimezone(ZONE).time()) for task in tasks] == [
        (TaskKind.CALL, ANNA, time(13)),
        (TaskKind.KNOCK, FLAT, time(13)),
    ]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"task": "none"}, "no such task; it may be done"),
        ({"outcome": "measured"}, "say what came of it"),
        ({"by": " "}, "a name is needed"),
        ({"celsius": 366.0}, "no temperature of a living person"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(changes: dict[str, object], why: str) -> None:
    place = Place()
    place.live(time(13, 1), mute=(BAND,))
    said = {"task": place.tasks[0].id, "outcome": "well", "by": "li"} | changes
    assert place.ask(TaskAnswered(id="x", at=place.now, **said)) == why  # type: ignore[arg-type]  # a dict of mixed values


def test_two_rounds_of_one_minute_are_two() -> None:
    place = Place(RoundRules(hours=(time(15), time(15, 0, 30)), seconds=10.0))
    place.live(time(16))
    assert {done.round for done in place.figures} == {"palm/2026-03-12T1500", "palm/2026-03-12T150030"}


def test_the_hours_are_those_of_the_compound_on_every_day() -> None:
    place = Place(RoundRules(hours=(time(8), time(15)), seconds=600.0))
    for day in range(3):
        place.live(time(23), day=date(2026, 3, 12) + timedelta(days=day))
    rounds = [done.round for done in place.figures]
    assert rounds == [
        "palm/2026-03-12T1500",
        "palm/2026-03-13T0800",
        "palm/2026-03-13T1500",
        "palm/2026-03-14T0800",
        "palm/2026-03-14T1500",
    ]


STEPS = st.lists(
    st.sampled_from(["hour", "mute", "open", "shut", "off", "on", "answer", "release", "begin"]), max_size=12
)


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_over_any_history_no_person_has_two_tasks_of_one_kind_and_each_round_ends(steps: list[str]) -> None:
    place = Place(RoundRules(hours=(time(0), time(6), time(12), time(18)), seconds=3600.0))
    for number, step in enumerate(steps):
        match step:
            case "hour" | "mute":
                mute = (BAND, DOOR) if step == "mute" else ()
                local = place.now.astimezone(ZONE) + timedelta(hours=3)
                place.live(local.time(), mute=mute, day=local.date())
            case "open" | "shut":
                place.hear(DOOR, DoorSeen(open=step == "open"))
            case "off" | "on":
                place.say(BAND, None, worn=step == "on")
            case "answer":
                for task in list(place.state.tasks.values())[:1]:
                    assert place.answer(task, "no_answer" if number % 2 else "well") == ""
            case "release":
                for stay in place.state.quarantines_of(FLAT):
                    place.ask(QuarantineEnded(id=f"e{number}", at=place.now, by="d", quarantine=stay.id, reason="r"))
            case _:
                begun = QuarantineBegun(
                    id=f"q{number}",
                    at=place.now,
                    by="d",
                    flat=FLAT,
                    subject=ANNA,
                    ground="g",
                    first_day=date(2026, 3, 1),
                    last_day=date(2026, 4, 1),
                    band=BAND,
                )
                place.ask(begun)
        open_ones = [(task.kind, task.flat, task.subject) for task in place.state.tasks.values()]
        assert len(open_ones) == len(set(open_ones))
        assert {task.round for task in place.state.tasks.values()} >= set(place.state.round_figures)
    finals = [done.round for done in place.figures if done.final]
    assert len(finals) == len(set(finals))
    assert freeze(thaw(freeze(place.state))) == freeze(place.state)
