"""Batches of adverts and GATT measurements in; BandSeen, ForgedSeen, DeafSeen out, each in its band's name.

Who is a band: an address in the settings, or any address whose device id the house has a key for (enrolled live).
The device id is `band-c0de00000001`, made of the address, unless the settings name it. All others are strangers: they
are counted, not reported, and what is remembered of them is bounded, so that a flood of random addresses fills nothing.

Formats
- bthome   encrypted BTHome v2, guarded as devices/band_guard.py says. Plaintext only for a band of the settings the
           house has no key for.
- hts      Health Thermometer: service data 0x1809, or indications of 0x2A1C with `connect = true`.
- a name   one of the `tables` of the settings (devices/advert_table.py).

A callback of the radio is no proof of a new reading. Where a format has no counter, equal bytes are a repeat, except
that after `unchanged_seconds` they count as measured anew: a band that says 38.2 all night must not be taken for one
that said it once. A time-stamped 0x2A1C value is never anew while its bytes are equal.
Repeats of an encrypted advert are presence for `stale_seconds` only. Anyone can play a band's latest advert without
end while its wearer is out; after that time it says nothing at all, and the silence of the band comes to be noticed.

What is wrong with a band (a forgery, an unreadable advert) is said at once and then once a window, with how often.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import assert_never

from devices import advert_table, bthome, health_thermometer
from devices.adverts import (
    BATTERY_SERVICE,
    BTHOME,
    HEALTH_THERMOMETER,
    Advert,
    Coalesced,
    Hearing,
    Measurement,
    RadioChunk,
)
from devices.band_book import Line, book_of
from devices.band_guard import Forgery, Fresh, Repeat, Sparingly
from devices.band_settings import BTHOME_FORMAT, HTS_FORMAT, Band, Receiving, Wristbands, device_of
from devices.band_values import Believable
from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.radio import RadioWants, open_radio
from devices.reading import BandSeen, DeafSeen, ForgedSeen, LostSeen, Seen, Sighting, garbled

KEY_BYTES = 16


class _Known:
    """A band as this receiver reads it, and the line about it in the book of all receivers."""

    __slots__ = ("address", "device", "line", "read")

    def __init__(self, address: str, device: str, line: Line) -> None:
        self.address = address
        self.device = device
        self.line = line
        self.read: Callable[[_Known, Advert], Seen | None]


class WristbandDecoder(SilentDecoder):
    """Sans-IO; see the module's docstring. `strangers_heard` counts adverts of devices that are nobody's band here."""

    def __init__(self, settings: Receiving, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys
        self._book = book_of(keys)
        self._receiver = object()  # which of several: their adverts come in order, each for itself
        self._believable = Believable(settings.lowest_celsius, settings.highest_celsius)
        self._listed = frozenset(band.address for band in settings.bands)
        self._known: dict[str, _Known] = {}
        self._strangers: OrderedDict[str, str] = OrderedDict()  # address -> device id, the latest heard last
        self.strangers_heard = 0
        for band in settings.bands:
            self._know(band.address, band.device_id, self._reader(band))

    @property
    def strangers_remembered(self) -> int:
        return len(self._strangers)

    def feed(self, chunk: RadioChunk) -> Iterable[Sighting]:
        for item in chunk:
            if isinstance(item, Advert):
                yield from self._advert(item)
            elif isinstance(item, Measurement):
                yield from self._measurement(item)
            elif isinstance(item, Hearing):
                yield Sighting(DeafSeen(item.deaf))
            elif isinstance(item, Coalesced):
                yield Sighting(LostSeen(item.count))
            else:
                assert_never(item)

    def _advert(self, advert: Advert) -> Iterator[Sighting]:
        address = advert.address
        data = advert.service_data.get(BTHOME)
        if data and len(data) >= 7 and data[0] & bthome.ADDRESS_INCLUDED:
            address = data[6:0:-1].hex(":").upper()  # a band that changes its radio address says its own one
        known = self._known.get(address) or self._meet(address)
        if known is None:
            return
        for why, forged in known.line.forged.items():
            if count := forged.due(advert.at_seconds):
                yield Sighting(ForgedSeen(why.value, count), known.device)
        seen = known.read(known, advert)
        if seen is not None:
            yield Sighting(seen, known.device)

    def _meet(self, address: str) -> _Known | None:
        """Somebody not known yet: a band enrolled meanwhile, or a stranger."""
        device = self._strangers.get(address)
        if device is None:
            device = self._strangers[address] = device_of(address)
            if len(self._strangers) > self._settings.most_strangers:
                self._strangers.popitem(last=False)
        else:
            self._strangers.move_to_end(address)
        if self._keys.device_key(device) is None:
            self.strangers_heard += 1
            return None
        del self._strangers[address]
        return self._know(address, device, self._bthome)

    def _know(self, address: str, device: str, read: "Callable[[_Known, Advert], Seen | None]") -> _Known:
        line = self._book.line(address, device, self._keys, self._settings.forged_window_seconds)
        known = self._known[address] = _Known(address, device, line)
        known.read = read
        return known

    def _reader(self, band: Band) -> Callable[[_Known, Advert], Seen | None]:
        if band.format == BTHOME_FORMAT:
            return self._bthome
        if band.format == HTS_FORMAT:
            return self._thermometer
        table = self._settings.tables[band.format]
        return lambda known, advert: self._table(table, known, advert)

    def _bthome(self, known: _Known, advert: Advert) -> Seen | None:
        data = advert.service_data.get(BTHOME)
        if data is None:
            return None  # a name or a scan response: no word of the band itself
        key = self._keys.device_key(known.device)
        if key is None:
            return self._plain_bthome(known, advert, data)
        if len(key) != KEY_BYTES:
            return self._garbled(known, data, "the key of this band has not 16 bytes", advert.at_seconds)
        judged = known.line.guard.judge(key, data, advert.at_seconds, self._receiver)
        if isinstance(judged, Fresh):
            known.line.fresh_at = advert.at_seconds
            return self._believable.from_objects(advert.rssi, judged.counter, bthome.objects(judged.body))
        if isinstance(judged, Repeat):
            if known.line.fresh_at is None:
                known.line.fresh_at = advert.at_seconds
            if advert.at_seconds - known.line.fresh_at > self._settings.stale_seconds:
                return None
            return BandSeen(advert.rssi, judged.counter, repeat=True)
        if judged is None:
            return self._garbled(known, data, "no BTHome v2 frame", advert.at_seconds)
        return self._forged(known, judged, advert.at_seconds)

    def _plain_bthome(self, known: _Known, advert: Advert, data: bytes) -> Seen | None:
        if known.address not in self._listed:  # enrolled once, and taken off the books since
            del self._known[known.address]
            self.strangers_heard += 1
            return None
        frame = bthome.split(data)
        if frame is None:
            return self._garbled(known, data, "no BTHome v2 frame", advert.at_seconds)
        if frame.counter is not None:
            return self._garbled(known, data, "encrypted, and no key is known", advert.at_seconds)
        objects, same = bthome.objects(frame.body), data == known.line.last
        numbered = bool(objects) and objects[0][0] == bthome.PACKET_ID
        if (same and numbered) or not known.line.anew(data, advert.at_seconds, self._settings.unchanged_seconds):
            return BandSeen(advert.rssi, repeat=True)
        if same:  # a temperature may hold for an hour; a press of the button does not
            objects = [(number, value) for number, value in objects if number != bthome.BUTTON]
        return self._believable.from_objects(advert.rssi, None, objects)

    def _thermometer(self, known: _Known, advert: Advert) -> Seen | None:
        data = advert.service_data.get(HEALTH_THERMOMETER)
        if data is None or not known.line.anew(data, advert.at_seconds, self._settings.unchanged_seconds):
            return BandSeen(advert.rssi, repeat=True)
        taken = health_thermometer.service_data(data)
        if taken is None:
            return self._garbled(known, data, "no FLOAT of a Health Thermometer", advert.at_seconds)
        battery = advert.service_data.get(BATTERY_SERVICE)
        percent = min(battery[0], 100) if battery else None
        return BandSeen(advert.rssi, celsius=self._believable.celsius(taken.celsius, None), battery_percent=percent)

    def _table(self, table: advert_table.AdvertTable, known: _Known, advert: Advert) -> Seen | None:
        data = table.find(advert)
        if data is None or not known.line.anew(data, advert.at_seconds, self._settings.unchanged_seconds):
            return BandSeen(advert.rssi, repeat=True)
        row = advert_table.read(table, data)
        if row is None:
            return self._garbled(known, data, "not the length the table states", advert.at_seconds)
        celsius = self._believable.celsius(row.celsius, row.worn)
        return BandSeen(advert.rssi, None, celsius, row.worn, row.sos, row.fallen, row.battery_percent)

    def _measurement(self, measured: Measurement) -> Iterator[Sighting]:
        known = self._known.get(measured.address)
        if known is None:
            return
        taken = health_thermometer.measurement(measured.value)
        if taken is None:
            seen = self._garbled(known, measured.value, "no temperature measurement", measured.at_seconds)
        elif taken.taken is not None and measured.value == known.line.last:
            seen = BandSeen(measured.rssi, repeat=True)  # the same hour on it: the band sends it again
        else:
            known.line.last, known.line.last_at = measured.value, measured.at_seconds
            seen = BandSeen(measured.rssi, celsius=self._believable.celsius(taken.celsius, None))
        if seen is not None:
            yield Sighting(seen, known.device)

    def _forged(self, known: _Known, why: Forgery, at_seconds: float) -> Seen | None:
        forged = known.line.forged.get(why)
        if forged is None:
            forged = known.line.forged[why] = Sparingly(self._settings.forged_window_seconds)
        count = forged.happened(at_seconds)
        return ForgedSeen(why.value, count) if count else None

    def _garbled(self, known: _Known, data: bytes, why: str, at_seconds: float) -> Seen | None:
        return garbled(data, why, self._keys.digest_key) if known.line.garbled.happened(at_seconds) else None


def open_link(settings: Wristbands) -> AbstractAsyncContextManager[Link[RadioChunk]]:
    """The radio, told what these settings are about."""
    return open_radio(
        RadioWants(
            adapter=settings.adapter,
            services=settings.services,
            companies=settings.companies,
            addresses=settings.addresses,
            connect=frozenset(band.address for band in settings.bands if band.connect),
            max_connections=settings.max_connections,
            watchdog_seconds=settings.watchdog_seconds,
            longest_watchdog_seconds=settings.longest_watchdog_seconds,
            buffer=settings.buffer,
            max_batch=settings.max_batch,
        )
    )


DRIVER = Driver(Wristbands, open_link, WristbandDecoder)
