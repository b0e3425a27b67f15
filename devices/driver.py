"""The contract a device driver fulfils: a link that waits, a decoder that does not.

One file in `devices/` is one driver; it ends with `DRIVER = Driver(Settings, open_link, decoder)`, and the file's name
is what `driver = "..."` says in menshen.toml. `devices/template.py` is the page to copy.

The rules between house and driver:

- A link is an async iterator of chunks with a `send` that never waits. What a chunk is, the driver's link and decoder
  agree on: bytes for a cable, texts for a camera, a tuple of adverts for a radio.
- A decoder is sans-IO: no clock, no socket, no task. `feed(chunk)` yields `Sighting`s, and `Reply`s to be sent at once.
  An empty chunk means "the link has been quiet for a moment"; a polled line uses it to ask the next node.
- `feed` never raises, whatever it is fed; what it cannot read becomes `GarbledSeen`. How a byte stream was cut into
  chunks makes no difference.
- A sighting with a receipt waits for the disk. After the commit the house calls `confirm(receipt)` and sends what that
  yields. A decoder never drops a repeat that carries a receipt: the house drops it and confirms it again.
- `act(action)` turns what the house wants done into bytes; a driver that cannot do it yields nothing.
- `Keys` is filled by the house and may change while the link is open; ask it each time, keep nothing of it but what
  stands in its `shared`.
"""

import importlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct
from pydantic import BaseModel

from devices.reading import Receipt, Sighting, SpentPass, UsedCode


class Reply(Struct, frozen=True):
    """Bytes the decoder wants sent at once: a poll, a question. Never an acknowledgement; those wait for the disk."""

    data: bytes


class Output(Struct, frozen=True, tag=True):
    """Switch an output (a lane's barrier, a lamp, a siren); `seconds` 0 means until told otherwise."""

    device: str
    on: bool
    seconds: float = 0.0


class Identify(Struct, frozen=True, tag=True):
    """Blink or beep, so that an installer finds the device."""

    device: str
    seconds: float = 5.0


class Describe(Struct, frozen=True, tag=True):
    """Say what you are (answered by a HelloSeen)."""

    device: str


class TellSpent(Struct, frozen=True, tag=True):
    """Tell the compound's other gateways that these one-time passes, and these codes of phones, were used here."""

    device: str
    passes: tuple[SpentPass, ...]
    codes: tuple[UsedCode, ...] = ()


Action = Output | Identify | Describe | TellSpent


class Keys(Protocol):
    """What the house knows and a decoder may ask, each time anew."""

    @property
    def digest_key(self) -> bytes:
        """The key of the hash kept of garbled bytes."""
        ...

    @property
    def shared(self) -> dict[str, Any]:
        """What decoders of one trade keep together for as long as the house stands, each trade under a name of its own
        (devices/band_book.py). The one thing here that decoders write to."""
        ...

    def device_key(self, device: str) -> bytes | None:
        """The secret shared with a device (a band's 16-byte bind key), None where there is none."""
        ...

    def counter(self, device: str) -> int | None:
        """The highest replay counter of this device that is on disk, None if it was never heard."""
        ...


class NoKeys:
    """A house that knows nothing: for tests, and for drivers that need no keys."""

    digest_key = b""

    @cached_property
    def shared(self) -> dict[str, Any]:
        return {}

    def device_key(self, device: str) -> bytes | None:
        return None

    def counter(self, device: str) -> int | None:
        return None


C = TypeVar("C")
C_in = TypeVar("C_in", contravariant=True)
C_out = TypeVar("C_out", covariant=True)
S = TypeVar("S", bound=BaseModel)


class Decoder(Protocol[C_in]):
    def feed(self, chunk: C_in) -> Iterable[Sighting | Reply]: ...

    def confirm(self, receipt: Receipt) -> Iterable[bytes]: ...

    def act(self, action: Action) -> Iterable[bytes]: ...


class SilentDecoder:
    """Base of decoders whose devices take no answer and no orders."""

    def confirm(self, receipt: Receipt) -> Iterable[bytes]:
        return ()

    def act(self, action: Action) -> Iterable[bytes]:
        return ()


class Link(Protocol[C_out]):
    """An open link. Iterating raises `LinkLost` when the far end goes away; `send` queues and returns."""

    def __aiter__(self) -> AsyncIterator[C_out]: ...

    def send(self, data: bytes) -> None: ...


class LinkLost(Exception):
    """The cable, the radio, the camera or the broker went away; it may come back."""

    def __init__(self, link: str, reason: str) -> None:
        super().__init__(f"{link}: {reason}")
        self.link = link
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Driver(Generic[S, C]):
    settings: type[S]
    open_link: Callable[[S], AbstractAsyncContextManager[Link[C]]]
    decoder: Callable[[S, Keys], Decoder[C]]


class UnknownDriver(Exception):
    """No file in devices/ declares this driver."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def load(name: str) -> Driver[Any, Any]:
    """The driver called `name` lives in devices/<name>.py and is called DRIVER. Raises UnknownDriver."""
    if not name.isidentifier():
        raise UnknownDriver(name)
    try:
        module = importlib.import_module(f"devices.{name}")
    except ModuleNotFoundError as exc:
        if exc.name != f"devices.{name}":
            raise
        raise UnknownDriver(name) from exc
    driver = getattr(module, "DRIVER", None)
    if not isinstance(driver, Driver):
        raise UnknownDriver(name)
    return driver
