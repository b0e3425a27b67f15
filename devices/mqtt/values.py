"""What is said to and heard from a broker: messages, answers, sessions. No paho, no socket."""

import asyncio
from dataclasses import dataclass, field

LOST = -1  # the answer to a publish whose connection went away first: it may or may not have arrived


def accepted(code: int) -> bool:
    """Did the broker take the message? MQTT 5 codes below 0x80 say yes, 0x10 (nobody subscribed) among them."""
    return 0 <= code < 0x80


@dataclass(frozen=True, slots=True)
class Extras:
    """The MQTT 5 properties of a publish that this project uses. Left out on a 3.1.1 connection."""

    response_topic: str | None = None
    correlation: bytes | None = None
    content_type: str | None = None
    expiry_seconds: int | None = None


NO_EXTRAS = Extras()


def packet_bytes(topic: str, payload: bytes, extras: Extras) -> int:
    """How large the PUBLISH is at most (MQTT 5.0, 3.3): fixed header 5, length and id 4, properties, payload."""
    properties = (extras.response_topic or "", extras.content_type or "")
    texts = sum(3 + len(text.encode()) for text in properties)
    return 5 + 4 + len(topic.encode()) + 4 + texts + 3 + len(extras.correlation or b"") + 5 + len(payload)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came in. `session` and `mid` say which PUBACK it waits for."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    extras: Extras
    session: int
    mid: int


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us when we fall silent, `delay_seconds` after it noticed (MQTT 5 only)."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One connection that stands: numbered from 1, subscribed, with what the broker allows on it."""

    number: int
    window: int  # how many publishes may wait for their answer at once
    resumed: bool  # the broker remembered us: our subscriptions and what it kept for us
    largest_packet: int | None  # bytes; a larger publish would end the connection
    retains: bool = True  # a retained publish would end it where this is false
    ended: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class NotConnected(Exception):
    """A publish with no connection. paho would have kept it and sent all of it at once later; we never ask it to."""


class TooLarge(Exception):
    """A publish the broker would not take, and would end the connection for."""

    def __init__(self, size: int, largest: int) -> None:
        super().__init__(f"{size} bytes, and the broker takes {largest}")
        self.size, self.largest = size, largest


class WindowFull(Exception):
    """A publish beyond the session's window; the caller should have waited for `room()`."""

    def __init__(self, window: int) -> None:
        super().__init__(f"{window} publishes are waiting for their answer already")
        self.window = window
