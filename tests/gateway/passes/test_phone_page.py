"""The file a phone opens, in a real browser at hours that are set: what it shows is what a gate takes, once."""

import json
import random
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
import pytest_asyncio
import segno
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from devices.qr_reading import read_codes
from gateway.passes.gate_pass import Pass
from gateway.passes.issue import issue, issue_for_phone
from gateway.passes.keys import kid_of, public_bytes
from gateway.passes.phone_page import phone_page, phone_pass
from gateway.passes.rotating import Freshness, freshness, pass_key, show
from gateway.passes.short_code import short_code, written
from gateway.passes.verify import verify
from tests.gateway.passes.kit import NOW, RESIDENTS, claims, trust
from tests.pictures import CHROMIUM, PHONE, chromium

SECRET = b"\x07" * 32
SECRETS = {3: SECRET}
TRUST = trust()
TEXT = issue_for_phone(claims(), RESIDENTS, kid_of(public_bytes(RESIDENTS)))
ZONE = ZoneInfo("Asia/Shanghai")
SECONDS = 30_000

in_a_browser = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM} (Debian package chromium)"
)
together = pytest.mark.asyncio(loop_scope="module")  # one browser for all of them


def page_of(text: str = TEXT, what: str = "居民 Resident") -> str:
    gate_pass = phone_pass(text)
    assert gate_pass is not None
    return phone_page(gate_pass, 3, SECRET, what, ZONE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The file, opened as a phone opens it, at NOW plus 7 s. Errors, and every request but the file itself, fail."""
    file = tmp_path / "pass.html"
    file.write_text(page_of(), "utf-8")
    context = await browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, timezone_id="Asia/Shanghai", offline=True
    )
    page = await context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("request", lambda request: asked.append(request.url))
    await page.clock.set_fixed_time(NOW + timedelta(seconds=7))
    await page.goto(file.as_uri())
    await page.wait_for_selector("body[data-step]", timeout=SECONDS)
    yield page
    assert complaints == []
    assert asked == [file.as_uri()]
    await context.close()


async def photographed(page: Page) -> str:
    picture = cv2.imdecode(np.frombuffer(await page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    (text,) = read_codes(picture)
    return text


def worth(text: str, at: datetime, last_used: datetime | None = None) -> Freshness:
    found = verify(text, TRUST, SECRETS)
    assert isinstance(found, Pass)
    assert found.stepped is not None
    return freshness(found.stepped, at, True, last_used)


@in_a_browser
@together
async def test_what_the_phone_shows_is_taken_once_and_not_forty_seconds_later(phone: Page) -> None:
    at = NOW + timedelta(seconds=7)
    text = await photographed(phone)
    assert worth(text, at) is Freshness.FRESH
    assert worth(text, at, last_used=NOW) is Freshness.USED
    assert worth(text, at + timedelta(seconds=40)) is Freshness.OLD


@in_a_browser
@together
async def test_the_code_changes_with_every_step(phone: Page) -> None:
    gate_pass = phone_pass(TEXT)
    assert gate_pass is not None
    key = pass_key(SECRET, gate_pass.claims.cti)
    for step in range(4):
        at = NOW + timedelta(seconds=7 + 15 * step)
        await phone.clock.set_fixed_time(at)
        await phone.wait_for_selector(f'body[data-step="{int(at.timestamp()) // 15}"]', timeout=SECONDS)
        assert await photographed(phone) == show(gate_pass.blob, key, 3, at)
        assert await phone.inner_text("#clock") == at.astimezone(ZONE).strftime("%H:%M:%S")


@in_a_browser
@together
async def test_a_pass_that_is_over_shows_no_code_and_says_so(phone: Page) -> None:
    assert not await phone.is_visible("p.over")
    await phone.clock.set_fixed_time(NOW + timedelta(days=200))
    await phone.wait_for_selector("body[data-state=over]", timeout=SECONDS)
    assert await phone.is_visible("p.over")
    assert not await phone.is_visible("#code")


@in_a_browser
@together
async def test_the_page_can_be_read_by_everybody(phone: Page) -> None:
    found = await Axe().run(phone, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [problem["id"] for problem in found.response["violations"]] == []


@in_a_browser
@together
async def test_its_codes_are_drawn_as_another_encoder_draws_them(phone: Page) -> None:
    chance = random.Random(8)
    for length in (208, 209, 212, 216, 217):
        text = "MS2:" + "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=length))
        modules = await phone.evaluate(f"qrCode({json.dumps(text)}).map((row) => row.map(Number))")
        others = [segno.make_qr(text, version=8, error="m", boost_error=False, mask=mask) for mask in range(8)]
        assert modules in [[list(row) for row in other.matrix] for other in others]


def test_the_file_holds_the_key_of_its_pass_and_not_the_secret() -> None:
    page = page_of()
    assert pass_key(SECRET, claims().cti).hex() in page
    assert SECRET.hex() not in page


def test_the_file_asks_nobody_for_anything() -> None:
    page = page_of()
    assert "default-src 'none'" in page
    assert re.findall(r"""\b(?:src|href|action)\s*=|@import|url\(|https?:|fetch\(|serviceWorker""", page) == []


def test_what_stands_on_the_page_cannot_become_part_of_it() -> None:
    page = page_of(what="</p><script>alert(1)</script>")
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "text", ["", "MSP:", "MSP:AAAA", issue(claims(), RESIDENTS, kid_of(public_bytes(RESIDENTS))), TEXT + "A", TEXT[:-8]]
)
def test_only_a_pass_for_a_phone_becomes_a_page(text: str) -> None:
    assert phone_pass(text) is None


def test_the_short_code_stands_on_the_page_for_a_guard_to_type() -> None:
    assert f"<b>{written(short_code(claims().cti.hex()))}</b>" in page_of()
