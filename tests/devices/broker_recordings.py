"""What was once said on a broker, or posted."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from devices.driver import NoKeys
from devices.links.broker import Heard
from devices.links.stamped import Stamped
from devices.reading import (
    AliveSeen,
    BandSeen,
    DeafSeen,
    DoorSeen,
    LinkSeen,
    MeterSeen,
    PlateSeen,
    SpentPass,
    SpentSeen,
    garbled,
)
from sim.bands import SimulatedBand
from tests.devices.recording import Recording

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


# ---- pulse_meter: a total, a later one with a battery, and what is no total

_METER = "tele/meter-502/SENSOR"

PULSE_METER = Recording(
    settings={"broker": {"client_id": "menshen-meters"}, "topics": {"meter-502": _METER}, "field": "COUNTER.C1"},
    chunks=[
        Heard(_METER, b'{"Time":"2026-03-12T04:00:00","COUNTER":{"C1":10422}}'),
        Heard(_METER, b'{"COUNTER":{"C1":10431},"battery":88}'),
        Heard("tele/lamp/SENSOR", b'{"COUNTER":{"C1":3}}'),
    ],
    seen=[MeterSeen(10422), MeterSeen(10431), AliveSeen(battery_percent=88)],
    noise=st.builds(
        Heard,
        st.sampled_from([_METER, "", "else"]),
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([b"{}", b"1e99", b"true", b"null", b"[" * 5000, b'{"COUNTER":{"C1":-1}}']),
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.integers()),
                lambda inner: st.dictionaries(st.sampled_from(["COUNTER", "C1", "battery"]), inner),
            ).map(lambda value: json.dumps(value).encode()),
        ),
        st.booleans(),
    ),
)

# ---- neighbour: what the gateway at the west gate has let in, our own echo, and what is in no form of ours

_SPENT = "menshen/local/palm/spent"
_NOON, _LATER = datetime(2026, 3, 12, 4, tzinfo=UTC), datetime(2026, 3, 15, 4, tzinfo=UTC)


def _told(gateway: str, *ids: str) -> bytes:
    spent = [{"cti": cti, "at": str(_NOON), "until": str(_LATER), "lane": "palm/west/in"} for cti in ids]
    return json.dumps({"gw": gateway, "spent": spent}).encode()


NEIGHBOUR = Recording(
    settings={"broker": {"client_id": "palm-1-local"}, "gateway": "palm-1", "compound": "palm"},
    chunks=[
        Heard(_SPENT, _told("palm-2", "c0ffee0000000001", "c0ffee0000000002")),
        Heard(_SPENT, _told("palm-1", "c0ffee0000000003")),
        None,
        Heard(_SPENT, _told("palm-2", "no id")),
        Heard(_SPENT, _told("palm-2", "c0ffee0000000001")),
    ],
    seen=[
        SpentSeen(SpentPass(cti, _NOON, _LATER, "palm/west/in"), "palm-2")
        for cti in ("c0ffee0000000001", "c0ffee0000000002", "c0ffee0000000001")
    ],
    noise=st.one_of(
        st.none(),
        st.builds(
            Heard,
            st.sampled_from([_SPENT, "", "else"]),
            st.one_of(
                st.binary(max_size=100),
                st.just(b"[" * 10_000),
                st.lists(st.text(max_size=20), max_size=4).map(lambda ids: _told("palm-2", *ids)),
                st.just(b'{"gw": "palm-2", "spent": [{"cti": "c0ffee0000000001", "at": 1, "until": 2}]}'),
            ),
            st.booleans(),
        ),
    ),
)


# ---- ble_mqtt: two receivers hear one advert, one of them goes; a stranger; the other form; a retained word

_BAND = SimulatedBand("C0:DE:00:00:00:01", bytes(range(16)), 7, 36.6, battery_percent=80)


class EnrolledBand(NoKeys):
    def device_key(self, device: str) -> bytes | None:
        return _BAND.key if device == "band-c0de00000001" else None


def _advert(counter: int, rssi: int) -> dict[str, object]:
    said = replace(_BAND, counter=counter).said()
    return {"mac": _BAND.address, "rssi": rssi, "service_data": {uuid[4:8]: data.hex() for uuid, data in said.items()}}


def _theirs(counter: int, rssi: int) -> dict[str, object]:
    [data] = replace(_BAND, counter=counter).said().values()
    return {"id": _BAND.address, "rssi": rssi, "servicedatauuid": "0xfcd2", "servicedata": data.hex()}


_STRANGER = {"mac": "C0:FF:EE:00:00:01", "rssi": -50, "manufacturer_data": {"004c": "0215"}}


def _posted(topic: str, message: object, at: float) -> Stamped:
    return Stamped(topic, message if isinstance(message, bytes) else json.dumps(message).encode(), at)


_KEYS = ("mac", "id", "rssi", "service_data", "servicedata", "servicedatauuid", "manufacturerdata", "fcd2")

BLE_MQTT = Recording(
    settings={"broker": {"client_id": "menshen-ble"}},
    chunks=[
        Stamped("menshen/ble/attic", json.dumps(_advert(6, -60)).encode(), 0.5, retained=True),
        _posted("menshen/ble/attic", _advert(7, -60), 1.0),
        _posted("menshen/ble/cellar", [_STRANGER, _advert(7, -85), _advert(8, -84)], 1.1),
        _posted("home/OMG_1/BTtoMQTT/C0DE00000001", _theirs(8, -70), 3.0),
        _posted("menshen/ble/attic/status", b"offline", 4.0),
        _posted("menshen/ble/attic", _advert(9, -60), 5.0),
        _posted("menshen/ble/cellar", b"{", 20.0),
    ],
    seen=[
        AliveSeen(),
        BandSeen(-60, 7, 36.6, worn=True, battery_percent=80, receiver="attic"),
        AliveSeen(),
        BandSeen(-85, 7, repeat=True, receiver="cellar"),
        BandSeen(-84, 8, 36.6, worn=True, battery_percent=80, receiver="cellar"),
        AliveSeen(),
        BandSeen(-70, 8, repeat=True, receiver="OMG_1"),
        DeafSeen(deaf=True),
        DeafSeen(deaf=False),
        BandSeen(-60, 9, 36.6, worn=True, battery_percent=80, receiver="attic"),
        garbled(b"{", "no advert (1)"),
    ],
    noise=st.builds(
        Stamped,
        st.sampled_from(
            [
                *("menshen/ble/a", "menshen/ble/", "menshen/ble/a/status", "menshen/ble/a/b", ""),
                *("home/o/BTtoMQTT/x", "home/o/LWT"),
            ]
        ),
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([b"online", b"offline", b"[" * 5000, json.dumps(_advert(9, -60)).encode()]),
            st.recursive(
                st.one_of(st.none(), st.integers(), st.text(max_size=40), st.sampled_from([_BAND.address, "fcd2"])),
                lambda inner: st.dictionaries(st.sampled_from(_KEYS), inner),
            ).map(lambda value: json.dumps(value).encode()),
        ),
        st.floats(0.0, 1e6),
        st.booleans(),
    ),
    keys=EnrolledBand,
)
