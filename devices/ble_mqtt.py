"""Adverts that receivers elsewhere post on the local broker in; what bands said out, each with the receiver's name.

    menshen/ble/RECEIVER          {"mac": "C0:DE:00:00:00:01", "rssi": -63,
                                   "service_data": {"fcd2": "4101..."}, "manufacturer_data": {"0822": "0102..."}}
                                  or a list of such, which costs the broker one message for many
    menshen/ble/RECEIVER/status   online | offline: its will
    home/RECEIVER/BTtoMQTT/...    {"id": "C0:DE:00:00:00:01", "rssi": -63, "servicedatauuid": "0xfcd2",
                                   "servicedata": "4101...", "manufacturerdata": "22080102..."}
    home/RECEIVER/LWT             online | offline

The second form is OpenMQTTGateway's and Theengs gateway's, told to publish the adverts themselves ("pubadvdata"); its
maker's data begins with the company, least significant byte first. Sources: docs.openmqttgateway.com, "BT gateway";
gateway.theengs.io. UUIDs are of 16 bits (with or without 0x) or whole; bytes are hex digits.

RECEIVER is the receiver's id in the house: a device of kind radio on this link, with its place. One that is in no
configuration is heard all the same, and stands nowhere. A receiver that posts anything, be it of strangers only, is
alive; one that says nothing for `radio_silent_seconds`, or whose will says it is gone, is deaf.
What is retained is of an unknown hour and passed over.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from pydantic import Field

from devices.adverts import BASE_UUID, Advert, strength
from devices.band_guard import Sparingly
from devices.band_settings import RemoteReceiving, address_of
from devices.driver import Driver, Keys, Link, SilentDecoder
from devices.links.stamped import Stamped, stamped_broker_link
from devices.mqtt.settings import Broker
from devices.reading import AliveSeen, BandSeen, DeafSeen, Sighting, garbled
from devices.wristband import WristbandDecoder

MOST_RECEIVERS: Final = 256  # a broker full of invented names must not fill the memory
LONGEST_NAME: Final = 80
ALIVE_SECONDS: Final = 10.0  # how often a receiver that hears strangers only is said to live
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class BleMqtt(RemoteReceiving):
    """`[links.<name>]` with `driver = "ble_mqtt"`."""

    broker: Broker
    topic: str = Field(default="menshen/ble", pattern=r"^[^+#\x00]+[^+#/\x00]$", description="ours: under it RECEIVER")
    theengs: str = Field(
        default="home", pattern=r"^[^+#\x00]*[^+#/\x00]$", description="the base topic of the other form"
    )


class Ours(Struct, frozen=True):
    mac: str
    rssi: int
    service_data: dict[str, str] = {}
    manufacturer_data: dict[str, str] = {}


class Theengs(Struct, frozen=True):
    id: str
    rssi: int
    servicedata: str = ""
    servicedatauuid: str = ""
    manufacturerdata: str = ""


class _Receiver:
    """One of those that post here: a decoder of its own, since each hears the air in its order."""

    def __init__(self, settings: BleMqtt, keys: Keys) -> None:
        self.decoder = WristbandDecoder(settings, keys)
        self.alive = Sparingly(ALIVE_SECONDS)
        self.deaf = False


class BleMqttDecoder(SilentDecoder):
    def __init__(self, settings: BleMqtt, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys
        self._ours, self._theengs = f"{settings.topic}/", f"{settings.theengs}/"
        self._receivers: dict[str, _Receiver] = {}

    def feed(self, chunk: Stamped) -> Iterator[Sighting]:
        if chunk.retained:
            return
        if chunk.topic.startswith(self._ours):
            name, _, rest = chunk.topic.removeprefix(self._ours).partition("/")
            theirs = False
        elif chunk.topic.startswith(self._theengs):
            name, _, rest = chunk.topic.removeprefix(self._theengs).partition("/")
            theirs = True
        else:
            return
        if not 0 < len(name) <= LONGEST_NAME:
            return
        if rest in ("status", "LWT"):
            yield from self._status(name, chunk.payload)
        elif (rest.startswith("BTtoMQTT") if theirs else not rest) and chunk.payload:
            yield from self._posted(name, chunk, theirs=theirs)

    def _posted(self, name: str, chunk: Stamped, *, theirs: bool) -> Iterator[Sighting]:
        receiver = self._receiver(name)
        try:
            adverts = _theengs(chunk) if theirs else _ours(chunk)
        except (*UNREADABLE, ValueError):
            if count := receiver.alive.happened(chunk.at_seconds):
                yield Sighting(garbled(chunk.payload, f"no advert ({count})", self._keys.digest_key), speaker=name)
            return
        if receiver.deaf:
            receiver.deaf = False
            yield Sighting(DeafSeen(deaf=False), speaker=name)
        if receiver.alive.happened(chunk.at_seconds):
            yield Sighting(AliveSeen(), speaker=name)
        for said in receiver.decoder.feed(adverts):
            if isinstance(said.seen, BandSeen):
                yield Sighting(replace(said.seen, receiver=name), said.speaker)
            else:
                yield said

    def _status(self, name: str, payload: bytes) -> Iterator[Sighting]:
        receiver = self._receiver(name)
        if payload in (b"online", b"offline") and (payload == b"offline") is not receiver.deaf:
            receiver.deaf = payload == b"offline"
            yield Sighting(DeafSeen(deaf=receiver.deaf), speaker=name)

    def _receiver(self, name: str) -> _Receiver:
        receiver = self._receivers.pop(name, None) or _Receiver(self._settings, self._keys)
        self._receivers[name] = receiver  # the latest heard last
        if len(self._receivers) > MOST_RECEIVERS:
            del self._receivers[next(iter(self._receivers))]
        return receiver


_ours_decoder: msgspec.json.Decoder[Ours | list[Ours]] = msgspec.json.Decoder(Ours | list[Ours])
_theengs_decoder = msgspec.json.Decoder(Theengs)


def _ours(chunk: Stamped) -> tuple[Advert, ...]:
    posted = _ours_decoder.decode(chunk.payload)
    return tuple(
        Advert(
            address_of(each.mac),
            strength(each.rssi),
            {_uuid(uuid): bytes.fromhex(data) for uuid, data in each.service_data.items()},
            {int(company, 16): bytes.fromhex(data) for company, data in each.manufacturer_data.items()},
            chunk.at_seconds,
        )
        for each in (posted if isinstance(posted, list) else [posted])
    )


def _theengs(chunk: Stamped) -> tuple[Advert, ...]:
    each = _theengs_decoder.decode(chunk.payload)
    made = bytes.fromhex(each.manufacturerdata)
    services: Mapping[str, bytes] = (
        {_uuid(each.servicedatauuid): bytes.fromhex(each.servicedata)} if each.servicedatauuid else {}
    )
    makers = {int.from_bytes(made[:2], "little"): made[2:]} if len(made) >= 2 else {}
    return (Advert(address_of(each.id), strength(each.rssi), services, makers, chunk.at_seconds),)


def _uuid(text: str) -> str:
    """A 16-bit id or a whole UUID, as the house writes it. Raises ValueError."""
    if len(text) == len(BASE_UUID.format(0)):
        return text.lower()
    number = int(text, 16)
    if not 0 <= number <= 0xFFFF:
        raise ValueError(text)
    return BASE_UUID.format(number)


def open_link(settings: BleMqtt) -> AbstractAsyncContextManager[Link[Stamped]]:
    """The broker, asked for both forms."""
    ours = [f"{settings.topic}/+", f"{settings.topic}/+/status"]
    theirs = [f"{settings.theengs}/+/BTtoMQTT/#", f"{settings.theengs}/+/LWT"]
    return stamped_broker_link(settings.broker, [*ours, *theirs])


DRIVER = Driver(BleMqtt, open_link, BleMqttDecoder)
