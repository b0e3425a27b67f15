"""One band, several receivers: one advert is one reading whoever hears it first, and no copy of it is a forgery."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from devices.adverts import Advert
from devices.band_guard import LATE_SECONDS
from devices.band_settings import Wristbands
from devices.reading import BandSeen, ForgedSeen
from devices.wristband import WristbandDecoder
from sim.bands import SimulatedBand
from tests.devices.band_cases import ADDRESS, DEVICE, KEY, Keys


def receivers(count: int, keys: Keys | None = None) -> list[WristbandDecoder]:
    house = keys or Keys({DEVICE: KEY})
    return [WristbandDecoder(Wristbands(), house) for _ in range(count)]


def advert(counter: int, at: float = 0.0, rssi: int = -60, celsius: float = 36.6) -> Advert:
    return Advert(ADDRESS, rssi, SimulatedBand(ADDRESS, KEY, counter, celsius).said(), {}, at)


def said(receiver: WristbandDecoder, *adverts: Advert) -> list[object]:
    return [each.seen for each in receiver.feed(adverts)]


def fresh(counter: int, rssi: int = -60) -> BandSeen:
    return BandSeen(rssi, counter, 36.6, worn=True, battery_percent=90)


def test_the_second_and_third_copy_are_presence_each_with_its_own_strength() -> None:
    near, far, gate = receivers(3)
    assert said(near, advert(7)) == [fresh(7)]
    assert said(far, advert(7, 0.1, -80)) == [BandSeen(-80, 7, repeat=True)]
    assert said(gate, advert(7, 0.2, -90)) == [BandSeen(-90, 7, repeat=True)]


def test_a_late_copy_of_what_was_heard_is_presence_and_no_forgery() -> None:
    near, far = receivers(2)
    said(near, advert(7), advert(8, 2.0), advert(9, 4.0))
    assert said(far, advert(7, 4.5), advert(8, 4.6), advert(9, 4.7)) == [
        BandSeen(-60, counter, repeat=True) for counter in (7, 8, 9)
    ]


def test_a_late_advert_that_nobody_else_heard_is_presence_and_no_measurement() -> None:
    near, far = receivers(2)
    said(near, advert(7), advert(9, 4.0))
    assert said(far, advert(8, 4.5)) == [BandSeen(-60, 8, repeat=True)]
    assert said(near, advert(10, 6.0)) == [fresh(10)]


def test_what_is_later_than_that_is_a_replay() -> None:
    near, far, further = receivers(3)
    said(near, advert(7), advert(8, 2.0), advert(9, 2.5 + LATE_SECONDS))
    assert said(far, advert(7, 2.6 + LATE_SECONDS)) == [ForgedSeen("replay")]
    assert said(further, advert(5, 2.6 + LATE_SECONDS)) == []  # told a moment ago: one alarm for the band, with a count


def test_recorded_at_one_receiver_it_is_a_replay_at_every_other() -> None:
    near, far = receivers(2)
    said(near, *(advert(counter, counter * 2.0) for counter in range(100)))
    assert said(far, advert(40, 200.0, celsius=39.5)) == [ForgedSeen("replay")]


def test_a_receiver_that_goes_back_in_its_own_order_plays_old_words() -> None:
    near, _ = receivers(2)
    said(near, advert(7), advert(9, 4.0))
    assert said(near, advert(8, 4.5)) == [ForgedSeen("replay")]


def test_the_counter_of_a_moment_ago_with_other_bytes_is_a_replay_at_any_receiver() -> None:
    near, far = receivers(2)
    said(near, advert(7), advert(8, 2.0))
    assert said(far, advert(7, 2.5, celsius=39.5)) == [ForgedSeen("replay")]


def test_a_receiver_opened_anew_remembers_what_was_heard_before() -> None:
    keys = Keys({DEVICE: KEY})
    [before] = receivers(1, keys)
    said(before, *(advert(counter, counter * 2.0) for counter in range(20)))
    [after] = receivers(1, keys)
    assert said(after, advert(19, 39.0), advert(3, 40.0)) == [BandSeen(-60, 19, repeat=True), ForgedSeen("replay")]


@given(
    delays=st.lists(st.floats(0.0, LATE_SECONDS - 2.5), min_size=3, max_size=3),
    lost=st.sets(st.sampled_from(list(product(range(3), range(40))))),
)
def test_with_any_delays_and_losses_each_counter_is_fresh_at_most_once_and_nothing_is_forged(
    delays: list[float], lost: set[tuple[int, int]]
) -> None:
    ears = receivers(3)
    arrivals = sorted(
        (counter * 2.0 + delays[ear], ear, counter)
        for ear, counter in product(range(3), range(40))
        if (ear, counter) not in lost
    )
    seen = [one for at, ear, counter in arrivals for one in said(ears[ear], advert(counter, at))]
    assert all(isinstance(one, BandSeen) for one in seen)
    assert len(seen) == len(arrivals)
    counters = [one.counter for one in seen if isinstance(one, BandSeen) and not one.repeat]
    assert counters == sorted(set(counters))
