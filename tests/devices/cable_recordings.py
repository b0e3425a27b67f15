"""What devices on cables once said."""

from collections.abc import Sequence

from hypothesis import strategies as st

from devices import gm65, osdp_wire
from devices.links.moments import Moment
from devices.osdp_wire import Packet
from devices.reading import (
    AliveSeen,
    CardSeen,
    CodeSeen,
    DoorSeen,
    HelloSeen,
    OutputSeen,
    TamperSeen,
    TemperatureSeen,
)
from firmware_bridges import wire
from firmware_bridges.wire import Beat, Body, Event, Frame, Hello
from tests.devices.recording import Recording, single_bytes

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
        AliveSeen(battery_millivolts=4091, open=True, tampered=True, on=False),
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
