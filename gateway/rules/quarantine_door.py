"""Quarantine homes: the door stays shut outside service windows. Door movements and the hour in, anomalies out.

    it says            it was open            it was shut
    open               its "shut" was lost:   opened
                       opened once more
    open, found so     nothing                found open: it has its time to be shut, nobody saw it opened
    shut               over                   nothing
    older than its     an opening of that     an opening of that hour, over at once
    newest word        hour, counted

A door that chatters is one alert: it is over when it has been quiet, and its count is told once a minute.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Places
from gateway.events.every import ClockSet, ConfigLoaded, DoorMoved
from gateway.findings import Anomaly, Over, StayBegun
from gateway.orders.every import AlertAcknowledged, AlertClosed, FireEnded, QuarantineBegun
from gateway.rules import many_doors
from gateway.rules.door_watched import OF_ONE_OPENING, doors_gone, is_watched, opened_kind, window_end, zone_of
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.doors import NOTHING_YET, DoorMemory, is_stale, stands
from gateway.state.state import State

QUIET = "quiet|"


class QuarantineDoor:
    name = "quarantine_door"
    reads = (
        DoorMoved,
        QuarantineBegun,
        StayBegun,
        AlertAcknowledged,
        AlertClosed,
        FireEnded,
        ClockSet,
        ConfigLoaded,
    )

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case DoorMoved():
                yield from _moved(what, state, places)
            case QuarantineBegun(flat=flat) | StayBegun(flat=flat) if flat in state.open_doors:
                yield _from_its_first_day(what, flat, state, places)
            case AlertAcknowledged() | AlertClosed() | FireEnded():
                yield from many_doors.looked_at(what.at, state, places)
            case ClockSet():
                _shift(timedelta(seconds=what.seconds), state)
            case ConfigLoaded():
                for flat in doors_gone(state.open_doors, places):
                    del state.open_doors[flat]
                    yield from _over(flat, what.at)
                for flat in doors_gone(state.doors, places):
                    del state.doors[flat]
                    yield Sleep(QUIET + flat)
                yield from many_doors.looked_at(what.at, state, places)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        if key.startswith(QUIET):
            yield from _still_chatters(key.removeprefix(QUIET), dated, state, places)
        elif key.startswith(many_doors.HOLD):
            yield from many_doors.waited(key.removeprefix(many_doors.HOLD), dated, state)
        else:
            yield from _stood_open(key, dated, state, places)


def _moved(moved: DoorMoved, state: State, places: Places) -> Iterator[Conclusion]:
    flat = moved.flat
    before = state.doors.get(flat) or NOTHING_YET
    since = state.open_doors.get(flat)
    now, memory = stands(moved, before, since)
    state.doors[flat] = memory
    if now is not None:
        state.open_doors[flat] = now
    if is_stale(moved, before):
        if moved.open and not moved.found:
            yield from _opened_before(moved, memory, state, places)
    elif now is None and since is not None:
        yield from _shut(moved, memory, state, places)
    elif now is not None and now != since:
        if memory.found:
            if is_watched(flat, moved.at, state, places):
                yield _until_left_open(moved, state)
        else:
            yield from _opened(moved, memory, state, places)


def _shut(moved: DoorMoved, memory: DoorMemory, state: State, places: Places) -> Iterator[Conclusion]:
    flat = moved.flat
    del state.open_doors[flat]
    state.held_doors.pop(flat, None)
    if memory.home is None:
        state.doors[flat] = replace(memory, home=moved.at)  # whoever was on the way has come home
    yield from (Sleep(flat),) if memory.chatters else _over(flat, moved.at)
    if (home := places.flats.get(flat)) is not None:
        yield from many_doors.shut(home, moved.at, state)


def _opened(moved: DoorMoved, memory: DoorMemory, state: State, places: Places) -> Iterator[Conclusion]:
    flat = moved.flat
    state.doors[flat] = memory = replace(memory, opened=moved.at)
    if not is_watched(flat, moved.at, state, places):
        return
    if window_end(flat, moved.at, state) is None and not _comes_home(moved, memory, state):
        home = places.flats[flat]
        yield from many_doors.opened(moved, home, state)
        if many_doors.is_held(home, state):
            state.held_doors[flat] = moved.at
        else:
            yield from _not_permitted(moved, memory, state, places)
    yield _until_left_open(moved, state)


def _comes_home(moved: DoorMoved, memory: DoorMemory, state: State) -> bool:
    """Who came in by the lane a moment ago opens their own door, once, to be observed behind it."""
    if memory.coming is None or moved.at - memory.coming > timedelta(seconds=state.limits.comes_home_seconds):
        return False
    return memory.home is None or moved.at - memory.home <= timedelta(seconds=state.limits.comes_in_seconds)


def _not_permitted(moved: DoorMoved, memory: DoorMemory, state: State, places: Places) -> Iterator[Conclusion]:
    flat, within = moved.flat, timedelta(seconds=state.limits.chatter_seconds)
    times = (*(at for at in memory.times if moved.at - at < within), moved.at)
    chatters = memory.chatters or 0 < state.limits.chatter_openings < len(times)
    untold = memory.untold + 1 if memory.chatters else 0
    state.doors[flat] = replace(memory, times=times, chatters=chatters, untold=untold)
    if not memory.chatters:  # from its first word on a chattering door's alert stays active until it is quiet
        kind = opened_kind(flat, moved.at, state, places)
        yield Anomaly(kind=kind, key=flat, at=moved.at, place=flat, device=moved.device)
    if chatters and not memory.chatters:
        yield Wake(key=QUIET + flat, due=moved.at + within, dated=moved.at + within)


def _still_chatters(flat: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """Once a minute: the count, and whether it has been quiet."""
    memory = state.doors.get(flat)
    if memory is None:
        return
    last = memory.times[-1]
    if memory.untold and zone_of(flat, places) is not None:
        kind = opened_kind(flat, memory.times[0], state, places)
        yield Anomaly(kind=kind, key=flat, at=last, place=flat, count=memory.untold)
    within = timedelta(seconds=state.limits.chatter_seconds)
    quiet = dated - last >= within
    state.doors[flat] = replace(memory, untold=0, chatters=not quiet, times=() if quiet else memory.times)
    if not quiet:
        yield Wake(key=QUIET + flat, due=last + within, dated=last + within)
    elif flat not in state.open_doors:
        yield from _over(flat, dated)


def _opened_before(moved: DoorMoved, memory: DoorMemory, state: State, places: Places) -> Iterator[Conclusion]:
    """An old opening says nothing of how the door stands now; that it was opened then is as true as ever."""
    flat = moved.flat
    if memory.opened is None or moved.at > memory.opened:
        memory = replace(memory, opened=moved.at)
    state.doors[flat] = memory
    if not is_watched(flat, moved.at, state, places) or window_end(flat, moved.at, state) is not None:
        return
    kind = opened_kind(flat, moved.at, state, places)
    yield Anomaly(kind=kind, key=flat, at=moved.at, place=flat, device=moved.device)
    if flat not in state.open_doors:
        yield Over(kind=kind, key=flat, at=memory.word)


def _stood_open(flat: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
    """The door has stood open for as long as it may."""
    if flat not in state.open_doors or not is_watched(flat, dated, state, places):
        return
    window = window_end(flat, dated, state)
    if window is not None:  # permitted now; look again when the window is over
        yield Wake(key=flat, due=window, dated=window, calendar=True)
    elif many_doors.is_held(places.flats[flat], state):
        state.held_doors.setdefault(flat, dated)
    else:
        state.held_doors.pop(flat, None)
        yield Anomaly(kind=OF_ONE_OPENING[-1], key=flat, at=dated, place=flat)


def _until_left_open(moved: DoorMoved, state: State) -> Wake:
    dated = moved.at + timedelta(seconds=state.limits.left_open_seconds)
    # told late by a ring: its "shut" may be the next word in the same breath
    settled = moved.heard + timedelta(seconds=state.limits.late_settle_seconds)
    late = moved.heard - moved.at > timedelta(seconds=state.limits.late_settle_seconds)
    return Wake(key=moved.flat, due=max(dated, settled) if late else dated, dated=dated)


def _from_its_first_day(what: QuarantineBegun | StayBegun, flat: str, state: State, places: Places) -> Wake:
    """It stands open already: from the first instant of the stay it has its time to be shut."""
    zone = zone_of(flat, places)
    first_day = what.first_day if isinstance(what, QuarantineBegun) else what.stay.first_day
    begins = what.at if zone is None else datetime.combine(first_day, time(), zone).astimezone(UTC)
    dated = max(what.at, begins) + timedelta(seconds=state.limits.left_open_seconds)
    return Wake(key=flat, due=dated, dated=dated, calendar=begins > what.at)


def _over(flat: str, at: datetime) -> Iterator[Conclusion]:
    yield Sleep(flat)
    for kind in OF_ONE_OPENING:
        yield Over(kind=kind, key=flat, at=at)


def _shift(step: timedelta, state: State) -> None:
    """The clock was set: which word is newer stays as it was."""
    for flat, memory in state.doors.items():
        state.doors[flat] = replace(
            memory,
            word=memory.word + step,
            opened=memory.opened and memory.opened + step,
            home=memory.home and memory.home + step,
            coming=memory.coming and memory.coming + step,
            times=tuple(at + step for at in memory.times),
        )
    for building, many in state.many_doors.items():
        state.many_doors[building] = replace(many, flats={flat: at + step for flat, at in many.flats.items()})
