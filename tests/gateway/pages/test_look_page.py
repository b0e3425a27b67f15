"""One look at a lane: asked with a reason, seen by whoever asked alone, said on that lane's screen, over by itself."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace as changed

from gateway.compound import Device, DeviceKind
from gateway.orders.gate import LookAsked, LookEnded
from gateway.pages.access import ACCESS, PUBLIC, Role
from tests.gateway.pages.browsing import Pages, fed, log_in, make_pages, token_of, told
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, START, FakeHouse, make_site

ASKED = LookAsked(id="a" * 32, at=START, by="d1", lane="east-1", camera="camera-1", reason="队伍很长", seconds=60)
PICTURES = [b"\xff\xd8one\xff\xd9", b"\xff\xd8two\xff\xd9"]


def with_camera() -> Pages:
    site = make_site()
    return make_pages(
        FakeHouse(changed(site, devices=(*site.devices, Device("camera-1", DeviceKind.CAMERA, "cam", "east-1"))))
    )


@pytest.mark.asyncio
async def test_a_look_is_an_order_with_its_reason_and_then_pictures_for_whoever_asked() -> None:
    pages = with_camera()
    pages.house.pictures = list(PICTURES)
    async with fed(pages), pages.browser() as browser, pages.browser() as other:
        await log_in(browser, OFFICER)
        html = (await browser.get("/look?lang=en")).text
        assert 'data-testid="look-60"' in html
        [order] = re.findall(r'name="order" value="(\w+)"', html)
        data = {
            "csrf": await token_of(browser),
            "order": order,
            "camera": "camera-1",
            "reason": " 队伍很长\n",
            "seconds": "60",
        }
        answer = await browser.post("/look", data=data)
        assert answer.headers["location"] == f"/look?look={order}"
        html = (await browser.get(f"/look?look={order}&lang=en")).text
        assert f'src="/look/picture?look={order}"' in html
        seen = await browser.get(f"/look/picture?look={order}")
        await log_in(other, GUARD)
        assert (await other.get(f"/look/picture?look={order}")).status_code == 403
        end = {"csrf": await token_of(browser), "order": "b" * 32, "look": order}
        assert (await browser.post("/look/end", data=end)).headers["location"] == "/look"
        assert (await browser.get(f"/look/picture?look={order}")).status_code == 204
    asked, ended = pages.house.orders
    assert isinstance(asked, LookAsked)
    assert isinstance(ended, LookEnded)
    assert (asked.by, asked.lane, asked.camera, asked.reason, asked.seconds) == (
        "d1",
        "east-1",
        "camera-1",
        "队伍很长",
        60,
    )
    assert seen.headers["content-type"] == "multipart/x-mixed-replace; boundary=picture"
    assert seen.headers["cache-control"] == "no-store"
    *parts, last = [part for part in re.split(rb"--picture(?:--)?\r\n", seen.content) if part]
    assert b"\xff\xd8\xff" in last, "black, with words: the last picture must not look live"
    assert parts == [
        b"Content-Type: image/jpeg\r\nContent-Length: 7\r\n\r\n" + picture + b"\r\n" for picture in PICTURES
    ]
    assert pages.app.state.desk.picture_streams == 0


@pytest.mark.asyncio
async def test_another_officer_sees_nothing_and_what_is_over_is_over() -> None:
    pages = with_camera()
    pages.house.pictures = list(PICTURES)
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        await told(pages, changed(ASKED, by="d2"))
        assert (await browser.get(f"/look/picture?look={ASKED.id}")).status_code == 204
        assert "<img" not in (await browser.get(f"/look?look={ASKED.id}")).text
        mine = changed(ASKED, id="c" * 32)
        await told(pages, mine)
        pages.house.now += timedelta(seconds=60)
        assert (await browser.get(f"/look/picture?look={mine.id}")).status_code == 204
        assert (await browser.get("/look/picture")).status_code == 204
    assert pages.house.pictures == PICTURES


@pytest.mark.asyncio
async def test_the_guard_at_that_lane_is_told_who_looks_why_and_until_when() -> None:
    pages = with_camera()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, GUARD)
        await told(pages, ASKED)
        for path, there in (("/guard?lane=east-1", True), ("/guard", True), ("/guard?lane=east-2", False)):
            html = (await browser.get(path, params={"lang": "en"} | ({"lane": path[12:]} if "=" in path else {}))).text
            found = re.findall(r'data-testid="looked" data-since="([^"]+)" data-fades="60">(.*?)</p>', html)
            assert bool(found) == there, path
            if there:
                assert OFFICER.name in found[0][1]
                assert "until 14:31:00 · “队伍很长”" in found[0][1]
        pages.house.now += timedelta(seconds=61)
        assert 'data-testid="looked"' not in (await browser.get("/guard")).text


@pytest.mark.asyncio
async def test_fields_no_browser_would_send_are_turned_away() -> None:
    pages = with_camera()
    async with fed(pages), pages.browser() as browser:
        await log_in(browser, OFFICER)
        good = {
            "csrf": await token_of(browser),
            "order": "a" * 32,
            "camera": "camera-1",
            "reason": "r",
            "seconds": "30",
        }
        for wrong in (
            {"camera": "none"},
            {"camera": "band-1"},
            {"reason": " "},
            {"reason": "x" * 121},
            {"seconds": "121"},
        ):
            assert (await browser.post("/look", data=good | wrong)).status_code == 400, wrong
    assert pages.house.orders == []


def test_only_who_is_on_duty_may_look() -> None:
    for route in (("GET", "/look"), ("POST", "/look"), ("POST", "/look/end"), ("GET", "/look/picture")):
        assert ACCESS[route] == {Role.DUTY_OFFICER, Role.CHIEF}


@pytest.mark.asyncio
@pytest.mark.parametrize("member", [GUARD, INSTALLER, OFFICER], ids=lambda member: member.role)
async def test_no_other_page_gives_a_picture(member: object) -> None:
    """Every page there is, asked while a look runs: none answers with an image, nor links to one of the lane."""
    pages = with_camera()
    pages.house.tell(changed(ASKED, by="d2"))
    pages.app.state.desk.feed.close()  # streams end at once
    async with pages.browser() as browser:
        await log_in(browser, member)  # type: ignore[arg-type]  # pytest's parameter
        for method, path in ACCESS:
            if method == "GET" and ACCESS[method, path] is not PUBLIC and path != "/look/picture":
                answer = await browser.get(path, params={"look": ASKED.id})
                assert not answer.headers.get("content-type", "").startswith(("image/", "multipart/")), path
                assert "/look/picture" not in answer.text, path
