"""Many readings in, the few that mean something out. What leaves here is journaled and is all that the rules see.

Floor 3, a pure room, and no part of the fold. Repeats and radio chatter end here, and every one of them is counted:
`heard == passed + condensed` at every moment. What has a receipt always passes, for a device waits for its
acknowledgement.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from devices.reading import (
    AliveSeen,
    BandSeen,
    DeafSeen,
    DoorSeen,
    ForgedSeen,
    GarbledSeen,
    LinkSeen,
    MeterSeen,
    OutputSeen,
    Reading,
    SightSeen,
    SpentSeen,
    TemperatureSeen,
    UsedSeen,
    is_somebodys,
)
from gateway.batteries import is_worth_telling
from gateway.compound import DeviceKind, Places
from gateway.condense.bands import Bands
from gateway.condense.counted import Counts
from gateway.condense.hot_runs import HotRuns
from gateway.condense.meters import Meters
from gateway.condense.presence import Presence
from gateway.condense.sights import Sights
from gateway.condense.strangers import of_somebody
from gateway.events.every import BatteryFell, Event
from gateway.events.meters import ChargeTold
from gateway.liveness import Liveness
from gateway.rules.neighbours import is_news
from gateway.state.state import State

BATTERY_BACK = 5  # percent over the limit before a battery counts as changed


@dataclass(slots=True)
class Tally:
    """How many readings came, and what became of them."""

    heard: int = 0
    passed: int = 0
    condensed: int = 0
    repeats: int = 0


@dataclass(slots=True)
class _Memory:
    low: dict[str, bool] = field(default_factory=dict)
    forged: Counts = field(default_factory=Counts)
    garbled: Counts = field(default_factory=Counts)
    doors: dict[str, bool] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)  # outputs that did not obey when last told


class Condenser:
    """Feed it every reading; it yields events of devices, and readings that still need a place."""

    def __init__(
        self,
        state: State,
        places: Places,
        opened: datetime,
        before: "Condenser | None" = None,
        moved: timedelta = timedelta(),
    ) -> None:
        """`before`: the one this takes over from, when places or clock have changed; `moved`: by how much the clock."""
        worn = [stay.band for stay in state.quarantines.values() if stay.band and stay.id not in state.waiting]
        worn += [agreement.band for agreement in state.care.values() if agreement.band]
        self.liveness = Liveness(
            places,
            state.limits,
            opened,
            state.silent,
            worn,
            lambda band: bool(state.stays_by("band", band) or state.care_by("band", band)),
        )
        self._places = places
        self.presence = Presence(state, places, self.liveness, opened)
        self.tally = Tally()
        self.latest: dict[str, Reading] = {}  # device -> the last thing heard, for a glance
        self._bands = Bands(state)
        self._limits, self._spent_elsewhere = state.limits, state.spent_elsewhere
        self._hot_runs = HotRuns(state, places)
        self._state = state
        self._meters = Meters(state, places)
        self._memory = _Memory()
        self._sights = Sights(state.sights)
        if before is not None:
            self._inherit(before, opened, moved)
        self._bands.settle()
        for device in places.devices.values():
            if device.place in places.flats:
                self._memory.doors[device.id] = device.place in state.open_doors
            elif device.place in places.exits:
                self._memory.doors[device.id] = device.id in state.open_exits
            elif device.kind is DeviceKind.FIRE:
                self._memory.doors[device.id] = device.place in state.fires
        for alert in state.alerts.values():
            if alert.kind == "battery_low" and alert.active:
                self._memory.low[alert.device] = True
            if alert.kind == "output_failed" and alert.active:
                self._memory.failed.add(alert.device)

    def feed(self, reading: Reading) -> Iterable[Event | Reading]:
        """One reading. Nothing comes of most of them."""
        self.tally.heard += 1
        seen = reading.seen
        if isinstance(seen, BandSeen):
            passed: list[Event | Reading] | list[Event] = self._band(reading, seen)
        elif (known := of_somebody(reading, self._places, self._state)) is not None:
            passed = list(self._through(known))
        else:
            passed = []
        if passed:
            self.tally.passed += 1
        else:
            self.tally.condensed += 1
        return passed

    def due(self) -> datetime | None:
        instants = (
            self.liveness.due(),
            self.presence.due(),
            self._memory.forged.due(),
            self._memory.garbled.due(),
        )
        return min((at for at in instants if at is not None), default=None)

    def tick(self, now: datetime, most: int = 0) -> Iterator[Event]:
        """What fell due by now, in its order: a late waking concludes what a prompt one would.

        `most` devices are looked at, unless that is 0.
        """
        looked = 0
        while (not most or looked < most) and (due := self.due()) is not None and due <= now:
            looked += 1
            if self.liveness.due() == due:
                yield from self.liveness.look(due, now)
            elif self.presence.due() == due:
                yield from self.presence.look(now)
            else:
                yield from self._memory.forged.tick(due)
                yield from self._memory.garbled.tick(due)

    def _inherit(self, before: "Condenser", opened: datetime, moved: timedelta) -> None:
        """What was counted goes on being counted, what was said is not said again; limits of silence start anew."""
        old = before._memory
        self.tally = before.tally
        for device, reading in before.latest.items():
            self.latest[device] = replace(reading, at=reading.at + moved, heard=reading.heard + moved)
        self._meters.inherit(before._meters, moved)
        self._bands.inherit(before._bands, moved)
        self._memory.low = dict(old.low)
        self._memory.forged.inherit(old.forged, moved)
        self._memory.garbled.inherit(old.garbled, moved)
        self.liveness.inherit(before.liveness, opened)

    def _through(self, reading: Reading) -> Iterator[Event | Reading]:
        seen = reading.seen
        if isinstance(seen, LinkSeen):
            if seen.open:
                yield from self.liveness.link_opened(reading.link, reading.heard)
            else:
                self.liveness.link_lost(reading.link, reading.heard, seen.why)
            return
        if isinstance(seen, DeafSeen):
            if seen.deaf:
                yield from self.liveness.deaf(reading.device, reading.heard)
            else:
                yield from self.liveness.link_opened(reading.device, reading.heard)
            return
        if isinstance(seen, OutputSeen) and not seen.ok:
            yield from self._output(reading, seen)
            return
        if not isinstance(seen, ForgedSeen):  # a forger is no sign of life
            before = self.latest.get(reading.device)
            self.latest[reading.device] = _without_text(reading)
            yield from self.liveness.heard(reading.device, reading.heard)
        match seen:
            case AliveSeen():
                yield from self._alive(reading, seen, before)
            case SpentSeen() | UsedSeen() if not is_news(seen, reading.heard, self._spent_elsewhere):
                return  # neighbours say everything again and again
            case MeterSeen():
                yield from self._meters.feed(reading, seen)
            case TemperatureSeen():
                yield from self._hot_runs.feed(reading, seen)
            case DoorSeen():
                self._memory.doors[reading.device] = seen.open
                yield reading
            case OutputSeen():
                yield from self._output(reading, seen)
            case SightSeen() if not self._sights.is_new(reading.device, seen):
                return
            case ForgedSeen(count=count):
                yield from self._memory.forged.happened(reading, count)
            case GarbledSeen():
                yield from self._memory.garbled.happened(reading, 1)
            case _:
                yield reading

    def _band(self, reading: Reading, seen: BandSeen) -> list[Event]:
        """Ten thousand a second of these in a street: no generators, and two of three end at `repeat`."""
        device, heard = reading.device, reading.heard
        receiver = seen.receiver or reading.link
        self.latest[device] = reading
        passed: list[Event] = [*self.liveness.heard(device, heard, receiver)]
        if seen.receiver:
            passed += self.liveness.heard(receiver, heard)
        passed += self.presence.hear(device, receiver, seen.rssi, heard)
        if seen.repeat:
            self.tally.repeats += 1
            return passed
        passed += self._bands.feed(reading, seen)
        if seen.battery_percent is not None:
            passed += self._battery(reading, seen.battery_percent, None)
        return passed

    def wear(self, band: str, flat: str, at: datetime) -> None:
        """Somebody of this flat wears this band, if they were given one, from now on."""
        if not band:
            return
        self.liveness.wear(band, at)
        self.presence.wear(band, flat, at)

    def _output(self, reading: Reading, seen: OutputSeen) -> Iterator[Reading]:
        """Each switching is behind a decision on record; what is told is that it failed, and that it works again."""
        failed = reading.device in self._memory.failed
        if seen.ok is failed:
            if seen.ok:
                self._memory.failed.discard(reading.device)
            else:
                self._memory.failed.add(reading.device)
            yield reading

    def _alive(self, reading: Reading, seen: AliveSeen, before: Reading | None) -> Iterator[Event | Reading]:
        known = self._memory.doors.get(reading.device)
        if seen.open is not None and known is not None and seen.open is not known:
            # the movement itself was lost on the way; the state it led to was not. When it was, is known only of a
            # device that was heard a moment before
            fresh = timedelta(seconds=self._limits.door_fresh_seconds)
            self._memory.doors[reading.device] = seen.open
            yield Reading(
                at=reading.at,
                heard=reading.heard,
                link=reading.link,
                device=reading.device,
                seen=DoorSeen(open=seen.open, found=before is None or reading.heard - before.heard > fresh),
            )
        if seen.battery_percent is not None or seen.battery_millivolts is not None:
            yield from self._battery(reading, seen.battery_percent, seen.battery_millivolts)

    def _battery(self, reading: Reading, percent: int | None, millivolts: int | None) -> Iterator[Event]:
        level = percent if percent is not None else millivolts
        if level is not None and is_worth_telling(
            self._state.batteries.get(reading.device), reading.at, level, percent is None
        ):
            yield ChargeTold(
                at=reading.at,
                heard=reading.heard,
                device=reading.device,
                level=level,
                millivolts=percent is None,
            )
        was = self._memory.low.get(reading.device, False)
        if percent is not None:
            limit = self._limits.battery_low_percent
            low = percent <= limit if not was else percent < limit + BATTERY_BACK
        else:
            limit = self._limits.battery_low_millivolts
            low = millivolts is not None and (millivolts <= limit if not was else millivolts < limit + limit // 20)
        if low is not was:
            self._memory.low[reading.device] = low
            yield BatteryFell(
                at=reading.at,
                heard=reading.heard,
                device=reading.device,
                low=low,
                battery_percent=percent,
                battery_millivolts=millivolts,
            )


def _without_text(reading: Reading) -> Reading:
    """What somebody showed goes to be verified and nowhere else; that they showed it is a sign of life."""
    return replace(reading, seen=AliveSeen()) if is_somebodys(reading.seen) else reading
