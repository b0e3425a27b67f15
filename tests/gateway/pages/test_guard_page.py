"""The guard's page shows what was decided and hands in what the guard rules."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.compound import Direction
from gateway.findings import Reason, Verdict
from gateway.kinds import Kind
from gateway.orders.every import GuardRuled, OrderResult, RulingUndone
from gateway.pages.gate.guard import RULING_WAITS
from gateway.pages.texts.uplink import TROUBLES
from gateway.words.catalogue import VERDICTS
from gateway.words.language import Lang
from gateway.words.reasons import REASONS, next_step
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, token_of, told
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, START, alert, decision

PROBE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


async def guard_page(pages: Pages, query: str = "", lang: str = "zh") -> str:
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        return (await browser.get(f"/guard?lang={lang}&{query}")).text


@pytest.mark.asyncio
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("reason", list(Reason))
async def test_the_last_decision_stands_with_word_reason_and_what_to_do(reason: Reason, lang: str) -> None:
    pages = make_pages()
    async with fed(pages):
        await told(pages, decision(Verdict.REFUSE, reason))
        text = (await guard_page(pages, lang=lang)).replace("&#39;", "'")
    panel = text[text.index('id="decision"') : text.index('class="side"')]
    assert VERDICTS[Verdict.REFUSE].in_(Lang(lang)) in panel
    assert REASONS[reason].in_(Lang(lang)) in panel
    assert next_step(reason, Direction.IN, Verdict.REFUSE).in_(Lang(lang)) in panel
    assert 'href="#i-octagon-x"' in panel
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in text


@pytest.mark.asyncio
async def test_all_of_the_last_twenty_are_listed_newest_first() -> None:
    pages = make_pages()
    async with fed(pages):
        flats = [f"b{b}u{u}-{floor}01" for b in (1, 2) for u in (1, 2) for floor in range(1, 7)]
        await told(pages, *(decision(Verdict.ADMIT, Reason.ADMITTED, flat=flat) for flat in flats))
        text = await guard_page(pages)
    items = re.findall(r'data-testid="history-item">(.*?)</li>', text, re.DOTALL)
    expected = [pages.house.shown.places.path(flat).removeprefix("幸福里 / ") for flat in reversed(flats[-20:])]
    assert [next(path for path in expected if path in item) for item in items] == expected


@pytest.mark.asyncio
async def test_a_lane_shows_its_own_and_keeps_its_own_twenty() -> None:
    pages = make_pages()
    async with fed(pages):
        await told(pages, decision(Verdict.ADMIT, Reason.ADMITTED, lane="west-1", holder="courier"))
        await told(pages, *(decision(Verdict.ADMIT, Reason.ADMITTED, holder="resident") for _ in range(30)))
        west = await guard_page(pages, "lane=west-1")
        east = await guard_page(pages, "lane=east-1")
    assert west.count('data-testid="history-item"') == 1
    assert "快递外卖" in west
    assert east.count('data-testid="history-item"') == 20


@pytest.mark.asyncio
async def test_an_unknown_lane_is_no_page() -> None:
    async with make_pages().browser() as browser:
        await log_in(browser, GUARD)
        assert (await browser.get("/guard?lane=../../x")).status_code == 404


@pytest.mark.asyncio
async def test_decisions_from_before_the_start_are_shown_too() -> None:
    pages = make_pages()
    pages.house.tell(decision(Verdict.REFUSE, Reason.SPENT))
    async with fed(pages):
        await told(pages, decision(Verdict.ADMIT, Reason.ADMITTED))
        assert (await guard_page(pages)).count('data-testid="history-item"') == 2


@pytest.mark.asyncio
async def test_a_referral_is_ruled_with_its_number_reason_and_who() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        [number] = await told(pages, decision(Verdict.REFER, Reason.CANNOT_CHECK))
        assert f'name="decision" value="{number}"' in (await browser.get("/guard")).text
        data = {"csrf": await token_of(browser), "lane": "east-1", "decision": str(number)}
        answer = await browser.post("/guard/rule", data=data | {"ruling": "admit:checked_by_phone", "stay": "yes"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/guard?lane=east-1")
        await told(pages)
        after = (await browser.get("/guard")).text
    [order] = pages.house.orders
    assert isinstance(order, GuardRuled)
    assert (order.by, order.lane, order.admit, order.reason, order.decision) == (
        "g1",
        "east-1",
        True,
        "checked_by_phone",
        number,
    )
    assert 'data-testid="ruling"' not in after
    assert "张卫" in after


@pytest.mark.asyncio
async def test_the_guards_own_words_go_before_the_buttons_reason() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "lane": "east-1", "ruling": "refuse:in_doubt"}
        await browser.post("/guard/rule", data=data | {"other": "  不认识\u202e\x00 这人 "})
    [order] = pages.house.orders
    assert isinstance(order, GuardRuled)
    assert (order.admit, order.reason, order.decision) == (False, "不认识 这人", None)


@pytest.mark.asyncio
async def test_on_the_way_out_there_is_no_button_to_refuse_and_no_order_either() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        await told(pages, decision(Verdict.REFER, Reason.QUARANTINED, lane="east-2"))
        text = (await browser.get("/guard")).text
        data = {"csrf": await token_of(browser), "lane": "east-2", "ruling": "refuse:in_doubt"}
        assert (await browser.post("/guard/rule", data=data)).status_code == 400
    assert 'data-testid="ruling"' in text
    assert 'data-testid="refuse"' not in text
    assert pages.house.orders == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "wrong",
    [
        {"lane": "nowhere"},
        {"ruling": "admit"},
        {"ruling": "admit:   "},
        {"ruling": "open:x"},
        {"ruling": ""},
        {"other": "字" * 81},
        {"decision": "-1"},
        {"decision": "1e3"},
        {"decision": "٣"},
        {"decision": "9" * 40},
    ],
)
async def test_a_ruling_that_no_button_of_ours_makes_is_refused(wrong: dict[str, str]) -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "lane": "east-1", "ruling": "admit:emergency"}
        assert (await browser.post("/guard/rule", data=data | wrong)).status_code == 400
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_ruling_can_be_taken_back_for_half_a_minute_and_the_person_waits_again() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "lane": "east-1", "ruling": "admit:known_resident"}
        await browser.post("/guard/rule", data=data)
        await told(pages)
        number = pages.house.shown.number
        ruled = (await browser.get("/guard")).text
        assert f'id="undo-now-{number}"' in ruled
        pages.house.now = START + timedelta(seconds=31)
        assert 'data-testid="undo"' not in (await browser.get("/guard?lane=east-1")).text
        pages.house.now = START + timedelta(seconds=29)
        answer = await browser.post("/guard/undo", data=data | {"decision": str(number)})
        assert (answer.status_code, answer.headers["location"]) == (303, "/guard")
        await told(pages)
        undone = (await browser.get("/guard")).text
    order = pages.house.orders[-1]
    assert isinstance(order, RulingUndone)
    assert (order.by, order.decision) == ("g1", number)
    assert "门岗撤销了刚才的决定" in undone
    assert 'data-testid="undo"' not in undone
    assert 'data-testid="ruling"' in undone


@pytest.mark.asyncio
async def test_what_waited_and_what_was_ruled_before_a_restart_can_still_be_ruled_and_taken_back() -> None:
    pages = make_pages()
    asked = pages.house.tell(decision(Verdict.REFER, Reason.CANNOT_CHECK))
    ruled = pages.house.tell(decision(Verdict.ADMIT, Reason.RULED_BY_GUARD, by="g1"))
    courier = pages.house.tell(decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier"))
    async with fed(pages):  # this process begins
        await told(pages, decision(Verdict.ADMIT, Reason.ADMITTED))
        text = await guard_page(pages)
    assert f'id="undo-later-{ruled}"' in text
    assert f'id="ruling-later-{asked}"' in text
    assert f'id="again-{courier}"' in text


@pytest.mark.asyncio
async def test_who_waits_for_the_guard_stays_on_the_list_however_many_come_after_them() -> None:
    pages = make_pages()
    async with fed(pages):
        waits, ruled, *_ = await told(
            pages,
            decision(Verdict.REFER, Reason.CANNOT_CHECK, lane="east-2"),
            decision(Verdict.REFER, Reason.UNREADABLE),
        )
        await told(pages, replace(decision(Verdict.ADMIT, Reason.RULED_BY_GUARD, by="g1"), answers=ruled))
        await told(pages, *(decision(Verdict.ADMIT, Reason.ADMITTED) for _ in range(60)))
        text = await guard_page(pages)
        assert text.count('data-testid="history-item"') == 21
        assert f'id="ruling-later-{waits}"' in text
        assert f'id="ruling-later-{ruled}"' not in text
        pages.house.now = START + RULING_WAITS
        assert (await guard_page(pages)).count('data-testid="history-item"') == 20


@pytest.mark.asyncio
async def test_a_number_of_no_ruling_is_no_question() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        for number in ("", "0", "-1", "x"):
            data = {"csrf": await token_of(browser), "decision": number}
            assert (await browser.post("/guard/undo", data=data)).status_code == 400
        pages.house.answer = OrderResult(order="", done=False, why="too late to undo")
        late = await browser.post("/guard/undo", data=data | {"decision": "7"}, headers={"HX-Request": "true"})
    assert "超过 30 秒" in late.text


@pytest.mark.asyncio
async def test_a_courier_comes_again_with_one_tap() -> None:
    pages = make_pages()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        [courier, *others] = await told(
            pages,
            decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier"),
            decision(Verdict.ADMIT, Reason.ADMITTED, holder="visitor"),
            decision(Verdict.ADMIT, Reason.ADMITTED, holder="courier", lane="east-2"),
            decision(Verdict.REFUSE, Reason.EXPIRED, holder="courier"),
        )
        text = (await browser.get("/guard")).text
        assert f'id="again-{courier}"' in text
        assert not any(f'id="again-{number}"' in text for number in others)
        data = {"csrf": await token_of(browser), "lane": "east-1", "decision": str(courier)}
        assert (await browser.post("/guard/rule", data=data | {"ruling": "admit:courier_again"})).status_code == 303
        await told(pages)
        assert f'id="again-{courier}"' not in (await browser.get("/guard")).text  # answered: the newest entry has one
    [order] = pages.house.orders
    assert isinstance(order, GuardRuled)
    assert (order.admit, order.reason, order.decision) == (True, "courier_again", courier)


@pytest.mark.asyncio
async def test_a_referral_nobody_ruled_stays_in_the_list_and_goes_after_ten_minutes() -> None:
    pages = make_pages()
    async with fed(pages):
        await told(pages, decision(Verdict.REFER, Reason.CANNOT_CHECK), decision(Verdict.ADMIT, Reason.ADMITTED))
        assert (await guard_page(pages)).count('data-testid="ruling"') == 1
        pages.house.now = START + timedelta(minutes=11)
        assert (await guard_page(pages)).count('data-testid="ruling"') == 0


@pytest.mark.asyncio
async def test_what_the_house_refuses_is_said_in_words() -> None:
    pages = make_pages()
    pages.house.answer = OrderResult(order="", done=False, why="unknown lane")
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "lane": "east-1", "ruling": "admit:emergency"}
        plain = await browser.post("/guard/rule", data=data)
        partial = await browser.post("/guard/rule", data=data, headers={"HX-Request": "true"})
    assert plain.status_code == 409
    assert "没有这个通道" in plain.text
    assert partial.text.startswith('<p class="bad">')
    assert "没有这个通道" in partial.text


@pytest.mark.asyncio
async def test_the_status_line_turns_amber_when_what_it_says_is_old() -> None:
    pages = make_pages()
    fresh = await guard_page(pages)
    pages.house.trust_age = timedelta(hours=25)
    pages.house.clock_trusted = False
    pages.house.connected = False
    pages.house.backlog = 17
    old = await guard_page(pages)
    assert 'class="chip good" data-testid="status-trust" data-old="no"' in fresh
    assert 'class="chip good" data-testid="status-clock"' in fresh
    assert 'class="chip warn" data-testid="status-trust" data-old="yes"' in old
    assert 'class="chip warn" data-testid="status-clock"' in old
    assert 'class="chip warn" data-testid="status-uplink" data-trouble="" data-backlog="17"' in old


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_status_line_says_what_is_wrong_with_the_road_to_the_centre(trouble: str) -> None:
    pages = make_pages()
    pages.house.uplink_trouble = trouble
    page = await guard_page(pages)
    chip = page.partition('data-testid="status-uplink"')[2].partition('data-testid="status-clock"')[0]
    assert f'data-trouble="{trouble}"' in chip
    assert f"{TROUBLES[trouble].zh} · 都存着" in chip
    assert "已送达" not in chip


@pytest.mark.asyncio
async def test_a_house_without_a_centre_says_so_calmly_and_waits_for_nobody() -> None:
    pages = make_pages()
    pages.house.confirm, pages.house.connected, pages.house.backlog = "none", False, 17
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        text = (await browser.get("/guard")).text
        said = (await browser.get("/status.json")).json()
    assert '<span class="chip plain" data-testid="status-uplink">' in text
    assert "未设中心，都存在本机" in text
    assert "断网" not in text
    assert not said["uplink_slow"]


@pytest.mark.asyncio
async def test_nothing_written_by_anybody_becomes_part_of_the_page() -> None:
    pages = make_pages()
    pages.staff.members["g1"] = GUARD._replace(name=PROBE)
    async with fed(pages):
        await told(pages, decision(Verdict.REFER, Reason.CANNOT_CHECK, holder=PROBE, flat=PROBE, by=PROBE))
        text = await guard_page(pages)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


@pytest.mark.asyncio
async def test_the_count_of_alerts_is_of_those_the_role_may_see() -> None:
    pages = make_pages()
    pages.house.tell(alert(Kind.FEVER, 5))
    pages.house.tell(alert(Kind.FALL, 6))
    pages.house.tell(alert(Kind.CAMERA_SILENT, 7, place="east-1"))
    counts = {}
    for member in (GUARD, INSTALLER, OFFICER):
        async with pages.browser() as browser:
            await log_in(browser, member)
            counts[member.role.value] = (await browser.get("/status.json")).json()["open_alerts"]
    assert counts == {"guard": 2, "installer": 1, "duty_officer": 3}


@pytest.mark.asyncio
async def test_the_address_for_monitoring_says_ok_and_no_more() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        answer = await browser.get("/healthz")
        assert (answer.status_code, answer.text) == (200, "ok\n")
        pages.house.shown.number = 0
        answer = await browser.get("/healthz")
        assert (answer.status_code, answer.text) == (503, "not\n")
