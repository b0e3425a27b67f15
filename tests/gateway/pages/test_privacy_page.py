"""The chief's page of privacy: a person is erased after a confirmation, refused in words, and the receipt is shown."""

from pathlib import Path

import pytest

from gateway.enact.privacy import STAY_GOES_ON
from gateway.events.retention import ContentsDeleted, DeletedFor
from gateway.orders.every import OrderResult
from gateway.orders.privacy import PersonErased
from tests.gateway.pages.browsing import log_in, token_of
from tests.gateway.pages.fake_house import CHIEF, OFFICER, START
from tests.gateway.pages.registered import registered_pages

WHO = "5afe000000000001"


class FakeForgetting:
    """Writes down what it was asked, and answers as told."""

    def __init__(self, why: str = "") -> None:
        self.asked: list[PersonErased] = []
        self.why = why

    async def in_time(self, by: str) -> list[ContentsDeleted]:
        return []

    async def due_now(self) -> dict[str, int]:
        return {}

    async def erase(self, order: PersonErased) -> tuple[OrderResult, list[ContentsDeleted]]:
        self.asked.append(order)
        return OrderResult(order=order.id, done=not self.why, why=self.why), [] if self.why else [receipt(order.by)]


def receipt(by: str) -> ContentsDeleted:
    return ContentsDeleted(
        id="0123abcd",
        at=START,
        heard=START,
        by=by,
        reason=DeletedFor.ERASED,
        kinds={"Decision": 3},
        first=4,
        last=9,
        digest="00" * 32,
    )


@pytest.mark.asyncio
async def test_the_chief_erases_somebody_after_saying_that_they_are_sure(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar), pages.browser() as browser:
        forgetting = registrar.forgetting = FakeForgetting()
        await log_in(browser, CHIEF)
        form = {"csrf": await token_of(browser), "order": "0" * 32, "subject": WHO, "reason": "asked for it"}
        assert (await browser.post("/privacy/erase", data=form)).status_code == 400
        assert (await browser.post("/privacy/erase", data=form | {"sure": "on", "subject": ""})).status_code == 400
        assert forgetting.asked == []
        assert (await browser.post("/privacy/erase", data=form | {"sure": "on"})).status_code == 303
        (order,) = forgetting.asked
        assert (order.id, order.subject, order.by, order.reason) == ("0" * 32, WHO, CHIEF.id, "asked for it")
        pages.house.records.append(receipt(CHIEF.id))
        text = (await browser.get("/privacy?lang=en")).text
        assert "0123abcd" in text
        assert "asked for" in text
        assert WHO not in text


@pytest.mark.asyncio
async def test_what_must_stay_is_refused_in_words_and_nobody_but_the_chief_may_ask(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar), pages.browser() as browser:
        registrar.forgetting = FakeForgetting(STAY_GOES_ON)
        await log_in(browser, CHIEF)
        form = {"csrf": await token_of(browser), "order": "0" * 32, "subject": WHO, "reason": "asked", "sure": "on"}
        refused = await browser.post("/privacy/erase", data=form)
        assert refused.status_code == 409
        assert "隔离还没结束" in refused.text
    (tmp_path / "other").mkdir()
    async with registered_pages(tmp_path / "other") as (pages, _), pages.browser() as browser:
        await log_in(browser, OFFICER)
        assert (await browser.post("/privacy/erase", data=form | {"csrf": await token_of(browser)})).status_code == 403
