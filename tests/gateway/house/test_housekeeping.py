"""Which hours a house believes, and that a clock which leaps lets nobody go and forgets nothing."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from devices.inbox import Inbox
from devices.watch import HouseClock
from gateway.events.every import ClockSet, HouseOpened
from gateway.gatekeeper import Gatekeeper
from gateway.house.housekeeping import LONGEST_ABSENCE, keep_time, makes_sense
from gateway.house.items import Item, Made
from gateway.state.state import freeze, thaw
from tests.small_site import NOON, opened, quarantine

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "sure", "believed"),
    [
        (NEVER, NEVER, False),
        (NEVER, NOON, False),
        (NOON, NEVER, True),
        (NOON, NOON, True),
        (NOON - timedelta(days=1), NOON, True),  # whether it is behind is for the clock to say
        (NOON + LONGEST_ABSENCE, NOON, True),
        (NOON + LONGEST_ABSENCE + timedelta(seconds=1), NOON, False),
        (FAR_AHEAD, NOON, False),
        (FAR_AHEAD, NEVER, False),
    ],
)
def test_which_hour_is_believed(now: datetime, sure: datetime, believed: bool) -> None:
    assert makes_sense(now, sure) is believed


def reopened(before: Gatekeeper, at: datetime) -> Gatekeeper:
    """As house.py opens it: the same memory, and the wall clock's word only if it makes sense."""
    house = Gatekeeper(thaw(freeze(before.state)))
    trusted = makes_sense(at, house.state.sure)
    house.consider(HouseOpened(at=at, heard=at, version="test", epoch="e0", clock_trusted=trusted))
    return house


def test_nobody_is_let_go_by_a_clock_that_leaps_ahead_while_the_house_is_closed() -> None:
    house = opened()
    house.order(quarantine())
    for _ in range(3):  # and starting it again does not make the hour any likelier
        house = reopened(house, FAR_AHEAD)
        assert not house.state.clock_trusted
        house.tick(FAR_AHEAD + timedelta(days=1))
        assert list(house.state.quarantines) == ["stay-1"]
        assert house.state.sure == NOON
    right = NOON + timedelta(minutes=5)
    seconds = (right - house.state.heard).total_seconds()
    house.consider(ClockSet(at=right, heard=right, seconds=seconds, clock_trusted=makes_sense(right, house.state.sure)))
    assert house.state.clock_trusted
    assert house.state.heard == house.state.sure == right
    house.tick(right + timedelta(days=15))
    assert house.state.quarantines == {}


@pytest.mark.asyncio
async def test_an_hour_may_become_believable_though_nobody_touches_the_clock() -> None:
    """As when the centre sends a trust list of today after half a year without."""
    inbox: Inbox[Item] = Inbox(10)
    clock = HouseClock()
    asked: list[datetime] = []

    def believed(now: datetime) -> bool:
        asked.append(now)
        return len(asked) == 2

    keeping = asyncio.create_task(keep_time(clock, inbox, believed, trusted=lambda: len(asked) >= 2))
    async with asyncio.timeout(30):
        await inbox.some()
    (item,) = inbox.take(10)
    keeping.cancel()
    assert isinstance(item, Made)
    assert isinstance(item.event, ClockSet)
    assert (item.event.seconds, item.event.clock_trusted) == (0.0, True)
    assert len(asked) == 2
