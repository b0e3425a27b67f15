"""The answer is told apart by word, icon, border, colour, sound and shaking, and is large at every screen."""

import pytest
from playwright.async_api import Browser, expect

from gateway.findings import Reason, Verdict
from tests.gateway.pages.browsing import make_pages, served
from tests.gateway.pages.fake_house import GUARD, decision
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor

pytestmark = IN_A_BROWSER

ANSWERS = (
    (Verdict.ADMIT, Reason.ADMITTED, "放行", "double"),
    (Verdict.REFUSE, Reason.EXPIRED, "不放行", "stripes"),
    (Verdict.REFER, Reason.CANNOT_CHECK, "请人工核实", "dashed"),
)
LOOK = """() => {
  const panel = document.querySelector(".panel"), style = getComputedStyle(panel), word = panel.querySelector(".word");
  return {
    word: word.textContent, icon: panel.querySelector(".words use").getAttribute("href"),
    border: style.borderImageSource === "none" ? style.borderTopStyle : "stripes",
    ground: style.backgroundColor, pixels: parseFloat(getComputedStyle(word).fontSize),
  };
}"""
# what the device would sound and do, written down
FEEL = """
  window.shakes = []; window.tones = [];
  navigator.vibrate = (pattern) => { shakes.push(pattern); return true; };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (at) {
    tones.push([this.type, this.frequency.value]);
    return start.call(this, at);
  };
"""


@pytest.mark.parametrize(("size", "least"), [((1920, 1080), 140), ((1366, 820), 110), ((360, 740), 48)])
async def test_no_answer_looks_or_feels_like_another(browser: Browser, size: tuple[int, int], least: int) -> None:
    """140 px on a 24-inch screen of 1080p are 38 mm; at three metres 15 mm are enough (one in two hundred)."""
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD, size=size) as watched:
        await watched.page.add_init_script(FEEL)
        page = await watched.to("/guard?lane=east-1")
        await page.get_by_test_id("sound").click()
        await expect(page.get_by_test_id("sound")).to_have_text("声音已开")
        seen = []
        for count, (verdict, reason, word, border) in enumerate(ANSWERS, 1):
            pages.house.tell(decision(verdict, reason))
            await expect(page.locator("body")).to_have_attribute("data-sounds", str(count))
            look = await page.evaluate(LOOK)
            assert (look["word"], look["border"]) == (word, border)
            assert look["pixels"] >= least or verdict is Verdict.REFER  # its buttons need room beside it
            tones = await page.evaluate("[shakes.splice(0), tones.splice(0)]")
            seen.append((look["icon"], look["ground"], *map(str, tones)))
        assert all(len(set(kind)) == len(ANSWERS) for kind in zip(*seen, strict=True))
