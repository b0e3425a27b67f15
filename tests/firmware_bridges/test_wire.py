"""The frame: what is written is read back, what is damaged is refused, and memory stays small."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridges import wire
from firmware_bridges.wire import (
    RUN_LIMIT,
    TYPES,
    Ack,
    Beat,
    Body,
    Describe,
    Done,
    Event,
    Frame,
    Hello,
    Identify,
    Noise,
    Output,
    Poll,
    Splitter,
    Time,
    TimeQuery,
    seal,
    write,
)

U8 = st.integers(0, 0xFF)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
NAME = st.text(st.characters(min_codepoint=1, max_codepoint=0x7F), max_size=16)
BODIES: st.SearchStrategy[Body] = st.one_of(
    st.builds(Hello, U32, U32, U32, U8, U8, U8, U8, NAME),
    st.builds(Event, U32, U32, U32, U16, U16, U8, U8),
    st.builds(Beat, U32, U32, U32, U32, U16, U8, U8, U8),
    st.builds(Time, U32, U32),
    st.just(Done()),
    st.builds(Ack, U32, U32),
    st.just(Describe()),
    st.builds(TimeQuery, U32),
    st.builds(Output, U8, st.booleans(), U32),
    st.builds(Identify, U32),
    st.just(Poll()),
)
FRAMES = st.builds(Frame, U8, BODIES)

# What the golden frames say, in the order of wire_vectors.txt.
GOLDEN: dict[str, Frame] = {
    "hello": Frame(0, Hello(0x101, 7, 9, 8, 64, 2, 1, "door-node 1.0")),
    "event": Frame(0, Event(7, 258, 1000, 0, 1, wire.Kind.DOOR, 0)),
    "event-on-a-shared-pair": Frame(32, Event(7, 0x01020304, 0xFFFFFFFF, 513, 3299, wire.Kind.BATTERY, 63)),
    "beat": Frame(0, Beat(7, 258, 3, 9, 4100, 2, 3, 1)),
    "time": Frame(1, Time(0xDEADBEEF, 123456)),
    "done": Frame(5, Done()),
    "ack": Frame(0, Ack(7, 258)),
    "describe": Frame(0, Describe()),
    "time-query": Frame(1, TimeQuery(0xDEADBEEF)),
    "output-on": Frame(0, Output(0, True, 3000)),
    "output-off": Frame(0, Output(0, False, 0)),
    "identify": Frame(0, Identify(5000)),
    "poll": Frame(5, Poll()),
}


@dataclass(frozen=True, slots=True)
class Vector:
    verdict: str
    name: str
    on_the_wire: bytes


def vectors() -> list[Vector]:
    text = Path(wire.__file__).with_name("wire_vectors.txt").read_text("ascii")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [Vector(line[0], line[1], bytes.fromhex(line[-1])) for line in lines]


@pytest.mark.parametrize("vector", [v for v in vectors() if v.verdict == "good"], ids=lambda v: v.name)
def test_a_golden_frame_is_read_and_written_to_the_byte(vector: Vector) -> None:
    assert Splitter().feed(vector.on_the_wire) == [GOLDEN[vector.name]]
    assert write(GOLDEN[vector.name]) == vector.on_the_wire


@pytest.mark.parametrize("vector", [v for v in vectors() if v.verdict == "bad"], ids=lambda v: v.name)
def test_a_golden_wrong_frame_is_noise(vector: Vector) -> None:
    [noise] = Splitter().feed(vector.on_the_wire)
    assert isinstance(noise, Noise)


def test_every_type_of_frame_has_a_golden_one() -> None:
    assert {type(frame.body) for frame in GOLDEN.values()} == set(TYPES)
    assert [v.name for v in vectors() if v.verdict == "good"] == list(GOLDEN)


@given(FRAMES)
def test_what_is_written_is_read_back(frame: Frame) -> None:
    assert Splitter().feed(write(frame)) == [frame]


@given(FRAMES)
def test_a_written_frame_holds_no_zero_but_its_end_and_fits_the_buffers(frame: Frame) -> None:
    raw = write(frame)
    assert raw.index(0) == len(raw) - 1 <= RUN_LIMIT


@given(st.lists(st.one_of(FRAMES.map(write), st.binary(max_size=150))), st.data())
def test_how_the_bytes_were_cut_makes_no_difference(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    splitter = Splitter()
    found = [
        item
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for item in splitter.feed(stream[start:end])
    ]
    assert found == Splitter().feed(stream)


@given(st.lists(st.binary(max_size=300)))
def test_no_bytes_raise_and_the_next_frame_is_read(chunks: list[bytes]) -> None:
    splitter = Splitter()
    for chunk in chunks:
        splitter.feed(chunk)
    frame = Frame(3, Ack(1, 2))
    assert splitter.feed(b"\0" + write(frame))[-1] == frame


@given(U8, U8, st.binary(max_size=60))
def test_noise_with_a_right_checksum_raises_nothing_and_has_one_spelling(kind: int, address: int, body: bytes) -> None:
    raw = seal(kind, address, body)
    [found] = Splitter().feed(raw)
    assert isinstance(found, Noise) or write(found) == raw


@given(FRAMES, st.lists(st.integers(0, 8 * RUN_LIMIT), min_size=1, max_size=3, unique=True))
def test_a_damaged_frame_is_never_accepted(frame: Frame, flips: list[int]) -> None:
    raw = bytearray(write(frame))
    body_bits = 8 * (len(raw) - 1)
    for flip in {flip % body_bits for flip in flips}:
        raw[flip // 8] ^= 1 << flip % 8
    assert all(isinstance(found, Noise) for found in Splitter().feed(bytes(raw)))


@given(FRAMES, st.data())
def test_a_frame_with_bytes_missing_is_never_accepted(frame: Frame, data: st.DataObject) -> None:
    raw = write(frame)
    start = data.draw(st.integers(0, len(raw) - 2))
    end = data.draw(st.integers(start + 1, len(raw) - 1))
    assert all(isinstance(found, Noise) for found in Splitter().feed(raw[:start] + raw[end:]))


@given(st.lists(st.binary(min_size=1, max_size=400).map(lambda raw: raw.replace(b"\0", b"\1")), min_size=1))
def test_an_over_long_run_is_one_noise_and_takes_no_memory(chunks: list[bytes]) -> None:
    splitter = Splitter()
    found = []
    for chunk in chunks:
        found += splitter.feed(chunk)
        assert len(splitter._run) <= RUN_LIMIT
    stream = b"".join(chunks)
    if len(stream) > RUN_LIMIT:
        assert found == [Noise(stream[:RUN_LIMIT], "longer than any frame")]
    else:
        assert found == []
    assert splitter.feed(b"\0" + write(Frame(0, Poll())))[-1] == Frame(0, Poll())
