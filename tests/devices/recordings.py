"""What each driver's link once gave, and what must come of it: one entry for each driver, by its file's name.

`tests/test_every_driver.py` holds the common promises against these. A chunk is what the driver's link gives: bytes of
a cable, a `Look` of a camera, a tuple of adverts. `pieces` cuts one chunk as finely as it can be cut, `join` glues any
run of pieces into one chunk; a driver whose chunks cannot be cut leaves both as they are.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from devices import gm65, osdp_wire
from devices.adverts import BTHOME, HEALTH_THERMOMETER, Advert, Coalesced, Hearing, Measurement, RadioItem
from devices.driver import Keys, NoKeys
from devices.links.broker import Heard
from devices.links.looks import Look
from devices.links.moments import Moment
from devices.osdp_wire import Packet
from devices.reading import (
    AliveSeen,
    BandSeen,
    CardSeen,
    CodeSeen,
    DeafSeen,
    DoorSeen,
    HelloSeen,
    LinkSeen,
    OutputSeen,
    PlateSeen,
    Seen,
    SightFault,
    SightSeen,
    TamperSeen,
    TemperatureSeen,
)
from firmware_bridges import wire
from firmware_bridges.wire import Beat, Body, Event, Frame, Hello
from sim.bands import SimulatedBand


def _whole(chunk: Any) -> Sequence[Any]:
    return [chunk]


@dataclass(frozen=True)
class Recording:
    settings: Mapping[str, object]
    chunks: Sequence[Any]
    seen: Sequence[Seen]
    noise: st.SearchStrategy[Any]  # one chunk of anything, some of it with a right checksum, if the format has one
    pieces: Callable[[Any], Sequence[Any]] = _whole
    join: Callable[[Sequence[Any]], Any] | None = None
    keys: Keys = field(default_factory=NoKeys)


def single_bytes(chunk: bytes) -> Sequence[bytes]:
    return [chunk[at : at + 1] for at in range(len(chunk))]


def tuple_of(chunks: Sequence[tuple[RadioItem, ...]]) -> tuple[RadioItem, ...]:
    return tuple(item for chunk in chunks for item in chunk)


# ---- door_node: the start of a node, its door opened and closed, its case opened, a beat; recorded from the firmware

_NODE: Sequence[Body] = (
    Hello(device=0x101, ring=42, boot=42, cause=1, ring_size=64, inputs=2, outputs=1, firmware="door-node 1.0"),
    Event(ring=42, sequence=1, age_ms=500, lost=0, value=0, kind=1, older=0),
    Event(ring=42, sequence=2, age_ms=500, lost=0, value=0, kind=2, older=1),
    Event(ring=42, sequence=3, age_ms=0, lost=0, value=1, kind=1, older=2),
    Event(ring=42, sequence=4, age_ms=0, lost=0, value=1, kind=2, older=3),
    Beat(ring=42, last=4, dropped=0, boot=42, millivolts=4091, pending=0, inputs=0b11, outputs=0),
)
_TYPES = st.one_of(st.integers(0, 255), st.sampled_from(list(wire.TYPES.values())))

DOOR_NODE = Recording(
    settings={"port": "/dev/ttyUSB0"},
    chunks=[wire.write(Frame(0, body)) for body in _NODE],
    seen=[
        HelloSeen(firmware="door-node 1.0", boot=42, inputs=2),
        DoorSeen(open=False),
        TamperSeen(open=False),
        DoorSeen(open=True),
        TamperSeen(open=True),
        AliveSeen(battery_millivolts=4091, open=True, tampered=True),
    ],
    noise=st.one_of(
        st.binary(max_size=200),
        st.builds(wire.seal, _TYPES, st.integers(0, 1), st.binary(max_size=60)),
        st.sampled_from([wire.write(Frame(0, body)) for body in _NODE]),
    ),
    pieces=single_bytes,
    join=b"".join,
)

# ---- serial_scanner: a GM65 in command mode, then a handheld that ends its lines with CR LF

SERIAL_SCANNER = Recording(
    settings={"port": "/dev/ttyACM0"},
    chunks=[bytes.fromhex("02 00 00 01 00 33 31") + b"MS1:ABCDEFG\r", "临汾路 501室\r\n".encode("gbk")],
    seen=[CodeSeen("MS1:ABCDEFG"), CodeSeen("临汾路 501室")],
    noise=st.one_of(st.binary(max_size=200), st.text(max_size=60).map(lambda text: text.encode() + b"\r\n")),
    pieces=single_bytes,
    join=b"".join,
)

# ---- template: a GY-MCU90614 pointed at a forehead


def _thermometer(data: bytes) -> bytes:
    frame = b"\x5a\x5a\x45" + bytes((len(data) & 0xFF,)) + data
    return frame + bytes((sum(frame) & 0xFF,))


TEMPLATE = Recording(
    settings={"port": "/dev/ttyUSB1"},
    chunks=[bytes.fromhex("5a5a45040e4408a2f9"), bytes.fromhex("5a5a45040e4d08a303")],
    seen=[
        TemperatureSeen(celsius=36.52, ambient_celsius=22.1),
        TemperatureSeen(celsius=36.61, ambient_celsius=22.11),
    ],
    noise=st.one_of(st.binary(max_size=200), st.binary(max_size=20).map(_thermometer)),
    pieces=single_bytes,
    join=b"".join,
)

LANE_THERMOMETER = Recording(
    settings={"port": "/dev/ttyUSB1"},
    chunks=TEMPLATE.chunks,
    seen=TEMPLATE.seen,
    noise=TEMPLATE.noise,
    pieces=single_bytes,
    join=b"".join,
)

# ---- gm65: a module fresh from its box is set up; a code is read meanwhile and one glued to an answer

GM65 = Recording(
    settings={"port": "/dev/ttyACM0"},
    chunks=[
        bytes.fromhex("02 00 00 01 D6") + gm65.crc(bytes.fromhex("00 01 D6")),  # zone 0000 reads always
        b"MS1:ABCDEFG\r" + bytes.fromhex("02 00 00 01 60") + gm65.crc(bytes.fromhex("00 01 60")),  # no end of line
        bytes.fromhex("02 00 00 01 00 33 31") + bytes.fromhex("02 00 00 01 01") + gm65.crc(b"\x00\x01\x01"),
        b"MS1:HIJKLMN\r",
    ],
    seen=[CodeSeen("MS1:ABCDEFG"), AliveSeen(), CodeSeen("MS1:HIJKLMN")],
    noise=st.one_of(
        st.binary(max_size=200),
        st.integers(0, 255).map(lambda byte: b"\x02\x00\x00\x01" + bytes((byte,)) + gm65.crc(bytes((0, 1, byte)))),
        st.text(max_size=60).map(lambda text: text.encode() + b"\r"),
    ),
    pieces=single_bytes,
    join=b"".join,
)

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
    keys=_EnrolledBand(),
)

# ---- osdp: a reader is greeted, says who it is, and is shown a card

_READER = {"address": 0, "reply": True}

OSDP = Recording(
    settings={"port": "/dev/ttyUSB4"},
    chunks=[
        b"",
        osdp_wire.write(Packet(sequence=0, code=0x40, **_READER)),
        b"",
        osdp_wire.write(Packet(sequence=1, code=0x45, data=bytes.fromhex("CAFE0107022A000000010203"), **_READER)),
        b"",
        osdp_wire.write(Packet(sequence=2, code=0x50, data=bytes.fromhex("00001A0095069BC0"), **_READER)),
        b"",
        osdp_wire.write(Packet(sequence=3, code=0x48, data=b"\x01\x00", **_READER)),
    ],
    seen=[AliveSeen(), CardSeen(26, 0x2541A6F), TamperSeen(open=True)],
    noise=st.one_of(
        st.binary(max_size=200),
        st.builds(
            Packet, st.integers(0, 2), st.integers(0, 3), st.integers(0, 255), st.binary(max_size=20), st.booleans()
        ).map(osdp_wire.write),
    ),
)

# ---- plate_reader: a retained result of long ago, a car, a car without a plate

_GATE = "device/0f823866/message/up/ivs_result"


def _car(plate: str, confidence: int) -> bytes:
    result = {"PlateResult": {"license": plate, "confidence": confidence}}
    return json.dumps({"AlarmInfoPlate": {"serialno": "0f823866", "result": result}}).encode()


PLATE_READER = Recording(
    settings={"broker": {"client_id": "menshen-plates"}},
    chunks=[
        Heard(_GATE, _car("沪A12345", 99), retained=True),
        Heard(_GATE, _car("鲁VF0050", 94)),
        Heard(_GATE, _car("_无_", 0)),
    ],
    seen=[PlateSeen("鲁VF0050", 0.94, "0f823866"), PlateSeen("_无_", 0.0, "0f823866")],
    noise=st.builds(
        Heard,
        st.sampled_from([_GATE, "", "else"]),
        st.one_of(
            st.binary(max_size=100),
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=80)),
                lambda inner: st.dictionaries(
                    st.sampled_from(
                        ["payload", "AlarmInfoPlate", "result", "PlateResult", "license", "confidence", "serialno"]
                    ),
                    inner,
                ),
            ).map(lambda value: json.dumps(value).encode()),
        ),
        st.booleans(),
    ),
)

# ---- plate_post: the same messages, posted

PLATE_POST = Recording(
    settings={"cameras": ["192.0.2.7"]},
    chunks=[Heard("192.0.2.7", _car("鲁VF0050", 94)), Heard("192.0.2.7", _car("_无_", 0))],
    seen=PLATE_READER.seen,
    noise=PLATE_READER.noise,
)

# ---- usb_relay: an LCUS-2 that was left on, put into its socket

USB_RELAY = Recording(
    settings={"port": "/dev/ttyUSB0", "answers": True, "channels": 2, "outputs": {"barrier": 1, "lamp": 2}},
    chunks=[
        Moment(b"", 1.0),
        Moment(b"CH1: ON \r\nCH2:OFF \r\n", 1.1),
        Moment(b"CH1:OFF \r\n", 1.2),
        Moment(b"CH2:OFF \r\n", 1.3),
    ],
    seen=[AliveSeen(), OutputSeen(on=False), OutputSeen(on=False)],
    noise=st.builds(
        Moment,
        st.one_of(st.binary(max_size=40), st.sampled_from([b"CH1: ON\r\n", b"CH2:OFF \r\n", b"CH3: ON\r\n"])),
        st.floats(0.0, 1e6),
    ),
)

# ---- wiegand_serial: a WIE232 converter, two cards

WIEGAND_SERIAL = Recording(
    settings={"port": "/dev/ttyUSB3"},
    chunks=[b"12A0B7\r", b"\x0212A0B8\x03\r\n"],
    seen=[CardSeen(24, 0x12A0B7), CardSeen(24, 0x12A0B8)],
    noise=st.one_of(st.binary(max_size=200), st.from_regex(rb"[0-9A-F]{1,20}[\r\n]")),
    pieces=single_bytes,
    join=b"".join,
)

# ---- zigbee2mqtt: the bridge starts, a contact's retained state, its door opened and shut, a lamp, the bridge gone

_PORCH = "zigbee2mqtt/3-502"

ZIGBEE2MQTT = Recording(
    settings={"broker": {"client_id": "menshen-doors"}},
    chunks=[
        Heard("zigbee2mqtt/bridge/state", b'{"state":"online"}', retained=True),
        Heard(_PORCH, b'{"battery":97,"contact":true,"linkquality":89,"voltage":3055}', retained=True),
        Heard(_PORCH, b'{"contact":false,"linkquality":18,"tamper":false}'),
        Heard(_PORCH, b'{"contact":false,"linkquality":18}'),
        Heard(_PORCH, b'{"contact":true,"linkquality":20}'),
        Heard("zigbee2mqtt/lamp", b'{"state":"ON"}'),
        Heard(f"{_PORCH}/availability", b"online"),
        Heard("zigbee2mqtt/bridge/state", b"offline"),
    ],
    seen=[
        AliveSeen(battery_percent=97, battery_millivolts=3055, open=False),
        DoorSeen(open=True),
        AliveSeen(open=True, tampered=False),
        AliveSeen(open=True),
        DoorSeen(open=False),
        AliveSeen(open=False),
        AliveSeen(),
        LinkSeen(open=False, why="zigbee2mqtt is offline"),
    ],
    noise=st.builds(
        Heard,
        st.one_of(
            st.text(max_size=30),
            st.text(max_size=100).map(lambda name: f"zigbee2mqtt/{name}"),
            st.sampled_from(["zigbee2mqtt/bridge/state", _PORCH, f"{_PORCH}/availability", "zigbee2mqtt/"]),
        ),
        st.one_of(
            st.binary(max_size=100),
            st.sampled_from([b"online", b'{"state":"offline"}', b'{"contact":true}', b'{"contact":', b"[" * 5000]),
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
                lambda inner: st.dictionaries(
                    st.sampled_from(["contact", "tamper", "battery", "voltage", "battery_low", "state", "x"]), inner
                ),
            ).map(lambda value: json.dumps(value).encode()),
        ),
        st.booleans(),
    ),
)

RECORDINGS: Mapping[str, Recording] = {
    "door_node": DOOR_NODE,
    "gm65": GM65,
    "lane_thermometer": LANE_THERMOMETER,
    "osdp": OSDP,
    "plate_post": PLATE_POST,
    "plate_reader": PLATE_READER,
    "qr_camera": QR_CAMERA,
    "serial_scanner": SERIAL_SCANNER,
    "template": TEMPLATE,
    "usb_relay": USB_RELAY,
    "wiegand_serial": WIEGAND_SERIAL,
    "wristband": WRISTBAND,
    "zigbee2mqtt": ZIGBEE2MQTT,
}
