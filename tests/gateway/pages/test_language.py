"""Chinese first; English for whoever asks for it, by address, by an earlier choice, by the browser."""

import pytest

from tests.gateway.pages.browsing import log_in, make_pages
from tests.gateway.pages.fake_house import GUARD


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("", "zh-CN"),
        ("*", "zh-CN"),
        ("fr-FR,de;q=0.8", "zh-CN"),
        ("zh-TW,en;q=0.5", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("de,EN;q=0.5", "en"),
        (";;;,,é", "zh-CN"),
    ],
)
async def test_the_browser_s_wish_counts_and_chinese_is_the_rule(accept: str, lang: str) -> None:
    async with make_pages().browser() as browser:
        answer = await browser.get("/login", headers={b"Accept-Language": accept.encode("latin-1")})
    assert f'<html lang="{lang}">' in answer.text


@pytest.mark.asyncio
async def test_a_choice_is_kept_and_can_be_taken_back() -> None:
    async with make_pages().browser() as browser:
        chosen = await browser.get("/login?lang=en")
        assert "HttpOnly" in chosen.headers["set-cookie"]
        await log_in(browser, GUARD)
        assert '<html lang="en">' in (await browser.get("/guard")).text
        assert '<html lang="zh-CN">' in (await browser.get("/guard?lang=zh")).text
        assert '<html lang="zh-CN">' in (await browser.get("/guard")).text


@pytest.mark.asyncio
async def test_the_other_language_is_one_tap_away_on_the_same_page() -> None:
    async with make_pages().browser() as browser:
        await log_in(browser, GUARD)
        text = (await browser.get("/guard?lane=east-1")).text
    assert 'href="?lane=east-1&amp;lang=en" hreflang="en"' in text
    assert 'hx-sse:connect="/live/guard?lane=east-1&amp;lang=zh"' in text


@pytest.mark.asyncio
async def test_what_went_wrong_is_said_in_the_same_language() -> None:
    async with make_pages().browser() as browser:
        assert "There is no such page" in (await browser.get("/nowhere?lang=en")).text
        assert "没有这个页面" in (await browser.get("/nowhere?lang=zh")).text
