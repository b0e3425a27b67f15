"""Requests for service, the door and the hour in; what became of each out. No request ends without a word.

| what happens | what follows |
|---|---|
| asked at an hour the settings approve | approved at once, from now, for so many minutes |
| asked with hours, by staff or the centre | approved at once, by whoever asked |
| asked, and nobody answers for `answer_minutes` | SERVICE_UNANSWERED; over when somebody does |
| the door opens in its window while a carrier has it | confirmed, as soon as the carrier says "delivered" |
| it is over, the carrier had it and the door opened | delivered and confirmed by the door; waste needs no carrier |
| the window is over, and nobody came | lapsed, and SERVICE_MISSED |
| nobody answered for a day, or the stay is over | lapsed |
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Places
from gateway.drills import is_drilled
from gateway.enact.homes import forget_windows
from gateway.events.every import DoorMoved
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.every import QuarantineEnded
from gateway.orders.windows import (
    WindowApproved,
    WindowAsked,
    WindowConfirmed,
    WindowDelivered,
    WindowDenied,
    WindowTaken,
    WindowWithdrawn,
)
from gateway.people import ServiceWindow
from gateway.rules.door_watched import zone_of
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.services import (
    DOOR,
    PERMITTED,
    POLICY,
    TRANSITIONS,
    WAITING,
    Act,
    Purpose,
    Service,
    ServiceMoved,
    ServiceState,
    WindowPolicy,
)
from gateway.state.state import State

GIVEN_UP = timedelta(days=1)
KEPT = timedelta(days=2)
NOBODY_ANSWERED, NOBODY_CAME, STAY_OVER = "nobody answered", "nobody came", "the stay is over"


class Services:
    name = "services"
    reads = (
        WindowAsked,
        WindowApproved,
        WindowDenied,
        WindowTaken,
        WindowDelivered,
        WindowConfirmed,
        WindowWithdrawn,
        DoorMoved,
        QuarantineEnded,
    )

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case WindowAsked():
                _forget(what.at, state)
                yield from _asked(what, state, places)
            case WindowApproved():
                changes = {"opens": what.opens, "closes": what.closes, "decided_by": what.by}
                yield from _moved(state.services[what.request], Act.APPROVE, what.at, state, **changes)
            case WindowDenied():
                changes = {"decided_by": what.by, "why": what.reason}
                yield from _moved(state.services[what.request], Act.DENY, what.at, state, **changes)
            case WindowWithdrawn():
                yield from _moved(state.services[what.request], Act.WITHDRAW, what.at, state, why=what.reason)
            case WindowTaken():
                yield from _moved(state.services[what.request], Act.TAKE, what.at, state, taken_by=what.by)
            case WindowDelivered():
                yield from _delivered(state.services[what.request], what.by, what.at, state)
            case WindowConfirmed():
                yield from _moved(state.services[what.request], Act.CONFIRM, what.at, state, confirmed_by=what.by)
            case DoorMoved(open=True, found=False):
                yield from _door_opened(what, state)
            case QuarantineEnded():
                yield from _stay_over(what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        service = state.services.get(key)
        if service is None or service.state not in WAITING:
            return
        if not state.quarantines_of(service.flat):
            yield from _moved(service, Act.LAPSE, dated, state, why=STAY_OVER)
        elif service.state is not ServiceState.ASKED:
            yield from _window_over(service, dated, state)
        elif dated - service.asked_at >= GIVEN_UP:
            yield from _moved(service, Act.LAPSE, dated, state, why=NOBODY_ANSWERED)
        else:
            yield _alert(Kind.SERVICE_UNANSWERED, service, dated)
            given_up = service.asked_at + GIVEN_UP
            yield Wake(key=key, due=given_up, dated=given_up)


def _asked(order: WindowAsked, state: State, places: Places) -> Iterator[Conclusion]:
    service = Service(
        id=order.id,
        flat=order.flat,
        purpose=Purpose(order.purpose),
        state=ServiceState.ASKED,
        asked_at=order.at,
        asked_by=order.by,
        changed_at=order.at,
        words=order.words,
        drill=is_drilled(order.flat, state, places),
    )
    state.services[service.id] = service
    policy = _policy(service, state, places)
    if order.opens is not None:
        hours = {"opens": order.opens, "closes": order.closes, "decided_by": order.by}
        yield from _moved(service, Act.APPROVE, order.at, state, **hours)
    elif policy is not None:
        closes = order.at + timedelta(minutes=policy.minutes)
        yield from _moved(service, Act.APPROVE, order.at, state, opens=order.at, closes=closes, decided_by=POLICY)
    else:
        yield ServiceMoved(at=order.at, flat=order.flat, service=service)
        due = order.at + timedelta(minutes=state.window_rules.answer_minutes)
        yield Wake(key=service.id, due=due, dated=due)


def _policy(service: Service, state: State, places: Places) -> WindowPolicy | None:
    """By an hour that cannot be trusted nothing is approved by itself."""
    zone = zone_of(service.flat, places)
    if zone is None or not state.clock_trusted:
        return None
    now = service.asked_at.astimezone(zone).time()
    for each in state.window_rules.policies:
        inside = each.begins <= now < each.ends if each.begins <= each.ends else now >= each.begins or now < each.ends
        if each.purpose is service.purpose and inside:
            return each
    return None


def _moved(service: Service, act: Act, at: datetime, state: State, **changes: object) -> Iterator[Conclusion]:
    """One step of the table: remembered, told, and what waits for it set anew."""
    after = replace(service, state=TRANSITIONS[service.state, act], changed_at=at, **changes)
    state.services[after.id] = after
    yield ServiceMoved(at=at, flat=after.flat, service=after)
    if service.state is ServiceState.ASKED:
        yield Over(kind=Kind.SERVICE_UNANSWERED, key=after.id, at=at)
    if act is Act.APPROVE:
        window = window_of_service(after)
        assert window is not None  # an approval has hours
        state.windows[after.id] = window
        forget_windows(state.windows, at)
        over = window.closes + timedelta(seconds=state.limits.window_late_seconds, microseconds=1)
        yield Wake(key=after.id, due=over, dated=over, calendar=True)
    elif after.state not in WAITING:
        yield Sleep(after.id)
        if after.state not in PERMITTED:
            state.windows.pop(after.id, None)


def window_of_service(service: Service) -> ServiceWindow | None:
    """The service window it is, while the door may open for it."""
    if service.opens is None or service.closes is None or service.state not in PERMITTED:
        return None
    return ServiceWindow(
        id=service.id,
        flat=service.flat,
        opens=service.opens,
        closes=service.closes,
        purpose=service.purpose,
        asked_by=service.asked_by,
    )


def _delivered(service: Service, by: str, at: datetime, state: State) -> Iterator[Conclusion]:
    carrier = service.taken_by or by
    yield from _moved(service, Act.DELIVER, at, state, taken_by=carrier, delivered_at=at)
    if service.door_opened_at is not None:
        yield from _moved(state.services[service.id], Act.CONFIRM, at, state, confirmed_by=DOOR)


def _door_opened(moved: DoorMoved, state: State) -> Iterator[Conclusion]:
    early = timedelta(seconds=state.limits.window_early_seconds)
    late = timedelta(seconds=state.limits.window_late_seconds)
    for service in state.services_of(moved.flat):
        if service.opens is None or service.closes is None or service.state not in PERMITTED:
            continue
        if not service.opens - early <= moved.at <= service.closes + late or service.door_opened_at is not None:
            continue
        state.services[service.id] = replace(service, door_opened_at=moved.at)
        if service.state is ServiceState.DELIVERED:
            yield from _moved(state.services[service.id], Act.CONFIRM, moved.at, state, confirmed_by=DOOR)


def _window_over(service: Service, dated: datetime, state: State) -> Iterator[Conclusion]:
    carried = service.state is ServiceState.TAKEN or service.purpose is Purpose.WASTE
    if carried and service.door_opened_at is not None:  # whoever went forgot to say so
        yield from _delivered(service, service.taken_by or DOOR, dated, state)
        return
    yield from _moved(service, Act.LAPSE, dated, state, why=NOBODY_CAME)
    yield _alert(Kind.SERVICE_MISSED, service, dated)


def _stay_over(at: datetime, state: State) -> Iterator[Conclusion]:
    """They may open the door themselves now; a stay that ends with its day is seen when the request falls due."""
    for service in list(state.services.values()):
        if service.state in WAITING and not state.quarantines_of(service.flat):
            yield from _moved(service, Act.LAPSE, at, state, why=STAY_OVER)


def _forget(now: datetime, state: State) -> None:
    for old in [each.id for each in state.services.values() if is_forgotten(each, now)]:
        del state.services[old]


def is_forgotten(service: Service, now: datetime) -> bool:
    """Nobody asks about it any more."""
    return now - service.changed_at > KEPT and service.state not in WAITING


def _alert(kind: Kind, service: Service, at: datetime) -> Anomaly:
    return Anomaly(kind=kind, key=service.id, at=at.astimezone(UTC), place=service.flat)
