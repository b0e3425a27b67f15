"""Every advert of a worn band, by receiver and strength, in; out, a few words on where the band is now.

Floor 3, a pure room, and no part of the fold: adverts are far too many to journal. What leaves is PresenceChanged.

    at home   a receiver of the flat hears it within the window, not much fainter than another one does
    left      others hear it and those of the flat do not; or one is louder than they are by the margin
    at gate   two adverts within a third of the window at the receiver of a gate, loud, louder by the margin than that
              receiver usually has it while it is at home, and nothing of it at home for half a window; where it is
              still heard at home, louder than there by twice the margin, for the confirming time
    gone      nobody hears it

One advert costs an append and two comparisons. A band is looked at four times a window, and at once when a gate hears
it. A strength is judged by the median of a window. "Left" and "gone" must hold for the confirming time.

What a receiver does not hear means nothing while the receiver is lost, deaf, silent or just back. One that knows three
bands or more and hears none of them is taken for deaf for five minutes, by when its own watchdog would have said so:
the first thing heard of a dead radio is not that everybody left, and a family that leaves together is told. With none
of its receivers in hearing a band stays where it was.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from math import ceil

from gateway.compound import Places
from gateway.condense.ears import Band, Ear, Receiver
from gateway.events.presence import PresenceChanged, Where
from gateway.limits import Limits
from gateway.liveness import Liveness
from gateway.state.state import State

LOOKS_A_WINDOW = 4
GATES_WINDOW = 3  # what is heard at a gate counts for a third of the window
SOME_BANDS = 3  # a receiver that knows so many is deaf when it hears none of them ...
QUIET = timedelta(seconds=20)  # ... for so long ...
DOUBT = timedelta(minutes=5)  # ... until its own watchdog would have said so: then a whole family has left
GRID = timedelta(milliseconds=100)  # looks fall together, so that the house is not woken for each
TURNS = 150  # bands that begin together are looked at in so many turns: 45 at a time of a street's
FEW = 2  # adverts of one band that are no accident


class Presence:
    """Where the bands of everybody in quarantine are."""

    def __init__(self, state: State, places: Places, liveness: Liveness, opened: datetime) -> None:
        self._state = state
        self._places = places
        self._liveness = liveness
        self._opened = opened
        limits: Limits = state.limits
        self._half = timedelta(seconds=limits.presence_window_seconds / 2)
        self._gate_window = self._half * 2 / GATES_WINDOW
        self._every = timedelta(seconds=limits.presence_window_seconds / LOOKS_A_WINDOW)
        self._confirm = timedelta(seconds=limits.presence_confirm_seconds)
        self._settle = timedelta(seconds=limits.presence_settle_seconds)
        self._bands: dict[str, Band] = {}
        self._receivers: dict[str, Receiver] = {}
        self._due: list[tuple[datetime, str]] = []
        if places.radios:
            for stay in state.quarantines.values():
                if stay.id not in state.waiting:
                    self.wear(stay.band, stay.flat, opened)

    def wear(self, band: str, flat: str, at: datetime) -> None:
        """Somebody of this flat wears this band from now on."""
        if not band or not self._places.radios:
            return
        known = self._state.presence.get(band)
        was = known.where if known is not None else None
        if band not in self._bands:
            turn = self._every * (len(self._bands) % TURNS / TURNS)  # never a whole street in one breath
            heapq.heappush(self._due, (self._grid(at + self._every + turn), band))
        self._bands[band] = Band(flat, frozenset(self._places.home_receivers(flat)), was, at)

    def hear(self, name: str, receiver: str, rssi: int, at: datetime) -> Iterable[PresenceChanged]:
        """An advert, also one heard before."""
        band = self._bands.get(name)
        if band is None:
            return ()
        ear = band.ears.get(receiver)
        if ear is None:
            ear = band.ears[receiver] = self._ear(receiver, at)
        ear.hear(rssi, at)
        if not ear.gate:
            if receiver in band.home:
                band.home_last = at
            return ()
        if at - band.home_last <= self._half:
            ear.learn(rssi)
            return ()
        return () if band.where is Where.AT_GATE else self._judge(name, band, at)

    def due(self) -> datetime | None:
        return self._due[0][0] if self._due else None

    def look(self, until: datetime) -> Iterator[PresenceChanged]:
        """At the one band that is due first, as of its hour: a late waking finds what a prompt one would.

        `until`: nothing is heard between that hour and then. A band of which all is concluded that its silence can say
        is not looked at again before: days that nobody stepped through cost what some minutes do.
        """
        at, name = self._due[0]
        stay = self._state.stay_with(name)
        if stay is None:
            heapq.heappop(self._due)
            del self._bands[name]
            return
        band = self._bands[name]
        if band.flat != stay.flat:  # they moved to another flat
            band.flat, band.home = stay.flat, frozenset(self._places.home_receivers(stay.flat))
        found = list(self._judge(name, band, at))
        # nothing heard, and nothing to be concluded of that any more: no look before then finds another thing
        long_ago = at - max(2 * self._settle, DOUBT)
        settled = not found and band.maybe is None and self._quiet_since(band) < long_ago
        turns = max(1, ceil((until - at) / self._every)) if settled else 1  # it keeps its turn
        heapq.heapreplace(self._due, (self._grid(at + turns * self._every), name))
        yield from found

    def _quiet_since(self, band: Band) -> datetime:
        """Since when nothing has changed that a look at this band goes by."""
        heard = [self._receivers[name].last for name in band.home if name in self._receivers]
        return max(band.quiet_since(), self._liveness.changed, *heard)

    def _ear(self, name: str, at: datetime) -> Ear:
        receiver = self._receivers.get(name)
        if receiver is None:
            receiver = self._receivers[name] = Receiver(name, at)
        receiver.bands += 1
        gate = self._places.at_gates.get(name, "")
        return Ear(receiver, gate, at, self._gate_window / 2 if gate else self._half)

    def _grid(self, at: datetime) -> datetime:
        return self._opened + GRID * ceil((at - self._opened) / GRID)

    def _judge(self, name: str, band: Band, now: datetime) -> Iterator[PresenceChanged]:
        where, best = self._find(band, now)
        if where is band.where or where is None:
            band.maybe = None
            return
        if where in (Where.LEFT, Where.GONE) or (where is Where.AT_GATE and now - band.home_last <= self._half):
            if band.maybe is not where:
                band.maybe, band.maybe_since = where, now
                return
            if now - band.maybe_since < self._confirm:
                return
        was, band.where, band.maybe = band.where, where, None
        place = best.gate if best is not None and where is Where.AT_GATE else ""
        if best is not None and not place:
            device = self._places.devices.get(best.receiver.name)
            place = device.place if device is not None else ""
        yield PresenceChanged(
            at=now,
            heard=now,
            device=name,
            flat=band.flat,
            where=where,
            was=was,
            place=place,
            receiver=best.receiver.name if best is not None else "",
            rssi=best.level(now)[1] if best is not None else None,
            at_home=band.at_home(),
        )

    def _find(self, band: Band, now: datetime) -> tuple[Where | None, Ear | None]:
        """Where it seems to be by this minute's strengths, and who hears it best there; None: nobody can tell."""
        limits = self._state.limits
        slack = limits.presence_hysteresis_db
        home, others, gate = _loudest(band.ears, band.home, now)
        margin = limits.presence_margin_db
        if gate[0] is not None:
            near = max(limits.presence_gate_dbm, gate[0].usual + margin)
            if band.where is Where.AT_GATE:
                near -= slack
            heard_home = home[0] is not None and now - band.home_last <= self._half
            if gate[1] >= near and not (heard_home and home[1] > gate[1] - 2 * margin):
                return Where.AT_GATE, gate[0]
        out = band.where in (Where.LEFT, Where.GONE, Where.AT_GATE)
        if home[0] is not None and home[1] >= limits.presence_floor_dbm + (slack if out else 0.0):
            if others[0] is None or others[1] - home[1] < margin - (slack if out else 0.0):
                return Where.HOME, home[0]
            return Where.LEFT, others[0]
        if self._blind(band, now):
            return None, None
        if home[0] is not None or others[0] is not None or gate[0] is not None:
            return Where.LEFT, others[0] or gate[0] or home[0]
        if band.where is None:  # never heard since its stay began: it is silent, not gone
            return None, None
        return Where.GONE, None

    def _blind(self, band: Band, now: datetime) -> bool:
        """Is one of those that would hear it at home not to be relied on?"""
        relied_on = [name for name in band.home if name in band.ears] or list(band.home)
        if not relied_on:
            return True
        return any(not self._hears(name, now) for name in relied_on)

    def _hears(self, name: str, now: datetime) -> bool:
        receiver = self._receivers.get(name)
        if receiver is not None and receiver.bands >= SOME_BANDS:
            if QUIET < now - receiver.last <= DOUBT:
                return False
            if now - receiver.since < self._settle and receiver.broken:
                return False
        return self._liveness.hears(name, now, self._settle)


Loud = tuple[Ear | None, int]


def _loudest(ears: Mapping[str, Ear], at_home: frozenset[str], now: datetime) -> tuple[Loud, Loud, Loud]:
    """The loudest of the flat's own receivers, of the others, and of the gates'; by the median of those that hear."""
    home: Loud = (None, -200)
    others: Loud = (None, -200)
    gate: Loud = (None, -200)
    for name, ear in ears.items():
        count, median = ear.level(now)
        if not count:
            continue
        if name in at_home:
            if median > home[1]:
                home = (ear, median)
        elif count < FEW:
            continue
        elif ear.gate:
            if median > gate[1]:
                gate = (ear, median)
        elif median > others[1]:
            others = (ear, median)
    return home, others, gate
