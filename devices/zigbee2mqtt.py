"""What zigbee2mqtt says on the local broker of its door contacts in; doors, cases, batteries and signs of life out.

    zigbee2mqtt/NAME               {"contact": false, "tamper": false, "battery": 97, "voltage": 3055, ...}
    zigbee2mqtt/NAME/availability  online | offline, or {"state": "online"}
    zigbee2mqtt/bridge/state       online | offline, or {"state": "online"}

`contact` true is a closed door. NAME is the friendly name or the IEEE address, with "/" in it if somebody wants it so;
it is the device's id in the house. Its `output` must be "json", as it is by default. Sources: zigbee2mqtt.io, "MQTT
Topics and Messages" (older ones write the plain words, newer ones JSON); zigbee-herdsman-converters,
`ias_contact_alarm_1` (bits of a zone's alarm: 0 open, 2 tamper, 3 battery low).

What is said is a state and no event: it comes again with each report of a battery, and all of it when zigbee2mqtt or
the broker starts (retained, or from its cache). So a door moves when it differs from what was said before on this link;
the first word on a link says only how the door stands, and the house sees whether it has moved since it last knew. Keys
may be missing or null: the battery's until its first report. A sensor with `battery_low` alone has 0 or 100 percent.
With `output: attribute_and_json` each value stands alone under NAME/KEY as well, which says nothing new.

That one device is offline is left to the house's own limit of silence. That the bridge is, is a lost link.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.broker import Heard, broker_link
from devices.mqtt.settings import Broker
from devices.reading import AliveSeen, DoorSeen, LinkSeen, Seen, Sighting, TamperSeen, garbled

LONGEST_NAME: Final = 80
MOST_DEVICES: Final = 4096  # names remembered: a broker full of invented ones must not fill the memory
STATES: Final = {"low": 10, "medium": 50, "high": 100}  # percent, of sensors that know no better
BARE: Final = re.compile(rb'(?:[-+.:\w ]|"[^"]*")*', re.ASCII)  # a number, a word, an hour: no report
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Zigbee2MqttSettings(BaseModel):
    """`[links.<name>]` with `driver = "zigbee2mqtt"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    broker: Broker
    topic: str = Field(default="zigbee2mqtt", pattern=r"^[^+#\x00]+[^+#/\x00]$", description="its base_topic")


class Report(Struct, frozen=True):
    """What is read of a device's message; everything else in it is passed over."""

    contact: bool | None = None
    tamper: object = None  # from here on what makes no sense is passed over: a door's word does not fall with it
    battery: object = None
    voltage: object = None
    battery_low: object = None
    battery_state: object = None


class State(Struct, frozen=True):
    state: str


@dataclass(slots=True)
class _Known:
    contact: bool | None = None
    tamper: bool = False


class Zigbee2MqttDecoder(SilentDecoder):
    def __init__(self, settings: Zigbee2MqttSettings, keys: Keys) -> None:
        self._base = f"{settings.topic}/"
        self._keys = keys
        self._known: dict[str, _Known] = {}
        self._bridge_gone = False

    def feed(self, chunk: Heard) -> Iterator[Sighting]:
        if not chunk.topic.startswith(self._base):
            return
        name = chunk.topic.removeprefix(self._base)
        if name == "bridge/state":
            yield from self._bridge(chunk.payload)
        elif name.startswith("bridge/") or name.endswith(("/set", "/get")) or not 0 < len(name) <= LONGEST_NAME:
            return
        elif name.endswith("/availability"):
            if not chunk.retained and self._state(chunk.payload) == "online":
                yield Sighting(AliveSeen(), speaker=name.removesuffix("/availability"))
        else:
            yield from self._device(name, chunk.payload)

    def _bridge(self, payload: bytes) -> Iterator[Sighting]:
        state = self._state(payload)
        if state == "offline" and not self._bridge_gone:
            self._bridge_gone = True
            yield Sighting(LinkSeen(open=False, why="zigbee2mqtt is offline"))
        elif state == "online" and self._bridge_gone:
            self._bridge_gone = False
            yield Sighting(LinkSeen(open=True))
        elif state not in ("online", "offline"):
            yield Sighting(self._garbled(payload, "neither online nor offline"))

    def _state(self, payload: bytes) -> str:
        """The word of either form; empty for anything else."""
        if payload in (b"online", b"offline"):
            return payload.decode()
        try:
            return msgspec.json.decode(payload, type=State).state
        except UNREADABLE:
            return ""

    def _device(self, name: str, payload: bytes) -> Iterator[Sighting]:
        if not payload:
            return  # a retained message was deleted
        if BARE.fullmatch(payload):
            return  # one value of a device, as `output: attribute_and_json` says beside the whole of it
        try:
            report = msgspec.json.decode(payload, type=Report)
        except UNREADABLE:
            yield Sighting(self._garbled(payload, "no report of a contact"), speaker=name)
            return
        if report.contact is None and not isinstance(report.tamper, bool) and name not in self._known:
            return  # a lamp, a button, a group: nothing of ours
        known = self._known.pop(name, _Known())
        self._known[name] = known
        if len(self._known) > MOST_DEVICES:
            del self._known[next(iter(self._known))]
        yield from (Sighting(seen, speaker=name) for seen in self._news(report, known))

    def _news(self, report: Report, known: _Known) -> Iterator[Seen]:
        moved = None not in (report.contact, known.contact) and report.contact is not known.contact
        known.contact = known.contact if report.contact is None else report.contact
        if moved:
            yield DoorSeen(open=not report.contact)
        tampered = report.tamper if isinstance(report.tamper, bool) else None
        if tampered is not None and tampered is not known.tamper:
            known.tamper = tampered
            yield TamperSeen(open=tampered)
        yield AliveSeen(
            battery_percent=_percent(report),
            battery_millivolts=_millivolts(report),
            open=None if known.contact is None else not known.contact,
            tampered=tampered,
        )

    def _garbled(self, payload: bytes, why: str) -> Seen:
        return garbled(payload, why, self._keys.digest_key)


def _percent(report: Report) -> int | None:
    if (battery := _number(report.battery)) is not None:
        return round(battery) if 0 <= battery <= 100 else None
    if isinstance(report.battery_low, bool):
        return 0 if report.battery_low else 100
    return STATES.get(report.battery_state) if isinstance(report.battery_state, str) else None


def _millivolts(report: Report) -> int | None:
    """No cell has less than 20 mV, nor more than 20 V: a smaller number is in volts, as some converters say it."""
    said = _number(report.voltage) or 0.0
    millivolts = 1000 * said if said < 20 else said
    return round(millivolts) if 0 < millivolts < 65536 else None


def _number(said: object) -> float | None:
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None


def open_link(settings: Zigbee2MqttSettings) -> AbstractAsyncContextManager[Link[Heard]]:
    return broker_link(settings.broker, [f"{settings.topic}/#"])


DRIVER = Driver(Zigbee2MqttSettings, open_link, Zigbee2MqttDecoder)
