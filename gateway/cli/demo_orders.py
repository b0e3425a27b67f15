"""What a round needs of the centre in; its orders over MQTT out: quarantines, service windows, withdrawn passes.

And what residents ask for by the code on their door: granted, taken and delivered by the street's office.
"""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.cli.demo_desk import Desk, Refused
from gateway.kinds import Kind

STAY_DAYS: Final = 7
GROUND: Final = "street order 2026-17: home observation"
AT_LANES: Final = frozenset({Kind.QUARANTINED_PERSON_LEFT, Kind.QUARANTINED_PERSON_AT_GATE, Kind.BAND_AT_GATE})
BRINGS_WITHIN: Final = timedelta(minutes=30)


log = logging.getLogger(__name__)


class StayWanted(Struct, frozen=True, kw_only=True):
    flat: str
    subject: str
    band: str
    window: bool


class Office:
    """The street's office: gives the orders of each round, and ends what the round before has left."""

    def __init__(self, desk: Desk, gw: str, timezone: str) -> None:
        self._desk = desk
        self._gw = gw
        self._zone = ZoneInfo(timezone)
        self._stays: dict[str, str] = {}  # flat -> id of the order that began its stay

    async def begin(self, number: int, stays: Sequence[StayWanted], withdrawn: Iterable[str]) -> None:
        """Raises demo_desk.Refused, TimeoutError."""
        flats = {stay.flat for stay in stays}
        old = [alert for alert in self._desk.open_alerts() if alert.place in flats or alert.kind in AT_LANES]
        await together(
            self._desk.order(f"{self._gw}-{number}-close-{index}", "close", alert=alert.alert, closing="drill")
            for index, alert in enumerate(old)
        )
        await together(
            self._desk.order(
                f"{self._gw}-{number}-end-{index}",
                "end_quarantine",
                quarantine=self._stays.pop(flat),
                reason="observation is over",
            )
            for index, flat in enumerate(sorted(flats & self._stays.keys()))
        )
        await together(self._begin(number, stay) for stay in stays)
        await together(
            self._desk.order(f"{self._gw}-{number}-{cti}", "withdraw_pass", cti=cti, reason="reported lost")
            for cti in withdrawn
        )

    async def bring(self) -> None:
        """For ever: what is asked for at a door is granted, and stands before it a moment later."""
        while True:
            asked = await self._desk.asked.get()
            now = datetime.now(self._zone)
            steps: tuple[tuple[str, dict[str, object]], ...] = (
                ("approve_service", {"opens": now, "closes": now + BRINGS_WITHIN}),
                ("take_service", {}),
                ("deliver_service", {}),
            )
            try:
                for order, hours in steps:
                    id_ = f"{order}-{asked.request}"
                    await self._desk.order(id_, order, request=asked.request, **hours)
            except Refused as refused:  # somebody on the pages was quicker
                log.info("%s", refused)

    async def _begin(self, number: int, stay: StayWanted) -> None:
        id_ = self._stays[stay.flat] = f"{self._gw}-{number}-stay-{stay.band}"
        now = datetime.now(self._zone)
        await self._desk.order(
            id_,
            "begin_quarantine",
            flat=stay.flat,
            subject=stay.subject,
            ground=GROUND,
            first_day=now.date(),
            last_day=now.date() + timedelta(days=STAY_DAYS),
            band=stay.band,
        )
        if stay.window:
            opens, closes = now - timedelta(seconds=1), now + timedelta(hours=1)
            await self._desk.order(
                f"{id_}-window", "open_window", flat=stay.flat, opens=opens, closes=closes, purpose="meals"
            )


async def together(work: Iterable[Awaitable[None]]) -> None:
    """All of it at once; the first failure ends the others."""

    async def one(each: Awaitable[None]) -> None:
        await each

    async with asyncio.TaskGroup() as tasks:
        for each in work:
            tasks.create_task(one(each), name="order")
