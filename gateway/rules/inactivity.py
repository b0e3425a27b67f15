"""Those who live alone and agreed to it: a door that does not move and water that does not run, in; "go and see", out.

| told when                                                       | unless                                        |
|-----------------------------------------------------------------|-----------------------------------------------|
| the door has not moved for 24 hours                              | its sensor is silent: then nobody knows        |
| fewer than so many pulses of the water meter in 12 hours         | the meter is silent                            |

Where both were agreed to, a sign of life by the one counts for the other: who stays in for two days draws water, who is
out for the day has moved the door.

Nothing of it counts while they are away, in a profile that does not ask for it, or before the limits have run once from
the agreement, the return, or the switch of the profile. A sign of life ends it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.agreements import DRAWS_KEPT, Agreement, Draw, Life
from gateway.compound import DeviceKind, Places
from gateway.events.every import ClockSet, ConfigLoaded, DeviceBack, DeviceSilent, DoorMoved
from gateway.events.meters import WaterDrawn
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from gateway.orders.every import ProfileChosen
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import State

AWAY = "away:"  # before an agreement's id: the timer of a return


class Inactivity:
    name = "inactivity"
    reads = (
        CareAgreed,
        CareEnded,
        AwayUntil,
        DoorMoved,
        WaterDrawn,
        ProfileChosen,
        ConfigLoaded,
        ClockSet,
        DeviceSilent,
        DeviceBack,
    )

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case CareAgreed(door=door, meter=meter):
                if door or meter:
                    state.lives[what.id] = Life(since=what.at)
                    yield from _look(state.care[what.id], what.at, state, places)
            case CareEnded(care=care):
                yield Sleep(care)
                yield Sleep(AWAY + care)
            case AwayUntil():
                yield from _away(what, state, places)
            case DoorMoved(flat=flat):
                for agreement in state.care_by("flat", flat):
                    if agreement.door and (life := state.lives.get(agreement.id)) is not None:
                        moved = what.at if life.moved is None else max(life.moved, what.at)
                        state.lives[agreement.id] = replace(life, moved=moved)
                        yield from _look(agreement, state.heard, state, places)
            case WaterDrawn(device=meter):
                for agreement in state.care_by("meter", meter):
                    if (life := state.lives.get(agreement.id)) is not None:
                        draws = (*life.draws, Draw(at=what.at, pulses=what.pulses))[-DRAWS_KEPT:]
                        state.lives[agreement.id] = replace(life, draws=draws)
                        yield from _look(agreement, state.heard, state, places)
            case DeviceBack(kind=DeviceKind.DOOR | DeviceKind.METER, device=device):
                for agreement in _looked_after(device, state, places):
                    yield from _anew(agreement, what.at, state, places)
            case DeviceSilent(kind=DeviceKind.DOOR | DeviceKind.METER, device=device):
                for agreement in _looked_after(device, state, places):
                    yield from _look(agreement, state.heard, state, places)
            case ProfileChosen():
                for agreement in list(state.care.values()):
                    yield from _anew(agreement, what.at, state, places)
            case ConfigLoaded() | ClockSet():
                for agreement in list(state.care.values()):
                    yield from _look(agreement, state.heard, state, places)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        agreement = state.care.get(key.removeprefix(AWAY))
        if agreement is None:
            return
        if key.startswith(AWAY):
            yield from _anew(agreement, dated, state, places)
        else:
            yield from _look(agreement, dated, state, places)


def _looked_after(device: str, state: State, places: Places) -> list[Agreement]:
    flat = places.flat_of(device)
    return [] if flat is None else state.care_by("flat", flat.id)


def _away(order: AwayUntil, state: State, places: Places) -> Iterator[Conclusion]:
    agreement = state.care[order.care]
    life = state.lives.get(order.care)
    if life is None:
        return
    if order.until <= order.at:
        yield Sleep(AWAY + order.care)
        state.lives[order.care] = replace(life, away=None)
        yield from _anew(agreement, order.at, state, places)
        return
    state.lives[order.care] = replace(life, away=order.until)
    yield Wake(key=AWAY + order.care, due=order.until, dated=order.until, calendar=True)
    yield from _look(agreement, order.at, state, places)


def _anew(agreement: Agreement, at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """The limits run anew from here: they are back, a sensor is, or another profile asks."""
    life = state.lives.get(agreement.id)
    if life is None:
        return
    back = life.away is None or life.away <= at
    state.lives[agreement.id] = replace(life, since=max(life.since, at), away=None if back else life.away)
    yield from _look(agreement, at, state, places)


def _look(agreement: Agreement, now: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """Is it told, is it over, and when is it to be looked at again?"""
    life = state.lives.get(agreement.id)
    if life is None:
        return
    due = None if life.away is not None else _due(agreement, life, state, places)
    missed = due is not None and due <= now
    if due is None or missed:
        yield Sleep(agreement.id)
    else:
        yield Wake(key=agreement.id, due=due, dated=due)
    if missed and not life.told and due is not None:
        yield Anomaly(kind=Kind.INACTIVE, key=agreement.id, at=due, place=agreement.flat, subject=agreement.subject)
    elif life.told and not missed:
        yield Over(kind=Kind.INACTIVE, key=agreement.id, at=now)
    state.lives[agreement.id] = replace(life, told=missed)


def _due(agreement: Agreement, life: Life, state: State, places: Places) -> datetime | None:
    """When the first of what was agreed to runs out; None where nothing can."""
    if not state.asked.inactivity:
        return None
    limits = state.limits
    dues = []
    doors = [each.id for each in places.doors_of(agreement.flat)]
    alive = max(life.drawn(limits.inactive_water_pulses), life.moved or life.since)
    if agreement.door and doors and not any(door in state.silent for door in doors):
        dues.append(alive + timedelta(hours=limits.inactive_door_hours))
    if agreement.meter in places.devices and agreement.meter not in state.silent:
        dues.append(alive + timedelta(hours=limits.inactive_water_hours))
    return min(dues, default=None)
