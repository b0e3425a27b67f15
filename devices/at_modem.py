"""What a modem says in, what it is told out: a short message sent with AT commands (3GPP TS 27.005 and 27.007).

Sans-IO. `AtLines` cuts what comes into lines; `send_message` is the conversation: a generator that yields what to say
or how long to pause, is sent the answer, and ends with nothing or raises ModemRefused. A SIM that asks for a PIN is
left alone: three wrong ones lock it, and one that is kept in a file protects nothing.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import Final

from msgspec import Struct

from devices.sms_pdu import Pdu

PROMPT: Final = ">"
LONGEST_LINE: Final = 1024
COMMAND_SECONDS: Final = 5.0
PROMPT_SECONDS: Final = 10.0
NETWORK_SECONDS: Final = 60.0  # the manual of the SIM800 gives AT+CMGS 60 s
WAKE_TRIES: Final = 4  # a modem that finds the speed by itself loses the first AT
WAKE_SECONDS: Final = 1.0
REGISTER_TRIES: Final = 10
REGISTER_PAUSE_SECONDS: Final = 3.0
SEND_TRIES: Final = 3
SEND_PAUSE_SECONDS: Final = 3.0

_END_OF_PDU, _ESCAPE = b"\x1a", b"\x1b"
_AT_HOME, _ROAMING = "1", "5"
# Worth another try (TS 27.005, 3.2.5 and TS 24.011, E.2): out of order, temporary failure, congestion, resources,
# SIM busy, no network, network time-out, unknown.
_PASSING: Final = frozenset({"38", "41", "42", "47", "314", "331", "332", "500"})


class Say(Struct, frozen=True):
    """Bytes for the modem. The answer is what it says until OK, an error, or the prompt if that is waited for."""

    data: bytes
    seconds: float = COMMAND_SECONDS
    prompt: bool = False


class Pause(Struct, frozen=True):
    """Say nothing for so long; whatever comes meanwhile is nobody's answer."""

    seconds: float


class Answer(Struct, frozen=True):
    """`end`: OK, ERROR, "+CMS ERROR: 38", ">", or nothing where it did not answer in time."""

    lines: tuple[str, ...] = ()
    end: str = ""

    @property
    def ok(self) -> bool:
        return self.end == "OK"

    def value(self, name: str) -> str:
        """What stands behind `+CREG: `; empty where it is not there."""
        return next((line.partition(":")[2].strip() for line in self.lines if line.startswith(f"{name}:")), "")


class ModemRefused(Exception):
    """The message was not taken; `why` has no number and no text in it."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


Talk = Generator[Say | Pause, Answer, None]


def is_end(line: str, *, prompt: bool = False) -> bool:
    """Does this line end an answer? Ringing, registration and the like come in between and do not."""
    return line in ("OK", "ERROR") or line.startswith(("+CMS ERROR", "+CME ERROR")) or (prompt and line == PROMPT)


class AtLines:
    """Bytes in any pieces in, lines out; the prompt, which ends with no line break, is a line of its own."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Never raises; a line without end is forgotten."""
        for byte in chunk:
            if byte in b"\r\n":
                if self._begun:
                    yield self._begun.decode("ascii", errors="replace").strip()
                self._begun.clear()
            else:
                self._begun.append(byte)
                if self._begun == b"> ":
                    self._begun.clear()
                    yield PROMPT
                elif len(self._begun) > LONGEST_LINE:
                    self._begun.clear()


def prepare() -> Talk:
    """Wake it, and be sure that it has a SIM, a network, and PDU mode."""
    for attempt in range(WAKE_TRIES):
        if (yield Say(b"AT\r", WAKE_SECONDS)).ok:
            if attempt:
                yield Pause(WAKE_SECONDS)  # late answers to what was said before are not the next one's
            break
    else:
        raise ModemRefused("it does not answer")
    yield from _must(b"ATE0\r", "it does not stop its echo")
    sim = yield Say(b"AT+CPIN?\r")
    if sim.value("+CPIN") != "READY":
        why = sim.value("+CPIN") or sim.end or "no answer"
        raise ModemRefused(f"the SIM is not ready ({why}); take its PIN off in a telephone")
    yield from _registered()
    yield from _must(b"AT+CMGF=0\r", "it has no PDU mode")


def _registered() -> Talk:
    for _ in range(REGISTER_TRIES):
        creg = (yield Say(b"AT+CREG?\r")).value("+CREG")
        if creg.partition(",")[2].partition(",")[0].strip() in (_AT_HOME, _ROAMING):
            return
        yield Pause(REGISTER_PAUSE_SECONDS)
    raise ModemRefused("no network: signal, antenna, contract of the SIM")


def send_message(parts: Iterable[Pdu]) -> Talk:
    """Every part, each at most three times. One whose fate is unknown is not said again."""
    for part in parts:
        yield from _send_part(part)


def _send_part(part: Pdu) -> Talk:
    why = ""
    for attempt in range(SEND_TRIES):
        if attempt:
            yield Pause(SEND_PAUSE_SECONDS)
        asked = yield Say(f"AT+CMGS={part.length}\r".encode(), PROMPT_SECONDS, prompt=True)
        if asked.end == PROMPT:
            answer = yield Say(part.hex.encode() + _END_OF_PDU, NETWORK_SECONDS)
            if answer.ok and answer.value("+CMGS"):
                return
            if not answer.end:
                raise ModemRefused("the network did not answer in time; it may have gone out")
        else:
            answer = asked
            yield Say(_ESCAPE, WAKE_SECONDS)  # whatever it waits for, it is to stop
        why = answer.end or "no prompt"
        if answer.end.startswith("+CMS ERROR") and answer.end.partition(":")[2].strip() not in _PASSING:
            break
    raise ModemRefused(why)


def _must(command: bytes, why: str) -> Talk:
    if not (yield Say(command)).ok:
        raise ModemRefused(why)
