"""A fake house with a real registry, for the pages that show and change it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.entries import Entry, EntryClass
from gateway.households import ORIGINS
from gateway.orders.every import Order, OrderResult
from gateway.registry.registrar import Registrar
from gateway.registry.registry import open_registry
from tests.gateway.pages.browsing import SETTINGS, Pages, make_pages
from tests.gateway.pages.fake_house import FakeHouse


@asynccontextmanager
async def registered_pages(folder: Path, house: FakeHouse | None = None) -> AsyncIterator[tuple[Pages, Registrar]]:
    house = house or FakeHouse()
    async with (
        open_registry(folder / "registry", folder / "key") as registry,
        open_registry(folder / "box", folder / "key") as box,
    ):

        async def order(given: Order) -> OrderResult:
            result = await house.order(given)
            if result.done:
                number = house.shown.number
                entry = Entry(number, house.now, house.now, type(given).__name__, EntryClass.INPUT, b"")
                registrar.committed(entry, given)
            return result

        registrar = Registrar(
            registry,
            box,
            order,
            lambda: house.now,
            lambda: house.shown.places,
            frozenset(each.id for each in ORIGINS),
        )
        yield make_pages(house, SETTINGS, registrar), registrar
