"""Who is called, what is held, put aside or set off by installers: seen on the page, and ordered from it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.calling import Calling, Responder, ResponderRole
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.orders.alerts import AlertAssigned, AlertShelved, WorkBegun, WorkEnded
from tests.gateway.pages.browsing import fed, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, alert


@pytest.mark.asyncio
async def test_the_held_stand_under_what_holds_them_and_one_happening_stands_together() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.RADIO_DEAF, 1))
    for number in (2, 3):
        pages.house.tell(replace(alert(Kind.BAND_SILENT, number), parent="e/1"))
    pages.house.tell(replace(alert(Kind.FALL, 4), case="e/4"))
    pages.house.tell(replace(alert(Kind.BATTERY_LOW, 5), case="e/4"))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts?lang=en")).text
    order = [part.split('"', 1)[0] for part in text.split('data-testid="alert" data-alert="')[1:]]
    assert order == ["e/4", "e/5", "e/1"]
    assert "Stands for 2" in text
    assert text.count("Same happening · 2") == 2


@pytest.mark.asyncio
async def test_who_is_called_and_by_when_and_how_often_nobody_came() -> None:
    pages = make_pages()
    pages.house.shown.calling = Calling(responders=(Responder("g1", ResponderRole.BUILDING_HEAD),))
    due = pages.house.now + timedelta(minutes=2)
    pages.house.tell(replace(alert(Kind.FALL, 1), assigned_to="d1", due_at=due, escalated=2))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts?lang=en")).text
        assert "Overdue ×2" in text
        assert f'data-until="{due.isoformat()}"' in text
        data = {"csrf": await token_of(browser), "alert": "e/1", "to": "g1"}
        await browser.post("/alerts/assign", data=data)
        assert (await browser.post("/alerts/assign", data=data | {"to": ""})).status_code == 400
    [order] = pages.house.orders
    assert isinstance(order, AlertAssigned)
    assert (order.by, order.alert, order.to) == ("d1", "e/1", "g1")


@pytest.mark.asyncio
async def test_put_aside_for_a_while_and_for_a_reason() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.DOOR_SILENT, 1))
    pages.house.tell(alert(Kind.HELP_CALLED, 2))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts")).text
        assert text.count('data-testid="shelve-60"') == 1  # a call for help is never put aside
        data = {"csrf": await token_of(browser), "alert": "e/1", "minutes": "60", "reason": "battery ordered"}
        await browser.post("/alerts/shelve", data=data)
        for wrong in ({"minutes": "0"}, {"minutes": "1441"}, {"reason": " "}):
            assert (await browser.post("/alerts/shelve", data=data | wrong)).status_code == 400
    [order] = pages.house.orders
    assert isinstance(order, AlertShelved)
    assert (order.until - order.at, order.reason) == (timedelta(hours=1), "battery ordered")


@pytest.mark.asyncio
async def test_a_guard_puts_nothing_aside() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FALL, 1))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "alert": "e/1", "minutes": "60", "reason": "r", "to": "x"}
        for path in ("/alerts/shelve", "/alerts/assign", "/work-mode/begin", "/work-mode/end"):
            assert (await browser.post(path, data=data)).status_code == 403
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_an_installer_begins_work_and_everybody_sees_it_until_it_is_done() -> None:
    pages = make_pages()
    building = next(iter(pages.house.shown.places.buildings))
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, INSTALLER)
        data = {"csrf": await token_of(browser), "where": building, "minutes": "60", "reason": "new sensors"}
        await browser.post("/work-mode/begin", data=data)
        text = (await browser.get("/work-mode?lang=en")).text
        assert "new sensors" in text
        [begun] = pages.house.orders
        assert isinstance(begun, WorkBegun)
        assert (begun.places, begun.until - begun.at) == ((building,), timedelta(hours=1))
        assert 'data-testid="at-work"' in (await browser.get("/alerts")).text
        await browser.post("/work-mode/end", data=data | {"work": begun.id})
        assert 'data-testid="no-work"' in (await browser.get("/work-mode")).text
        assert 'data-testid="at-work"' not in (await browser.get("/alerts")).text
    assert isinstance(pages.house.orders[-1], WorkEnded)


@pytest.mark.asyncio
async def test_many_at_once_are_called_a_flood() -> None:
    pages = make_pages()
    for number in range(1, 12):
        pages.house.tell(replace(alert(Kind.BATTERY_LOW, number), changed_at=pages.house.now))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        text = (await browser.get("/alerts?lang=en")).text
    assert 'data-testid="flood"' in text
    assert "New in ten minutes: 11" in text


@pytest.mark.asyncio
async def test_the_figures_of_the_last_days_as_a_page_and_as_a_table() -> None:
    pages = make_pages()
    raised = alert(Kind.FALL, 1)
    taken = replace(
        raised,
        revision=2,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by="d1",
        acknowledged_at=raised.raised_at + timedelta(minutes=3),
    )
    pages.house.records = [taken, raised]
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        page = await browser.get("/alerts/report?days=7&lang=en")
        table = await browser.get("/alerts/report.csv?days=x")
    assert page.status_code == table.status_code == 200
    assert "nine in ten within <b>3.0</b>" in page.text
    assert "kind,fall,1" in table.text
    assert table.text.startswith("\ufefffigure,raised,1")


@pytest.mark.asyncio
async def test_a_device_called_like_a_formula_is_none_in_the_figures() -> None:
    """OWASP, CSV injection: a device's id may begin with anything."""
    pages = make_pages()
    pages.house.records = [replace(alert(Kind.FALL, 1), device='=HYPERLINK("http://x")')]
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        table = await browser.get("/alerts/report.csv")
    assert "\r\ndevice,\"'=HYPERLINK" in table.text
