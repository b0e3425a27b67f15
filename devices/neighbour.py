"""What the compound's other gateways say on the local broker in, what was used up there out; and ours to them.

    topic    menshen/local/COMPOUND/spent, not retained
    payload  {"gw": "palm-2", "spent": [{"cti": "c0ffee0000000001", "at": "2026-03-12T02:00:00Z",
                                         "until": "2026-03-15T02:00:00Z", "lane": "palm/west/in"}],
                              "used": [{"cti": "c0ffee0000000002", "stepped": "2026-03-12T02:00:00Z"}]}
    signed   HMAC-SHA256(key, "menshen neighbour 1" || 00 || topic || 00 || payload) in hex, a blank, payload

`spent` are one-time passes: each is good at each gate that has not heard of it, and gateways that are cut off from each
other can admit it once each; so everything is said again every `again_seconds`, and whoever was away has it soon after.
`used` are codes of phones, said once: after 40 s no gate takes them anyway. A pass is its id and nothing else.

With a `key_file`, the same in each gateway of the compound, only what is signed by it is believed, and the rest is told
as a forgery. An old message played again says what was true, is dated in itself and ends with its own dates: it can
neither bring a pass back nor use up one that was not. Without a key whoever may publish there can use passes up, so the
broker must ask for users (docs/installer.md).
"""

import hmac
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final, Self

import msgspec
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, model_validator

from devices.beside import Beside
from devices.driver import Action, Driver, Keys, Link, Reply, SilentDecoder, TellSpent
from devices.links.broker import Heard
from devices.links.reminding import reminding_link
from devices.mqtt.settings import Broker
from devices.reading import ForgedSeen, Sighting, SpentPass, SpentSeen, UsedCode, UsedSeen, garbled

AT_ONCE: Final = 200  # passes in one message
MOST: Final = 10_000  # of ours that are said again: the newest
LARGEST: Final = 100_000  # bytes of a message; more is not from one of us
ID_DIGITS: Final = 16
LONGEST_LANE: Final = 200
HEX: Final = frozenset("0123456789abcdef")
CONTEXT: Final = b"menshen neighbour 1"
MAC_DIGITS: Final = 64
SHORTEST_KEY: Final = 16  # bytes
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NeighbourSettings(BaseModel):
    """`[links.<name>]` with `driver = "neighbour"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    broker: Broker
    gateway: str = Field(min_length=1, max_length=64, description="this gateway's id: what it says itself is no news")
    compound: str = Field(min_length=1, max_length=64, pattern=r"^[^+#/\x00]+$")
    again_seconds: float = Field(default=60.0, gt=0, le=3600)
    key_file: Beside | None = Field(default=None, description="the secret of the compound's gateways, the same in each")

    @model_validator(mode="after")
    def _key_is_fit(self) -> Self:
        self.key()
        return self

    def key(self) -> bytes | None:
        """The secret. Raises ValueError where the file is missing, too short, or open to others."""
        if self.key_file is None:
            return None
        try:
            key = self.key_file.read_bytes().strip()
            mode = self.key_file.stat().st_mode & 0o777
        except OSError as exc:
            raise ValueError(f"{self.key_file}: {exc.strerror}") from exc
        if mode & 0o077:
            raise ValueError(f"{self.key_file}: others may read this key (mode {mode:04o}); chmod 600")
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"{self.key_file}: is shorter than {SHORTEST_KEY} characters; openssl rand -hex 32")
        return key

    @property
    def topic(self) -> str:
        return f"menshen/local/{self.compound}/spent"


class Told(Struct, frozen=True):
    gw: str
    spent: tuple[SpentPass, ...] = ()
    used: tuple[UsedCode, ...] = ()


class NeighbourDecoder(SilentDecoder):
    """An empty chunk means that it is time to say everything again."""

    def __init__(self, settings: NeighbourSettings, keys: Keys) -> None:
        self._gateway = settings.gateway
        self._topic = settings.topic
        self._keys = keys
        self._key = settings.key()
        self._ours: dict[str, SpentPass] = {}

    def feed(self, chunk: Heard | None) -> Iterator[Sighting | Reply]:
        if chunk is None:
            yield from map(Reply, self._said(tuple(self._ours.values())))
            return
        if chunk.topic != self._topic or not chunk.payload:
            return
        payload = self._believed(chunk.payload[: LARGEST + 1])
        if payload is None:
            yield Sighting(ForgedSeen("not signed with the key of this compound's gateways"))
            return
        told = _read(payload)
        if told is None:
            yield Sighting(garbled(chunk.payload[:LARGEST], "no list of used passes", self._keys.digest_key))
        elif told.gw != self._gateway:
            for each in told.spent:
                if _in_form(each):
                    yield Sighting(SpentSeen(each, told.gw[:64]))
            for code in told.used:
                if code.stepped.tzinfo is not None and _is_id(code.cti):
                    yield Sighting(UsedSeen(code, told.gw[:64]))

    def act(self, action: Action) -> Iterator[bytes]:
        """Ours: at once; of the one-time passes from now on again and again."""
        if not isinstance(action, TellSpent):
            return
        for each in action.passes:
            self._ours.pop(each.cti, None)
            self._ours[each.cti] = each
        while len(self._ours) > MOST:
            del self._ours[next(iter(self._ours))]
        yield from self._said(action.passes)
        for start in range(0, len(action.codes), AT_ONCE):
            yield self._signed(Told(self._gateway, used=action.codes[start : start + AT_ONCE]))

    def _said(self, passes: tuple[SpentPass, ...]) -> Iterator[bytes]:
        for start in range(0, len(passes), AT_ONCE):
            yield self._signed(Told(self._gateway, passes[start : start + AT_ONCE]))

    def _signed(self, told: Told) -> bytes:
        payload = msgspec.json.encode(told)
        return payload if self._key is None else self._mac(self._key, payload) + b" " + payload

    def _believed(self, payload: bytes) -> bytes | None:
        """What is said, None where somebody without the key said it."""
        if self._key is None:
            return payload
        mac, blank, said = payload[:MAC_DIGITS], payload[MAC_DIGITS : MAC_DIGITS + 1], payload[MAC_DIGITS + 1 :]
        return said if blank == b" " and hmac.compare_digest(mac, self._mac(self._key, said)) else None

    def _mac(self, key: bytes, payload: bytes) -> bytes:
        message = b"\x00".join((CONTEXT, self._topic.encode(), payload))
        return hmac.digest(key, message, "sha256").hex().encode()


def _read(payload: bytes) -> Told | None:
    if len(payload) > LARGEST:
        return None
    try:
        return msgspec.json.decode(payload, type=Told)
    except UNREADABLE:
        return None


def _in_form(spent: SpentPass) -> bool:
    aware = spent.at.tzinfo is not None and spent.until.tzinfo is not None
    return aware and _is_id(spent.cti) and len(spent.lane) <= LONGEST_LANE


def _is_id(cti: str) -> bool:
    return len(cti) == ID_DIGITS and set(cti) <= HEX


def open_link(settings: NeighbourSettings) -> AbstractAsyncContextManager[Link[Heard | None]]:
    return reminding_link(settings.broker, settings.topic, settings.again_seconds)


DRIVER = Driver(NeighbourSettings, open_link, NeighbourDecoder)
