"""Bands of the settings that are no keyed BTHome: plaintext, Health Thermometers, and what a table describes."""

import pytest

from devices.adverts import BASE_UUID, BATTERY_SERVICE, HEALTH_THERMOMETER, Measurement
from devices.reading import BandSeen, GarbledSeen
from tests.devices.band_cases import ACME, ADDRESS, BAND, OTHER, Keys, decoder, heard, made, plain, seen

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
        ("3a01", BandSeen(-60, fine=True)),
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
