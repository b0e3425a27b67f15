"""PINs to be checked in, whether they are right out; a bounded number at once, however many try.

Each check takes 19 MiB and a core for a moment (gateway/staff/pins.py): two at once, a few in the queue, and the rest
is sent away, so that a flood of log-ins cannot eat a Raspberry Pi's memory, nor keep a member waiting for long.
"""

import asyncio

from starlette.exceptions import HTTPException

from gateway.pages.access import Member, Staff

AT_ONCE = 2
MOST_WAITING = 16


class PinDesk:
    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def verify(self, staff: Staff, member: str, pin: str) -> bool:
        """Raises HTTPException(503) where too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise HTTPException(503, headers={"Retry-After": "2"})
        self._waiting += 1
        try:
            async with self._places:
                return await asyncio.to_thread(staff.verify, member, pin)
        finally:
            self._waiting -= 1

    async def keep_anew(self, staff: Staff, member: str, pin: str) -> None:
        async with self._places:
            await staff.keep_anew(member, pin)

    async def put(self, staff: Staff, member: Member, pin: str) -> None:
        """Raises ValueError for what is no PIN."""
        async with self._places:
            await staff.put(member, pin)
