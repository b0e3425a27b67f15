"""Requests for service: the whole table of states, what the settings approve, and that none ends without a word."""

from datetime import datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.reading import DoorSeen
from gateway.events.every import ConfigLoaded
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.orders.every import OrderResult, QuarantineEnded
from gateway.orders.windows import (
    WindowApproved,
    WindowAsked,
    WindowConfirmed,
    WindowDelivered,
    WindowDenied,
    WindowOrder,
    WindowTaken,
    WindowWithdrawn,
)
from gateway.services import (
    DOOR,
    POLICY,
    RESIDENT,
    TRANSITIONS,
    WAITING,
    Act,
    Purpose,
    Service,
    ServiceMoved,
    ServiceState,
    WindowPolicy,
    WindowRules,
)
from gateway.shown.fold import Shown
from gateway.state.state import freeze, thaw
from tests.gateway.keeping import DOOR as SENSOR
from tests.gateway.keeping import FLAT, OTHER_FLAT, START, Kept, make_site, of, seconds

MORNING = WindowPolicy(purpose=Purpose.FOOD, begins=time(7), ends=time(20), minutes=45)
MINUTE = 60.0


class Home(Kept):
    """A house with one quarantine home."""

    def __init__(self, rules: WindowRules = WindowRules()) -> None:  # noqa: B008 (frozen)
        super().__init__()
        self.loaded(rules)
        self.stay = self.quarantine()

    def loaded(self, rules: WindowRules) -> None:
        self.consider(ConfigLoaded(at=self.now, heard=self.now, fingerprint="g", site=make_site(), window_rules=rules))

    def ask(self, purpose: str = "food", by: str = RESIDENT, flat: str = FLAT, **more: Any) -> OrderResult:
        number = f"r{len(self.state.orders)}"
        return self.order(WindowAsked(id=number, at=self.now, by=by, flat=flat, purpose=purpose, **more))

    def do(self, act: Act, request: str, by: str = "d1", **hours: datetime) -> OrderResult:
        common: dict[str, Any] = {"id": f"o{len(self.state.orders)}", "at": self.now, "by": by, "request": request}
        hours = hours or {"opens": self.now, "closes": self.now + seconds(3600)}
        orders: dict[Act, type[WindowOrder]] = {
            Act.APPROVE: WindowApproved,
            Act.DENY: WindowDenied,
            Act.TAKE: WindowTaken,
            Act.DELIVER: WindowDelivered,
            Act.CONFIRM: WindowConfirmed,
            Act.WITHDRAW: WindowWithdrawn,
        }
        more: dict[str, Any] = {Act.APPROVE: hours, Act.DENY: {"reason": "tomorrow"}}.get(act, {})
        return self.order(orders[act](**common, **more))

    def only(self) -> Service:
        (service,) = self.state.services.values()
        return service

    def states(self) -> list[ServiceState]:
        return [moved.service.state for moved in of(ServiceMoved, self.wrote())]

    def door(self, is_open: bool) -> None:
        self.hear(SENSOR, DoorSeen(open=is_open))


def doors_told(home: Home) -> list[Kind]:
    return [alert.kind for alert in home.raised() if alert.kind.startswith("quarantine_door")]


def in_state(wanted: ServiceState) -> tuple[Home, str]:
    home = Home()
    result = home.ask()
    assert result.done
    ways: dict[ServiceState, list[Act]] = {
        ServiceState.ASKED: [],
        ServiceState.APPROVED: [Act.APPROVE],
        ServiceState.TAKEN: [Act.APPROVE, Act.TAKE],
        ServiceState.DELIVERED: [Act.APPROVE, Act.TAKE, Act.DELIVER],
        ServiceState.CONFIRMED: [Act.APPROVE, Act.TAKE, Act.DELIVER, Act.CONFIRM],
        ServiceState.DENIED: [Act.DENY],
        ServiceState.WITHDRAWN: [Act.WITHDRAW],
        ServiceState.LAPSED: [Act.APPROVE],
    }
    for act in ways[wanted]:
        assert home.do(act, result.order).done
    if wanted is ServiceState.LAPSED:
        home.pass_time(seconds(2 * 3600))
    assert home.only().state is wanted
    return home, result.order


@pytest.mark.parametrize(("state", "act"), [pair for pair in product(ServiceState, Act) if pair[1] is not Act.LAPSE])
def test_the_whole_table(state: ServiceState, act: Act) -> None:
    home, request = in_state(state)
    before = len(home.states())
    result = home.do(act, request)
    after = TRANSITIONS.get((state, act))
    assert result.done is (after is not None)
    if after is None:
        assert result.why == "that cannot be done with this request any more"
        assert home.only().state is state
    else:
        assert home.states()[before:] == [after]


@pytest.mark.parametrize("state", ServiceState)
def test_what_waits_lapses_and_what_is_over_stays_as_it_is(state: ServiceState) -> None:
    assert ((state, Act.LAPSE) in TRANSITIONS) is (state in WAITING)
    home, _ = in_state(state)
    home.pass_time(timedelta(days=2), timedelta(hours=1))
    assert home.only().state is (ServiceState.LAPSED if state in WAITING else state)


@pytest.mark.parametrize(
    ("purpose", "local_hour", "trusted", "state"),
    [
        ("food", 10, True, ServiceState.APPROVED),
        ("food", 19, True, ServiceState.APPROVED),
        ("food", 20, True, ServiceState.ASKED),
        ("food", 3, True, ServiceState.ASKED),
        ("swab", 10, True, ServiceState.ASKED),
        ("food", 10, False, ServiceState.ASKED),
    ],
)
def test_what_the_settings_approve(purpose: str, local_hour: int, trusted: bool, state: ServiceState) -> None:
    home = Home(WindowRules(policies=(MORNING,)))
    home.pass_time(timedelta(hours=(local_hour - 10) % 24))
    if not trusted:
        home.set_clock(seconds(0), trusted=False)
    assert home.ask(purpose).done
    assert home.only().state is state
    if state is ServiceState.APPROVED:
        service = home.only()
        assert (service.opens, service.closes) == (home.now, home.now + timedelta(minutes=45))
        assert service.decided_by == POLICY
        assert home.state.windows_of(FLAT)[0].id == service.id


def test_a_permitted_opening_is_on_record_and_no_alert_and_left_open_past_it_is() -> None:
    home = Home()
    request = home.ask().order
    home.do(Act.APPROVE, request)
    home.pass_time(seconds(MINUTE))
    home.door(True)
    home.pass_time(seconds(3600 + 230))
    assert doors_told(home) == []
    home.pass_time(seconds(60))
    assert doors_told(home) == [Kind.QUARANTINE_DOOR_LEFT_OPEN]


def test_taken_back_it_is_no_permission_any_more() -> None:
    home = Home()
    request = home.ask().order
    home.do(Act.APPROVE, request)
    home.do(Act.WITHDRAW, request)
    home.door(True)
    assert doors_told(home) == [Kind.QUARANTINE_DOOR_OPENED]


@pytest.mark.parametrize("door_first", [False, True])
def test_door_and_carrier_confirm_it_in_either_order(door_first: bool) -> None:
    home = Home()
    request = home.ask().order
    home.do(Act.APPROVE, request)
    home.do(Act.TAKE, request, by="g1")
    home.pass_time(seconds(MINUTE))
    for door in (door_first, not door_first):
        if door:
            home.door(True)
        else:
            home.do(Act.DELIVER, request, by="g1")
    service = home.only()
    assert (service.state, service.confirmed_by, service.taken_by) == (ServiceState.CONFIRMED, DOOR, "g1")


def test_a_carrier_who_forgot_to_say_so_has_brought_it_if_the_door_opened() -> None:
    home = Home()
    request = home.ask().order
    home.do(Act.APPROVE, request)
    home.do(Act.TAKE, request, by="g1")
    home.door(True)
    home.door(False)
    home.pass_time(seconds(2 * 3600))
    assert home.states()[-2:] == [ServiceState.DELIVERED, ServiceState.CONFIRMED]
    assert home.raised(Kind.SERVICE_MISSED) == []


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize(("purpose", "missed"), [("food", True), ("waste", False)])
def test_nobody_took_it(purpose: str, missed: bool, opened: bool) -> None:
    home = Home()
    request = home.ask(purpose).order
    home.do(Act.APPROVE, request)
    if opened:
        home.door(True)
        home.door(False)
    home.pass_time(seconds(2 * 3600))
    came = opened and not missed
    assert home.only().state is (ServiceState.CONFIRMED if came else ServiceState.LAPSED)
    assert len(home.raised(Kind.SERVICE_MISSED)) == (0 if came else 1)


def test_nobody_answers() -> None:
    home = Home()
    request = home.ask().order
    home.pass_time(seconds(31 * MINUTE))
    alert = home.alert(Kind.SERVICE_UNANSWERED)
    assert (alert.place, alert.raised_at) == (FLAT, START + seconds(30 * MINUTE))
    home.do(Act.APPROVE, request)
    assert home.alert(Kind.SERVICE_UNANSWERED).state is AlertState.CLEARED


def test_nobody_answers_for_a_day() -> None:
    home = Home()
    home.ask()
    home.pass_time(timedelta(days=1, minutes=1), timedelta(minutes=10))
    assert (home.only().state, home.only().why) == (ServiceState.LAPSED, "nobody answered")
    assert home.alert(Kind.SERVICE_UNANSWERED).state is AlertState.CLEARED


def test_the_stay_is_over_and_what_it_asked_for_with_it() -> None:
    home = Home()
    home.ask()
    home.order(QuarantineEnded(id="e", at=home.now, by="d1", quarantine=home.stay, reason="done"))
    assert (home.only().state, home.only().why) == (ServiceState.LAPSED, "the stay is over")
    assert home.ask().why == "nobody of this flat is in quarantine"


HOURS = {"opens": START + seconds(600), "closes": START + seconds(1200)}


def test_staff_and_the_centre_ask_with_hours_and_it_is_granted_by_that() -> None:
    home = Home()
    assert home.ask("swab", by="centre:desk", **HOURS).done
    assert (home.only().state, home.only().decided_by) == (ServiceState.APPROVED, "centre:desk")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flat": "nowhere"}, "unknown flat"),
        ({"flat": OTHER_FLAT}, "nobody of this flat is in quarantine"),
        ({"purpose": "party"}, "unknown purpose, or too many words"),
        ({"words": "x" * 81}, "unknown purpose, or too many words"),
        (HOURS, "a service window needs opens and closes"),
        ({"by": "d1", "opens": START}, "a service window needs opens and closes"),
        ({"by": "d1", "opens": START, "closes": START}, "the window closes before it opens"),
        ({"by": "d1", "opens": START - seconds(9), "closes": START - seconds(5)}, "the window is over already"),
        (
            {"by": "d1", "opens": START, "closes": START + timedelta(days=8)},
            "longer than 7 days, or more than 366 days away",
        ),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], why: str) -> None:
    assert Home().ask(**changes).why == why


def test_one_flat_cannot_drown_the_others_and_staff_can_always_ask() -> None:
    home = Home()
    assert [home.ask().why for _ in range(5)] == ["", "", "", "", "too many requests are open"]
    assert home.ask(by="d1").done
    home = Home(WindowRules(policies=(replace(MORNING, minutes=5),), most_open=20))
    whys = []
    for _ in range(7):
        whys.append(home.ask().why)
        home.pass_time(seconds(5))
    assert whys == [""] * 6 + ["too many requests in one hour"]


def test_unknown_requests_and_nobodys_name() -> None:
    home = Home()
    request = home.ask().order
    assert home.do(Act.TAKE, "r99").why == "unknown request"
    assert home.do(Act.APPROVE, request, by=" ").why == "a name is needed"


def test_what_is_long_over_is_forgotten_and_pages_see_the_same() -> None:
    home = Home()
    shown = Shown(thaw(freeze(home.state)))
    request = home.ask().order
    home.do(Act.APPROVE, request)
    home.pass_time(timedelta(days=3), timedelta(hours=6))
    home.ask("swab")
    for batch in home.batches:
        for entry, body in zip(batch.entries, batch.bodies, strict=True):
            if entry.number > shown.number:
                shown.apply(entry.number, body)
    assert [each.purpose for each in home.state.services.values()] == [Purpose.SWAB]
    assert dict(shown.services) == dict(home.state.services)
    assert dict(shown.windows) == dict(home.state.windows)


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "door", "wait", *(a.value for a in Act)]), st.integers(0, 5), st.booleans()),
    max_size=30,
)


@given(STEPS)
@settings(max_examples=80, deadline=None)
def test_no_request_ends_without_a_word_and_alerts_are_never_two(steps: list[tuple[str, int, bool]]) -> None:
    home = Home(WindowRules(policies=(MORNING,), most_an_hour=60))
    shown = Shown(thaw(freeze(home.state)))
    for what, number, yes in steps:
        requests = list(home.state.services)
        match what:
            case "ask":
                home.ask(list(Purpose)[number].value, by=RESIDENT if yes else "d1")
            case "door":
                home.door(yes)
            case "wait":
                home.pass_time(seconds(number * 900))
            case act if act != Act.LAPSE and requests:
                home.do(Act(act), requests[number % len(requests)])
    home.pass_time(timedelta(days=1, hours=2), timedelta(minutes=30))
    assert all(service.state not in WAITING for service in home.state.services.values())
    kinds = (Kind.SERVICE_UNANSWERED, Kind.SERVICE_MISSED)
    told = [alert for alert in home.raised() if alert.kind in kinds]
    assert len({(alert.kind, alert.key) for alert in told}) == len(told)
    for batch in home.batches:
        for entry, body in zip(batch.entries, batch.bodies, strict=True):
            if entry.number > shown.number:
                shown.apply(entry.number, body)
    without_doors = {key: replace(each, door_opened_at=None) for key, each in home.state.services.items()}
    assert {key: replace(each, door_opened_at=None) for key, each in shown.services.items()} == without_doors
    assert dict(shown.windows) == dict(home.state.windows)
