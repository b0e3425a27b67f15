"""Wristbands: taken off, a call for help, a fall. What a band said and the hour in, anomalies out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.compound import Places
from gateway.events import BandHeard
from gateway.findings import Anomaly, Over, StayBegun
from gateway.kinds import Kind
from gateway.orders import QuarantineBegun
from gateway.rules.fever import forget_temperatures
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.rules.wearer import wearer_of
from gateway.state import State


class Wearing:
    name = "wearing"
    reads = (BandHeard, QuarantineBegun, StayBegun)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case BandHeard():
                yield from self._heard(what, state, places)
            case QuarantineBegun(band=band):
                yield from self._given(band, what.at, state)
            case StayBegun(stay=stay):
                yield from self._given(stay.band, what.at, state)
            case _:
                pass

    def _given(self, band: str, at: datetime, state: State) -> Iterator[Conclusion]:
        if band in state.off:  # and not put on yet
            dated = at + timedelta(seconds=state.limits.taken_off_seconds)
            yield Wake(key=band, due=dated, dated=dated)

    def _heard(self, what: BandHeard, state: State, places: Places) -> Iterator[Conclusion]:
        place, subject = wearer_of(what.device, state, places)
        for said, kind in ((what.sos, Kind.HELP_CALLED), (what.fallen, Kind.FALL)):
            if said:
                yield Anomaly(kind=kind, key=what.device, at=what.at, place=place, subject=subject, device=what.device)
        if what.worn is False and what.device not in state.off:
            state.off[what.device] = what.at
            forget_temperatures(what.device, state)  # what it measures now is a bedside table
            dated = what.at + timedelta(seconds=state.limits.taken_off_seconds)
            yield Wake(key=what.device, due=dated, dated=dated)
        elif what.worn and what.device in state.off:
            del state.off[what.device]
            yield Sleep(what.device)
            yield Over(kind=Kind.BAND_TAKEN_OFF, key=what.device, at=what.at)

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        """It has been off for longer than it takes to put it right. Only a band given for a quarantine is missed."""
        place, subject = wearer_of(key, state, places)
        if key in state.off and subject:
            yield Anomaly(kind=Kind.BAND_TAKEN_OFF, key=key, at=dated, place=place, subject=subject, device=key)
