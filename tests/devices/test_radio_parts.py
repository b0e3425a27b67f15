"""The recovery ladder and the advert buffer, with neither clock nor radio."""

from devices.adverts import Advert, Coalesced, Hearing, Measurement, RadioItem
from devices.links.advert_buffer import AdvertBuffer
from devices.links.ladder import Ladder, Rung


def advert(number: int, rssi: int = -60) -> Advert:
    return Advert(f"C0:DE:00:00:00:{number:02X}", rssi, {}, {}, 0.0)


def filled(buffer: AdvertBuffer, *items: RadioItem) -> AdvertBuffer:
    for item in items:
        buffer.put(item)
    return buffer


def test_the_reader_is_woken_once_for_a_batch() -> None:
    woken: list[int] = []
    buffer = AdvertBuffer(100, lambda: woken.append(1))
    filled(buffer, advert(1), advert(2), advert(3))
    assert (buffer.take(100), len(woken)) == ((advert(1), advert(2), advert(3)), 1)
    filled(buffer, advert(4))
    assert (buffer.take(100), buffer.take(100), len(woken)) == ((advert(4),), (), 2)


def test_a_batch_has_a_greatest_size_and_the_rest_stays_in_order() -> None:
    buffer = filled(AdvertBuffer(100, lambda: None), *map(advert, range(5)))
    assert [buffer.take(2), buffer.take(2), buffer.take(2)] == [
        (advert(0), advert(1)),
        (advert(2), advert(3)),
        (advert(4),),
    ]


def test_a_slow_reader_gets_the_newest_of_each_band_and_the_count_of_the_others() -> None:
    buffer = filled(AdvertBuffer(6, lambda: None), *(advert(at % 2, rssi=-at) for at in range(6)))
    assert buffer.take(100) == (Coalesced(4), advert(0, rssi=-4), advert(1, rssi=-5))
    assert buffer.take(100) == ()


def test_measurements_and_the_radios_own_words_never_give_way() -> None:
    hot = Measurement("C0:DE:00:00:00:09", -50, b"\x00", 0.0)
    buffer = filled(AdvertBuffer(5, lambda: None), Hearing(True), hot, advert(1), advert(1, -61), advert(1, -62))
    assert buffer.take(100) == (Coalesced(2), Hearing(True), hot, advert(1, -62))


def test_a_flood_of_new_addresses_stays_bounded_and_every_advert_is_accounted_for() -> None:
    buffer = filled(AdvertBuffer(10, lambda: None), *map(advert, range(200)))
    assert len(buffer) < 10
    coalesced, *kept = buffer.take(100)
    assert isinstance(coalesced, Coalesced)
    assert coalesced.count + len(kept) == 200
    assert kept[-1] == advert(199)


def test_the_ladder_tries_a_new_scanner_then_a_power_cycle_then_calls_the_radio_deaf() -> None:
    ladder = Ladder(90.0, 3600.0)
    climbed = [(ladder.patience_seconds, ladder.climb(), ladder.deaf) for _ in range(4)]
    assert climbed == [
        (90.0, Rung.RESTART, False),
        (90.0, Rung.POWER_CYCLE, False),
        (90.0, Rung.RESTART, True),
        (180.0, Rung.POWER_CYCLE, True),
    ]


def test_a_deaf_radio_is_tried_ever_more_seldom_down_to_once_an_hour() -> None:
    ladder = Ladder(90.0, 3600.0)
    waits = [(ladder.patience_seconds, ladder.climb())[0] for _ in range(2000)]
    assert waits[2:10] == [90.0, 180.0, 360.0, 720.0, 1440.0, 2880.0, 3600.0, 3600.0]
    assert waits[-1] == 3600.0


def test_one_advert_puts_the_ladder_back_to_its_foot() -> None:
    ladder = Ladder(90.0, 3600.0)
    for _ in range(7):
        ladder.climb()
    ladder.heard()
    assert (ladder.deaf, ladder.patience_seconds, ladder.climb()) == (False, 90.0, Rung.RESTART)
