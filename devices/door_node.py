"""Frames of door nodes in; doors, cases, batteries and signs of life out. Acknowledgements and orders go back.

    COBS( version u8 | type u8 | address u8 | body | CRC-32 u32 ) 00          firmware_bridges/README.md

    EVENT   ring u32 | sequence u32 | age_ms u32 | lost u16 | value u16 | kind u8 | older u8
            kind 1 door, 2 case (value 1 open, 0 closed), 3 battery (millivolts)
    BEAT    ring u32 | last u32 | dropped u32 | boot u32 | millivolts u16 | pending u8 | inputs u8 | outputs u8
    HELLO   device u32 | ring u32 | boot u32 | cause u8 | ring size u8 | inputs u8 | outputs u8 | firmware 16 bytes

A node is known by the number it says in HELLO: `node-00000101`. Until HELLO has come its events are left lying: the
node sends them again until they are acknowledged. Without `addresses` one node sits on its own cable and speaks freely;
with them, up to 32 nodes share an RS-485 pair and are polled in turn.

Events of one ring go to the house in the order of their numbers and without a hole, repeats included: the house may
tell a repeat by its number alone, and an acknowledgement, which is cumulative, never covers what is not on disk.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, field_validator

from devices.driver import Action, Driver, Keys, Link, Output, Reply, TellSpent
from devices.links.serial import serial_link
from devices.node_turns import Turns
from devices.node_words import alive, order, seen
from devices.reading import ForgedSeen, HelloSeen, LostSeen, OutputSeen, Receipt, Seen, Sighting, garbled
from firmware_bridges import wire
from firmware_bridges.wire import SPEAK_FREELY, Beat, Event, Frame, Hello, Splitter

MOST_NUMBERS: Final = 1024  # of nodes on one open link: a whole compound's, provisioned one by one on one cable
HELD_SECONDS: Final = 2.0  # an order to a node that has not said yet who it is; a barrier is not to open long after
QUIET_SECONDS: Final = 0.5
QUIET_SECONDS_SHARED: Final = 0.05  # an answer takes 2 ms on the wire, and up to 16 ms in a USB adapter


class DoorNodeSettings(BaseModel):
    """`[links.<name>]` with `driver = "door_node"`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(description="serial port, best by /dev/serial/by-id/...")
    baud: PositiveInt = 115200
    addresses: tuple[Annotated[int, Field(ge=1, le=247)], ...] = Field(
        default=(), max_length=32, description="of the nodes on a shared RS-485 pair; empty: one node on its own cable"
    )
    quiet_seconds: PositiveFloat | None = Field(
        default=None, description="how long a silence means that no answer comes; default 0.5, on a shared pair 0.05"
    )

    @field_validator("addresses")
    @classmethod
    def _each_once(cls, addresses: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(addresses)) != len(addresses):
            raise ValueError("an address stands there twice")
        return addresses


@dataclass(slots=True)
class _Node:
    """Who sits at an address, as far as known."""

    address: int
    hello: Hello | None = None
    delivered: int | None = None  # the highest event of this ring that went to the house, None before the first
    asked: bool = False

    @property
    def name(self) -> str | None:
        return None if self.hello is None else node_name(self.hello.device)


def node_name(device: int) -> str:
    return f"node-{device:08x}"


class DoorNodeDecoder:
    def __init__(self, settings: DoorNodeSettings, keys: Keys) -> None:
        self._keys = keys
        self._splitter = Splitter()
        self._begun = False
        self._nodes = {address: _Node(address) for address in settings.addresses or (SPEAK_FREELY,)}
        self._turns = Turns(settings.addresses) if settings.addresses else None
        self._doubled: set[int] = set()  # numbers that two addresses have given as theirs
        self._numbers: set[int] = set()  # all that were given; what lies invents new ones without end
        self._held: dict[str, Output] = {}  # orders to nodes that are yet to say HELLO; the newest for each
        self._failed: set[str] = set()  # nodes that did not say HELLO in time to follow one
        self._quiets = 0  # moments of silence since the first of them
        self._most_quiets = round(HELD_SECONDS / quiet_seconds(settings))

    def feed(self, chunk: bytes) -> Iterator[Sighting | Reply]:
        for found in self._splitter.feed(chunk):
            begun, self._begun = self._begun, True
            if isinstance(found, Frame):
                yield from self._hear(found)
            elif begun:  # what came before the first delimiter may be the tail of a frame that began before we did
                yield Sighting(self._garbled(found.raw, found.why))
        if not chunk:
            yield from self._quiet()

    def confirm(self, receipt: Receipt) -> Iterable[bytes]:
        node = self._node(receipt.device)
        if node is None or node.hello is None or node.hello.ring != receipt.ring:
            return ()  # it will say it again, and be confirmed again
        ack = wire.Ack(
            receipt.ring, receipt.sequence
        )  # all before it went to the house before it, and to disk before it
        if self._turns is not None and not self._turns.resting:
            self._turns.put(node.address, ack)
            return ()
        return (wire.write(Frame(node.address, ack)),)

    def act(self, action: Action) -> Iterable[bytes]:
        """On a shared pair somebody may be speaking: then the bytes are none, and the order goes with the next poll.

        To a node that has not introduced itself an output's order is held for HELD_SECONDS: the link has just opened.
        """
        node = self._node(action.device)
        if isinstance(action, TellSpent):
            return ()
        if node is None:
            if not isinstance(action, Output) or all(known.hello is not None for known in self._nodes.values()):
                return ()
            self._held[action.device] = action
            return (b"",)
        body = order(action)
        if self._turns is None or self._turns.resting:
            return (wire.write(Frame(node.address, body)),)
        return (b"",) if self._turns.put(node.address, body) else ()

    def _node(self, name: str) -> _Node | None:
        return next((node for node in self._nodes.values() if node.name == name), None)

    def _garbled(self, raw: bytes, why: str) -> Seen:
        return garbled(raw, why, self._keys.digest_key)

    # ---- asking

    def _quiet(self) -> Iterator[Sighting | Reply]:
        for node in self._nodes.values():
            node.asked = False
        yield from self._not_obeyed()
        if self._turns is not None:
            yield self._poll(self._turns)
        elif self._nodes[SPEAK_FREELY].hello is None:
            yield from self._ask(self._nodes[SPEAK_FREELY])

    def _poll(self, turns: Turns) -> Reply:
        node = self._nodes[turns.next_address]
        if node.hello is None:
            turns.put(node.address, wire.Describe())
        return Reply(turns.poll())

    def _ask(self, node: _Node) -> Iterator[Reply]:
        """Who are you? Once; again after a beat or a quiet moment without an answer."""
        if node.asked:
            return
        node.asked = True
        if self._turns is not None:
            self._turns.put(node.address, wire.Describe())
        else:
            yield Reply(wire.write(Frame(node.address, wire.Describe())))

    # ---- hearing

    def _hear(self, frame: Frame) -> Iterator[Sighting | Reply]:
        if wire.TYPES[type(frame.body)] >= wire.SPOKEN_BY_HOUSE:
            return  # our own words: some RS-485 adapters hear themselves
        node = self._nodes.get(frame.address)
        if node is None:
            why = f"no node is configured at address {frame.address}"
            yield Sighting(self._garbled(wire.write(frame), why))
            return
        match frame.body:
            case Hello() as hello:
                yield from self._hello(node, hello)
            case Event() as event:
                yield from self._event(node, event)
            case Beat() as beat:
                yield from self._beat(node, beat)
        if self._turns is not None and self._turns.hear(frame):
            yield self._poll(self._turns)

    def _obeys_again(self, name: str) -> Iterator[Sighting | Reply]:
        """It has said who it is: what was held for it goes out; an order it did not follow is no fault any more."""
        held = self._held.pop(name, None)
        if held is not None:
            yield from (Reply(data) for data in self.act(held) if data)
        if name in self._failed:
            self._failed.remove(name)
            yield Sighting(OutputSeen(on=False, ok=True), speaker=name)

    def _not_obeyed(self) -> Iterator[Sighting]:
        """An order that was held for too long is told as one that was not followed."""
        self._quiets = self._quiets + 1 if self._held else 0
        if self._quiets > self._most_quiets:
            for device, held in self._held.items():
                yield Sighting(OutputSeen(on=held.on, ok=False, why="the node does not answer"), speaker=device)
            self._failed.update(self._held)
            self._held.clear()

    def _hello(self, node: _Node, hello: Hello) -> Iterator[Sighting | Reply]:
        if hello.device not in self._numbers and len(self._numbers) >= MOST_NUMBERS:
            node.hello = None
            yield Sighting(self._garbled(wire.write(Frame(node.address, hello)), "more numbers than there are nodes"))
            return
        self._numbers.add(hello.device)
        if node.hello is None or (node.hello.device, node.hello.ring) != (hello.device, hello.ring):
            node.delivered = None
        node.hello = hello
        node.asked = False
        says = HelloSeen(firmware=hello.firmware, boot=hello.boot, inputs=hello.inputs)
        yield Sighting(says, speaker=node.name)
        yield from self._obeys_again(node_name(hello.device))
        for other in self._nodes.values():
            if other is node or other.name != node.name:
                continue
            other.hello = None  # moved here, or there are two of it: if it is still there it will say so
            if hello.device in self._doubled:
                why = f"addresses {other.address} and {node.address} both say they are it"
                yield Sighting(ForgedSeen(why=why), speaker=node.name)
            self._doubled.add(hello.device)

    def _event(self, node: _Node, event: Event) -> Iterator[Sighting | Reply]:
        if node.hello is None or node.hello.ring != event.ring:
            yield from self._ask(node)
            return
        name = node_name(node.hello.device)
        before = event.sequence - event.older - 1  # the node no longer has these: acknowledged, or overwritten
        if before < 0:
            yield Sighting(self._garbled(wire.write(Frame(node.address, event)), "events count from 1"), speaker=name)
            return
        if node.delivered is None:
            node.delivered = before - min(event.lost, before)
        if before > node.delivered:
            receipt = Receipt(name, event.ring, before)
            yield Sighting(LostSeen(count=before - node.delivered), speaker=name, receipt=receipt)
            node.delivered = before
        if event.sequence > node.delivered + 1:
            return  # one before it was damaged on the way: both come again
        node.delivered = max(node.delivered, event.sequence)
        yield Sighting(
            seen(event, self._keys.digest_key),
            speaker=name,
            ago_seconds=event.age_ms / 1000,
            receipt=Receipt(name, event.ring, event.sequence),
        )

    def _beat(self, node: _Node, beat: Beat) -> Iterator[Sighting | Reply]:
        node.asked = False
        if node.hello is None or (node.hello.ring, node.hello.boot) != (beat.ring, beat.boot):
            yield from self._ask(node)
            return
        yield Sighting(alive(beat), speaker=node.name)


def quiet_seconds(settings: DoorNodeSettings) -> float:
    return settings.quiet_seconds or (QUIET_SECONDS_SHARED if settings.addresses else QUIET_SECONDS)


def open_link(settings: DoorNodeSettings) -> AbstractAsyncContextManager[Link[bytes]]:
    return serial_link(settings.port, settings.baud, quiet_seconds(settings))


DRIVER = Driver(DoorNodeSettings, open_link, DoorNodeDecoder)
