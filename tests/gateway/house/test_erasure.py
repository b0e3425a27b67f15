"""Somebody asks that what is kept of them goes: at once what is personal, the rest as soon as it is told and folded."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.reading import BandSeen
from gateway.bodies import read_body
from gateway.enact.privacy import ALERT_IS_OPEN, STAY_GOES_ON
from gateway.entries import Stream
from gateway.events.retention import ContentsDeleted, DeletedFor
from gateway.house.house import House
from gateway.households import Household, Resident
from gateway.orders.care import CareAgreed
from gateway.orders.every import AlertClosed, PersonEntered, QuarantineEnded
from gateway.orders.privacy import PersonErased
from gateway.people import Care
from gateway.registry.registrar import WAS_ERASED
from tests.gateway.house.test_forgetting import forgetting, live_through_a_stay, read_in
from tests.gateway.house.test_keeper import room
from tests.gateway.keeping import ANNA, BAND, BO, Kept
from tests.gateway.registry.registering import FLAT, OTHER, config_in, opened

NAME, PHONE, NEIGHBOUR = "王阿婆要忘记", "13800001234", "李邻居"
HOMES = {
    FLAT: Household(FLAT, people=(Resident(ANNA, NAME, PHONE, (Care.LIVES_ALONE,)), Resident(BO, NEIGHBOUR))),
    OTHER: None,
}


def erased(house: Any, subject: str = ANNA, name: str = "erase-1") -> PersonErased:
    return PersonErased(id=name, at=house.clock.now(), by="c1", subject=subject, reason="asked for it")


def knows(kept: Kept, subject: str) -> bool:
    return subject in str(
        {name: book for name, book in _books(kept).items() if name not in ("withdrawn_people", "erasing")}
    )


def _books(kept: Kept) -> dict[str, Any]:
    return {name: getattr(kept.state, name) for name in kept.state.__struct_fields__}


def test_what_has_a_legal_ground_or_must_be_seen_to_is_refused_with_words_for_it() -> None:
    kept = Kept()
    stay = kept.quarantine(ANNA)
    order = PersonErased(id="e1", at=kept.now, by="c1", subject=ANNA, reason="asked")
    assert kept.gatekeeper.order(order)[1].why == STAY_GOES_ON
    kept.order(QuarantineEnded(id="end", at=kept.now, by="d1", quarantine=stay, reason="over"))
    again = PersonErased(id="e2", at=kept.now, by="c1", subject=ANNA, reason="asked")
    assert kept.gatekeeper.order(again)[1].done
    assert not knows(kept, ANNA)
    assert kept.state.withdrawn_people.keys() == {ANNA}
    assert kept.state.erasing.keys() == {"e2"}


def test_an_agreement_ends_with_it() -> None:
    kept = Kept()
    kept.order(PersonEntered(id="p", at=kept.now, by="d1", subject=ANNA, flat="palm/b1-1-101"))
    day = kept.now.date()
    kept.order(
        CareAgreed(
            id="care-1",
            at=kept.now,
            by="d1",
            flat="palm/b1-1-101",
            subject=ANNA,
            reason="lives alone",
            agreed_by="self",
            last_day=day + timedelta(days=30),
            door=True,
        )
    )
    assert kept.state.care != {}
    kept.order(PersonErased(id="e1", at=kept.now, by="c1", subject=ANNA, reason="asked"))
    assert (kept.state.care, kept.state.lives) == ({}, {})
    assert not knows(kept, ANNA)


async def receipts_of(house: House) -> list[ContentsDeleted]:
    records = await house.journal.since(0, 10_000)
    return [read_body(record.body) for record in records if record.kind == "ContentsDeleted" and record.body]  # type: ignore[misc]  # by their kind


@pytest.mark.asyncio
async def test_one_who_asks_is_gone_from_every_file_and_nobody_else_is(tmp_path: Path) -> None:
    config, data = config_in(tmp_path), tmp_path / "data"
    async with opened(config) as (house, registrar):
        assert (await registrar.change(HOMES, "d1")).done
        result, receipts = await house.forgetting.erase(erased(house))
        assert result.done
        assert receipts == await receipts_of(house)
        assert (receipts[0].reason, receipts[0].order, receipts[0].by) == (DeletedFor.ERASED, "erase-1", "c1")
        assert receipts[0].kinds == {"HouseholdsChanged": 1, "PersonErased": 1}
        assert house.keeper.gatekeeper.state.erasing == {}
        home = registrar.get(FLAT)
        assert home is not None
        assert [person.name for person in home.people] == [NEIGHBOUR]
        assert NAME not in str(house.shown.people)
        assert (await registrar.change({FLAT: HOMES[FLAT]}, "d1")).why == WAS_ERASED
    left = {file.name for file in read_in(data, ANNA)}
    assert left == {"journal.db.forgotten"}
    async with opened(config) as (house, registrar):
        assert [person.subject for person in registrar.all()[FLAT].people] == [BO]
        assert house.keeper.gatekeeper.state.withdrawn_people.keys() == {ANNA}


@pytest.mark.asyncio
async def test_a_restored_registry_and_a_restored_journal_forget_again(tmp_path: Path) -> None:
    config, data, copy = config_in(tmp_path), tmp_path / "data", tmp_path / "copy"

    def restore_registry() -> None:
        shutil.rmtree(data / "registry")
        shutil.copytree(copy / "registry", data / "registry")

    def restore_journal() -> None:
        for file in data.glob("journal.db*"):
            if file.suffix != ".forgotten":  # whoever restores leaves the list of whom to forget
                file.unlink()
        for file in copy.glob("journal.db*"):
            shutil.copyfile(file, data / file.name)

    async with opened(config) as (house, registrar):
        assert (await registrar.change(HOMES, "d1")).done
    shutil.copytree(data, copy)
    async with opened(config) as (house, registrar):
        assert (await house.forgetting.erase(erased(house)))[0].done
    restore_registry()
    async with opened(config) as (_, registrar):  # the registry alone
        assert [person.subject for person in registrar.all()[FLAT].people] == [BO]
    restore_journal()
    restore_registry()
    async with opened(config) as (house, registrar):  # and both
        assert [person.subject for person in registrar.all()[FLAT].people] == [BO]
        assert ANNA in house.shown.people  # the old state knew them
        await house.forgetting.forget_again()
        assert ANNA not in house.shown.people
    assert {file.name for file in read_in(data, ANNA)} == {"journal.db.forgotten"}


@pytest.mark.asyncio
async def test_what_the_centre_has_not_confirmed_waits_and_goes_later(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await live_through_a_stay(here)
        at_work = forgetting(here, unheard=False)
        order = PersonErased(id="erase-1", at=here.now, by="c1", subject=ANNA, reason="asked")
        result, receipts = await at_work.erase(order)
        assert result.done
        assert receipts[0].left > 0
        assert {"DoorMoved", "TemperatureTaken", "QuarantineBegun", "PersonErased"} <= receipts[0].kinds.keys()
        assert here.keeper.gatekeeper.state.erasing.keys() == {"erase-1"}
        for stream in Stream:
            here.journal.keep_bookmark(stream, here.journal.last_of[stream])
        (last,) = await at_work.finish_erasing()
        assert last.left == 0
        assert here.keeper.gatekeeper.state.erasing == {}
        assert await at_work.finish_erasing() == []
    assert [file.name for file in read_in(tmp_path, ANNA)] == ["journal.db.forgotten"]


def test_an_open_alert_is_seen_to_first() -> None:
    kept = Kept()
    stay = kept.quarantine(ANNA, band=BAND)
    kept.hear(BAND, BandSeen(rssi=-60, counter=9, worn=True, sos=True), link="radio")
    kept.order(QuarantineEnded(id="end", at=kept.now, by="d1", quarantine=stay, reason="over"))
    (alert,) = [each for each in kept.state.alerts.values() if each.subject == ANNA]
    order = PersonErased(id="e1", at=kept.now, by="c1", subject=ANNA, reason="asked")
    assert kept.gatekeeper.order(order)[1].why == ALERT_IS_OPEN
    kept.order(AlertClosed(id="c", at=kept.now, by="d1", alert=alert.id, closing="resident_error"))
    again = PersonErased(id="e2", at=kept.now, by="c1", subject=ANNA, reason="asked")
    assert kept.gatekeeper.order(again)[1].done
    assert not knows(kept, ANNA)
