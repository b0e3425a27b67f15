"""Contacts, bytes of the cable and the hour in; bytes for the cable out. A model of firmware_bridges/door_node.

Sans-IO and faithful where the house can tell: the ring with its epoch, cumulative acknowledgement, four events on the
way and again after 500 ms, BEAT once a second, turns on a shared pair. It remembers more than the controller does
(`happened`, `acknowledged`, `switched`), so that a simulation can ask it afterwards what became of every event.
Instants are milliseconds of the node's own clock, which begins with the ring.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from firmware_bridges import wire
from firmware_bridges.wire import SPEAK_FREELY, SPOKEN_BY_HOUSE, Body, Event, Frame, Kind, Splitter

RING_SIZE: Final = 64  # ring.h
WINDOW: Final = 4  # speech.c
RESEND_MS: Final = 500
BEAT_MS: Final = 1000
DEBOUNCE_MS: Final = 20  # inputs.c
LOST_LIMIT: Final = 0xFFFF
AGE_LIMIT_MS: Final = 45 * 24 * 3600 * 1000
POWERED, WATCHDOG = 1, 8  # the controller's reset register


class Happened(NamedTuple):
    """One event as the node counted it."""

    ring: int
    sequence: int
    kind: int
    value: int
    at_ms: int


class Switched(NamedTuple):
    """The relay was switched by the house."""

    on: bool
    duration_ms: int
    at_ms: int


@dataclass(slots=True)
class _Contact:
    """A switch and its settled state, None before the first."""

    kind: Kind
    level: bool = False
    state: bool | None = None
    differs_since: int = 0


@dataclass(slots=True)
class DoorNode:
    """`boot` numbers the ring, as in the firmware: it must rise with each start of the same node."""

    device: int
    address: int = SPEAK_FREELY
    boot: int = 1
    millivolts: int = 4100
    acknowledged: list[Happened] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    switched: list[Switched] = field(default_factory=list)
    identified: int = 0
    dropped: int = 0
    _ring: deque[Happened] = field(default_factory=deque)
    _epoch: int = 0
    _last: int = 0
    _lost: int = 0
    _next: int = 1
    _said_ms: int = 0
    _beat_ms: int = 0
    _cause: int = POWERED
    _hello_due: bool = True
    _beat_due: bool = False
    _polled: bool = False
    _token: int | None = None
    _relay: bool = False
    _relay_until: int | None = None
    _door: _Contact = field(default_factory=lambda: _Contact(Kind.DOOR))
    _case: _Contact = field(default_factory=lambda: _Contact(Kind.TAMPER))
    _splitter: Splitter = field(default_factory=Splitter)

    def __post_init__(self) -> None:
        self._epoch = self.boot

    @property
    def name(self) -> str:
        """As the house calls it."""
        return f"node-{self.device:08x}"

    @property
    def held(self) -> tuple[Happened, ...]:
        """What nobody has acknowledged yet."""
        return tuple(self._ring)

    @property
    def relay(self) -> bool:
        return self._relay

    # what happens at the door

    def door(self, is_open: bool, now_ms: int) -> None:
        """The leaf moves; it counts once it has rested for 20 ms."""
        _move(self._door, is_open, now_ms)

    def case(self, is_open: bool, now_ms: int) -> None:
        _move(self._case, is_open, now_ms)

    def reset(self, now_ms: int) -> None:
        """The watchdog bit: the ring stands, the boot is counted, the relay lets go."""
        self.boot += 1
        self._cause = WATCHDOG
        self._hello_due = True
        self._relay, self._relay_until = False, None
        self._next = self._oldest
        self._said_ms = now_ms

    # what is said on the cable

    def hear(self, data: bytes, now_ms: int) -> None:
        """Bytes of the house, however they were cut. Frames of others, noise and our own kind of words are ignored."""
        for frame in self._splitter.feed(data):
            if isinstance(frame, Frame) and frame.address == self.address:
                self._obey(frame.body, now_ms)

    def speak(self, now_ms: int) -> bytes:
        """What it says now; nothing while it has nothing to say, or while it is not its turn."""
        self._tick(now_ms)
        if self.address != SPEAK_FREELY and not self._polled:
            return b""
        said: list[Body] = []
        if self._hello_due:
            said.append(self._hello())
        if self._token is not None:
            said.append(wire.Time(self._token, now_ms))
        said += self._events(now_ms)
        if self._beat_due:
            said.append(self._beat())
        if self.address != SPEAK_FREELY:
            said.append(wire.Done())
        self._hello_due = self._beat_due = self._polled = False
        self._token = None
        return b"".join(wire.write(Frame(self.address, body)) for body in said)

    def due_ms(self) -> int:
        """When it next does something by itself."""
        due = [self._beat_ms + BEAT_MS]
        due += [c.differs_since + DEBOUNCE_MS for c in (self._door, self._case) if c.level is not c.state]
        if self._ring and self.address == SPEAK_FREELY:
            due.append(self._said_ms + RESEND_MS)
        if self._relay_until is not None:
            due.append(self._relay_until)
        return min(due)

    # inside

    @property
    def _oldest(self) -> int:
        return self._last - len(self._ring) + 1

    def _tick(self, now_ms: int) -> None:
        for contact in (self._door, self._case):
            if contact.level is not contact.state and now_ms - contact.differs_since >= DEBOUNCE_MS:
                contact.state = contact.level
                self._push(contact.kind, int(contact.level), now_ms)
        if self._relay_until is not None and now_ms >= self._relay_until:
            self._relay, self._relay_until = False, None
            self._beat_due = True
        if now_ms - self._beat_ms >= BEAT_MS:
            self._beat_ms = now_ms - (now_ms - self._beat_ms) % BEAT_MS
            self._beat_due = True

    def _push(self, kind: int, value: int, now_ms: int) -> None:
        if len(self._ring) == RING_SIZE:
            self._ring.popleft()
            self.dropped += 1
            self._lost = min(self._lost + 1, LOST_LIMIT)
        self._last += 1
        event = Happened(self._epoch, self._last, kind, value, now_ms)
        self._ring.append(event)
        self.happened.append(event)

    def _events(self, now_ms: int) -> list[Body]:
        oldest = self._oldest
        if self._next < oldest or (self._next != oldest and now_ms - self._said_ms >= RESEND_MS):
            self._next = oldest
        said: list[Body] = []
        while self._next <= self._last and self._next < oldest + WINDOW:
            event = self._ring[self._next - oldest]
            age = min(now_ms - event.at_ms, AGE_LIMIT_MS)
            said.append(
                Event(self._epoch, event.sequence, age, self._lost, event.value, event.kind, event.sequence - oldest)
            )
            self._next += 1
            self._said_ms = now_ms
        return said

    def _hello(self) -> wire.Hello:
        return wire.Hello(self.device, self._epoch, self.boot, self._cause, RING_SIZE, 2, 1, "door-node 1.0")

    def _beat(self) -> wire.Beat:
        inputs = (self._door.state is True) | (self._case.state is True) << 1
        pending = len(self._ring)
        return wire.Beat(
            self._epoch, self._last, self.dropped, self.boot, self.millivolts, pending, inputs, int(self._relay)
        )

    def _obey(self, body: Body, now_ms: int) -> None:
        if wire.TYPES[type(body)] < SPOKEN_BY_HOUSE:
            return
        match body:
            case wire.Ack(ring=ring, sequence=sequence):
                self._take_out(ring, sequence, now_ms)
            case wire.Describe():
                self._hello_due = True
            case wire.TimeQuery(token=token):
                self._token = token
            case wire.Output(output=0, on=on, duration_ms=duration_ms):
                self.switched.append(Switched(on, duration_ms, now_ms))
                self._relay = on
                self._relay_until = now_ms + duration_ms if on and duration_ms else None
                self._beat_due = True
            case wire.Identify():
                self.identified += 1
            case wire.Poll():
                self._polled = True
            case _:
                pass

    def _take_out(self, ring: int, sequence: int, now_ms: int) -> None:
        if ring != self._epoch or not self._oldest <= sequence <= self._last:
            return
        while self._ring and self._ring[0].sequence <= sequence:
            self.acknowledged.append(self._ring.popleft())
        self._lost = 0
        self._said_ms = now_ms


def _move(contact: _Contact, level: bool, now_ms: int) -> None:
    if contact.level is not level:
        contact.level = level
        contact.differs_since = now_ms
