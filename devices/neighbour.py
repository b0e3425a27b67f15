"""What the compound's other gateways say on the local broker in, passes that were spent there out; and ours to them.

    topic    menshen/local/COMPOUND/spent, not retained
    payload  {"gw": "palm-2", "spent": [{"cti": "c0ffee0000000001", "at": "2026-03-12T02:00:00Z",
                                         "until": "2026-03-15T02:00:00Z", "lane": "palm/west/in"}]}

A one-time pass is good at each gate that has not heard of it. Gateways that are cut off from each other can admit it
once each; so everything is said again every `again_seconds`, and whoever was away has it soon after. A pass is its id
and nothing else. Who may publish there can spend passes, so the broker must ask for users (docs/installer.md).
"""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final

import msgspec
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from devices.driver import Action, Driver, Keys, Link, Reply, SilentDecoder, TellSpent
from devices.links.broker import Heard
from devices.links.reminding import reminding_link
from devices.mqtt.settings import Broker
from devices.reading import Sighting, SpentPass, SpentSeen, garbled

AT_ONCE: Final = 200  # passes in one message
MOST: Final = 10_000  # of ours that are said again: the newest
LARGEST: Final = 100_000  # bytes of a message; more is not from one of us
ID_DIGITS: Final = 16
LONGEST_LANE: Final = 200
HEX: Final = frozenset("0123456789abcdef")
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NeighbourSettings(BaseModel):
    """`[links.<name>]` with `driver = "neighbour"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    broker: Broker
    gateway: str = Field(min_length=1, max_length=64, description="this gateway's id: what it says itself is no news")
    compound: str = Field(min_length=1, max_length=64, pattern=r"^[^+#/\x00]+$")
    again_seconds: float = Field(default=60.0, gt=0, le=3600)

    @property
    def topic(self) -> str:
        return f"menshen/local/{self.compound}/spent"


class Told(Struct, frozen=True):
    gw: str
    spent: tuple[SpentPass, ...] = ()


class NeighbourDecoder(SilentDecoder):
    """An empty chunk means that it is time to say everything again."""

    def __init__(self, settings: NeighbourSettings, keys: Keys) -> None:
        self._gateway = settings.gateway
        self._topic = settings.topic
        self._keys = keys
        self._ours: dict[str, SpentPass] = {}

    def feed(self, chunk: Heard | None) -> Iterator[Sighting | Reply]:
        if chunk is None:
            yield from map(Reply, self._said(tuple(self._ours.values())))
            return
        if chunk.topic != self._topic or not chunk.payload:
            return
        told = _read(chunk.payload)
        if told is None:
            yield Sighting(garbled(chunk.payload[:LARGEST], "no list of spent passes", self._keys.digest_key))
        elif told.gw != self._gateway:
            for each in told.spent:
                if _in_form(each):
                    yield Sighting(SpentSeen(each, told.gw[:64]))

    def act(self, action: Action) -> Iterator[bytes]:
        """Ours: at once, and from now on again and again."""
        if not isinstance(action, TellSpent):
            return
        for each in action.passes:
            self._ours.pop(each.cti, None)
            self._ours[each.cti] = each
        while len(self._ours) > MOST:
            del self._ours[next(iter(self._ours))]
        yield from self._said(action.passes)

    def _said(self, passes: tuple[SpentPass, ...]) -> Iterator[bytes]:
        for start in range(0, len(passes), AT_ONCE):
            yield msgspec.json.encode(Told(self._gateway, passes[start : start + AT_ONCE]))


def _read(payload: bytes) -> Told | None:
    if len(payload) > LARGEST:
        return None
    try:
        return msgspec.json.decode(payload, type=Told)
    except UNREADABLE:
        return None


def _in_form(spent: SpentPass) -> bool:
    aware = spent.at.tzinfo is not None and spent.until.tzinfo is not None
    return aware and len(spent.cti) == ID_DIGITS and set(spent.cti) <= HEX and len(spent.lane) <= LONGEST_LANE


def open_link(settings: NeighbourSettings) -> AbstractAsyncContextManager[Link[Heard | None]]:
    return reminding_link(settings.broker, settings.topic, settings.again_seconds)


DRIVER = Driver(NeighbourSettings, open_link, NeighbourDecoder)
