"""A scanner module that is set up by its own command frames, and one that behaves like it at the far end of a port."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import NoKeys, Reply
from devices.gm65 import ATTEMPTS, DRIVER, LOOK_EVERY, Gm65Decoder, Gm65Settings, crc, read, write, zones_of
from devices.reading import AliveSeen, CodeSeen, GarbledSeen, Reading, Sighting
from devices.watch import HouseClock, Watch
from tests.devices.serial_ports import FarEnd, far_end
from tests.shared_data import folder_or_skip

FRESH = {0x0000: 0xD5, 0x0060: 0x60}  # command mode, LED, sound; nothing ends a code
WANTED = {0x0000: 0xD6, 0x0060: 0x01}


class Module:
    """What a GM65 does with the bytes it is sent: answers with a right CRC, silence to a wrong one."""

    def __init__(self, zones: dict[int, int]) -> None:
        self.zones = dict(zones)
        self.commands = 0
        self._bytes = b""

    def hear(self, data: bytes) -> bytes:
        self._bytes += data
        said = b""
        while len(self._bytes) >= 9:
            assert self._bytes[:2] == b"\x7e\x00"
            frame, self._bytes = self._bytes[:9], self._bytes[9:]
            if frame[-2:] not in (crc(frame[2:-2]), b"\xab\xcd"):
                continue
            self.commands += 1
            zone = int.from_bytes(frame[4:6], "big")
            if frame[2] == 0x08:
                self.zones[zone] = frame[6]
            said += answer(self.zones.get(zone, 0) if frame[2] == 0x07 else 0)
        return said


def answer(byte: int) -> bytes:
    body = bytes((0, 1, byte))
    return b"\x02\x00" + body + crc(body)


def scanner(**more: object) -> Gm65Decoder:
    return Gm65Decoder(Gm65Settings.model_validate({"port": "/dev/ttyACM0", **more}), NoKeys())


def talk(decoder: Gm65Decoder, module: Module, first: bytes = b"") -> list[object]:
    """Both talk until neither has anything to say; what the house saw."""
    seen, chunk = [], first
    while True:
        said = list(decoder.feed(chunk))
        seen += [each.seen for each in said if isinstance(each, Sighting)]
        chunk = module.hear(b"".join(each.data for each in said if isinstance(each, Reply)))
        if not chunk:
            return seen


def asked(decoder: Gm65Decoder, chunk: bytes = b"") -> bytes:
    return b"".join(said.data for said in decoder.feed(chunk) if isinstance(said, Reply))


def test_the_frames_are_those_of_the_manuals() -> None:
    assert read(0x002A)[:-3] == bytes.fromhex("7E 00 07 01 00 2A")
    assert crc(bytes.fromhex("07 01 00 2A 02")) == bytes.fromhex("D8 0F")
    assert write(0x00D9, 0xD3) == bytes.fromhex("7E 00 08 01 00 D9 D3 20 38")
    assert crc(bytes.fromhex("09 01 00 00 00")) == bytes.fromhex("DE C8")
    assert answer(0) == bytes.fromhex("02 00 00 01 00 33 31")


@pytest.mark.external
def test_published_frames_have_the_checksum_we_compute() -> None:
    published = json.loads((folder_or_skip("serial") / "vectors.json").read_text("utf-8"))["gm65_waveshare"]["frames"]
    checked = 0
    for each in published:
        frame = bytes.fromhex(each["hex"]) if each["hex"].startswith("7E 00") else b""
        if frame and frame[-2:] != b"\xab\xcd":
            assert (crc(frame[2:-2]) == frame[-2:]) is each["checksum_ok"], each
            checked += 1
    assert checked >= 4


def test_a_module_fresh_from_its_box_is_set_up_and_then_said_to_be_alive() -> None:
    module = Module(FRESH)
    assert talk(scanner(), module) == [AliveSeen()]
    assert module.zones == WANTED


@given(st.integers(0, 255), st.integers(0, 255))
def test_whatever_it_was_set_to_our_bits_are_as_wanted_and_the_others_stay(works: int, ends: int) -> None:
    module = Module({0x0000: works, 0x0060: ends})
    assert talk(scanner(), module) == [AliveSeen()]
    for zone in zones_of(Gm65Settings(port="/dev/ttyACM0")):
        before = {0x0000: works, 0x0060: ends}[zone.address]
        assert module.zones[zone.address] == before & ~zone.mask | zone.value


def test_a_module_that_is_set_up_is_asked_and_not_written() -> None:
    module = Module(WANTED)
    assert talk(scanner(), module) == [AliveSeen()]
    assert module.commands == len(WANTED)


def test_the_settings_are_the_modules_bits() -> None:
    module = Module({})
    talk(scanner(reads="motion", aimer="off", light="always", sound=False), module)
    assert module.zones[0x0000] == 0b0000_1011


def test_a_code_read_while_it_is_set_up_is_a_code() -> None:
    decoder = scanner()
    assert asked(decoder, b"MS1:AB") == read(0x0000)
    said = list(decoder.feed(b"C\r" + answer(0xD6) + b"MS1:D\r"))
    assert said == [Sighting(CodeSeen("MS1:ABC")), Reply(read(0x0060)), Sighting(CodeSeen("MS1:D"))]


def test_an_answer_that_was_lost_is_asked_for_again_until_the_module_is_left_alone() -> None:
    decoder = scanner()
    assert asked(decoder) == read(0x0000)
    assert [asked(decoder) for _ in range(ATTEMPTS)] == [read(0x0000)] * (ATTEMPTS - 1) + [b""]
    assert [asked(decoder) for _ in range(LOOK_EVERY)] == [b""] * LOOK_EVERY
    assert asked(decoder) == read(0x0000)


def test_a_damaged_answer_is_told_and_asked_for_again() -> None:
    decoder = scanner()
    asked(decoder)
    damaged = answer(0xD6)[:-1] + b"\x00"
    [told] = decoder.feed(damaged)
    assert isinstance(told, Sighting)
    assert isinstance(told.seen, GarbledSeen)
    assert told.seen.why == "answer with a wrong CRC"
    assert asked(decoder) == read(0x0000)
    assert list(decoder.feed(b"MS1:A\r")) == [Sighting(CodeSeen("MS1:A"))]


def test_a_module_that_does_not_take_a_setting_is_told_of_and_not_written_for_ever() -> None:
    class Stubborn(Module):
        def hear(self, data: bytes) -> bytes:
            said = super().hear(data)
            self.zones[0x0060] = 0x60
            return said

    module = Stubborn(FRESH)
    told = [seen.why for seen in talk(scanner(), module) if isinstance(seen, GarbledSeen)]
    assert told == ["zone 0060 stays 60"]
    assert module.commands < 20


def test_a_module_that_lost_its_power_is_set_up_again() -> None:
    module, decoder = Module(FRESH), scanner()
    talk(decoder, module)
    module.zones = dict(FRESH)
    assert [asked(decoder) for _ in range(LOOK_EVERY)] == [b""] * LOOK_EVERY
    assert talk(decoder, module) == [AliveSeen()]
    assert module.zones == WANTED


@contextmanager
def plugged_in(end: FarEnd, module: Module) -> Iterator[None]:
    """The module at the far end of the cable, until the cable is pulled."""

    def serve() -> None:
        try:
            while True:
                end.say(module.hear(end.hear(1)))
        except OSError:
            return  # the cable was pulled

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    end.go_away()


@pytest.mark.asyncio
async def test_over_a_port_it_is_set_up_at_once_and_reads_codes() -> None:
    module, readings, alive, read_one = Module(FRESH), [], asyncio.Event(), asyncio.Event()

    async def deliver(reading: Reading) -> None:
        readings.append(reading.seen)
        if reading.seen == AliveSeen():
            alive.set()
        if isinstance(reading.seen, CodeSeen):
            read_one.set()

    with far_end() as end, plugged_in(end, module):
        settings = Gm65Settings(port=end.port, quiet_seconds=0.1)
        watch = Watch("scanner", DRIVER, settings, NoKeys(), deliver, HouseClock())
        running = asyncio.create_task(watch.run())
        async with asyncio.timeout(60):
            await alive.wait()
            assert module.zones == WANTED
            end.say("MS1:门神\r".encode())
            await read_one.wait()
        running.cancel()
        await asyncio.wait([running])
    assert CodeSeen("MS1:门神") in readings
