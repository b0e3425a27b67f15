"""Somebody observed was seen elsewhere, and their door said "shut" all the time, in; that its sensor is doubted out.

Seen: by their pass at a lane, or by their band. A second magnet on the contact keeps a door "shut" for ever. Told are
only doors that speak: a silent one is an alert of its own.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Device, Places
from gateway.events.every import ClockSet, ConfigLoaded, DoorMoved, PassShown, Proof
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Anomaly, Over, StayBegun
from gateway.kinds import Kind
from gateway.orders.every import QuarantineBegun
from gateway.rules.door_watched import is_watched
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.doors import NOTHING_YET, Doubt, is_stale
from gateway.state.state import State

WALKS_OUT = timedelta(minutes=10)  # a receiver of the flat may hear the band for a while after the door was opened
SETTLES_IN = timedelta(minutes=30)  # a stay that began just now: they may not have been at home yet
PROVEN = frozenset({Proof.GENUINE, Proof.WITHDRAWN})  # it is their pass, whatever else is wrong with it


class DoorDoubt:
    name = "door_doubt"
    reads = (PassShown, PresenceChanged, QuarantineBegun, StayBegun, DoorMoved, ClockSet, ConfigLoaded)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case PassShown(subject=subject) if subject and what.proof in PROVEN:
                doubt = Doubt(subject=subject, at=what.at, since=_long_ago(what.at, state))
                for stay in state.stays_by("subject", subject):
                    yield from _seen_elsewhere(stay.flat, doubt, 0.0, state, places)
            case PresenceChanged(where=Where.AT_GATE | Where.LEFT):
                yield from _band_elsewhere(what, state, places)
            case PresenceChanged(where=Where.HOME):
                yield from _never_away(what, state)
            case QuarantineBegun(flat=flat):
                state.doors[flat] = replace(state.doors.get(flat) or NOTHING_YET, home=what.at)
            case StayBegun(flat=flat):  # they are on their way; the door will tell
                coming = what.at if what.lane else None  # others are brought there
                state.doors[flat] = replace(state.doors.get(flat) or NOTHING_YET, home=None, coming=coming)
            case DoorMoved(open=True, found=False) if not is_stale(what, state.doors[what.flat]):
                yield Over(kind=Kind.DOOR_SENSOR_DOUBTED, key=what.flat, at=what.at)
            case ClockSet():
                step = timedelta(seconds=what.seconds)
                for flat, doubt in state.doubts.items():
                    state.doubts[flat] = replace(doubt, at=doubt.at + step, since=doubt.since + step)
            case ConfigLoaded():
                for flat in [flat for flat in state.doubts if _sensor(flat, places) is None]:
                    del state.doubts[flat]
                    yield Sleep(flat)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        doubt = state.doubts.pop(key, None)
        sensor = _sensor(key, places)
        if doubt is None or sensor is None or _explains(key, doubt.at, doubt.since, state) or _is_deaf(sensor, state):
            return
        if doubt.band and (found := state.presence.get(doubt.band)) is not None and found.where is Where.HOME:
            return  # back already, or it was never away: radio is no proof
        yield Anomaly(
            kind=Kind.DOOR_SENSOR_DOUBTED,
            key=key,
            at=doubt.at,
            place=key,
            subject=doubt.subject,
            device=sensor.id,
        )


def _seen_elsewhere(flat: str, doubt: Doubt, patience: float, state: State, places: Places) -> Iterator[Conclusion]:
    """Somebody of a watched flat is not in it. A ring may still tell of the opening: it is judged a little later."""
    if (
        flat in state.doubts
        or not is_watched(flat, doubt.at, state, places)
        or _explains(flat, doubt.at, doubt.since, state)
    ):
        return
    state.doubts[flat] = doubt
    due = doubt.at + timedelta(seconds=patience + state.limits.door_doubt_settle_seconds)
    yield Wake(key=flat, due=due, dated=due)


def _band_elsewhere(moved: PresenceChanged, state: State, places: Places) -> Iterator[Conclusion]:
    """A band heard out of its flat; at a gate that is sure, elsewhere it must stay out for as long as is waited for."""
    stay = state.stay_with(moved.device)
    if stay is None or moved.device in state.off:
        return
    since = (
        _long_ago(moved.at, state)
        if moved.at_home is None
        else max(moved.at_home - WALKS_OUT, _long_ago(moved.at, state))
    )
    doubt = Doubt(subject=stay.subject, at=moved.at, since=since, band=moved.device)
    patience = 0.0 if moved.where is Where.AT_GATE else state.limits.left_flat_seconds
    yield from _seen_elsewhere(stay.flat, doubt, patience, state, places)


def _never_away(moved: PresenceChanged, state: State) -> Iterator[Conclusion]:
    """The band is at home. What was doubted by nothing else goes with what was told of the band: it was the radio, or
    they are back, and somebody who looks at that looks at the sensor."""
    doubted = state.alerts.get(state.ringing.get(f"{Kind.DOOR_SENSOR_DOUBTED}|{moved.flat}", ""))
    stay = state.stay_with(moved.device)
    if doubted is not None and doubted.parent and stay is not None and doubted.subject == stay.subject:
        yield Over(kind=Kind.DOOR_SENSOR_DOUBTED, key=moved.flat, at=moved.at)


def _long_ago(at: datetime, state: State) -> datetime:
    return at - timedelta(seconds=state.limits.door_doubt_seconds)


def _explains(flat: str, at: datetime, since: datetime, state: State) -> bool:
    """Did the door open since they were known to be behind it? One that never spoke says nothing against it."""
    memory = state.doors.get(flat)
    if memory is None or memory.home is None or flat in state.open_doors or at - memory.home < SETTLES_IN:
        return True
    return memory.opened is not None and memory.opened >= max(memory.home, since)


def _sensor(flat: str, places: Places) -> Device | None:
    return next(iter(places.doors_of(flat)), None)


def _is_deaf(sensor: Device, state: State) -> bool:
    return sensor.id in state.silent or sensor.link in state.silent
