"""Card readers over OSDP: published packets, lost and damaged answers, a reader that goes and comes, two on a pair."""

import asyncio
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import Identify, NoKeys, Output, Reply
from devices.osdp import DRIVER, OsdpDecoder, OsdpSettings
from devices.osdp_wire import Broken, Packet, Splitter, write
from devices.reading import AliveSeen, CardSeen, GarbledSeen, LinkSeen, Reading, Sighting, TamperSeen
from devices.watch import HouseClock, Watch
from tests.devices.osdp_reader import FakeReader
from tests.devices.serial_ports import far_end

CARDS = st.integers(1, 64).flatmap(lambda bits: st.tuples(st.just(bits), st.integers(0, (1 << bits) - 1)))
PACKETS = st.builds(
    Packet,
    st.integers(0, 126),
    st.integers(0, 3),
    st.integers(0, 255),
    st.binary(max_size=40),
    st.booleans(),
    st.booleans(),
)


def house(**more: object) -> OsdpDecoder:
    return OsdpDecoder(OsdpSettings.model_validate({"port": "/dev/ttyUSB0", **more}), NoKeys())


class Line:
    """The house and its readers, quiet moment after quiet moment; `lose` says which answers get lost."""

    def __init__(self, decoder: OsdpDecoder, *readers: FakeReader) -> None:
        self.decoder, self.readers = decoder, list(readers)
        self.said: list[Sighting] = []
        self.lose: set[int] = set()
        self._answers = 0

    def go(self, moments: int = 1) -> None:
        for _ in range(moments):
            chunk = b""
            while True:
                found = list(self.decoder.feed(chunk))
                self.said += [each for each in found if isinstance(each, Sighting)]
                asked = b"".join(each.data for each in found if isinstance(each, Reply))
                chunk = b"".join(self._through(reader.hear(asked)) for reader in self.readers)
                if not chunk:
                    break

    def seen(self) -> list[object]:
        seen = [each.seen for each in self.said]
        self.said.clear()
        return seen

    def _through(self, answer: bytes) -> bytes:
        if answer:
            self._answers += 1
        return b"" if self._answers in self.lose else answer


def test_packets_are_those_published() -> None:
    assert write(Packet(0x65, 0, 0x60)) == bytes.fromhex("53 65 08 00 04 60 60 90")  # libosdp, test-cp-phy
    assert write(Packet(0x65, 1, 0x61, b"\x00")) == bytes.fromhex("53 65 09 00 05 61 00 E9 4D")


@given(st.lists(PACKETS, min_size=1, max_size=5), st.data())
def test_what_is_written_is_read_however_it_was_cut(packets: list[Packet], data: st.DataObject) -> None:
    whole = b"".join(map(write, packets))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1))))
    splitter = Splitter()
    found = [each for start, end in pairwise([0, *cuts, len(whole)]) for each in splitter.feed(whole[start:end])]
    assert found == packets


@given(PACKETS, st.data())
def test_one_wrong_bit_is_noticed(packet: Packet, data: st.DataObject) -> None:
    whole = bytearray(write(packet))
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    splitter = Splitter()
    found = [*splitter.feed(bytes(whole)), *splitter.give_up()]
    assert packet not in found
    assert all(isinstance(each, Broken) or each != packet for each in found)


def test_a_reader_is_greeted_asked_who_it_is_and_polled() -> None:
    reader, decoder = FakeReader(), house()
    line = Line(decoder, reader)
    line.go(4)
    assert reader.heard == [(0x60, b""), (0x61, b"\x00"), (0x60, b""), (0x60, b"")]
    assert line.seen() == [AliveSeen()]


@given(CARDS, st.booleans())
def test_every_card_is_read_bit_for_bit(card: tuple[int, int], crc: bool) -> None:
    reader = FakeReader(crc=crc)
    line = Line(house(crc=crc), reader)
    line.go(2)
    line.seen()
    reader.card(*card)
    line.go(2)
    assert line.seen() == [CardSeen(*card)]


@given(st.sets(st.integers(3, 12), max_size=8))
def test_whichever_answers_are_lost_each_card_is_heard_once(lost: set[int]) -> None:
    reader = FakeReader()
    line = Line(house(), reader)
    line.go(2)
    if any({at, at + 1, at + 2} <= lost for at in lost):
        return  # three in a row: it counts as gone, and what it had said is gone with it
    line.lose = lost
    for number in range(5):
        reader.card(26, number)
    line.go(100)
    assert [each for each in line.seen() if isinstance(each, CardSeen)] == [CardSeen(26, n) for n in range(5)]


def test_a_damaged_answer_is_told_and_asked_for_again() -> None:
    reader, decoder = FakeReader(), house()
    line = Line(decoder, reader)
    line.go(2)
    line.seen()
    reader.card(26, 5)
    [poll] = [each.data for each in decoder.feed(b"") if isinstance(each, Reply)]
    damaged = bytearray(reader.hear(poll))
    damaged[-1] ^= 1
    [told] = [each.seen for each in decoder.feed(bytes(damaged)) if isinstance(each, Sighting)]
    assert isinstance(told, GarbledSeen)
    assert told.why == "wrong CRC"
    line.go(10)
    assert [each for each in line.seen() if isinstance(each, CardSeen)] == [CardSeen(26, 5)]


def test_a_reader_that_is_gone_is_a_lost_link_and_is_greeted_when_it_is_back() -> None:
    reader = FakeReader()
    line = Line(house(), reader)
    line.go(3)
    line.readers.clear()
    line.go(60)
    assert line.seen() == [AliveSeen(), LinkSeen(open=False, why="no reader answers")]
    line.readers.append(FakeReader())
    line.go(10)
    assert line.seen() == [LinkSeen(open=True), AliveSeen()]


def test_a_reader_that_lost_its_power_for_a_moment_is_begun_anew() -> None:
    line = Line(house(), FakeReader())
    line.go(4)
    line.seen()
    fresh = FakeReader()  # it knows no sequence: NAK 4
    fresh.card(34, 77)
    line.readers = [fresh]
    line.go(10)
    assert CardSeen(34, 77) in line.seen()


def test_two_readers_are_polled_in_turn_and_called_by_what_they_say_they_are() -> None:
    first, second = FakeReader(1), FakeReader(2)
    line = Line(house(addresses=[1, 2]), first, second)
    line.go(3)
    line.said.clear()
    second.card(26, 9)
    line.go(2)
    assert line.said == [Sighting(CardSeen(26, 9), speaker="reader-cafe01-0000002a")]


def test_the_others_are_heard_while_one_is_gone() -> None:
    second = FakeReader(2)
    line = Line(house(addresses=[1, 2]), second)
    line.go(60)
    line.said.clear()
    second.card(26, 9)
    line.go(20)
    assert [each.seen for each in line.said] == [CardSeen(26, 9)]


def test_a_case_that_is_opened_is_told() -> None:
    reader = FakeReader()
    line = Line(house(), reader)
    line.go(3)
    line.seen()
    reader.case(is_open=True)
    reader.case(is_open=False)
    line.go(2)
    assert line.seen() == [TamperSeen(open=True), TamperSeen(open=False)]


def test_it_beeps_to_be_found_and_switches_nothing() -> None:
    reader, decoder = FakeReader(), house()
    line = Line(decoder, reader)
    assert list(decoder.act(Identify("gate"))) == []  # it has not been heard yet
    line.go(3)
    assert list(decoder.act(Identify("gate", 5.0))) == [b""]
    assert list(decoder.act(Output("gate", True, 5.0))) == []
    line.go()
    assert reader.heard[-1] == (0x6A, bytes((0, 2, 2, 8, 5)))


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Packet(0, 0, 0x41, b"\x06", reply=True), "the reader refuses: NAK 6"),
        (Packet(0, 0, 0x41, b"", reply=True), "the reader refuses: NAK 0"),
    ],
)
def test_a_reader_that_insists_on_a_secure_channel_is_told_of(reply: Packet, why: str) -> None:
    decoder = house()
    list(decoder.feed(b""))
    [told] = decoder.feed(write(reply))
    assert isinstance(told, Sighting)
    assert isinstance(told.seen, GarbledSeen)
    assert told.seen.why == why


def test_our_own_words_coming_back_and_strangers_are_no_answers() -> None:
    reader, decoder = FakeReader(), house()
    [poll] = [each.data for each in decoder.feed(b"") if isinstance(each, Reply)]
    assert list(decoder.feed(poll)) == []
    assert list(decoder.feed(write(Packet(9, 0, 0x40, reply=True)))) == []
    assert list(decoder.feed(reader.hear(poll))) == []
    assert decoder._readers[0].there


@given(st.lists(st.one_of(st.binary(max_size=60), PACKETS.map(write), st.just(b"")), max_size=12))
def test_noise_never_raises_and_a_reader_is_found_behind_it(noise: list[bytes]) -> None:
    decoder = house()
    for chunk in noise:
        list(decoder.feed(chunk))
    reader = FakeReader()
    reader.card(26, 5)
    line = Line(decoder, reader)
    line.go(40)
    assert CardSeen(26, 5) in line.seen()


@pytest.mark.asyncio
async def test_over_a_port_a_card_is_a_card() -> None:
    seen: list[object] = []
    alive, card = asyncio.Event(), asyncio.Event()

    async def deliver(reading: Reading) -> None:
        seen.append(reading.seen)
        (
            card if isinstance(reading.seen, CardSeen) else alive if reading.seen == AliveSeen() else asyncio.Event()
        ).set()

    with far_end() as end:
        reader = FakeReader()

        def serve() -> None:
            try:
                while True:
                    end.say(reader.hear(end.hear(1)))
            except OSError:
                return  # the cable was pulled

        threading.Thread(target=serve, daemon=True).start()
        watch = Watch("reader", DRIVER, OsdpSettings(port=end.port, baud=115200), NoKeys(), deliver, HouseClock())
        running = asyncio.create_task(watch.run())
        async with asyncio.timeout(60):
            await alive.wait()
            reader.card(26, 0x2541A6F)
            await card.wait()
        running.cancel()
        await asyncio.wait([running])
    assert CardSeen(26, 0x2541A6F) in seen
