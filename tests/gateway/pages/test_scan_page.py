"""A keyboard scanner and the keyboard at the guard's page, and the answer spoken, in a real browser."""

from random import Random

from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from gateway.findings import Reason, Verdict
from gateway.passes.short_code import ALPHABET, short_code, typed_code
from tests.gateway.pages.browsing import Pages, make_pages, served
from tests.gateway.pages.fake_house import GUARD, FakeHouse, make_site
from tests.gateway.pages.visiting import IN_A_BROWSER, visitor
from tests.gateway.passes.kit import resident

pytestmark = IN_A_BROWSER

PASS = resident()
OTHER = resident(cti=bytes.fromhex("c0ffee0000000002"))
LANE = "/guard?lane=east-1"


async def scanned(page: Page, text: str, end: str = "Enter", delay: float = 0) -> None:
    """What a scanner in keyboard mode does."""
    await page.keyboard.type(text, delay=delay)
    await page.keyboard.press(end)


async def keys_dispatched(page: Page, *keys: tuple[str, int]) -> None:
    """Keys that no keyboard of Playwright has."""
    await page.evaluate(
        "keys => { for (const [key, keyCode] of keys) document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true })); }",
        [list(each) for each in keys],
    )


async def codes_shown(pages: Pages, page: Page, count: int) -> list[str]:
    """The texts that reached the house, once there are so many."""
    await expect(page.get_by_test_id("history-item")).to_have_count(count)
    assert {lane for lane, _ in pages.house.shown_codes} == {"east-1"}
    return [text for _, text in pages.house.shown_codes]


async def test_a_keyboard_scanner_is_read_and_the_answer_fills_the_screen(browser: Browser) -> None:
    pages = make_pages()
    pages.house.verdicts[OTHER] = (Verdict.REFUSE, Reason.EXPIRED)
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        await expect(page.get_by_test_id("listening")).to_have_attribute("data-state", "yes")
        await scanned(page, PASS)
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", "admit")
        await scanned(page, OTHER, "Tab")
        await expect(page.get_by_test_id("verdict")).to_have_attribute("data-reason", "expired")
        for heard in ("data-reads", "data-sounds"):  # a beep for each code, and each answer's own sound
            await expect(page.locator("body")).to_have_attribute(heard, "2")
        assert await codes_shown(pages, page, 2) == [PASS, OTHER]
        assert PASS not in await page.content()
        await expect(page.get_by_test_id("scan-said")).to_be_empty()


async def test_a_slow_scanner_loses_nothing_and_a_cut_code_is_not_sent(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        await scanned(page, PASS[:-1])
        await expect(page.get_by_test_id("scan-said")).to_have_text("码没有扫全，请再扫一次")
        await scanned(page, PASS[9:])
        await expect(page.get_by_test_id("scan-said")).to_have_text("扫到的不是通行码，请再扫")
        await page.keyboard.type(PASS[:-12])
        await scanned(page, PASS[-12:], delay=400)
        assert await codes_shown(pages, page, 1) == [PASS]
        await expect(page.get_by_test_id("scan-said")).to_be_empty()


async def test_the_scanners_enter_presses_no_button(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        for test_id in ("logout", "menu-alerts", "type-code"):
            await page.get_by_test_id(test_id).focus()
            await scanned(page, PASS)
            await scanned(page, PASS[30:])  # the beginning was lost: no code, and no press either
        assert await codes_shown(pages, page, 3) == [PASS] * 3
        assert page.url.endswith(LANE)
        await expect(page.locator("details.typed")).not_to_have_attribute("open", "")


async def test_full_width_letters_and_a_caps_lock_are_repaired_and_keys_of_an_input_method_ignored(
    browser: Browser,
) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in PASS)
        await keys_dispatched(page, *((letter, 0) for letter in wide), ("Enter", 13))
        await codes_shown(pages, page, 1)
        composed = (("Process", 229), ("Shift", 16), ("a", 229))
        keys = [key for letter in OTHER.lower() for key in (*composed, (letter, 0))]
        await keys_dispatched(page, *keys, ("Enter", 229), ("Enter", 13))
        assert await codes_shown(pages, page, 2) == [PASS, OTHER]


async def test_the_page_says_when_it_does_not_listen(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        sign = page.get_by_test_id("listening")
        await page.get_by_test_id("by-hand").locator("summary").click()
        await page.get_by_test_id("by-hand").locator("input[name=other]").focus()
        await expect(sign).to_have_attribute("data-state", "typing")
        await expect(sign).to_contain_text("没有在听扫码枪")
        await page.get_by_test_id("by-hand").locator("input[name=other]").blur()
        await expect(sign).to_have_attribute("data-state", "yes")
        await page.evaluate("window.dispatchEvent(new Event('blur'))")  # as when another window comes in front
        await expect(sign).to_have_attribute("data-state", "no")
        await expect(sign.locator(".off")).to_be_visible()
        await expect(sign.locator(".off svg")).to_be_visible()
        await page.evaluate("window.dispatchEvent(new Event('focus'))")
        await expect(sign).to_have_attribute("data-state", "yes")


async def test_a_code_that_does_not_reach_the_gateway_is_said(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        await page.route("**/guard/code", lambda route: route.abort())
        await scanned(page, PASS)
        await expect(page.get_by_test_id("scan-said")).to_have_text("没有送到网关，请再扫一次")
        await page.unroute("**/guard/code")
        await scanned(page, PASS)
        assert await codes_shown(pages, page, 1) == [PASS]


async def test_without_a_lane_the_page_asks_for_one(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard")
        await expect(page.get_by_test_id("scan")).to_contain_text("先选通道")
        await expect(page.get_by_test_id("listening")).to_have_count(0)


async def test_where_there_is_but_one_lane_it_needs_no_choosing(browser: Browser) -> None:
    site = make_site()
    [compound] = site.street.compounds
    gate = replace(compound.gates[0], lanes=compound.gates[0].lanes[:1])
    small = replace(site, street=replace(site.street, compounds=(replace(compound, gates=(gate,)),)))
    pages = make_pages(FakeHouse(small))
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to("/guard")
        await scanned(page, PASS)
        assert await codes_shown(pages, page, 1) == [PASS]


async def test_a_pass_is_pasted_or_typed_and_told_at_once_whether_it_is_complete(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        await page.get_by_test_id("type-code").click()
        field, said = page.get_by_test_id("typed-text"), page.get_by_test_id("typed-said")
        send = page.get_by_test_id("typed-send")
        await expect(send).to_be_disabled()
        await field.fill(PASS[:-3])
        await expect(said).to_have_text("还没输完整 · 还缺字数：3")
        await expect(send).to_be_disabled()
        await field.fill("https://example.org/health")
        await expect(said).to_have_text("这不是短码、车牌或通行码")
        grouped = " - ".join(PASS[4:][n : n + 8] for n in range(0, len(PASS), 8)).lower()
        await field.fill("ｍｓ１：" + grouped.replace("o", "0").replace("i", "1").replace("b", "8"))
        await expect(said).to_have_text("齐了，可以核验")
        await field.press("Enter")
        assert await codes_shown(pages, page, 1) == [PASS]
        await expect(field).to_have_value("")
        await scanned(page, OTHER)  # and the scanner is listened to again
        assert await codes_shown(pages, page, 2) == [PASS, OTHER]


async def test_a_short_code_or_a_plate_is_typed_and_a_slip_is_told_before_anything_is_sent(browser: Browser) -> None:
    pages = make_pages()
    async with served(pages) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        await page.get_by_test_id("type-code").click()
        field, said = page.get_by_test_id("typed-text"), page.get_by_test_id("typed-said")
        send = page.get_by_test_id("typed-send")
        for typed, words in (
            ("r3zy-w0", "还没输完整 · 还缺字数：2"),
            ("r3zy-w00x", "短码有字打错了，请对照卡片"),
            ("3rzy-w009", "短码有字打错了，请对照卡片"),
            ("r3zy-w00u", "这不是短码、车牌或通行码"),
            ("沪A123", "还没输完整"),
            ("沪A12345678", "这不是短码、车牌或通行码"),
        ):
            await field.fill(typed)
            await expect(said).to_have_text(words)
            await expect(send).to_be_disabled()
        for typed, words in (
            ("r3zy woo9", "短码齐了，可以核验"),
            ("沪a·12345", "车牌齐了，可以核验"),
            ("沪AD12345", "车牌齐了，可以核验"),
        ):
            await field.fill(typed)
            await expect(said).to_have_text(words)
            await field.press("Enter")
            await expect(field).to_have_value("")
        assert pages.house.typed == [("east-1", "R3ZYW009"), ("east-1", "沪A12345"), ("east-1", "沪AD12345")]
        assert pages.house.shown_codes == []


async def test_page_and_gateway_agree_what_a_short_code_is(browser: Browser) -> None:
    rng = Random(7)
    codes = [short_code(rng.randbytes(8).hex()) for _ in range(300)]
    typed = codes + [code[: n % 8] + rng.choice(ALPHABET) + code[n % 8 + 1 :] for n, code in enumerate(codes)]
    async with served(make_pages()) as server, visitor(browser, server, GUARD) as watched:
        page = await watched.to(LANE)
        found = await page.evaluate(
            "async (all) => { const { readTyped } = await import('/static/gate/typed.js');"
            " return all.map((one) => readTyped(one).state); }",
            typed,
        )
    assert [state == "complete" for state in found] == [typed_code(each) is not None for each in typed]
