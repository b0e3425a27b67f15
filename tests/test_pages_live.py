"""The pages of the real house in a real browser, while codes, doors and wristbands really come in.

`menshen demo` runs as a stranger would run it; Chromium opens what it prints and logs in with the PINs it prints. With
MENSHEN_PICTURES=FOLDER the pictures of the README are taken on the way (`make pictures`).
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

from gateway.bodies import read_body
from gateway.cli.demo_files import journal_of
from gateway.compound import PAGE
from gateway.events.every import PassShown, Proof
from gateway.findings import Alert, AlertState, Reason
from gateway.journal.reader import Reader
from gateway.orders.every import AlertAcknowledged, GuardRuled
from gateway.words.reasons import REASONS
from tests.gateway.passes.kit import resident
from tests.pictures import DESKTOP, PHONE, chromium, log_in, open_page, shoot

PATIENCE_SECONDS = 120.0  # for a slow machine; each wait below ends when what it waits for is there
PATIENCE_MS = PATIENCE_SECONDS * 1000
FORGED = resident()  # by the keys of the tests, which no gate of the demonstration trusts
PICTURES = Path(os.environ["MENSHEN_PICTURES"]).resolve() if "MENSHEN_PICTURES" in os.environ else None


@dataclass
class Demo:
    """What `menshen demo` printed, and where its files are."""

    process: subprocess.Popen[str]
    url: str
    pins: dict[str, str]
    folder: Path


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """Until the block is left; then Ctrl-C, as a person would."""
    command = [sys.executable, "-m", "gateway", "demo", "--port", "0", "--seed", "5", "--keep", str(folder / "files")]
    command += ["--report", str(folder / "report.json")]
    with (folder / "demo.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, text=True)
        try:
            url, pins = _told(process, folder / "demo.log")
            yield Demo(process, url, pins, folder / "files")
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def _told(process: subprocess.Popen[str], log: Path) -> tuple[str, dict[str, str]]:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        text = log.read_text()
        url = re.search(r"http://127\.0\.0\.1:\d+", text)
        if url is not None and "people come" in text:
            return url[0], dict(re.findall(r"id (\w+)\s+PIN (\d+)", text))
        time.sleep(0.1)  # between two looks at the log
    raise AssertionError(log.read_text())


@pytest.mark.asyncio
@pytest.mark.timeout(400)
async def test_guard_alerts_and_board_follow_real_input(tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    pictures = PICTURES
    with demo(tmp_path) as running:
        assert set(running.pins) == {"guard", "installer", "duty"}
        async with chromium() as browser:
            page = await open_page(browser, running.url, "zh", DESKTOP)
            foreign: list[str] = []
            page.on("request", lambda request: _note_foreign(request.url, running.url, foreign))
            await log_in(page, "duty", running.pins["duty"])
            await _guard_page_follows(page, running.url)
            await _picture(page, pictures, "guard-zh")
            await _alert_is_taken_by_name(page, running.url)
            await _picture(page, pictures, "alerts-zh")
            await _board_shows_a_quarantine_home(page, running.url)
            await _picture(page, pictures, "board-zh")
            assert foreign == []
            phone = await open_page(browser, running.url, "en", PHONE)
            await log_in(phone, "guard", running.pins["guard"])
            await _guard_rules(phone, running.url)
            await _guard_scans(phone, running.url)
            await _picture(phone, pictures, "guard-phone-en")
    report = msgspec.json.decode((tmp_path / "report.json").read_bytes())
    assert (report["lost"], report["doubled"]) == (0, 0)
    _the_journal_says_who(journal_of(running.folder))


def _note_foreign(url: str, ours: str, foreign: list[str]) -> None:
    if not url.startswith((ours, "data:", "blob:")):
        foreign.append(url)


async def _picture(page: Page, folder: Path | None, name: str) -> None:
    if folder is not None:
        await shoot(page, folder, name)


async def _guard_page_follows(page: Page, url: str) -> None:
    """An answer fills the screen, and another one after it, with nobody touching anything."""
    await page.goto(f"{url}/guard")
    decision = page.get_by_test_id("decision")
    await expect(decision.get_by_test_id("verdict")).to_be_visible()
    before = await decision.inner_text()
    await expect(decision).not_to_have_text(before, use_inner_text=True)
    await expect(page.get_by_test_id("history-item")).not_to_have_count(0)
    await expect(page.get_by_test_id("status-clock")).to_be_visible()
    await expect(page.get_by_test_id("status-uplink")).to_be_visible()
    await expect(page.get_by_test_id("status-trust")).to_be_visible()


async def _alert_is_taken_by_name(page: Page, url: str) -> None:
    await page.goto(f"{url}/alerts")
    first = page.locator('[data-testid="alert"][data-state="raised"]').first
    await expect(first).to_be_visible()
    alert = await first.get_attribute("data-alert")
    taken = page.locator(f'[data-testid="alert"][data-alert="{alert}"]')
    await taken.get_by_test_id("take").click()
    await expect(page.locator(f'[data-alert="{alert}"][data-state="raised"]')).to_have_count(0)


async def _board_shows_a_quarantine_home(page: Page, url: str) -> None:
    await page.goto(f"{url}/board")
    await page.locator('#buildings a[href*="building="]').first.click()
    await page.wait_for_url("**building=**")
    await expect(page.get_by_test_id("plan")).to_be_visible()
    observed = page.get_by_role("img", name="隔离中")
    await expect(page.locator("#plan a").filter(has=observed).first).to_be_visible()


async def _guard_rules(page: Page, url: str) -> None:
    """A referral shows its buttons; the guard lets somebody through and says why."""
    await page.goto(f"{url}/guard")
    await page.locator('[data-testid="decision"] [data-testid^="admit-"]').first.click(timeout=PATIENCE_MS)
    ruled = page.get_by_test_id("history-item").filter(has_text=REASONS[Reason.RULED_BY_GUARD].en)
    await expect(ruled.first).to_be_visible()


async def _guard_scans(page: Page, url: str) -> None:
    """A keyboard scanner at the page: its code goes the way of every code, and the answer comes by the stream."""
    await page.goto(f"{url}/guard")
    await page.locator('[data-testid="lane-all"] ~ a').first.click()
    await page.wait_for_selector('body[data-live="yes"]')
    await page.keyboard.type(FORGED)
    await page.keyboard.press("Enter")
    refused = page.get_by_test_id("history-item").filter(has_text=REASONS[Reason.FORGED].en)
    await expect(refused.first).to_be_visible()


def _the_journal_says_who(journal: Path) -> None:
    assert not any(FORGED[10:].encode() in file.read_bytes() for file in journal.parent.glob("journal.db*"))
    with Reader(journal) as reader:
        bodies = [read_body(record.body) for record in reader.replay(0) if record.body is not None]
    [by_page] = [body for body in bodies if isinstance(body, PassShown) and body.device.startswith(PAGE)]
    assert (by_page.proof, by_page.cti) == (Proof.FORGED, "")
    assert {order.by for order in bodies if isinstance(order, AlertAcknowledged)} == {"duty"}
    assert {order.by for order in bodies if isinstance(order, GuardRuled)} == {"guard"}
    taken = [a for a in bodies if isinstance(a, Alert) and a.acknowledged_by == "duty"]
    assert taken
    assert taken[0].state in (AlertState.ACKNOWLEDGED, AlertState.CLEARED)
