"""Looks that are on record in; the camera's newest picture out, for as long as each lasts.

Floor 7. Nothing is seen before the order for it is on disk, and nothing of what is seen is written anywhere. A look
ends by its seconds on the steady clock, whatever happens to the hour; a restart ends it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from devices.links.glimpses import GLIMPSES, Glimpses
from gateway.compound import Places
from gateway.config.plan import LinkPlan
from gateway.entries import Entry
from gateway.events.every import ClockSet
from gateway.orders.gate import LookAsked, LookEnded

log = logging.getLogger(__name__)


class LookHands:
    """`links`: a camera's has its address as `source` in its settings. `now`: the hour is written on each picture."""

    def __init__(
        self,
        links: Iterable[LinkPlan],
        places: Callable[[], Places],
        now: Callable[[], datetime],
        glimpses: Glimpses = GLIMPSES,
    ) -> None:
        self._sources = {link.name: str(getattr(link.settings, "source", "")) for link in links}
        self._places = places
        self._now = now
        self._glimpses = glimpses
        self._looks: dict[str, str] = {}  # look -> the camera's address

    def committed(self, entry: Entry, body: Struct) -> None:
        """An entry is on disk."""
        match body:
            case LookAsked():
                device = self._places().devices.get(body.camera)
                source = self._sources.get(device.link, "") if device is not None else ""
                if source:
                    log.info("%s: %s looks through the camera for %d s", body.lane, body.by, body.seconds)
                    self._looks[body.id] = source
                    self._glimpses.open(source)
                    asyncio.get_running_loop().call_later(body.seconds, self._end, body.id)
            case LookEnded():
                self._end(body.look)
            case ClockSet():
                for look in list(self._looks):
                    self._end(look)
            case _:
                pass

    async def picture(self, look: str) -> bytes | None:
        """A JPEG of now; None where this look is over, or never was."""
        source = self._looks.get(look)
        if source is None:
            return None
        return await asyncio.to_thread(self._draw, source, self._hour())

    def _draw(self, source: str, hour: str) -> bytes:
        from devices.links.picture import picture  # loads OpenCV, which a house without cameras does not need

        return picture(self._glimpses.newest(source), hour)

    def _hour(self) -> str:
        """The first compound's, as on the pages."""
        zones = [ZoneInfo(each.timezone) for each in self._places().compounds.values()]
        return self._now().astimezone(zones[0]).strftime("%Y-%m-%d %H:%M:%S")

    def _end(self, look: str) -> None:
        source = self._looks.pop(look, None)
        if source is not None and source not in self._looks.values():
            self._glimpses.shut(source)
