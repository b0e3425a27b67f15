"""Adverts of bands, strangers and forgers in; the sightings that come of them."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.adverts import (
    BASE_UUID,
    BATTERY_SERVICE,
    BTHOME,
    HEALTH_THERMOMETER,
    Advert,
    Coalesced,
    Hearing,
    Measurement,
    RadioItem,
)
from devices.band_settings import Wristbands
from devices.driver import NoKeys, Reply
from devices.reading import BandSeen, DeafSeen, ForgedSeen, GarbledSeen, LostSeen, Sighting
from devices.wristband import DRIVER, WristbandDecoder
from sim.bands import SimulatedBand, bands, fever

ADDRESS = "C0:DE:00:00:00:01"
DEVICE = "band-c0de00000001"
KEY = bytes(range(16))
BAND = SimulatedBand(ADDRESS, KEY)
OTHER = SimulatedBand("C0:DE:00:00:00:02", bytes(16))


class Keys:
    """A house that knows these keys and counters; both may change while it listens."""

    digest_key = b"digest"

    def __init__(self, keys: dict[str, bytes] | None = None, counters: dict[str, int] | None = None) -> None:
        self.keys = keys or {}
        self.counters = counters or {}

    def device_key(self, device: str) -> bytes | None:
        return self.keys.get(device)

    def counter(self, device: str) -> int | None:
        return self.counters.get(device)


def decoder(keys: Keys | None = None, **settings: object) -> WristbandDecoder:
    return WristbandDecoder(Wristbands.model_validate(settings), keys or Keys({DEVICE: KEY}))


def heard(service_data: dict[str, bytes], at: float = 0.0, address: str = ADDRESS, rssi: int = -60) -> Advert:
    return Advert(address, rssi, service_data, {}, at)


def made(company: int, data: str, at: float = 0.0) -> Advert:
    return Advert(ADDRESS, -60, {}, {company: bytes.fromhex(data)}, at)


def plain(body: str, at: float = 0.0) -> Advert:
    return heard({BTHOME: b"\x40" + bytes.fromhex(body)}, at)


def seen(sightings: Iterable[Sighting | Reply]) -> list[object]:
    return [sighting.seen for sighting in sightings if isinstance(sighting, Sighting)]


# --- encrypted BTHome


def test_an_encrypted_advert_becomes_one_sighting_in_the_bands_name() -> None:
    band = SimulatedBand(ADDRESS, KEY, 7, 38.25, worn=True, sos=True, fallen=True, battery_percent=80)
    assert list(decoder().feed((heard(band.said()),))) == [
        Sighting(BandSeen(-60, 7, 38.25, True, True, True, 80), DEVICE)
    ]


def test_a_repeat_is_presence_and_says_nothing_else() -> None:
    band = SimulatedBand(ADDRESS, KEY, 7, 38.25, sos=True)
    assert seen(decoder().feed((heard(band.said()), heard(band.said(), at=9.0, rssi=-70))))[1:] == [
        BandSeen(-70, 7, repeat=True)
    ]


def test_an_advert_played_without_end_is_no_presence_after_a_while() -> None:
    band = SimulatedBand(ADDRESS, KEY, 7)
    word, again = BandSeen(-60, 7, 36.5, True, battery_percent=90), BandSeen(-60, 7, repeat=True)
    ear = decoder()
    assert seen(ear.feed(tuple(heard(band.said(), at) for at in (0.0, 299.0, 300.0, 301.0, 9999.0)))) == [
        word,
        again,
        again,
    ]
    assert seen(ear.feed((heard(band.next().said(), 10_000.0), heard(band.next().said(), 10_300.0)))) == [
        BandSeen(-60, 8, 36.5, True, battery_percent=90),
        BandSeen(-60, 8, repeat=True),
    ]


def test_a_band_that_is_not_worn_has_no_temperature() -> None:
    band = SimulatedBand(ADDRESS, KEY, worn=False, celsius=38.25)
    assert seen(decoder().feed((heard(band.said()),))) == [BandSeen(-60, 1, None, False, battery_percent=90)]


@pytest.mark.parametrize(("celsius", "kept"), [(24.99, None), (25.0, 25.0), (45.0, 45.0), (45.01, None), (-3.0, None)])
def test_a_temperature_nobody_has_is_none(celsius: float, kept: float | None) -> None:
    band = SimulatedBand(ADDRESS, KEY, celsius=celsius)
    assert seen(decoder().feed((heard(band.said()),))) == [BandSeen(-60, 1, kept, True, battery_percent=90)]


def test_a_replayed_fever_is_a_forgery_and_no_measurement() -> None:
    hot, healthy = BAND.next(celsius=39.5), BAND.next(celsius=39.5).next(celsius=36.6)
    assert seen(decoder().feed((heard(hot.said()), heard(healthy.said()), heard(hot.said())))) == [
        BandSeen(-60, 2, 39.5, True, battery_percent=90),
        BandSeen(-60, 3, 36.6, True, battery_percent=90),
        ForgedSeen("replay"),
    ]


def test_plaintext_and_wrong_keys_are_forgeries_once_a_key_is_known() -> None:
    thief = SimulatedBand(ADDRESS, bytes(16), 50)
    assert seen(decoder().feed((heard(BAND.said_plainly()), heard(thief.said())))) == [
        ForgedSeen("plain"),
        ForgedSeen("tag"),
    ]


def test_forgeries_are_said_at_once_then_once_a_minute_with_how_many() -> None:
    forged = [heard(SimulatedBand(ADDRESS, bytes(16), count).said(), at=count / 10) for count in range(1000)]
    assert seen(decoder().feed(tuple(forged))) == [ForgedSeen("tag", 1), ForgedSeen("tag", 599)]


def test_forgeries_held_back_are_said_with_the_bands_next_word() -> None:
    ear = decoder()
    forged = [heard(SimulatedBand(ADDRESS, bytes(16), count).said(), at=count) for count in range(5)]
    assert seen(ear.feed((*forged, heard(BAND.said(), at=59.0)))) == [
        ForgedSeen("tag", 1),
        BandSeen(-60, 1, 36.5, True, battery_percent=90),
    ]
    assert seen(ear.feed((heard(BAND.said(), at=60.0),))) == [ForgedSeen("tag", 4), BandSeen(-60, 1, repeat=True)]


def test_the_counter_on_disk_holds_after_a_restart() -> None:
    ear = decoder(Keys({DEVICE: KEY}, {DEVICE: 9000}))
    old, new = SimulatedBand(ADDRESS, KEY, 8999), SimulatedBand(ADDRESS, KEY, 9001)
    assert seen(ear.feed((heard(old.said()), heard(new.said())))) == [
        ForgedSeen("replay"),
        BandSeen(-60, 9001, 36.5, True, battery_percent=90),
    ]


def test_a_band_that_says_its_own_address_is_known_by_it() -> None:
    info = b"\x43"
    data = info + bytes.fromhex("01000000dec0") + _sealed(info, b"\x01\x5a", counter=5)
    assert seen(decoder().feed((heard({BTHOME: data}, address="5A:11:22:33:44:55"),))) == [
        BandSeen(-60, 5, battery_percent=90)
    ]


def _sealed(info: bytes, body: bytes, counter: int) -> bytes:
    count = counter.to_bytes(4, "little")
    nonce = bytes.fromhex(ADDRESS.replace(":", "")) + b"\xd2\xfc" + info + count
    sealed = AESCCM(KEY, tag_length=4).encrypt(nonce, body, None)
    return sealed[:-4] + count + sealed[-4:]


def test_a_key_of_the_wrong_length_is_said_and_does_not_raise() -> None:
    ear = decoder(Keys({DEVICE: b"short"}))
    (said,) = seen(ear.feed((heard(BAND.said()), heard(BAND.next().said(), at=1.0))))
    assert isinstance(said, GarbledSeen)
    assert said.why == "the key of this band has not 16 bytes"


# --- who is a band


def test_strangers_are_counted_and_not_reported() -> None:
    ear = decoder(Keys())
    assert seen(ear.feed((heard(BAND.said()), heard(OTHER.said(), address=OTHER.address)))) == []
    assert ear.strangers_heard == 2


def test_a_flood_of_addresses_leaves_a_bounded_memory() -> None:
    ear = decoder(Keys({DEVICE: KEY}), most_strangers=50)
    flood = [heard(band.said(), address=band.address) for band in bands(400, seed=3) if band.address != ADDRESS]
    assert seen(ear.feed(tuple(flood))) == []
    assert ear.strangers_heard == 399
    assert ear.strangers_remembered == 50
    assert seen(ear.feed((heard(BAND.said()),))) == [BandSeen(-60, 1, 36.5, True, battery_percent=90)]


def test_a_band_enrolled_meanwhile_is_heard_from_then_on() -> None:
    keys = Keys()
    ear = decoder(keys)
    assert seen(ear.feed((heard(BAND.said()),))) == []
    keys.keys[DEVICE] = KEY
    assert seen(ear.feed((heard(BAND.next().said()),))) == [BandSeen(-60, 2, 36.5, True, battery_percent=90)]


def test_a_band_taken_off_the_books_is_a_stranger_again() -> None:
    keys = Keys({DEVICE: KEY})
    ear = decoder(keys)
    assert len(seen(ear.feed((heard(BAND.said()),)))) == 1
    del keys.keys[DEVICE]
    assert seen(ear.feed((heard(BAND.next().said()), heard(BAND.said_plainly())))) == []
    assert ear.strangers_heard == 2


def test_a_band_may_have_a_name_of_its_own() -> None:
    ear = decoder(Keys({"wu": KEY}), bands=[{"address": ADDRESS.lower(), "device": "wu"}])
    assert [sighting.speaker for sighting in ear.feed((heard(BAND.said()),))] == ["wu"]


# --- plaintext BTHome of bands in the settings

LISTED = {"bands": [{"address": ADDRESS}]}


def test_plaintext_of_a_listed_band_counts_while_no_key_is_known() -> None:
    ear = decoder(Keys(), **LISTED)
    assert seen(ear.feed((plain("0001" + "015a" + "02420e" + "2b00"),))) == [
        BandSeen(-60, None, 36.5, True, battery_percent=90)
    ]


def test_an_encrypted_advert_of_a_listed_band_without_a_key_is_said_once_a_window() -> None:
    ear = decoder(Keys(), **LISTED)
    said = seen(ear.feed(tuple(heard(BAND.said(), at=at) for at in (0.0, 1.0, 59.0, 60.0))))
    assert [one.why for one in said if isinstance(one, GarbledSeen)] == ["encrypted, and no key is known"] * 2


def test_a_packet_is_never_measured_twice_however_long_it_is_repeated() -> None:
    ear = decoder(Keys(), **LISTED)
    said = seen(ear.feed((plain("0001" + "3a04"), plain("0001" + "3a04", 1.0), plain("0001" + "3a04", 999.0))))
    assert said == [BandSeen(-60, sos=True), BandSeen(-60, repeat=True), BandSeen(-60, repeat=True)]


def test_without_a_packet_id_unchanged_values_count_anew_after_a_while_but_a_press_does_not() -> None:
    ear = decoder(Keys(), **LISTED)
    said = seen(ear.feed(tuple(plain("02480d" + "3a04", at) for at in (0.0, 59.0, 60.0, 61.0))))
    again = BandSeen(-60, repeat=True)
    assert said == [BandSeen(-60, celsius=34.0, sos=True), again, BandSeen(-60, celsius=34.0), again]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("2b01", BandSeen(-60, worn=False)),
        ("2500", BandSeen(-60, worn=False)),
        ("25012b00", BandSeen(-60, worn=True)),
        ("25002b00", BandSeen(-60, worn=False)),
        ("25012b01", BandSeen(-60, worn=False)),
        ("2601", BandSeen(-60, fallen=True)),
        ("3a80", BandSeen(-60, sos=True)),
        ("3a01", BandSeen(-60)),
        ("3a003a04", BandSeen(-60, sos=True)),
        ("5725", BandSeen(-60)),  # whole degrees are too coarse for a body
        ("02420e02d007", BandSeen(-60, celsius=36.5)),  # the second one is the room
        ("456d01", BandSeen(-60, celsius=36.5)),
    ],
)
def test_what_the_objects_of_a_band_mean(body: str, wanted: BandSeen) -> None:
    assert seen(decoder(Keys(), **LISTED).feed((plain(body),))) == [wanted]


# --- Health Thermometer

THERMOMETER = {"bands": [{"address": ADDRESS, "format": "hts", "connect": True}]}


def test_health_thermometer_service_data_with_its_battery() -> None:
    advert = heard({HEALTH_THERMOMETER: bytes.fromhex("6c0100ff"), BATTERY_SERVICE: b"\x5b"})
    assert seen(decoder(Keys(), **THERMOMETER).feed((advert,))) == [BandSeen(-60, celsius=36.4, battery_percent=91)]


def test_a_thermometer_that_says_nothing_is_still_there() -> None:
    assert seen(decoder(Keys(), **THERMOMETER).feed((heard({}),))) == [BandSeen(-60, repeat=True)]


def test_indications_are_measurements_each_of_them() -> None:
    value = bytes.fromhex("006c0100ff")
    chunk = (Measurement(ADDRESS, -55, value, 0.0), Measurement(ADDRESS, -55, value, 1.0))
    assert seen(decoder(Keys(), **THERMOMETER).feed(chunk)) == [BandSeen(-55, celsius=36.4)] * 2


def test_an_indication_with_the_same_hour_on_it_is_a_repeat() -> None:
    value = bytes.fromhex("066a0100ffe207030a14140002")
    chunk = (Measurement(ADDRESS, -55, value, 0.0), Measurement(ADDRESS, -55, value, 999.0))
    assert seen(decoder(Keys(), **THERMOMETER).feed(chunk)) == [
        BandSeen(-55, celsius=36.2),
        BandSeen(-55, repeat=True),
    ]


def test_a_short_indication_is_garbled_and_a_strangers_is_nothing() -> None:
    ear = decoder(Keys(), **THERMOMETER)
    (said,) = seen(ear.feed((Measurement(ADDRESS, -55, b"\x06", 0.0), Measurement(OTHER.address, -55, b"\x06", 0.0))))
    assert isinstance(said, GarbledSeen)
    assert (said.length, said.why) == (1, "no temperature measurement")


# --- any other band

ACME = {
    "company": 0x0822,
    "length": 6,
    "celsius": {"offset": 1, "type": "s16", "order": "big", "scale": 0.01, "lowest": 30, "highest": 43},
    "battery_percent": {"offset": 3, "highest": 100},
    "worn": {"offset": 4, "mask": 1},
    "sos": {"offset": 4, "mask": 2},
    "fallen": {"offset": 5, "invert": True},
}
TABLED = {"bands": [{"address": ADDRESS, "format": "acme"}], "tables": {"acme": ACME}}


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ("ff 0e42 5a 01 01", BandSeen(-60, None, 36.5, True, False, False, 90)),
        ("ff 0e42 5a 03 00", BandSeen(-60, None, 36.5, True, True, True, 90)),
        ("ff 0e42 5a 00 01", BandSeen(-60, None, None, False, False, False, 90)),  # not worn
        ("ff 0bb7 ff 01 01", BandSeen(-60, None, None, True)),  # 29.99 C and 255 %: out of range
    ],
)
def test_a_table_reads_an_advert(data: str, wanted: BandSeen) -> None:
    assert seen(decoder(Keys(), **TABLED).feed((made(0x0822, data),))) == [wanted]


def test_a_table_knows_its_service_its_length_and_its_repeats() -> None:
    table = {"service": 0x181A, "length": 2, "celsius": {"offset": 0, "type": "u16", "scale": 0.1}}
    ear = decoder(Keys(), bands=[{"address": ADDRESS, "format": "t"}], tables={"t": table})
    uuid = BASE_UUID.format(0x181A)
    said = seen(
        ear.feed(tuple(heard({uuid: data}, at) for data, at in ((b"\x6d\x01", 0), (b"\x6d\x01", 1), (b"\x00", 2))))
    )
    assert said[:2] == [BandSeen(-60, celsius=pytest.approx(36.5)), BandSeen(-60, repeat=True)]
    assert isinstance(said[2], GarbledSeen)


# --- the radio itself


def test_the_radio_says_when_it_is_deaf_and_when_it_fell_behind() -> None:
    assert list(decoder().feed((Hearing(True), Hearing(False), Coalesced(12)))) == [
        Sighting(DeafSeen(True)),
        Sighting(DeafSeen(False)),
        Sighting(LostSeen(12)),
    ]


# --- promises

_data = st.binary(max_size=31) | st.builds(
    lambda counter, key: SimulatedBand(ADDRESS, key, counter).said()[BTHOME],
    st.integers(0, 5),
    st.sampled_from([KEY, bytes(16)]),
)
_address = st.sampled_from([ADDRESS, OTHER.address, "C0:DE:00:00:00:03", "C0:DE:00:00:00:04"])
_items: st.SearchStrategy[RadioItem] = st.one_of(
    st.builds(
        Advert,
        address=_address,
        rssi=st.integers(-127, 20),
        service_data=st.dictionaries(st.sampled_from([BTHOME, HEALTH_THERMOMETER, BATTERY_SERVICE]), _data),
        manufacturer_data=st.dictionaries(st.just(0x0822), _data),
        at_seconds=st.floats(0, 1000),
    ),
    st.builds(Measurement, _address, st.just(-60), st.binary(max_size=16), st.floats(0, 1000)),
    st.builds(Hearing, st.booleans()),
    st.builds(Coalesced, st.integers(1, 1000)),
)
_everything = {
    "bands": [
        {"address": OTHER.address},
        {"address": "C0:DE:00:00:00:03", "format": "hts", "connect": True},
        {"address": "C0:DE:00:00:00:04", "format": "acme"},
    ],
    "tables": {"acme": ACME},
}


@given(items=st.lists(_items, max_size=30), cuts=st.lists(st.integers(0, 30), max_size=5))
def test_nothing_raises_and_how_a_batch_is_cut_makes_no_difference(items: list[RadioItem], cuts: list[int]) -> None:
    whole = list(decoder(**_everything).feed(tuple(items)))
    places = [0, *sorted(min(cut, len(items)) for cut in cuts), len(items)]
    ear = decoder(**_everything)
    pieces = [tuple(items[start:end]) for start, end in pairwise(places)]
    assert [sighting for piece in pieces for sighting in ear.feed(piece)] == whole


def test_a_rising_fever_of_the_simulator_is_heard_degree_by_degree() -> None:
    course = fever(BAND, seed=4, rising_from=3)
    band_now = [next(course) for _ in range(40)]
    told = seen(decoder().feed(tuple(heard(band.said(), at=at) for at, band in enumerate(band_now))))
    assert [one.celsius for one in told if isinstance(one, BandSeen)] == [band.celsius for band in band_now]
    assert max(band.celsius or 0 for band in band_now) > 38.0


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"bnads": []}, "bnads"),
        ({"bands": [{"address": "C0DE00000001"}]}, "C0:DE:00:00:00:01"),
        ({"bands": [{"address": ADDRESS}, {"address": ADDRESS.lower()}]}, "same address"),
        ({"bands": [{"address": ADDRESS, "device": "a"}, {"address": OTHER.address, "device": "a"}]}, "same device"),
        ({"bands": [{"address": ADDRESS, "format": "acme"}]}, 'no format "acme"'),
        ({"bands": [{"address": ADDRESS, "connect": True}]}, "hts"),
        ({"tables": {"hts": ACME}}, 'called "hts"'),
        ({"tables": {"acme": {"company": 1, "service": 2}}}, "either company or service"),
        ({"adapter": "bluetooth0"}, "adapter"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Wristbands.model_validate(settings)


def test_a_band_takes_no_orders() -> None:
    ear = DRIVER.decoder(Wristbands(), NoKeys())
    assert list(ear.feed(())) == []
