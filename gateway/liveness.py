"""What was heard of each device in, silence and return out. One heap; a tick costs only what fell due.

Floor 3, a pure room, and no part of the fold: heartbeats are far too many to journal, so they end here, and what leaves
is `DeviceSilent` and `DeviceBack`, which are. A restart of the house starts every limit anew.

A wristband is missed only while somebody wears it for a stay; one in a drawer may be silent.

A link that is lost or deaf speaks for everything on it: its devices are held, not missed one by one; when it is back
they have their whole limit again.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from math import ceil

from gateway.compound import Device, DeviceKind, Places
from gateway.events.every import DeviceBack, DeviceSilent
from gateway.limits import Limits


def limit_of(device: Device, limits: Limits) -> timedelta | None:
    """How long this device may say nothing; None where its silence means nothing."""
    if device.kind is DeviceKind.RADIO and device.link != device.id:  # behind a broker nothing else speaks for it
        return timedelta(seconds=limits.radio_silent_seconds) if limits.radio_silent_seconds > 0 else None
    seconds = device.silent_seconds
    if seconds is None:
        seconds = _of_kind(device.kind, limits)
    return timedelta(seconds=seconds) if seconds > 0 else None


def _of_kind(kind: DeviceKind, limits: Limits) -> float:
    return {
        DeviceKind.DOOR: limits.door_silent_seconds,
        DeviceKind.BAND: limits.band_silent_seconds,
        DeviceKind.CAMERA: limits.camera_silent_seconds,
        DeviceKind.SCANNER: limits.scanner_silent_seconds,
        DeviceKind.RADIO: 0.0,  # judged by its own watchdog (DeafSeen) and by its link
        DeviceKind.CABLE: 0.0,
        DeviceKind.OUTPUT: 0.0,
        DeviceKind.THERMOMETER: limits.thermometer_silent_seconds,
        DeviceKind.NEIGHBOUR: 0.0,
        DeviceKind.FIRE: limits.door_silent_seconds,
        DeviceKind.OBSTRUCTION: limits.door_silent_seconds,
        DeviceKind.METER: limits.meter_silent_seconds,
    }[kind]


class Liveness:
    """The last sign of life of every device of a site."""

    def __init__(
        self,
        places: Places,
        limits: Limits,
        opened: datetime,
        silent: Mapping[str, datetime],
        worn: Iterable[str] = (),
        is_worn: Callable[[str], bool] = lambda band: True,
    ) -> None:
        """`opened`: when the limits start; `silent`: what the fold already holds for silent; `worn`: bands in use now;
        `is_worn` is asked before a band is missed."""
        self._is_worn = is_worn
        self._via: dict[str, str] = {}  # band -> the radio that heard it last, where there are several
        self._devices = {device.id: device for device in places.devices.values() if device.kind is not DeviceKind.BAND}
        radios = [device.id for device in places.devices.values() if device.kind is DeviceKind.RADIO]
        self._radio = radios[0] if len(radios) == 1 else ""
        self._known_bands = {d.id: d for d in places.devices.values() if d.kind is DeviceKind.BAND}
        self._limits = limits
        self._opened = self.changed = opened  # `changed`: a link last went or came then
        self._silent = set(silent)
        self._heard: dict[str, datetime] = {}
        self._back: dict[str, datetime] = {}  # link -> when it was last back
        self._down: dict[str, tuple[datetime, str]] = {}  # link -> lost since, why
        self._due: list[tuple[datetime, str]] = []
        self._asked: dict[str, datetime] = {}  # what the heap holds for each; other places in it are passed over
        for device in self._devices.values():
            limit = limit_of(device, limits)
            if limit is not None:
                self._ask(device.id, opened + limit)
        for band in worn:
            self.wear(band, opened)

    def inherit(self, before: "Liveness", opened: datetime) -> None:
        """Links that were away are still away; they have their limit to come back from now on."""
        for link, (_, why) in before._down.items():
            self.link_lost(link, opened, why)

    def wear(self, band: str, at: datetime) -> None:
        """Somebody wears this band from now on: it is missed when it falls silent."""
        known = self._known_bands.get(band)
        self._devices[band] = known or Device(id=band, kind=DeviceKind.BAND, link=self._radio)
        self._silent.discard(band)  # if its last wearer's stay ended while it was silent
        self._heard[band] = max(at, self._heard.get(band, at))
        limit = limit_of(self._devices[band], self._limits)
        if limit is not None:
            self._ask(band, at + limit)

    def heard(self, device: str, at: datetime, via: str = "") -> Iterable[DeviceBack]:
        """A device said something: a sign of life. `via`: the radio that heard it, of a band."""
        self._heard[device] = at
        if via:
            self._via[device] = via
        return self._returned(device, at) if device in self._silent else ()

    def link_lost(self, link: str, at: datetime, why: str) -> None:
        """A link went away. It is given its limit to come back."""
        if link not in self._down:
            self._down[link] = (at, why)
            self.changed = at
            self._ask(link, at + self._link_limit(link))

    def link_opened(self, link: str, at: datetime) -> Iterator[DeviceBack]:
        """A link is there (again)."""
        self._down.pop(link, None)
        self._back[link] = self.changed = at
        self._heard[link] = at
        if link in self._silent:
            yield from self._returned(link, at)

    def deaf(self, link: str, at: datetime) -> Iterator[DeviceSilent]:
        """A radio's own watchdog has given up on it."""
        device = self._devices.get(link)
        self.changed = at
        if link not in self._silent and device is not None:
            yield self._silence(device, at, at, "deaf")

    def last(self, device: str) -> datetime | None:
        """When a device was last heard since the house opened."""
        return self._heard.get(device)

    def away(self, link: str) -> bool:
        """Is this link lost, or a radio known to be deaf?"""
        return link in self._down or link in self._silent

    def hears(self, radio: str, now: datetime, settle: timedelta) -> bool:
        """Does this radio hear, and has it for so long that what it does not hear is not there?"""
        device = self._devices.get(radio)
        links = (radio,) if device is None or device.link == radio else (radio, device.link)
        return all(not self.away(link) and now - self._back.get(link, self._opened) >= settle for link in links)

    def due(self) -> datetime | None:
        while self._due and self._asked.get(self._due[0][1]) != self._due[0][0]:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def tick(self, now: datetime) -> Iterator[DeviceSilent]:
        """What has been silent for too long by `now`."""
        while (due := self.due()) is not None and due <= now:
            yield from self.look(now, now)

    def look(self, now: datetime, until: datetime) -> Iterator[DeviceSilent]:
        """At the one device that is due first. `until`: nothing is heard between `now` and then."""
        _, name = heapq.heappop(self._due)
        del self._asked[name]
        device = self._devices.get(name)
        if device is not None and name not in self._silent:
            yield from self._look(device, now, until)

    def _look(self, device: Device, now: datetime, until: datetime) -> Iterator[DeviceSilent]:
        name = device.id
        if device.kind is DeviceKind.BAND and not self._is_worn(name):
            del self._devices[name]
            return
        if name in self._down:
            since, why = self._down[name]
            over = since + self._link_limit(name)
            if over <= now:
                yield self._silence(device, over, since, why)
            else:
                self._ask(name, over)
            return
        limit = limit_of(device, self._limits)
        if limit is None:
            return
        carrier = self._via.get(name, device.link)
        if carrier != name and self.away(carrier):
            self._ask(name, now + limit * max(1, ceil((until - now) / limit)))  # its carrier is not back before
            return
        over = max(self._heard.get(name, self._opened), self._back.get(carrier, self._opened)) + limit
        if over <= now:
            yield self._silence(device, over, over - limit, "")
        else:
            self._ask(name, over)

    def _ask(self, name: str, at: datetime) -> None:
        """Look at this device then. One place in the heap for each, however often its link comes and goes."""
        asked = self._asked.get(name)
        if asked is None or at < asked:
            self._asked[name] = at
            heapq.heappush(self._due, (at, name))

    def _silence(self, device: Device, at: datetime, since: datetime, why: str) -> DeviceSilent:
        self._silent.add(device.id)
        return DeviceSilent(at=at, heard=at, device=device.id, kind=device.kind, since=since, why=why)

    def _returned(self, name: str, at: datetime) -> Iterator[DeviceBack]:
        self._silent.discard(name)
        self._back[name] = self.changed = at
        device = self._devices.get(name)
        if device is not None:
            limit = limit_of(device, self._limits)
            if limit is not None:
                self._ask(name, at + limit)
            yield DeviceBack(at=at, heard=at, device=name, kind=device.kind)

    def _link_limit(self, link: str) -> timedelta:
        device = self._devices.get(link)
        if device is not None and device.kind in (DeviceKind.CAMERA, DeviceKind.SCANNER):
            return timedelta(seconds=self._limits.lane_link_seconds)
        if device is not None and device.kind is DeviceKind.RADIO:
            return timedelta(seconds=self._limits.radio_silent_seconds)
        if device is not None and device.kind is DeviceKind.NEIGHBOUR:
            return timedelta(seconds=self._limits.neighbour_silent_seconds)
        if device is not None and device.kind is DeviceKind.OUTPUT:
            return timedelta(seconds=self._limits.output_silent_seconds)
        return timedelta(seconds=self._limits.cable_silent_seconds)
