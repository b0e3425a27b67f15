"""Happenings that come in thousands are told by number, and what nothing waits for costs nothing."""

from collections.abc import Iterable
from datetime import timedelta

from devices.reading import ForgedSeen, Reading
from gateway.condense.counted import Counts
from gateway.events.every import DeviceForged, Event
from tests.small_site import BAND, NOON


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def counted(events: Iterable[Event]) -> list[int]:
    return [event.count for event in events if isinstance(event, DeviceForged)]


def test_each_name_waits_its_minute_in_a_place_of_its_own() -> None:
    counts = Counts()
    for number in range(1000):
        for _ in range(3):
            name = f"band-{number:012x}"
            list(counts.happened(Reading(NOON, NOON, "radio", name, ForgedSeen("tag")), 1))
    assert counts.due() == NOON + seconds(60)
    assert list(counts.tick(NOON + seconds(59))) == []
    assert counted(counts.tick(NOON + seconds(60))) == [2] * 1000
    assert counts.due() is None
    assert list(counts.tick(NOON + seconds(600))) == []


def test_a_count_waits_its_whole_minute_though_an_older_place_in_the_heap_falls_due() -> None:
    counts = Counts()
    said: list[int] = []
    for after in (0, 1, 60, 61):
        at = NOON + seconds(after)
        said += counted(counts.happened(Reading(at, at, "radio", BAND, ForgedSeen("tag")), 1))
    assert said == [1, 2]
    assert list(counts.tick(NOON + seconds(62))) == []
    assert counted(counts.tick(NOON + seconds(120))) == [1]
