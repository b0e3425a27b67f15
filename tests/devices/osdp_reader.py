"""A card reader on an RS-485 pair, for tests: the far end of OSDP, without a secure channel."""

from devices.osdp_wire import Packet, Splitter, write

WHO = bytes.fromhex("CAFE01 07 02 2A000000 010203")  # maker, model, version, serial 42, firmware


class FakeReader:
    """Answers what it is asked; the same sequence again gets the same answer again."""

    def __init__(self, address: int = 0, *, crc: bool = True) -> None:
        self.address = address
        self.news: list[tuple[int, bytes]] = []  # what it says at the next polls
        self.heard: list[tuple[int, bytes]] = []
        self._crc = crc
        self._splitter = Splitter()
        self._last: tuple[int, bytes] | None = None

    def card(self, bits: int, value: int) -> None:
        data = (value << -bits % 8).to_bytes(-(-bits // 8), "big")
        self.news.append((0x50, b"\x00\x00" + bits.to_bytes(2, "little") + data))

    def case(self, *, is_open: bool) -> None:
        self.news.append((0x48, bytes((is_open, 0))))

    def hear(self, data: bytes) -> bytes:
        said = b""
        for packet in self._splitter.feed(data):
            assert isinstance(packet, Packet)
            assert packet.crc is self._crc
            if packet.address == self.address and not packet.reply:
                said += self._answer(packet)
        return said

    def _answer(self, asked: Packet) -> bytes:
        if asked.sequence and self._last is not None and self._last[0] == asked.sequence:
            return self._last[1]
        if asked.sequence and (self._last is None or asked.sequence != self._last[0] % 3 + 1):
            return self._say(asked, 0x41, b"\x04")
        self.heard.append((asked.code, asked.data))
        code, data = 0x40, b""
        if asked.code == 0x61:
            code, data = 0x45, WHO
        elif asked.code == 0x60 and self.news and asked.sequence:
            code, data = self.news.pop(0)
        said = self._say(asked, code, data)
        self._last = (asked.sequence, said)
        return said

    def _say(self, asked: Packet, code: int, data: bytes) -> bytes:
        return write(Packet(self.address, asked.sequence, code, data, reply=True, crc=self._crc))
