"""What must not wait goes before thousands of adverts; each line keeps its order and its bound."""

import asyncio

import pytest

from devices.inbox import Inbox
from devices.reading import AliveSeen, BandSeen, CodeSeen, DoorSeen, LinkSeen, Seen, can_wait


@pytest.mark.parametrize(
    ("seen", "waits"),
    [
        (BandSeen(rssi=-60, celsius=36.5), True),
        (BandSeen(rssi=-60, repeat=True), True),
        (BandSeen(rssi=-60, sos=True), False),
        (BandSeen(rssi=-60, fallen=True), False),
        (BandSeen(rssi=-60, fine=True), False),
        (DoorSeen(open=True), False),
        (AliveSeen(open=False), False),  # behind its door's word it would contradict it
        (CodeSeen("MS1:X"), False),
        (LinkSeen(open=False), False),
    ],
)
def test_only_adverts_that_call_nobody_can_wait(seen: Seen, waits: bool) -> None:
    assert can_wait(seen) is waits


@pytest.mark.asyncio
async def test_a_call_goes_before_adverts_and_neither_line_starves_the_other() -> None:
    inbox: Inbox[str] = Inbox(5000)
    for number in range(3000):
        await inbox.put(f"advert {number}", can_wait=True)
    for number in range(40):
        await inbox.put(f"call {number}")
    first = inbox.take(30, 20)
    assert first == [*(f"call {n}" for n in range(30)), *(f"advert {n}" for n in range(20))]
    second = inbox.take(30, 20)
    assert second == [*(f"call {n}" for n in range(30, 40)), *(f"advert {n}" for n in range(20, 40))]
    assert len(inbox) == 3000 - 40
    assert inbox.take_all() == [f"advert {n}" for n in range(40, 3000)]


@pytest.mark.asyncio
async def test_adverts_that_fill_their_line_keep_no_door_out() -> None:
    inbox: Inbox[str] = Inbox(2)
    for _ in range(2):
        await inbox.put("advert", can_wait=True)
    late = asyncio.create_task(inbox.put("late advert", can_wait=True))
    await inbox.put("door")
    await asyncio.sleep(0)
    assert not late.done()
    assert inbox.take(10, 10) == ["door", "advert", "advert"]
    await asyncio.wait_for(late, 30)
    assert inbox.take_all() == ["late advert"]
