"""Quarantines end by themselves: their last day in, their end out, at the midnight of the compound's own time zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import Places
from gateway.enact.homes import close_windows
from gateway.enact.registry import forget
from gateway.enact.stays import move_stay, note_release, take_stay
from gateway.events.every import ClockSet, ConfigLoaded, HouseOpened
from gateway.findings import Over, StayBegun, StayChanged, StayEnded, StayStep
from gateway.kinds import Kind
from gateway.orders.every import QuarantineBegun, QuarantineEnded
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.people import Quarantine
from gateway.rules.dark import no_longer_dark
from gateway.rules.door_watched import OF_ONE_OPENING
from gateway.rules.fever import forget_temperatures
from gateway.rules.presence import KINDS as OUT
from gateway.rules.rule import Armed, Conclusion, Sleep, Wake
from gateway.state.state import State

FIRST_DAY = "first day "  # before the id of a stay: the key of the timer of its beginning


class Stays:
    name = "stays"
    reads = (
        QuarantineBegun,
        StayBegun,
        QuarantineEnded,
        StayExtended,
        StaySuspended,
        StayResumed,
        StayMoved,
        BandReturned,
        HouseOpened,
        ClockSet,
        ConfigLoaded,
    )

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case QuarantineBegun() if (stay := state.quarantines.get(what.id)) is not None:
                yield from _until_its_end(stay, places)
                yield from _from_its_first_day(stay, state, places)
            case StayBegun(stay=stay):
                yield from _until_its_end(stay, places)
            case HouseOpened() | ClockSet() | ConfigLoaded():  # another hour, or another time zone: look again
                for stay in (*state.quarantines.values(), *state.suspended.values()):
                    yield from _until_its_end(stay, places)
                    yield from _from_its_first_day(stay, state, places)
            case QuarantineEnded():
                yield Sleep(what.quarantine)
                if (over := take_stay(what.quarantine, state)) is not None:
                    yield from _ended(over, what.at, state, early=True)
            case StayExtended(quarantine=quarantine):
                move_stay(what, state)
                stay = state.quarantines.get(quarantine) or state.suspended[quarantine]
                yield _changed(what, StayStep.EXTENDED, stay)
                yield from _until_its_end(stay, places)
            case StaySuspended(quarantine=quarantine):
                was_here = quarantine in state.quarantines
                move_stay(what, state)
                stay = state.suspended[quarantine]
                yield _changed(what, StayStep.SUSPENDED, stay)
                if was_here:
                    yield from _leave(stay, what.at, state)
            case StayResumed(quarantine=quarantine):
                move_stay(what, state)
                yield _changed(what, StayStep.RESUMED, state.quarantines[quarantine])
                yield _armed(state.quarantines[quarantine], what.at)
            case StayMoved(quarantine=quarantine):
                before = state.quarantines[quarantine]
                move_stay(what, state)
                yield _changed(what, StayStep.MOVED, state.quarantines[quarantine])
                yield from _leave(before, what.at, state)
                yield _armed(state.quarantines[quarantine], what.at)
            case BandReturned(band=band):
                move_stay(what, state)
                state.unclean[band] = state.band_keys.get(band, "")
                yield from _off(band, what.at, state)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        if key.startswith(FIRST_DAY):
            begun = key.removeprefix(FIRST_DAY)
            if state.waiting.pop(begun, None) is not None and begun in state.quarantines:
                yield _armed(state.quarantines[begun], dated)
            return
        if key not in state.quarantines and key not in state.suspended:
            return
        if not state.clock_trusted:  # a wrong clock releases nobody; ask again in an hour of the house's own
            yield Wake(key=key, due=state.heard + timedelta(hours=1), dated=dated, calendar=True)
            return
        if (over := take_stay(key, state)) is not None:
            yield from _ended(over, dated, state, early=False)


def _ended(stay: Quarantine, at: datetime, state: State, *, early: bool) -> Iterator[Conclusion]:
    """From this instant the flat and the person are as any other; the centre is told."""
    note_release(stay, at, early, state)
    state.waiting.pop(stay.id, None)
    yield StayEnded(at=at, quarantine=stay.id, flat=stay.flat, subject=stay.subject, early=early)
    forget([stay.subject], state)
    yield Over(kind=Kind.NOT_ARRIVED, key=stay.id, at=at)  # who is still in hospital is no longer asked after
    yield from _leave(stay, at, state)


def _changed(
    order: StayExtended | StaySuspended | StayResumed | StayMoved, step: StayStep, stay: Quarantine
) -> StayChanged:
    reason = "" if isinstance(order, StayResumed) else order.reason
    return StayChanged(
        at=order.at, step=step, stay=stay, flat=stay.flat, subject=stay.subject, by=order.by, reason=reason
    )


def _armed(stay: Quarantine, at: datetime) -> Armed:
    return Armed(StayBegun(at=at, stay=stay, flat=stay.flat, subject=stay.subject))


def _until_its_end(stay: Quarantine, places: Places) -> Iterator[Conclusion]:
    home = places.flats.get(stay.flat)
    if home is not None:  # a flat that was taken out of the configuration keeps the end it had
        ends = stay.ends(ZoneInfo(places.compounds[home.compound].timezone))
        yield Wake(key=stay.id, due=ends, dated=ends, calendar=True)


def _from_its_first_day(stay: Quarantine, state: State, places: Places) -> Iterator[Conclusion]:
    """A band that is handed out the day before is missed from the first day on. By a clock nobody trusts it is one."""
    home = places.flats.get(stay.flat)
    begins = None if home is None else stay.begins(ZoneInfo(places.compounds[home.compound].timezone))
    if begins is not None and state.clock_trusted and begins > state.heard:
        state.waiting[stay.id] = begins
        yield Wake(key=FIRST_DAY + stay.id, due=begins, dated=begins, calendar=True)
    elif state.waiting.pop(stay.id, None) is not None and stay.id in state.quarantines:
        yield _armed(stay, state.heard)


def _leave(stay: Quarantine, at: datetime, state: State) -> Iterator[Conclusion]:
    """Nobody wears the band any more and nobody watches the door: what only mattered for the stay is over."""
    if stay.band:
        yield from _off(stay.band, at, state)
    if not state.quarantines_of(stay.flat):
        close_windows(state.windows, stay.flat, at)  # they were given for this stay; the next one is asked anew
        for kind in (*OF_ONE_OPENING, Kind.DOOR_SENSOR_DOUBTED):
            yield Over(kind=kind, key=stay.flat, at=at)


def _off(band: str, at: datetime, state: State) -> Iterator[Conclusion]:
    """What was heard of it is the last wearer's, and nothing of it the next one's."""
    state.off.pop(band, None)
    state.washes.pop(band, None)
    state.others_door.pop(band, None)
    forget_temperatures(band, state)
    state.baselines.pop(band, None)
    state.silent.pop(band, None)
    state.presence.pop(band, None)
    yield from no_longer_dark(band, at, state)
    for kind in (Kind.BAND_SILENT, Kind.BAND_TAKEN_OFF, Kind.FEVER, Kind.FEVER_HIGH, Kind.FEVER_RISING, *OUT):
        yield Over(kind=kind, key=band, at=at)
