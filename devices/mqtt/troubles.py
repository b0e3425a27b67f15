"""What a broker answers in; what is wrong with the link out: one word for a page, and each thing once in the log."""

import logging
import ssl
from enum import StrEnum
from typing import Final

log = logging.getLogger(__name__)

DROPPED_AFTER: Final = 3  # so many connections in a row that stood for a moment only
MOST_SAID: Final = 256  # an order's result has a topic of its own: what was said must not fill the memory


class Trouble(StrEnum):
    """What somebody has to see to. The words of `Mqtt.reason` and of the log say more."""

    AWAY = "away"  # nobody answers there, or no longer
    FILES = "files"  # our password or certificate file cannot be read
    CERTIFICATE = "certificate"  # no TLS between us
    PROTOCOL = "protocol"  # it speaks another MQTT
    REFUSED = "refused"  # user, password, client id
    TAKEN_OVER = "taken_over"  # somebody else came with our client id
    QOS = "qos"  # it takes no message that is to be confirmed
    DROPPED = "dropped"  # it takes us, and closes the connection a moment later, again and again
    WRITE = "may_not_write"
    READ = "may_not_read"
    TOO_LARGE = "too_large"


UNSUPPORTED_VERSION: Final = 0x84
RETAIN_NOT_SUPPORTED: Final = 0x9A
_OF_CODES: Final = {  # MQTT 5.0, 2.4; paho gives the codes of 3.1.1 the same numbers
    UNSUPPORTED_VERSION: Trouble.PROTOCOL,
    0x85: Trouble.REFUSED,
    0x86: Trouble.REFUSED,
    0x87: Trouble.REFUSED,
    0x8A: Trouble.REFUSED,
    0x8C: Trouble.REFUSED,
    0x8E: Trouble.TAKEN_OVER,
    0x95: Trouble.TOO_LARGE,
    0x9B: Trouble.QOS,
}
_GRAVEST_FIRST: Final = (Trouble.WRITE, Trouble.READ, Trouble.TOO_LARGE)


def of_error(error: OSError | UnicodeError) -> Trouble:
    """Why it could not even be dialled."""
    if isinstance(error, ssl.SSLError):
        return Trouble.CERTIFICATE
    ours = (FileNotFoundError, PermissionError, IsADirectoryError, UnicodeDecodeError)
    return Trouble.FILES if isinstance(error, ours) else Trouble.AWAY


def of_end(code: int | None, other_version: bool, moments: int) -> Trouble:
    """Why a connection ended: the broker's `code`, if it said one; `moments`: how many in a row were gone at once."""
    if code is not None and code in _OF_CODES:
        return _OF_CODES[code]
    if other_version:
        return Trouble.PROTOCOL
    return Trouble.DROPPED if moments >= DROPPED_AFTER else Trouble.AWAY


class Denials:
    """What is not let through on a connection that stands. `name`: how log lines call the link."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._now: dict[Trouble, set[str]] = {each: set() for each in _GRAVEST_FIRST}
        self._said: set[tuple[Trouble, str]] = set()

    @property
    def worst(self) -> Trouble | None:
        return next((trouble for trouble in _GRAVEST_FIRST if self._now[trouble]), None)

    def begin(self) -> None:
        """A new connection: nothing was denied on it yet."""
        for topics in self._now.values():
            topics.clear()

    def denied(self, trouble: Trouble, topic: str, words: str) -> None:
        if len(self._now[trouble]) < MOST_SAID:
            self._now[trouble].add(topic)
        if (trouble, topic) not in self._said and len(self._said) < MOST_SAID:
            self._said.add((trouble, topic))
            log.error("%s: %s", self._name, words)

    def taken(self, topic: str) -> None:
        """The broker took something under this topic."""
        self._now[Trouble.WRITE].discard(topic)
