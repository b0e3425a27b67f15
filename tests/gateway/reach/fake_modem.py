"""A modem on a pty that behaves like a SIM800: echoes, prompts, keeps what it sent, and can be told to fail."""

import asyncio
import re
from types import TracebackType
from typing import Self

from sim.cable import Cable


class FakeModem:
    def __init__(
        self,
        *,
        sim: str = "READY",
        registered: str = "1",
        failures: tuple[str, ...] = (),
        deaf: bool = False,
        chatter: bytes = b"",
    ) -> None:
        self.cable = Cable(hold=True)
        self.sent: list[tuple[int, str]] = []  # length told and PDU, as the network took them
        self.commands: list[str] = []
        self._sim = sim
        self._registered = registered
        self._failures = list(failures)
        self._deaf = deaf
        self._chatter = chatter
        self._echo = True
        self._line = bytearray()
        self._length: int | None = None  # told, and the PDU waited for

    @property
    def port(self) -> str:
        return self.cable.port

    def __enter__(self) -> Self:
        self.cable.listen(self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cable.close()

    def _say(self, text: str) -> None:
        self.cable.say(self._chatter + f"\r\n{text}\r\n".encode())

    def _hear(self, data: bytes) -> None:
        if self._deaf:
            return
        for byte in data:
            if self._echo:
                self.cable.say(bytes((byte,)))
            if self._length is not None and byte == 0x1A:
                self._take_pdu(self._length, self._line.decode())
            elif byte == 0x1B:
                self._length = None
                self._line.clear()
                self._say("OK")
            elif byte == 0x0D and self._length is None:
                self._obey(self._line.decode().strip())
                self._line.clear()
            else:
                self._line.append(byte)

    def _obey(self, command: str) -> None:
        self.commands.append(command)
        if command == "AT+CPIN?":
            self._say(f"+CPIN: {self._sim}" if self._sim else "+CME ERROR: 10")
            if not self._sim:
                return
        elif command == "AT+CREG?":
            self._say(f"+CREG: 0,{self._registered}")
        elif found := re.fullmatch(r"AT\+CMGS=(\d+)", command):
            self._length = int(found.group(1))
            self.cable.say(b"\r\n> ")
            return
        elif command == "ATE0":
            self._echo = False
        elif command not in ("AT", "AT+CMGF=0"):
            self._say("ERROR")
            return
        self._say("OK")

    def _take_pdu(self, length: int, pdu: str) -> None:
        self._length = None
        self._line.clear()
        if self._failures:
            self._say(self._failures.pop(0))
            return
        self.sent.append((length, pdu))
        asyncio.get_running_loop().call_later(0.05, self._confirm)

    def _confirm(self) -> None:
        self.cable.say(f"\r\n+CMGS: {len(self.sent)}\r\n\r\nOK\r\n".encode())


def read_submit(length: int, pdu: str) -> tuple[str, str, tuple[int, int, int] | None]:
    """Number, text, and reference, count and index of a part: a reader of its own, after TS 23.040, 9.2.2.2."""
    octets = bytes.fromhex(pdu)
    centre = octets[0]
    octets = octets[1 + centre :]
    assert len(octets) == length
    first, digits, kind = octets[0], octets[2], octets[3]
    assert first & 0b11 == 1
    assert first & 0b11000 == 0b10000  # a relative validity period
    ends = 4 + (digits + 1) // 2
    number = "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets[4:ends])[:digits]
    protocol, coding, _validity, size = octets[ends : ends + 4]
    assert (protocol, coding) == (0, 8)
    content = octets[ends + 4 :]
    assert len(content) == size <= 140
    part = None
    if first & 0x40:
        assert content[:3] == b"\5\0\3"
        part = (content[3], content[4], content[5])
        content = content[6:]
    return ("+" if kind == 0x91 else "") + number, content.decode("utf-16-be"), part
