"""After its stated time nothing of a released person can be read any more, wherever the house kept it; leaves stay."""

import hashlib
import zlib
from datetime import timedelta
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from gateway.bodies import read_body
from gateway.events.every import TemperatureTaken
from gateway.events.retention import DeletedFor, TimesOver
from gateway.house.forgetting import Forgetting
from gateway.house.items import Made
from gateway.orders.every import AlertClosed, QuarantineEnded
from gateway.orders.staff import DataLookedAt
from gateway.retention import Due, Hold, Retention, due_at
from gateway.state.state import Hot
from tests.gateway.house.test_keeper import Room, room
from tests.gateway.keeping import ANNA, BAND, BO, START, Kept

DAY = timedelta(days=1)


def test_what_a_band_said_is_kept_until_its_wearers_time_is_over() -> None:
    now = START + 100 * DAY
    held = due_at(now, Retention(), [Hold(since=START, device=BAND)])
    assert not held.covers("TemperatureTaken", START + DAY, BAND, "")
    assert held.covers("TemperatureTaken", START - DAY, BAND, "")  # of somebody who wore it before
    assert held.covers("TemperatureTaken", START + DAY, "band-9", "")
    assert held.covers("PassShown", START + DAY, BAND, "")
    assert not held.covers("PassShown", now - 30 * DAY, "", "")
    assert held.covers("PassShown", now - 31 * DAY, "", "")
    assert Due(before={}, other=now).covers("AnythingElse", now - DAY, "", "")


def forgetting(here: Room, retention: Retention | None = None, *, unheard: bool = True) -> Forgetting:
    return Forgetting(
        here.journal, here.keeper, lambda: here.now, retention or Retention(), lambda: True, unheard=unheard
    )


async def live_through_a_stay(here: Room) -> None:
    """Three days of it, with door and band, a look at the flat and a release; then it is over."""
    order = replace(here.quarantine(), band=BAND)
    assert (await here.keeper.order(order)).done
    for _ in range(3):
        here.now += DAY
        here.keeper.make(Made(TemperatureTaken(at=here.now, heard=here.now, device=BAND, celsius=36.4)))
        await here.inbox.put(here.door(True))
        await here.inbox.put(here.door(False))
        await here.turned()
    look = DataLookedAt(id="look-1", at=here.now, by="d1", what="/flat", about=ANNA)
    assert (await here.keeper.order(look)).done
    for alert in list(here.keeper.shown.alerts):
        closed = AlertClosed(id=f"c-{alert}", at=here.now, by="d1", alert=alert, closing="resident_error")
        assert (await here.keeper.order(closed)).done
    assert (await here.keeper.order(QuarantineEnded(id="e1", at=here.now, by="d1", quarantine="q1", reason="ok"))).done
    await here.settled()


async def kept_of(here: Room, *names: str) -> list[str]:
    records = await here.journal.since(0, 10_000)
    return [record.kind for record in records if record.kind in names and record.body is not None]


def read_in(folder: Path, text: str) -> list[Path]:
    """Files that still have it, also in a log or in a page that is no longer used."""
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


@pytest.mark.asyncio
async def test_after_its_time_nothing_of_a_released_person_can_be_read(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await live_through_a_stay(here)
        await here.keeper.snapshots.now()  # an old state that knows the person
        leaves = [record.leaf for record in await here.journal.since(0, 10_000)]
        released = here.now
        for days, measured in ((13, 3), (15, 0)):
            here.now = released + days * DAY
            await forgetting(here).in_time("house")
            assert len(await kept_of(here, "TemperatureTaken")) == measured
            assert (ANNA in str(here.keeper.gatekeeper.state.released)) == bool(measured)
            assert (ANNA in str(here.keeper.shown.released)) == bool(measured)
        assert await kept_of(here, "QuarantineBegun", "QuarantineEnded") == ["QuarantineBegun", "QuarantineEnded"]
        here.now = released + 91 * DAY
        await forgetting(here).in_time("house")
        assert await kept_of(here, "QuarantineBegun", "DataLookedAt") == ["DataLookedAt"]
        here.now = released + 181 * DAY
        await forgetting(here).in_time("house")
        after = await here.journal.since(0, 10_000)
        assert [record.leaf for record in after][: len(leaves)] == leaves
        assert [record.number for record in after] == list(range(1, len(after) + 1))
        assert read_in(tmp_path, ANNA) == []
        db = apsw.Connection(str(tmp_path / "journal.db"), flags=apsw.SQLITE_OPEN_READONLY)
        for (state,) in db.execute("select state from snapshot"):
            assert ANNA.encode() not in zlib.decompress(state)
        db.close()


@pytest.mark.asyncio
async def test_a_receipt_says_what_went_and_can_be_checked_against_the_leaves(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await live_through_a_stay(here)
        here.now += 20 * DAY
        (receipt,) = await forgetting(here).in_time("c1")
        assert receipt.kinds == {"DoorMoved": 6, "TemperatureTaken": 3}
        assert (receipt.count, receipt.by, receipt.reason, receipt.order) == (9, "c1", DeletedFor.TIME_OVER, "")
        assert ANNA not in str(receipt)
        assert await forgetting(here).in_time("c1") == []  # there is nothing more, and no empty receipt
        records = await here.journal.since(0, 10_000)
        digest = hashlib.sha256()
        for record in records:
            if record.body is None:
                assert (record.subject, record.place) == ("", "")
                digest.update(record.number.to_bytes(8) + record.leaf)
        assert digest.hexdigest() == receipt.digest
        (told,) = [read_body(record.body) for record in records if record.kind == "ContentsDeleted" and record.body]
        assert told == receipt


@pytest.mark.asyncio
async def test_what_a_power_cut_left_without_a_receipt_gets_one(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await live_through_a_stay(here)
        await here.keeper.snapshots.now()
        deletion = await here.journal.begin_deletion("cut", here.now, "house", DeletedFor.TIME_OVER)
        await here.journal.retain(due_at(here.now + 40 * DAY, Retention()), deletion)
    async with room(tmp_path) as here:
        receipts = await forgetting(here).in_time("house")
        assert [each.id for each in receipts] == ["cut"]
        assert receipts[0].kinds["TemperatureTaken"] == 3


@pytest.mark.asyncio
async def test_nothing_that_is_not_told_goes(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.keeper.make(Made(TemperatureTaken(at=here.now, heard=here.now, device=BAND, celsius=36.4)))
        assert (await here.keeper.order(here.quarantine())).done
        await here.inbox.put(here.door(True))  # an alert, which no centre has confirmed
        await here.turned()
        here.now += 400 * DAY
        await forgetting(here, unheard=False).in_time("house")
        assert await kept_of(here, "TemperatureTaken") == []
        assert len(await kept_of(here, "Alert")) == here.journal.last_of["alert"] > 0  # type: ignore[index]  # a StrEnum


def test_what_is_over_is_forgotten_alike_by_the_state_and_by_the_pages() -> None:
    kept = Kept()
    kept.quarantine(ANNA, days=1)
    kept.pass_time(2 * DAY, timedelta(hours=6))
    kept.quarantine(BO, band=BAND, first_day=kept.now.date(), last_day=kept.now.date() + 9 * DAY)
    kept.state.hot["band-7"] = Hot(times=(kept.now,), celsius=38.0)
    kept.state.used_codes["cti"] = kept.now - 2 * DAY
    kept.consider(TimesOver(at=kept.now, heard=kept.now, retention=Retention(measured_days=1)))
    assert (kept.state.hot, kept.state.used_codes) == ({}, {})
    assert set(kept.state.quarantines) != set()
    assert kept.state.released == {} or all(kept.now - each.at < DAY for each in kept.state.released.values())
