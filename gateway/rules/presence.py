"""Where worn bands of people in quarantine are, and the hour, in; "at a gate", "left the flat" and "gone" out.

| where it is now | what follows |
|---|---|
| at a gate | told at once; it stays until the band is home |
| left, from home or unknown | told after `left_flat_seconds`, if it is still out and no service window is open |
| gone, from left or a gate | told at once: they went on |
| gone, from home | told after `band_gone_seconds`: a flat battery, a bag of foil or a very quick walk |
| home | everything of the above is over |

Nothing is told of a band that has not been at home since the stay began; of one that is not worn (a shower: what comes
of that is told by rules/wearing.py) until it is put on again somewhere else; nor of a person whose days are over. One
happening is told once in each of its words: who is known to be at a gate or gone is not told to have left as well.

While a radio that should hear the band at home is deaf (RADIO_DEAF is open), and for a settling time after, what waits
goes on waiting: one alert stands for all of them. A band that fell silent in its flat with a battery that was low is
left to rules/silence.py.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.compound import DeviceKind, Places
from gateway.events.every import BandHeard, DeviceBack
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Anomaly, Over
from gateway.kinds import Kind
from gateway.people import Quarantine
from gateway.rules.door_watched import window_end
from gateway.rules.rule import Conclusion, Sleep, Wake
from gateway.state.state import State, Whereabouts

KINDS = (Kind.BAND_AT_GATE, Kind.BAND_LEFT_FLAT, Kind.BAND_GONE)


class Presence:
    name = "presence"
    reads = (PresenceChanged, BandHeard, DeviceBack)

    def consider(self, what: Struct, state: State, places: Places) -> Iterator[Conclusion]:
        match what:
            case PresenceChanged(device=band):
                known = state.presence.get(band)
                arrived = what.where is Where.HOME or (known is not None and known.arrived)
                state.presence[band] = Whereabouts(where=what.where, since=what.at, place=what.place, arrived=arrived)
                yield from self._moved(band, what.was, what.at, state, places)
            case DeviceBack(kind=DeviceKind.RADIO | DeviceKind.CABLE):
                yield from _settle(what, state, places)
            case BandHeard(worn=True, device=band) if band in state.presence:
                yield from self._moved(band, None, what.at, state, places)
            case _:
                pass

    def wake(self, key: str, dated: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        """It has been out for as long as is waited for."""
        found, stay = state.presence.get(key), state.stay_with(key)
        if found is None or stay is None or found.where not in (Where.LEFT, Where.GONE):
            return
        if key in state.off or not in_quarantine(stay, dated, state, places):
            return
        if any(road in state.silent for road in _roads(stay.flat, places)):
            again = dated + timedelta(seconds=state.limits.presence_settle_seconds)
            yield Wake(key=key, due=again, dated=again)
            return
        window = window_end(stay.flat, dated, state)
        if found.where is Where.LEFT and window is not None:  # taking in food, or taken to be swabbed in the yard
            yield Wake(key=key, due=window, dated=window, calendar=True)
            return
        if found.where is Where.GONE and any(_rings(kind, key, state) for kind in (Kind.BATTERY_LOW, Kind.BAND_SILENT)):
            return
        yield from _told(Kind.BAND_LEFT_FLAT if found.where is Where.LEFT else Kind.BAND_GONE, key, stay, dated, state)

    def _moved(self, band: str, was: Where | None, at: datetime, state: State, places: Places) -> Iterator[Conclusion]:
        found, stay = state.presence[band], state.stay_with(band)
        if found.where is Where.HOME:
            yield Sleep(band)
            for kind in KINDS:
                yield Over(kind=kind, key=band, at=at)
            return
        if stay is None or not found.arrived or band in state.off or not in_quarantine(stay, at, state, places):
            return
        limits = state.limits
        match found.where:
            case Where.AT_GATE:
                yield Sleep(band)
                yield from _told(Kind.BAND_AT_GATE, band, stay, at, state, found.place)
            case Where.GONE if was in (Where.LEFT, Where.AT_GATE):
                yield Sleep(band)
                yield from _told(Kind.BAND_GONE, band, stay, at, state)
            case Where.LEFT if not any(_rings(kind, band, state) for kind in KINDS):
                dated = at + timedelta(seconds=limits.left_flat_seconds)
                yield Wake(key=band, due=dated, dated=dated)
            case Where.GONE:
                dated = at + timedelta(seconds=limits.band_gone_seconds)
                yield Wake(key=band, due=dated, dated=dated)
            case _:
                pass


def _settle(back: DeviceBack, state: State, places: Places) -> Iterator[Conclusion]:
    """A radio hears again: what waits to be told waits until it has heard who is at home."""
    settled = back.at + timedelta(seconds=state.limits.presence_settle_seconds)
    for band in state.presence:
        timer = state.timers.get(f"{Presence.name}|{band}")
        if timer is None or timer.dated >= settled:
            continue
        stay = state.stay_with(band)
        if stay is not None and back.device in _roads(stay.flat, places):
            yield Wake(key=band, due=settled, dated=settled)


def _roads(flat: str, places: Places) -> set[str]:
    """The receivers of a flat, and the links that carry those behind a broker."""
    receivers = places.home_receivers(flat)
    return {*receivers, *(places.devices[receiver].link for receiver in receivers if receiver in places.devices)}


def in_quarantine(stay: Quarantine, at: datetime, state: State, places: Places) -> bool:
    """Do its days cover this instant? An untrusted clock ends nobody's stay."""
    home = places.flats.get(stay.flat)
    if home is None:
        return False
    return not state.clock_trusted or stay.covers(at, ZoneInfo(places.compounds[home.compound].timezone))


def _told(kind: Kind, band: str, stay: Quarantine, at: datetime, state: State, place: str = "") -> Iterator[Conclusion]:
    if not _rings(kind, band, state):
        yield Anomaly(kind=kind, key=band, at=at, place=place or stay.flat, subject=stay.subject, device=band)


def _rings(kind: Kind, band: str, state: State) -> bool:
    alert = state.alerts.get(state.ringing.get(f"{kind}|{band}", ""))
    return alert is not None and alert.active
