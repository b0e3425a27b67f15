"""The camera and photos at the guard's page: Chromium with a simulated camera that films codes made here."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import cv2
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from cv2.typing import MatLike
from playwright.async_api import Browser, FilePayload, expect

from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, PINS
from tests.gateway.pages.visiting import IN_A_BROWSER, LIVE, WCAG, visitor
from tests.gateway.passes.kit import resident
from tests.pictures import PHONE, chromium, log_in, open_page
from tests.qr_codes import Gray, blurred, code, scene, turned

pytestmark = IN_A_BROWSER

PASS = resident()
OTHER = resident(cti=bytes.fromhex("c0ffee0000000002"))
LANE = "/guard?lane=east-1"
NAME = "gate.lan"  # by a name a page over http is not secure, as at a gate without a certificate; by 127.0.0.1 it is
TORCH = """
  window.lit = [];
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  MediaStreamTrack.prototype.applyConstraints = async (wanted) => { lit.push(wanted.advanced[0].torch); };
"""


def jpeg(picture: MatLike) -> bytes:
    done, encoded = cv2.imencode(".jpg", picture)
    assert done
    return encoded.tobytes()


def taken(picture: Gray) -> FilePayload:
    """A photo, as a phone's camera hands it over."""
    return {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg(picture)}


def film(frames: Sequence[Gray]) -> bytes:
    """A clip as Chromium's simulated camera takes it: one JPEG after the other."""
    return b"".join(jpeg(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)) for frame in frames)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filming(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera sees one pass held askew, nothing, another pass, nothing, and so on."""
    clip: Path = tmp_path_factory.mktemp("camera") / "gate.mjpeg"
    shown = [
        [scene(picture, noise=6, seed=n) for n in range(12)]
        for picture in (blurred(turned(code(PASS), 12), 0.8), None, blurred(turned(code(OTHER), -20), 0.8), None)
    ]
    clip.write_bytes(film([frame for part in shown for frame in part]))  # noqa: ASYNC240 - before anything runs
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
        f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
    )
    async with chromium(*flags) as opened:
        yield opened


async def test_the_camera_reads_on_through_every_answer(filming: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(filming, server, GUARD, size=PHONE) as watched:
        page = await watched.to(LANE)
        await expect(page.get_by_test_id("view")).to_be_hidden()
        await page.get_by_test_id("camera").click()
        await expect(page.get_by_test_id("history-item").nth(1)).to_be_visible()
        assert {text for _, text in pages.house.shown_codes} == {PASS, OTHER}
        await expect(page.get_by_test_id("camera")).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_test_id("view")).to_be_visible()
        await expect(page.get_by_test_id("torch")).to_be_hidden()  # this camera has none
        faults = (await Axe().run(page, options=WCAG)).response["violations"]
        assert [each["id"] for each in faults] == []
        # on a phone the answer and the picture are seen at once
        top, bottom = await page.evaluate(
            "[document.querySelector('#view').getBoundingClientRect().top,"
            " document.querySelector('.panel .word').getBoundingClientRect().bottom]"
        )
        assert top > -1  # a browser rounds to parts of a pixel
        assert bottom <= PHONE[1]
        await page.get_by_test_id("camera").click()
        await expect(page.get_by_test_id("view")).to_be_hidden()
        assert await page.evaluate("document.querySelector('#view').srcObject") is None


async def test_a_code_held_in_view_counts_once_and_again_when_it_was_gone_for_three_seconds(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        fresh = await page.evaluate(
            """async () => {
              const held = new (await import("/static/gate/camera.js")).Held();
              const looks = [["a", 0], ["a", 66], ["ab", 2900], ["", 3000], ["a", 5800], ["", 8000], ["a", 8900]];
              return looks.map(([texts, ms]) => [[...texts], ms]).map(([texts, ms]) => held.fresh(texts, ms));
            }"""
        )
    assert fresh == [["a"], [], ["b"], [], [], [], ["a"]]


async def test_the_torch_stays_as_it_was_set(filming: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(filming, server, GUARD) as watched:
        await watched.page.add_init_script(TORCH)
        page = await watched.to(LANE)
        torch = page.get_by_test_id("torch")
        await page.get_by_test_id("camera").click()
        await torch.click()
        await expect(torch).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_test_id("history-item").nth(1)).to_be_visible()
        assert await page.evaluate("lit") == [True]  # no answer has touched it
        await page.reload()
        await page.get_by_test_id("camera").click()
        await expect(torch).to_have_attribute("aria-pressed", "true")
        assert await page.evaluate("lit") == [True]


async def test_a_camera_that_is_refused_or_missing_is_said(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        for name, words in (("NotAllowedError", "请允许后再试"), ("NotFoundError", "没有可用的摄像头")):
            await page.evaluate(
                "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }",
                name,
            )
            await page.get_by_test_id("camera").click()
            await expect(page.get_by_test_id("scan-said")).to_contain_text(words)
            await expect(page.get_by_test_id("camera")).to_have_attribute("aria-pressed", "false")


async def test_without_a_certificate_a_photo_is_read_in_the_page(filming: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server:
        page = await open_page(filming, f"http://{NAME}:{server.port}", "zh", PHONE)
        await log_in(page, GUARD.id, PINS[GUARD.id])
        await page.goto(f"http://{NAME}:{server.port}{LANE}")
        await page.wait_for_selector(LIVE)
        assert not await page.evaluate("isSecureContext")
        await expect(page.get_by_test_id("camera")).to_be_hidden()
        await page.route("**/guard/photo*", lambda route: route.abort())
        photo = taken(scene(turned(code(PASS, scale=9), 7), width=1600, height=1200))
        await page.get_by_test_id("photo").set_input_files([photo])
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "admit")
        assert pages.house.shown_codes == [("east-1", PASS)]
        await expect(page.get_by_test_id("listening")).to_have_attribute("data-state", "yes")
        await page.context.close()


async def test_a_browser_that_cannot_read_a_photo_leaves_it_to_the_gateway(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        await page.route("**/*.wasm", lambda route: route.abort())
        photo = taken(scene(code(PASS), width=3000, height=2000))
        await page.get_by_test_id("photo").set_input_files([photo])
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "admit")
        assert pages.house.shown_codes == [("east-1", PASS)]
        await page.get_by_test_id("photo").set_input_files([taken(scene())])
        await expect(page.get_by_test_id("scan-said")).to_contain_text("没有找到通行码")
