"""Chinese first; English for whoever asks for it, by address, by an earlier choice, by the browser."""

import ast
import tomllib
from pathlib import Path

import pytest

import gateway
from gateway.findings import Reason, Verdict
from gateway.pages.app import create_app
from gateway.pages.catalogues import languages, read
from gateway.words.language import Catalogue, Lang, Words
from tests.catalogue import MODULES, every_text, skeleton
from tests.gateway.pages.browsing import SETTINGS, Pages, log_in, make_pages
from tests.gateway.pages.fake_house import GUARD, FakeHouse, FakeStaff, decision

PICARD = """
own_name = "Ch'ti"
falls_back = "en"
[words]
"Admit" = "Rintrez"
"Gate" = "L'porte"
"Pass is valid" = ""
"""
WALLOON = """
own_name = "Walon"
falls_back = "pcd"
[words]
"Pass is valid" = "I va bén"
"""


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
    assert 'href="?lane=east-1&amp;lang=en" hreflang="en" lang="en" data-testid="language">English<' in text
    assert text.count('data-testid="language"') == 1
    assert 'hx-sse:connect="/live/guard?lane=east-1&amp;lang=zh"' in text


@pytest.mark.asyncio
async def test_what_went_wrong_is_said_in_the_same_language() -> None:
    async with make_pages().browser() as browser:
        assert "There is no such page" in (await browser.get("/nowhere?lang=en")).text
        assert "没有这个页面" in (await browser.get("/nowhere?lang=zh")).text


@pytest.mark.asyncio
async def test_a_language_more_is_one_file_and_what_it_lacks_is_said_in_the_next() -> None:
    """No line of code knows these two; of the first three words are there, of the second one."""
    house, staff = FakeHouse(), FakeStaff()
    house.tell(decision(Verdict.ADMIT, Reason.ADMITTED))
    house.tell(decision(Verdict.REFUSE, Reason.EXPIRED))
    known = read({"pcd.toml": PICARD, "wa.toml": WALLOON})
    pages = Pages(house, staff, create_app(house, staff, SETTINGS, known))
    async with pages.browser() as browser:
        asked = await browser.get("/login", headers={"Accept-Language": "wa-BE,fr;q=0.5"})
        assert '<html lang="wa">' in asked.text
        await log_in(browser, GUARD)
        text = (await browser.get("/guard?lang=wa")).text
        again = (await browser.get("/guard")).text
        picard = (await browser.get("/guard?lang=pcd")).text
    assert '<html lang="wa">' in again
    assert "I va bén" in text  # its own
    assert "Rintrez" in text  # Picard's, which it falls back on
    assert "Pass has expired" in text  # in neither: English's, which Picard falls back on
    assert "Pass is valid" in picard  # an empty text is none
    assert "I va bén" not in picard
    assert [name in text for name in ("中文", "English", "Ch&#39;ti", "Walon<")] == [True, True, True, False]


def test_one_english_text_with_two_meanings_is_said_in_two_ways() -> None:
    lang = Catalogue("de", "Deutsch", {"Flat": "Wohnung", "Flat|平": "flach"}, Lang.ZH)
    assert [Words(zh, "Flat").in_(lang) for zh in ("门牌", "平")] == ["Wohnung", "flach"]
    assert Words("门", "Door").in_(lang) == "门"
    assert lang.chain == ("de", "zh")


@pytest.mark.parametrize(
    "text",
    ['own_name = "X"\nfalls_back = "x"', 'own_name = "X"\nfalls_back = "tlh"', "[words]", 'own_name = "X"\nother = 1'],
)
def test_a_catalogue_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        read({"x.toml": text})


def test_an_empty_catalogue_holds_every_text_and_says_nothing_of_its_own() -> None:
    made = tomllib.loads(skeleton().replace('own_name = ""', 'own_name = "X"'))
    assert {words.en for words in every_text()} == set(made["words"])
    assert len(made["words"]) > 300
    lang = read({"x.toml": skeleton().replace('own_name = ""', 'own_name = "X"')})["x"]
    assert [words.in_(lang) for words in every_text()] == [words.en for words in every_text()]


def test_every_module_with_words_for_the_pages_is_asked_for_them() -> None:
    root = Path(gateway.__file__).parent
    speak = set()
    for file in root.rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
        if any(isinstance(call.func, ast.Name) and call.func.id == "Words" for call in calls):
            speak.add(".".join(file.relative_to(root.parent).with_suffix("").parts))
    reached = set(every_text())
    for name in speak - set(MODULES):  # a leaf of one of them
        texts = ast.parse((root.parent / f"{name.replace('.', '/')}.py").read_text("utf-8"))
        said = [
            Words(*(part.value for part in call.args if isinstance(part, ast.Constant)))
            for call in ast.walk(texts)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "Words"
            and all(isinstance(part, ast.Constant) for part in call.args)
        ]
        assert set(said) <= reached, name


def test_the_package_comes_with_chinese_first() -> None:
    assert list(languages())[:2] == ["zh", "en"]
