"""Adverts of bands, strangers and forgers in; the sightings that come of them."""

from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.adverts import (
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
from devices.driver import NoKeys
from devices.reading import BandSeen, DeafSeen, ForgedSeen, GarbledSeen, LostSeen, Sighting
from devices.wristband import DRIVER
from sim.bands import SimulatedBand, bands, fever
from tests.devices.band_cases import ACME, ADDRESS, BAND, DEVICE, KEY, OTHER, Keys, decoder, heard, seen

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
