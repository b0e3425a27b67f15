"""Reads a radio in a test: one item at a time, with patience."""

import asyncio

from devices.adverts import Advert, Hearing, Measurement, RadioItem
from devices.driver import LinkLost
from devices.links.radio import Radio
from sim.bands import SimulatedBand
from sim.bluez import Said
from tests.bluez import PATIENCE_SECONDS


class Listener:
    """Reads a radio one item at a time, with patience."""

    def __init__(self, radio: Radio) -> None:
        self._chunks = aiter(radio)
        self._items: list[RadioItem] = []

    async def next(self) -> RadioItem:
        while not self._items:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._items = list(await anext(self._chunks))
        return self._items.pop(0)

    async def advert(self) -> Advert:
        while not isinstance(item := await self.next(), Advert):
            pass
        return item

    async def measurement(self) -> Measurement:
        while not isinstance(item := await self.next(), Measurement):
            pass
        return item

    async def hearing(self, deaf: bool) -> None:
        while await self.next() != Hearing(deaf):
            pass

    async def lost(self) -> str:
        try:
            while True:
                await self.next()
        except LinkLost as lost:
            return lost.reason


def said(band: SimulatedBand, rssi: int = -60) -> Said:
    return Said(band.address, band.said(), rssi=rssi)
