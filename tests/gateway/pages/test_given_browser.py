"""A case that somebody had taken is given away: the phone of whoever has it now rings and shakes, nobody else's."""

from datetime import timedelta

from msgspec.structs import replace
from playwright.async_api import Browser, expect

from gateway.findings import AlertState
from gateway.kinds import Kind
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import CHIEF, OFFICER, START, alert
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor

pytestmark = IN_A_BROWSER
PHONE = (360, 740)
SHAKES = """() => {
  window.shakes = [];
  navigator.vibrate = (pattern) => { window.shakes.push(pattern); return true; };
}"""


async def test_it_rings_and_shakes_where_it_was_given_and_taking_it_is_one_tap(browser: Browser) -> None:
    pages = make_pages()
    at = START + timedelta(minutes=1)
    opened = alert(Kind.QUARANTINE_DOOR_OPENED, 7, place="b1u1-502")
    taken = replace(
        opened, revision=2, state=AlertState.ACKNOWLEDGED, acknowledged_by=CHIEF.id, acknowledged_at=at, changed_at=at
    )
    pages.house.tell(taken)
    async with (
        served(pages) as server,
        visitor(browser, server, OFFICER, size=PHONE, lang="en") as theirs,
        visitor(browser, server, CHIEF, size=PHONE, lang="en") as others,
    ):
        shown = [await each.to("/duty") for each in (theirs, others)]
        for page in shown:
            await page.evaluate(SHAKES)
            await expect(page.locator("body")).to_have_attribute("data-live", "yes")
        given = replace(taken, revision=3, assigned_to=OFFICER.id, given=1, given_at=at, asked=True, comment="near you")
        pages.house.tell(given)
        await expect(shown[0].locator("body")).to_have_attribute("data-sounds", "1", timeout=30_000)
        assert await shown[0].evaluate("window.shakes") == [[500, 150, 500, 150, 500]]
        await expect(shown[0].get_by_test_id("cases-mine")).to_contain_text("near you")
        await expect(shown[1].get_by_test_id("cases-others")).to_contain_text("near you", timeout=30_000)
        assert await shown[1].evaluate("window.shakes.length") == 0
        await shown[0].get_by_test_id("case-take").click()
        await expect(shown[0].locator("#notice")).not_to_be_empty()
        assert [order.by for order in pages.house.orders] == [OFFICER.id]
