"""Doors of one building in; that they are a fire and not as many violations out, and what is held back meanwhile.

Held: while a fire burns or is suspected, no door of that place is an alert of its own. Those that still stand open when
it is over have their time to be shut and are told then. A suspicion holds them for so long and no longer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.compound import Flat, Places
from gateway.events.every import DoorMoved
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.doors import ManyDoors
from gateway.state.state import State

HOLD = "hold|"


def is_held(home: Flat, state: State) -> bool:
    """Is there, or may there be, a fire where this flat is?"""
    many = state.many_doors.get(home.building)
    return home.compound in state.fires or (many is not None and many.told)


def opened(moved: DoorMoved, home: Flat, state: State) -> Iterator[Conclusion]:
    """A door that nobody had permitted. Told so late that it says nothing of now, it is none of many."""
    limits = state.limits
    within = timedelta(seconds=limits.fire_doors_seconds)
    known = state.many_doors.get(home.building, ManyDoors(flats={}))
    if home.compound in state.fires or limits.fire_doors <= 0 or moved.heard - moved.at > within:
        return
    if known.told:
        new = moved.flat not in known.flats
        state.many_doors[home.building] = ManyDoors(flats={**known.flats, moved.flat: moved.at}, told=True)
        if new:
            yield _suspected(home, moved, 1)
        return
    flats = {flat: at for flat, at in known.flats.items() if abs(moved.at - at) <= within}
    flats[moved.flat] = moved.at
    told = len(flats) >= limits.fire_doors
    state.many_doors[home.building] = ManyDoors(flats=flats, told=told)
    if told:
        until = moved.at + timedelta(seconds=limits.fire_hold_seconds)
        yield _suspected(home, moved, len(flats))
        yield Wake(key=HOLD + home.building, due=until, dated=until)


def shut(home: Flat, at: datetime, state: State) -> Iterator[Conclusion]:
    """Are all of them shut again? Then it is over; somebody must have looked all the same."""
    many = state.many_doors.get(home.building)
    if many is not None and many.told and not any(flat in state.open_doors for flat in many.flats):
        yield from _over(home.building, at, state)
        yield Over(kind=Kind.FIRE_SUSPECTED, key=home.building, at=at)


def waited(building: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """Held for long enough: whatever it is, somebody must hear of each door that still stands open."""
    if building in state.many_doors:
        yield from _over(building, at, state)
        yield Over(kind=Kind.FIRE_SUSPECTED, key=building, at=at)  # it is still to be seen, and holds nothing any more


def looked_at(at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """An alert was closed, a fire ended, places changed: what is no longer held?"""
    for building, many in list(state.many_doors.items()):
        closed = many.told and f"{Kind.FIRE_SUSPECTED}|{building}" not in state.ringing
        if closed or building not in places.buildings:
            yield from _over(building, at, state)
            yield Over(kind=Kind.FIRE_SUSPECTED, key=building, at=at)
    yield from _tell_the_open(at, state, places)


def _over(building: str, at: datetime, state: State) -> Iterator[Conclusion]:
    many = state.many_doors.pop(building)
    yield Sleep(HOLD + building)
    for flat in many.flats:
        if flat in state.open_doors:
            yield _time_to_shut(flat, at, state)


def _tell_the_open(at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    for flat in list(state.held_doors):
        home = places.flats.get(flat)
        if home is None or not is_held(home, state):
            del state.held_doors[flat]
            if flat in state.open_doors:
                yield _time_to_shut(flat, at, state)


def _time_to_shut(flat: str, at: datetime, state: State) -> Wake:
    dated = at + timedelta(seconds=state.limits.left_open_seconds)
    return Wake(key=flat, due=dated, dated=dated)


def _suspected(home: Flat, moved: DoorMoved, count: int) -> Anomaly:
    return Anomaly(
        kind=Kind.FIRE_SUSPECTED,
        key=home.building,
        at=moved.at,
        place=home.building,
        device=moved.device,
        count=count,
    )
