"""A fake house with the real gatekeeper in it: orders are judged, rules conclude, all of it is committed at once."""

from datetime import datetime

from msgspec import Struct

from devices.reading import Reading, Seen
from gateway.entries import Batch
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.gatekeeper import Gatekeeper
from gateway.orders.every import Order, OrderResult
from gateway.orders.staff import DataLookedAt
from gateway.state.state import State
from tests.gateway.pages.fake_house import START, FakeHouse


class RuledHouse(FakeHouse):
    """Its pages show what the gatekeeper wrote, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.gatekeeper = Gatekeeper(State())
        opened = HouseOpened(at=START, heard=START, version="1", epoch="e", clock_trusted=True, streams={})
        loaded = ConfigLoaded(at=START, heard=START, fingerprint="f", site=self.shown.places.site)
        for event in (opened, loaded):
            self._commit(self.gatekeeper.consider(event))

    async def order(self, order: Order) -> OrderResult:
        if isinstance(order, DataLookedAt):
            return await super().order(order)
        self.orders.append(order)
        batch, result = self.gatekeeper.order(order)
        self._commit(batch)
        return result

    def hear(self, device: str, seen: Seen) -> None:
        """A reading, now."""
        reading = Reading(at=self.now, heard=self.now, link="radio", device=device, seen=seen)
        self._commit(self.gatekeeper.receive(reading))

    def until(self, hour: datetime) -> None:
        """The hour strikes once, then."""
        self.now = hour
        self._commit(self.gatekeeper.tick(hour))

    def _commit(self, batch: Batch) -> None:
        bodies: list[Struct] = list(batch.bodies)
        for body in bodies:
            self.records.insert(0, body)
            self.tell(body)
