"""Change files that cannot be taken: put aside where they are none of ours, tried again where the disk is full."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.house.items import Made
from gateway.house.number_intake import NumberIntake
from gateway.orders.numbers import NumbersEntered
from gateway.passes.numbers import Medium
from gateway.registry.numbers import Change, drop
from gateway.registry.registry import open_registry
from gateway.registry.sealing import load_key
from tests.gateway.number_kit import FACILITY, KEY, READ, entry
from tests.gateway.uplink.test_uplink import until

NOW = datetime(2026, 3, 12, 2, tzinfo=UTC)


@asynccontextmanager
async def taking(folder: Path) -> AsyncIterator[list[Made]]:
    """The intake at work, and what it hands to the house."""
    made: list[Made] = []

    async def put(each: Made) -> None:
        made.append(each)

    async with open_registry(folder / "registry", folder / "registry.key") as registry:
        intake = NumberIntake(
            registry,
            folder / "incoming",
            put,
            lambda: NOW,
            registry_key=load_key(folder / "registry.key", create=False),
            house_key=KEY,
        )
        running = asyncio.create_task(intake.run())
        try:
            yield made
        finally:
            running.cancel()
            await asyncio.wait([running])


def dropped(folder: Path, key: bytes) -> Path:
    return drop(folder / "incoming", Change(by="i1", forms=(FACILITY,)), [entry(Medium.CARD)], key)


@pytest.mark.asyncio
async def test_what_is_none_of_ours_is_put_aside_and_what_comes_after_it_is_taken(tmp_path: Path) -> None:
    async with taking(tmp_path) as made:
        strange = dropped(tmp_path, b"another key of 32 bytes, a stick")
        rubbish = tmp_path / "incoming" / "rubbish.change"
        rubbish.write_bytes(b"{}]")
        ours = dropped(tmp_path, load_key(tmp_path / "registry.key", create=False))
        await until(lambda: bool(made) and not ours.exists())
    assert sorted(path.name for path in (tmp_path / "incoming").iterdir()) == sorted(
        path.with_suffix(".refused").name for path in (strange, rubbish)
    )
    (entered,) = made
    assert isinstance(entered.event, NumbersEntered)
    assert (entered.event.by, entered.event.medium, entered.event.count) == ("i1", "card", 1)
    assert entered.numbers is not None
    assert entered.numbers.card(READ.bits, READ.value) == entry(Medium.CARD)


@pytest.mark.asyncio
async def test_a_book_that_cannot_be_written_ends_nothing_and_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with taking(tmp_path) as made:
        in_the_way = tmp_path / "registry" / "numbers.fresh"
        in_the_way.mkdir()
        with caplog.at_level(logging.ERROR):
            waits = dropped(tmp_path, load_key(tmp_path / "registry.key", create=False))
            await until(lambda: "trying again" in caplog.text and str(waits) in caplog.text)
        assert made == []
        assert waits.exists()
        in_the_way.rmdir()
        await until(lambda: bool(made) and not waits.exists())
