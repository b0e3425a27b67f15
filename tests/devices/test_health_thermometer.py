"""Health Thermometer bytes against what they must mean: our own cases, and the third-party ones."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import health_thermometer
from devices.health_thermometer import Temperature
from tests.devices.ble_vectors import ble_vectors


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("6c0100ff", 36.4),
        ("160e00fe", 36.06),
        ("270e00fe", 36.23),  # 3623 * 0.01 would be 36.230000000000004
        ("94feffff", -36.4),
        ("24000000", 36.0),
        ("04000001", 40.0),
        ("ffff7f00", None),  # not a number
        ("00008000", None),  # not at this resolution
        ("feff7f00", None),  # +infinity
        ("02008000", None),  # -infinity
        ("01008000", None),  # reserved
        ("0100007f", None),  # 1e127: no thermometer says so
    ],
)
def test_float_type(raw: str, value: float | None) -> None:
    assert health_thermometer.float32(bytes.fromhex(raw)) == value


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("006c0100ff", Temperature(36.4)),
        ("04 6c0100ff 09", Temperature(36.4, None, 9)),
        ("06 6a0100ff e207030a141400 02", Temperature(36.2, datetime(2018, 3, 10, 20, 20), 2)),
        ("02 6c0100ff 00000000000000", Temperature(36.4)),  # a clock that was never set
        ("00 ffff7f00", Temperature(None)),
        ("00 6c0100ff ff", Temperature(36.4)),  # trailing bytes are left alone
        ("01 da0300ff", Temperature(pytest.approx(37.0))),  # 98.6 F
        ("06 6c0100ff e207030a1414 ", None),  # shorter than its flags say
        ("04 6c0100ff", None),
        ("00 6c0100", None),
        ("", None),
    ],
)
def test_measurements(value: str, meaning: Temperature | None) -> None:
    assert health_thermometer.measurement(bytes.fromhex(value)) == meaning


@pytest.mark.parametrize(("value", "meaning"), [("470800fe", Temperature(21.19)), ("4708", None), ("470800fe00", None)])
def test_service_data_is_one_float(value: str, meaning: Temperature | None) -> None:
    assert health_thermometer.service_data(bytes.fromhex(value)) == meaning


@given(value=st.binary(max_size=24))
def test_no_bytes_raise(value: bytes) -> None:
    for read in (health_thermometer.measurement(value), health_thermometer.service_data(value)):
        assert read is None or isinstance(read, Temperature)


@pytest.mark.external
def test_third_party_measurements() -> None:
    cases = ble_vectors("hts_2a1c")
    assert len(cases) == 13
    for case in cases:
        wanted = case["expected"]
        read = health_thermometer.measurement(bytes.fromhex(case["gatt_value"]["2a1c"]))
        assert wanted["unit"] == "C"
        taken = datetime.fromisoformat(wanted["timestamp"])
        assert read == Temperature(wanted["temperature"], taken, wanted["temperature_type"]), case["source"]


@pytest.mark.external
def test_third_party_service_data() -> None:
    cases = ble_vectors("hts_service_data")
    assert len(cases) == 3
    for case in cases:
        said = {number: bytes.fromhex(data) for number, data in case["service_data"].items()}
        assert health_thermometer.service_data(said["1809"]) == Temperature(case["expected"]["temperature"])
        assert said["180f"][0] == case["expected"]["battery"]
