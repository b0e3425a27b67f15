"""A house in, its road to the centre out: link, sender, herald and listener, run as tasks of the house.

Floor 7.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from devices.mqtt.client import Mqtt
from devices.watch import HouseClock
from gateway.config.plan import Plan
from gateway.house.keeper import Keeper
from gateway.journal.journal import Journal
from gateway.outbox import Outbox
from gateway.uplink.listen import Listener
from gateway.uplink.status import Herald, will
from gateway.uplink.uplink import Uplink
from gateway.view import UNCONFIRMED, House

log = logging.getLogger(__name__)

FAREWELL_SECONDS = 0.5


class OldCopy(Exception):
    """The journal is an old copy of one that went on; started again, it begins a new epoch."""


@dataclass(slots=True)
class Road:
    """The uplink's parts."""

    mqtt: Mqtt
    uplink: Uplink
    herald: Herald
    listener: Listener
    journal: Journal

    def tasks(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What the house runs for it, by name."""
        return {
            "uplink": self.uplink.run(),
            "centre's word": self.listener.run(),
            "herald": self.herald.run(),
            "epoch": self._renew_epoch(),
        }

    @property
    def trouble(self) -> str:
        """A word of `devices.mqtt.Trouble`, or UNCONFIRMED; empty while all is well."""
        if (trouble := self.mqtt.trouble) is not None:
            return str(trouble)
        return UNCONFIRMED if self.uplink.unanswered else ""

    async def farewell(self) -> None:
        """The house closes of its own will: say so, if the broker answers soon."""
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.herald.farewell()
        except TimeoutError:
            log.info("uplink: no answer to the farewell; the last will speaks for us")

    async def _renew_epoch(self) -> None:
        """The centre knows more of this journal than it does itself: it is an old copy. End; begin anew as another.

        Not so in an epoch that began with this start: nobody has a copy of it, so whoever says that lies, or is
        confused, and would end the house again and again.
        """
        await self.uplink.new_epoch_needed.wait()
        if self.journal.epoch.is_new:
            log.critical(
                "uplink: somebody acknowledges what was never numbered; not followed, this epoch has just begun"
            )
            return
        await self.journal.renew_epoch()
        raise OldCopy(str(self.journal.path))


async def build_road(
    walls: AsyncExitStack,
    plan: Plan,
    house: House,
    *,
    keeper: Keeper,
    outbox: Outbox,
    journal: Journal,
    clock: HouseClock,
    version: str,
    take_trust: Callable[[bytes], Awaitable[str]],
) -> Road | None:
    """The road of this plan, its link entered into `walls`; None where the plan has none."""
    section = plan.config.uplink
    if section is None:
        return None
    gw = plan.config.gateway.id
    mqtt = await walls.enter_async_context(Mqtt(section.broker, subscribe=Listener.filters(gw), will=will(gw)))
    uplink = Uplink(
        mqtt,
        outbox,
        gw=gw,
        places=lambda: house.shown.places,
        now=clock.now,
        confirmed_by_broker=section.confirm == "broker",
    )
    herald = Herald(
        mqtt,
        outbox,
        house,
        gw=gw,
        version=version,
        data=plan.config.gateway.data,
        last_heard=keeper.last_heard,
    )
    listener = Listener(
        mqtt,
        uplink,
        gw=gw,
        ask=house.order,
        take_trust=take_trust,
        now=clock.now,
        clock_trusted=lambda: keeper.gatekeeper.state.clock_trusted,
    )
    keeper.listen(uplink.committed)
    keeper.listen(herald.committed)
    return Road(mqtt, uplink, herald, listener, journal)
