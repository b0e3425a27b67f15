"""The answer is spoken: by a voice of the device itself, else by the gateway's recordings; in a real browser."""

from playwright.async_api import Browser, Page, expect

from gateway.findings import Reason, Verdict
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, decision
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor

pytestmark = IN_A_BROWSER

LANE = "/guard?lane=east-1"
# what the browser would have said and played, written down; the sounds themselves are decoded and started
LISTEN = """
  window.said = []; window.started = []; window.stopped = 0;
  window.voices = [{ lang: "zh-CN", localService: false }, { lang: "en-US", localService: true }];
  const speak = (each) => { document.body.dataset.uttered = said.push(each.text); };
  const synthesis = { getVoices: () => window.voices, cancel() {}, speak };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const { start, stop } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (at) {
    const loud = this.buffer.getChannelData(0).reduce((most, each) => Math.max(most, each), 0);
    started.push({ at, seconds: this.buffer.duration, loud });
    return start.call(this, at);
  };
  AudioBufferSourceNode.prototype.stop = function () { window.stopped += 1; return stop.call(this); };
"""


async def _listening(page: Page) -> None:
    await page.get_by_test_id("sound").click()
    await expect(page.get_by_test_id("sound")).to_have_text("声音已开")


async def test_without_a_voice_of_the_device_the_recordings_speak_and_the_newest_counts(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        await watched.page.add_init_script(LISTEN)
        page = await watched.to(LANE)
        body = page.locator("body")
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))  # before anybody touched the page: no sound yet
        await expect(body).to_have_attribute("data-spoken", "")
        await _listening(page)
        pages.house.tell(decision(Verdict.REFUSE, Reason.EXPIRED))
        await expect(body).to_have_attribute("data-spoken-by", "recording")  # the one Chinese voice is a server's
        await expect(body).to_have_attribute("data-spoken", "不放行. 通行码已过期")
        verdict, reason = await page.evaluate("started")
        assert verdict["seconds"] > 0.5
        assert reason["seconds"] > 1
        assert min(verdict["loud"], reason["loud"]) > 0.3
        assert reason["at"] >= verdict["at"] + verdict["seconds"]
        assert verdict["at"] > 0.7  # after the three low tones
        pages.house.tell(decision(Verdict.ADMIT, Reason.FIRE))
        await expect(body).to_have_attribute("data-spoken", "放行. 火警：通道全部打开")
        assert await page.evaluate("[stopped, said.length]") == [2, 0]


async def test_a_voice_of_the_device_speaks_and_muted_nobody_does(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        await watched.page.add_init_script(LISTEN)
        page = await watched.to(LANE)
        body = page.locator("body")
        await _listening(page)
        await page.evaluate("voices.push({ lang: 'zh-CN', localService: true })")
        pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
        await expect(body).to_have_attribute("data-spoken-by", "voice")
        await expect(body).to_have_attribute("data-uttered", "1")  # once its tones are over
        assert await page.evaluate("[said, started]") == [["放行. 通行码有效"], []]
        await page.get_by_test_id("sound").click()
        pages.house.tell(decision(Verdict.REFUSE, Reason.EXPIRED))
        await expect(body).to_have_attribute("data-last-sound", "refuse")
        assert await page.evaluate("[said.length, started.length]") == [1, 0]
