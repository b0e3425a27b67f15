"""The answers of a USB relay board in, OutputSeen out; what opens a barrier or lights a lamp goes back.

    A0 | channel 01..08 | 01 on, 00 off | low byte of the sum of the three        on: A0 01 01 A2   off: A0 01 00 A1
    FF                                                                            what is on?
    "CH1: ON" 0D 0A "CH2: OFF" 0D 0A ...                                          the answer, of models that answer

9600 8N1. Source: LC Technology, "LC USB switch communication protocol" of LCUS-1, -2, -4 and -8; question and answer as
published with LCUS-2 and -4 boards. An LCUS-1 answers nothing: of it one knows what was sent, not what it did.

The board latches: it stays on when its gateway is killed. So the first thing said on every opened link is "off", the
last as well, and what is switched on for a time is switched off by the moments of the link, which come every 0.1 s:
not before the time is over, and at most 0.2 s after.

Nothing is sent to a board that has not proved itself (devices/links/proven_port.py): by its socket, by its adapter's
serial number, or, with `answers`, by the very answer of such a board with exactly these channels. An answer says what
it is, not which of two it is: with two of a kind on one gateway name their sockets.
"""

import math
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from devices.driver import Action, Driver, Keys, Output, Reply, SilentDecoder
from devices.links.moments import Moment, Moments, moments
from devices.links.proven_port import names_one_place, proven
from devices.reading import AliveSeen, OutputSeen, Sighting, garbled

HEAD: Final = 0xA0
QUESTION: Final = b"\xff"
ANSWER_LINE: Final = re.compile(rb"CH([1-8]): ?(ON|OFF) ?")
LONGEST_LINE: Final = 16
MOMENT_SECONDS: Final = 0.1
ANSWER_SECONDS: Final = 1.0
ASK_EVERY_SECONDS: Final = 10.0


class UsbRelaySettings(BaseModel):
    """`[links.<name>]` with `driver = "usb_relay"`. A lane's `output` is the link's name, or one of `outputs`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(
        description="by its socket: /dev/menshen/usb-..., /dev/serial/by-path/..., or a UART of the board"
    )
    usb_serial: str = Field(default="", description="the serial number of its USB adapter, where it has one")
    answers: bool = Field(default=False, description="the board answers when asked; LCUS-1 does not")
    channels: int = Field(default=1, ge=1, le=8)
    outputs: dict[str, Annotated[int, Field(ge=1, le=8)]] = Field(
        default={}, description="device id = channel; empty: the link's own name is channel 1"
    )
    baud: PositiveInt = 9600

    @model_validator(mode="after")
    def _can_be_proved(self) -> Self:
        if not (self.usb_serial or self.answers or names_one_place(self.port)):
            raise ValueError(f"{self.port} may become another device's port: write /dev/menshen/usb-..., or usb_serial")
        if any(channel > self.channels for channel in self.outputs.values()):
            raise ValueError(f"an output names a channel beyond {self.channels}")
        if len(set(self.outputs.values())) != len(self.outputs):
            raise ValueError("two outputs name the same channel")
        return self


class UsbRelayDecoder(SilentDecoder):
    def __init__(self, settings: UsbRelaySettings, keys: Keys) -> None:
        self._keys = keys
        self._answers = settings.answers
        self._channels = range(1, settings.channels + 1)
        self._devices: dict[int, str | None] = {channel: name for name, channel in settings.outputs.items()}
        self._named = dict(settings.outputs)
        if not self._named:
            self._devices = {1: None}
        self._ready = False  # it has proved itself, and was told "off"
        self._now = -math.inf
        self._line = bytearray()
        self._answer: dict[int, bool] = {}
        self._on = dict.fromkeys(self._channels, False)  # what was asked of it last
        self._changed: set[int] = set()  # asked of it, and not yet told to the house
        self._open_for: dict[int, float] = {}  # switched on since the last moment, for so many seconds
        self._off_at: dict[int, float] = {}  # inf: until told otherwise
        self._refused: list[Output] = []
        self._asked_at: float | None = None  # a question that waits for its answer
        self._ask_at = -math.inf
        self._outdated = False  # something was switched while the question was on its way
        self._dumb = False  # it owes an answer, and the house was told

    def feed(self, chunk: Moment) -> Iterator[Sighting | Reply]:
        self._now = now = max(self._now, chunk.at_seconds)
        yield from self._hear(chunk.data)
        if not self._ready and not self._answers:
            yield from self._begin()
        yield from self._switch_off(now)
        for refused in self._refused:
            yield self._told(self._channel(refused), refused.on, "it has not proved itself")
        self._refused.clear()
        if self._answers:
            yield from self._ask(now)
        else:
            for channel in sorted(self._changed):
                yield self._told(channel, self._on[channel])
            self._changed.clear()

    def act(self, action: Action) -> Iterable[bytes]:
        """A board clicks when it is switched, and that is a barrier moving: it cannot say where it is."""
        if not isinstance(action, Output) or not action.seconds >= 0:
            return ()
        channel = self._channel(action)
        if channel is None:
            return ()
        if not self._ready:
            self._refused = [*self._refused[-7:], action]
            return ()
        if action.on:
            longest = max(self._open_for.get(channel, 0.0), action.seconds or math.inf)
            self._open_for[channel] = longest
        else:
            self._open_for.pop(channel, None)
            self._off_at.pop(channel, None)
        return (self._switch(channel, action.on),)

    def _channel(self, action: Output) -> int | None:
        return self._named.get(action.device) if self._named else 1

    def _switch(self, channel: int, on: bool) -> bytes:
        self._on[channel] = on
        self._changed.add(channel)
        self._ask_at = -math.inf
        self._outdated = self._asked_at is not None
        return frame(channel, on)

    def _begin(self) -> Iterator[Sighting | Reply]:
        """Off, before anything else: it may have been left on."""
        self._ready = True
        for channel in self._channels:
            yield Reply(self._switch(channel, False))

    def _switch_off(self, now: float) -> Iterator[Reply]:
        for channel, seconds in self._open_for.items():
            self._off_at[channel] = max(now + seconds, self._off_at.get(channel, now))
        self._open_for.clear()
        for channel, due in list(self._off_at.items()):
            if due <= now:
                del self._off_at[channel]
                yield Reply(self._switch(channel, False))

    def _told(self, channel: int | None, on: bool, why: str = "") -> Sighting:
        speaker = None if channel is None else self._devices.get(channel)
        return Sighting(OutputSeen(on=on, ok=not why, why=why), speaker=speaker)

    # ---- boards that answer

    def _ask(self, now: float) -> Iterator[Sighting | Reply]:
        if self._asked_at is not None and now - self._asked_at >= ANSWER_SECONDS:
            self._asked_at, self._outdated, self._ask_at = None, False, now
            if not self._dumb:
                self._dumb = True
                for channel in self._devices:
                    yield self._told(channel, self._on[channel], "the board does not answer")
        if self._asked_at is None and now >= self._ask_at:
            self._asked_at = now
            self._ask_at = now + ASK_EVERY_SECONDS
            self._answer.clear()
            yield Reply(QUESTION)

    def _hear(self, data: bytes) -> Iterator[Sighting | Reply]:
        for byte in data:
            if byte not in b"\r\n":
                self._line.append(byte)
                if len(self._line) > LONGEST_LINE:
                    yield self._garbled("no answer of such a board")
            elif self._line:
                yield from self._read()

    def _read(self) -> Iterator[Sighting | Reply]:
        matched = ANSWER_LINE.fullmatch(bytes(self._line))
        if matched is None or not self._answers or int(matched[1]) not in self._channels:
            yield self._garbled("no answer of such a board")
            self._answer.clear()
            return
        self._line.clear()
        self._answer[int(matched[1])] = matched[2] == b"ON"
        if set(self._answer) == set(self._channels) and self._asked_at is not None:
            yield from self._answered()

    def _answered(self) -> Iterator[Sighting | Reply]:
        self._asked_at, self._dumb = None, False
        outdated, self._outdated = self._outdated, False
        if not self._ready:
            yield from self._begin()  # and then what it did of that is asked
            return
        if outdated:
            return
        yield Sighting(AliveSeen())
        for channel in self._devices:
            obeyed = self._answer[channel] == self._on[channel]
            yield self._told(channel, self._on[channel], "" if obeyed else "the board did not do it")
            if not obeyed:
                yield Reply(frame(channel, self._on[channel]))
                self._ask_at = self._now + ANSWER_SECONDS
        self._changed.clear()

    def _garbled(self, why: str) -> Sighting:
        seen = garbled(bytes(self._line), why, self._keys.digest_key)
        self._line.clear()
        return Sighting(seen)


def frame(channel: int, on: bool) -> bytes:
    body = bytes((HEAD, channel, on))
    return body + bytes((sum(body) & 0xFF,))


class _OffAtTheEnd:
    """A link on which the last word is "off", if ever anything was switched on it."""

    def __init__(self, link: Moments, channels: int) -> None:
        self._link = link
        self._channels = channels
        self._switched = False

    def __aiter__(self) -> AsyncIterator[Moment]:
        return aiter(self._link)

    def send(self, data: bytes) -> None:
        self._switched = self._switched or data[:1] == bytes((HEAD,))
        self._link.send(data)

    def end(self) -> None:
        if self._switched:
            for channel in range(1, self._channels + 1):
                self._link.send(frame(channel, False))


@asynccontextmanager
async def open_link(settings: UsbRelaySettings) -> AsyncIterator[_OffAtTheEnd]:
    async with moments(proven(settings.port, settings.usb_serial), settings.baud, MOMENT_SECONDS) as link:
        relay = _OffAtTheEnd(link, settings.channels)
        try:
            yield relay
        finally:
            relay.end()


DRIVER = Driver(UsbRelaySettings, open_link, UsbRelayDecoder)
