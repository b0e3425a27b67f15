"""What each driver's link once gave, and what must come of it: one entry for each driver, by its file's name.

`tests/test_every_driver.py` holds the common promises against these; their form is in tests/devices/recording.py. Those
of cables and of brokers stand in files of their own.
"""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from devices.adverts import BTHOME, HEALTH_THERMOMETER, Advert, Coalesced, Hearing, Measurement
from devices.driver import NoKeys
from devices.links.looks import Look
from devices.reading import (
    AliveSeen,
    BandSeen,
    CodeSeen,
    DeafSeen,
    SightFault,
    SightSeen,
)
from sim.bands import SimulatedBand
from tests.devices.broker_recordings import BLE_MQTT, NEIGHBOUR, PLATE_POST, PLATE_READER, PULSE_METER, ZIGBEE2MQTT
from tests.devices.cable_recordings import (
    DOOR_NODE,
    GM65,
    LANE_THERMOMETER,
    OSDP,
    SERIAL_SCANNER,
    TEMPLATE,
    USB_RELAY,
    WIEGAND_SERIAL,
)
from tests.devices.recording import Recording, tuple_of

# ---- qr_camera: two passes held into view one after the other

QR_CAMERA = Recording(
    settings={"source": "0"},
    chunks=[
        Look((), 100.0, 1),
        Look(("MS1:ONE",), 100.1, 1),
        Look(("MS1:ONE",), 100.2, 1),
        Look(("MS1:ONE", "MS1:TWO"), 100.3, 1, SightSeen()),
        Look((), 108.0, 15, SightSeen()),
        Look((), 109.0, 15, SightSeen(SightFault.COVERED)),
    ],
    seen=[
        AliveSeen(),
        CodeSeen("MS1:ONE"),
        SightSeen(),
        CodeSeen("MS1:TWO"),
        SightSeen(SightFault.COVERED),
    ],
    noise=st.builds(
        Look,
        st.lists(st.text(max_size=20), max_size=4).map(tuple),
        st.floats(0.0, 1e6),
        st.integers(0, 1000),
        st.none() | st.builds(SightSeen, st.none() | st.sampled_from(SightFault), st.booleans()),
    ),
)

# ---- wristband: a band enrolled with a key, heard twice by BlueZ and then anew; the radio falls deaf

_ADDRESS, _DEVICE, _KEY = "C0:DE:00:00:00:01", "band-c0de00000001", bytes(range(16))


class _EnrolledBand(NoKeys):
    def device_key(self, device: str) -> bytes | None:
        return _KEY if device == _DEVICE else None


def _advert(band: SimulatedBand, at_seconds: float) -> Advert:
    return Advert(_ADDRESS, -60, band.said(), {}, at_seconds)


_FIRST = SimulatedBand(_ADDRESS, _KEY, 7, 36.6, battery_percent=80)
_NEXT = SimulatedBand(_ADDRESS, _KEY, 8, 38.2, battery_percent=80)
_SERVICE_DATA = st.dictionaries(
    st.sampled_from([BTHOME, HEALTH_THERMOMETER]),
    st.one_of(st.binary(max_size=31), st.sampled_from(list(_NEXT.said().values()))),
)
_ADDRESSES = st.sampled_from([_ADDRESS, "C0:DE:00:00:00:02"])
_SECONDS = st.floats(0.0, 1e6)

WRISTBAND = Recording(
    settings={},
    chunks=[
        (_advert(_FIRST, 1.0), _advert(_FIRST, 1.1)),
        (_advert(_NEXT, 2.0), Hearing(deaf=True)),
    ],
    seen=[
        BandSeen(-60, 7, 36.6, worn=True, battery_percent=80),
        BandSeen(-60, 7, repeat=True),
        BandSeen(-60, 8, 38.2, worn=True, battery_percent=80),
        DeafSeen(deaf=True),
    ],
    noise=st.lists(
        st.one_of(
            st.builds(
                Advert,
                _ADDRESSES,
                st.integers(-127, 20),
                _SERVICE_DATA,
                st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=31), max_size=2),
                _SECONDS,
            ),
            st.builds(Measurement, _ADDRESSES, st.integers(-127, 20), st.binary(max_size=20), _SECONDS),
            st.builds(Hearing, st.booleans()),
            st.builds(Coalesced, st.integers(1, 1000)),
        ),
        max_size=6,
    ).map(tuple),
    pieces=lambda chunk: [(item,) for item in chunk],
    join=tuple_of,
    keys=_EnrolledBand,
)

# ---- esphome_proxy: the same from an ESP32 elsewhere

ESPHOME_PROXY = replace(WRISTBAND, settings={"host": "192.0.2.9"})

RECORDINGS: Mapping[str, Recording] = {
    "ble_mqtt": BLE_MQTT,
    "door_node": DOOR_NODE,
    "esphome_proxy": ESPHOME_PROXY,
    "gm65": GM65,
    "lane_thermometer": LANE_THERMOMETER,
    "neighbour": NEIGHBOUR,
    "osdp": OSDP,
    "plate_post": PLATE_POST,
    "plate_reader": PLATE_READER,
    "pulse_meter": PULSE_METER,
    "qr_camera": QR_CAMERA,
    "serial_scanner": SERIAL_SCANNER,
    "template": TEMPLATE,
    "usb_relay": USB_RELAY,
    "wiegand_serial": WIEGAND_SERIAL,
    "wristband": WRISTBAND,
    "zigbee2mqtt": ZIGBEE2MQTT,
}
