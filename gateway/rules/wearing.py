"""Wristbands: taken off, a call for help, a fall. What a band said and the hour in, anomalies out.

A call for help is told at once everywhere. A fall is told at once to the pages and the centre, with how long its wearer
may still say "I am fine" (a short press); phones and text messages are told when that time is over, or at once if the
wearer presses for help.

A band that was taken off is told after a minute, unless the flat's door vouches for its wearer: it has a sensor that is
heard, and has not opened since, or for somebody else. Then it may be a shower, and is told only after as long as that
may last (gateway/rules/washing.py); at once (the minute being over) when the door opens, when they are seen at a lane,
or the band itself is heard at a gate or goes on being heard elsewhere.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import Places
from gateway.events.every import BandHeard, DoorMoved, PassShown
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import AlertState, Anomaly, Cancelled, Over, Settled, StayBegun
from gateway.kinds import Kind
from gateway.orders.every import QuarantineBegun
from gateway.rules.door_doubt import PROVEN
from gateway.rules.fever import forget_temperatures
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.rules.washing import for_somebody_else, may_last, washed
from gateway.rules.wearer import observed_with, wearer_of
from gateway.state.state import State

AT_LANES = (Kind.QUARANTINED_PERSON_LEFT, Kind.QUARANTINED_PERSON_AT_GATE)
FALL_KEY = "fall:"  # before a band's id: the timer of its countdown


class Wearing:
    name = "wearing"
    reads = (BandHeard, QuarantineBegun, StayBegun, DoorMoved, PassShown, PresenceChanged)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case BandHeard():
                yield from self._heard(what, state, places)
            case QuarantineBegun(band=band):
                yield from self._given(band, what.at, state)
            case StayBegun(stay=stay):
                yield from self._given(stay.band, what.at, state)
            case DoorMoved(open=True, flat=flat):
                for stay in state.quarantines_of(flat):
                    off = state.off.get(stay.band)
                    if off is not None and for_somebody_else(stay, off, what.at, state):
                        state.others_door[stay.band] = what.at
                    yield from self._look_again(stay.band, what.at, state)
            case PassShown(subject=subject) if subject and what.proof in PROVEN:
                for stay in state.stays_by("subject", subject):
                    if stay.begun_at is None or stay.begun_at < what.at:  # else they have just come to begin it
                        yield from self._look_again(stay.band, what.at, state)
            case PresenceChanged(device=band, where=Where.LEFT):
                yield from self._look_again(band, what.at + timedelta(seconds=state.limits.left_flat_seconds), state)
            case PresenceChanged(device=band, where=Where.AT_GATE):
                yield from self._look_again(band, what.at, state)
            case _:
                pass

    def _given(self, band: str, at: datetime, state: State) -> Iterator[Conclusion]:
        if band in state.off:  # and not put on yet
            dated = at + timedelta(seconds=state.limits.taken_off_seconds)
            yield Wake(key=band, due=dated, dated=dated)

    def _look_again(self, band: str, at: datetime, state: State) -> Iterator[Conclusion]:
        """What vouched for its wearer may do so no longer."""
        off = state.off.get(band)
        if off is not None:
            dated = max(at, off + timedelta(seconds=state.limits.taken_off_seconds))
            yield Wake(key=band, due=dated, dated=dated)

    def _heard(self, what: BandHeard, state: State, places: Places) -> Iterator[Conclusion]:
        yield from self._called(what, state, places)
        if what.worn is False and what.device not in state.off:
            state.off[what.device] = what.at
            forget_temperatures(what.device, state)  # what it measures now is a bedside table
            dated = what.at + timedelta(seconds=state.limits.taken_off_seconds)
            yield Wake(key=what.device, due=dated, dated=dated)
        elif what.worn and what.device in state.off:
            washed(what.device, state.off.pop(what.device), what.at, state)
            state.others_door.pop(what.device, None)
            yield Sleep(what.device)
            yield Over(kind=Kind.BAND_TAKEN_OFF, key=what.device, at=what.at)

    def _called(self, what: BandHeard, state: State, places: Places) -> Iterator[Conclusion]:
        place, subject = wearer_of(what.device, state, places)
        known = state.alerts.get(state.ringing.get(f"{Kind.FALL}|{what.device}", ""))
        about = Anomaly(
            kind=Kind.HELP_CALLED, key=what.device, at=what.at, place=place, subject=subject, device=what.device
        )
        if what.fine and known is not None and known.cancel_until is not None and not (what.sos or what.fallen):
            limits = state.limits
            begins = known.cancel_until - timedelta(
                seconds=limits.fall_cancel_seconds - limits.fall_cancel_from_seconds
            )
            if begins <= what.at <= known.cancel_until:
                yield Sleep(FALL_KEY + what.device)
                yield Cancelled(kind=Kind.FALL, key=what.device, at=what.at)
        if what.sos:
            yield about
            yield Sleep(FALL_KEY + what.device)
            yield Settled(kind=Kind.FALL, key=what.device, at=what.at)
        if what.fallen:
            cancel = timedelta(seconds=0.0 if what.sos else state.limits.fall_cancel_seconds)
            until = what.at + cancel if cancel and what.at + cancel > state.heard else None  # told late, it is too late
            yield replace(about, kind=Kind.FALL, cancel_until=until)
            if until is not None and (known is None or known.state is AlertState.ACKNOWLEDGED):
                yield Wake(key=FALL_KEY + what.device, due=until, dated=until)

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        """It has been off for longer than it takes to put it right. Only a band given for a quarantine is missed."""
        if key.startswith(FALL_KEY):
            yield Settled(kind=Kind.FALL, key=key.removeprefix(FALL_KEY), at=dated)
            return
        place, subject = wearer_of(key, state, places)
        off = state.off.get(key)
        if off is None or not observed_with(key, state):  # whoever agreed to a band may take it off
            return
        at_home = off + may_last(key, place, off, state, places)
        if dated < at_home and _vouched(key, place, off, dated, state, places):
            again = min(at_home, _out_by(key, at_home, state))
            yield Wake(key=key, due=again, dated=again)
        elif not _rings(key, state):
            yield Anomaly(kind=Kind.BAND_TAKEN_OFF, key=key, at=dated, place=place, subject=subject, device=key)


def _vouched(band: str, flat: str, off: datetime, now: datetime, state: State, places: Places) -> bool:
    """Does the door say that whoever took it off is still at home?"""
    stay = state.stay_with(band)
    if stay is None or (stay.begun_at is not None and off < stay.begun_at):
        return False  # never worn in this stay
    sensors = places.doors_of(flat)
    if not sensors or any(each.id in state.silent or each.link in state.silent for each in sensors):
        return False
    memory = state.doors.get(flat)
    opened = memory.opened if memory is not None else None
    for_another = state.others_door.get(band)
    explained = for_another is not None and opened is not None and opened <= for_another
    if not explained and (flat in state.open_doors or (opened is not None and opened >= off)):
        return False
    if any(_seen_at_a_lane(kind, stay.subject, off, state) for kind in AT_LANES):
        return False
    found = state.presence.get(band)
    if found is None or found.where not in (Where.LEFT, Where.AT_GATE):
        return True
    return found.where is Where.LEFT and now - found.since < timedelta(seconds=state.limits.left_flat_seconds)


def _seen_at_a_lane(kind: Kind, subject: str, off: datetime, state: State) -> bool:
    alert = state.alerts.get(state.ringing.get(f"{kind}|{subject}", ""))
    return alert is not None and not alert.drill and alert.changed_at >= off


def _out_by(band: str, otherwise: datetime, state: State) -> datetime:
    """When it will have been heard elsewhere for so long that it is no bad air."""
    found = state.presence.get(band)
    if found is None or found.where is not Where.LEFT:
        return otherwise
    return found.since + timedelta(seconds=state.limits.left_flat_seconds)


def _rings(band: str, state: State) -> bool:
    alert = state.alerts.get(state.ringing.get(f"{Kind.BAND_TAKEN_OFF}|{band}", ""))
    return alert is not None and alert.active
