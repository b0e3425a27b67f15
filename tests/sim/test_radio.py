"""Wearers of bands: what their moods put on air, as the house's own decoder understands it."""

import random

import pytest

from devices.adverts import Advert
from devices.band_settings import Wristbands
from devices.driver import NoKeys
from devices.reading import BandSeen, ForgedSeen, Seen
from devices.wristband import WristbandDecoder
from sim.bands import bands
from sim.happenings import Mood
from sim.radio import Wearer


class OneKey(NoKeys):
    def __init__(self, device: str, key: bytes) -> None:
        self._device, self._key = device, key

    def device_key(self, device: str) -> bytes | None:
        return self._key if device == self._device else None


def heard(mood: Mood, beats: int = 6) -> list[list[Seen]]:
    """What the house makes of each beat, after one in which all was well."""
    [band] = bands(1, seed=3)
    wearer = Wearer(band, random.Random(1))
    house = WristbandDecoder(Wristbands(), OneKey(wearer.device, band.key))
    found = []
    for beat in range(beats + 1):
        if beat == 1:
            wearer.turn(mood)
        said = wearer.next_adverts()
        adverts = [Advert(each.address, each.rssi, dict(each.service_data), {}, float(beat)) for each in said]
        found.append([sighting.seen for sighting in house.feed(adverts)])
        if said:
            wearer.was_heard(float(beat))
    return found[1:]


def bands_seen(mood: Mood) -> list[BandSeen]:
    return [seen for beat in heard(mood) for seen in beat if isinstance(seen, BandSeen)]


def test_a_fever_stays_until_the_mood_turns() -> None:
    assert all(seen.celsius is not None and seen.celsius >= 38 for seen in bands_seen(Mood.FEVER))


def test_a_hot_cup_is_one_reading() -> None:
    hot = [seen.celsius is not None and seen.celsius >= 37.3 for seen in bands_seen(Mood.HOT_ONCE)]
    assert hot == [True, False, False, False, False, False]


@pytest.mark.parametrize(("mood", "said"), [(Mood.CALLS, "sos"), (Mood.FALLS, "fallen")])
def test_a_call_and_a_fall_are_said_three_times(mood: Mood, said: str) -> None:
    assert [getattr(seen, said) for seen in bands_seen(mood)] == [True, True, True, False, False, False]


def test_a_cancelled_fall_is_three_falls_and_later_short_presses() -> None:
    seen = [seen for beat in heard(Mood.CANCELS, beats=14) for seen in beat if isinstance(seen, BandSeen)]
    assert [each.fallen for each in seen] == [True] * 3 + [False] * 11
    assert [each.fine for each in seen] == [False] * 6 + [True] * 7 + [False]


def test_who_goes_to_the_gate_is_heard_there_faintly_and_then_loud() -> None:
    assert [seen.rssi > -60 for seen in bands_seen(Mood.AT_GATE)] == [False] * 5 + [True]


def test_a_band_that_is_off_measures_nothing() -> None:
    assert {(seen.worn, seen.celsius) for seen in bands_seen(Mood.TAKES_OFF)} == {(False, None)}


def test_a_silent_band_says_nothing() -> None:
    assert heard(Mood.SILENT) == [[]] * 6


@pytest.mark.parametrize(("mood", "why"), [(Mood.FORGED, "tag"), (Mood.REPLAYED, "replay")])
def test_a_forger_speaks_once_without_its_key_or_with_old_words(mood: Mood, why: str) -> None:
    first, *later = heard(mood)
    assert [seen.why for seen in first if isinstance(seen, ForgedSeen)] == [why]
    assert not [seen for beat in later for seen in beat if isinstance(seen, ForgedSeen)]


def test_what_a_listener_heard_just_before_it_died_is_said_again() -> None:
    [band] = bands(1, seed=3)
    wearer = Wearer(band, random.Random(1))
    wearer.turn(Mood.FORGED)
    wearer.was_heard(10.0)
    assert wearer.mood is Mood.WELL
    wearer.nobody_listens(11.0)
    assert wearer.mood is Mood.FORGED
    wearer.was_heard(12.0)
    wearer.nobody_listens(16.0)
    assert wearer.mood is Mood.WELL
