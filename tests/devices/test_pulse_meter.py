"""A water meter's total over the broker: alone or inside JSON, and nothing else."""

import pytest

from devices.driver import NoKeys
from devices.links.broker import Heard
from devices.pulse_meter import DRIVER, PulseMeterDecoder, PulseMeterSettings
from devices.reading import AliveSeen, GarbledSeen, MeterSeen, Seen


def read(payload: bytes, field: str = "") -> list[Seen]:
    settings = PulseMeterSettings.model_validate(
        {"broker": {"client_id": "m"}, "topics": {"meter-1": "water/1"}, "field": field}
    )
    return [each.seen for each in PulseMeterDecoder(settings, NoKeys()).feed(Heard("water/1", payload))]


@pytest.mark.parametrize(
    ("payload", "field", "total"),
    [
        (b"1234", "", 1234),
        (b"1234.9", "", 1234),
        (b"0", "", 0),
        (b'{"counter": 7}', "counter", 7),
        (b'{"COUNTER":{"C1":10422}}', "COUNTER.C1", 10422),
    ],
)
def test_a_total(payload: bytes, field: str, total: int) -> None:
    assert read(payload, field) == [MeterSeen(total)]


@pytest.mark.parametrize("payload", [b"-1", b"x", b"true", b"null", b"1e13", b'{"counter": 7}', b'"7"', b"\xff"])
def test_what_is_no_total(payload: bytes) -> None:
    (seen,) = read(payload)
    assert isinstance(seen, GarbledSeen)


def test_its_battery_beside_it() -> None:
    assert read(b'{"counter":1,"battery":97}', "counter") == [MeterSeen(1), AliveSeen(battery_percent=97)]
    assert read(b'{"counter":1,"battery":970}', "counter") == [MeterSeen(1)]


def test_a_meter_nobody_named_says_nothing_here() -> None:
    settings = PulseMeterSettings.model_validate({"broker": {"client_id": "m"}, "topics": {"meter-1": "water/1"}})
    assert list(DRIVER.decoder(settings, NoKeys()).feed(Heard("water/2", b"7"))) == []
