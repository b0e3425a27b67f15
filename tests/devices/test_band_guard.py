"""What the replay guard lets through, and what it refuses."""

from hypothesis import given
from hypothesis import strategies as st

from devices.adverts import mac_bytes
from devices.band_guard import Forgery, Fresh, Guard, Judgement, Repeat, Sparingly
from sim.bands import BTHOME_UUID, SimulatedBand

KEY = bytes(range(16))
OTHER_KEY = bytes(16)
BAND = SimulatedBand("C0:DE:00:00:00:01", KEY)
MAC = mac_bytes(BAND.address)


def said(counter: int, celsius: float = 36.5, key: bytes = KEY) -> bytes:
    return SimulatedBand(BAND.address, key, counter=counter, celsius=celsius).said()[BTHOME_UUID]


def fresh(counter: int, celsius: float = 36.5) -> Fresh:
    return Fresh(counter, SimulatedBand(BAND.address, KEY, counter=counter, celsius=celsius).objects())


def judged(guard: Guard, *words: bytes) -> list[Judgement]:
    return [guard.judge(KEY, word) for word in words]


def test_rising_counters_are_fresh_however_far_they_jump() -> None:
    assert judged(Guard(MAC, None), said(0), said(1), said(2**32 - 1)) == [fresh(0), fresh(1), fresh(2**32 - 1)]


def test_the_same_bytes_are_a_repeat() -> None:
    assert judged(Guard(MAC, None), said(7), said(7), said(7)) == [fresh(7), Repeat(7), Repeat(7)]


def test_the_same_counter_with_other_bytes_is_a_replay() -> None:
    assert judged(Guard(MAC, None), said(7), said(7, 39.5), said(7)) == [fresh(7), Forgery.REPLAY, Repeat(7)]


def test_a_lower_counter_is_a_replay_also_near_nought() -> None:
    assert judged(Guard(MAC, None), said(9000, 39.5), said(5000), said(7), said(8999)) == [
        fresh(9000, 39.5),
        Forgery.REPLAY,
        Forgery.REPLAY,
        Forgery.REPLAY,
    ]


def test_the_counter_does_not_wrap() -> None:
    assert judged(Guard(MAC, None), said(2**32 - 1), said(0)) == [fresh(2**32 - 1), Forgery.REPLAY]


def test_garbage_with_a_high_counter_neither_passes_nor_moves_the_counter() -> None:
    garbage = b"\x41" + bytes(7) + (9001).to_bytes(4, "little") + bytes(4)
    assert judged(Guard(MAC, None), said(9000), garbage, garbage, said(5000), said(9001)) == [
        fresh(9000),
        Forgery.TAG,
        Forgery.TAG,
        Forgery.REPLAY,
        fresh(9001),
    ]


def test_plaintext_is_refused() -> None:
    assert judged(Guard(MAC, None), BAND.said_plainly()[BTHOME_UUID]) == [Forgery.PLAIN]


def test_what_is_no_frame_is_no_forgery() -> None:
    assert judged(Guard(MAC, None), b"", b"\x00", b"\x41\x00") == [None, None, None]


def test_after_a_restart_what_is_on_disk_is_a_replay() -> None:
    assert judged(Guard(MAC, 9000), said(5000), said(8999)) == [Forgery.REPLAY, Forgery.REPLAY]


def test_after_a_restart_the_very_counter_on_disk_is_presence_and_no_alarm() -> None:
    assert judged(Guard(MAC, 9000), said(9000), said(9000), said(9000, 39.5), said(9001)) == [
        Repeat(9000),
        Repeat(9000),
        Forgery.REPLAY,
        fresh(9001),
    ]


def test_after_a_kill_what_was_not_on_disk_passes_once_until_the_band_speaks() -> None:
    """Heard 9001-9003, on disk 9000: each may be played once more, rising, and none after the band's own next."""
    assert judged(Guard(MAC, 9000), said(9001), said(9003), said(9002), said(9004), said(9003)) == [
        fresh(9001),
        fresh(9003),
        Forgery.REPLAY,
        fresh(9004),
        Forgery.REPLAY,
    ]


def test_a_new_key_starts_its_counter_anew_and_old_words_cannot_be_read() -> None:
    guard = Guard(MAC, 9000)
    assert guard.judge(KEY, said(9001)) == fresh(9001)
    assert guard.judge(OTHER_KEY, said(9002)) is Forgery.TAG
    renewed = guard.judge(OTHER_KEY, said(1, key=OTHER_KEY))
    assert isinstance(renewed, Fresh)
    assert renewed.counter == 1


@given(words=st.lists(st.tuples(st.integers(0, 40), st.sampled_from([36.5, 39.5])), max_size=60))
def test_every_counter_is_fresh_at_most_once_and_only_rising(words: list[tuple[int, float]]) -> None:
    results = judged(Guard(MAC, None), *(said(counter, celsius) for counter, celsius in words))
    counters = [result.counter for result in results if isinstance(result, Fresh)]
    assert counters == sorted(set(counters))


@given(data=st.binary(max_size=40), highest=st.none() | st.integers(0, 2**32 - 1))
def test_no_bytes_raise_or_pass(data: bytes, highest: int | None) -> None:
    assert not isinstance(Guard(MAC, highest).judge(KEY, data), Fresh | Repeat)


def test_a_thing_is_said_at_once_then_once_a_window_with_how_often() -> None:
    sparingly = Sparingly(60.0)
    assert [sparingly.happened(at) for at in (0.0, 1.0, 2.0, 59.9, 60.0, 61.0)] == [1, 0, 0, 0, 4, 0]
    assert sparingly.due(119.0) == 0
    assert sparingly.due(120.0) == 1
    assert sparingly.due(500.0) == 0
