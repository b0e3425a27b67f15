"""A code sent by the guard's page enters the house like any other; what no page of ours sends is refused."""

import cv2
import httpx
import numpy as np
import pytest
from cv2.typing import MatLike

from devices.jpeg import MOST_SCANS
from gateway.findings import Reason, Verdict
from gateway.pages.gate.scan import LONGEST_CODE, LONGEST_SIDE
from gateway.pages.security import MOST_BODY_BYTES, MOST_PHOTO_BYTES
from tests.gateway.pages.browsing import log_in, make_pages, token_of
from tests.gateway.pages.fake_house import GUARD
from tests.qr_codes import code, scene

TEXT = "MS1:QRD2EAJHARBGUOFALAVKIBA2"


async def sent(
    browser: httpx.AsyncClient, changes: dict[str, str] | None = None, *, partial: bool = True
) -> httpx.Response:
    data = {"csrf": await token_of(browser), "lane": "east-1", "text": TEXT} | (changes or {})
    return await browser.post("/guard/code", data=data, headers={"HX-Request": "true"} if partial else {})


async def photographed(
    browser: httpx.AsyncClient, picture: bytes, lane: str = "east-1", kind: str = "image/jpeg"
) -> httpx.Response:
    headers = {"HX-Request": "true", "X-Menshen-Form": await token_of(browser), "Content-Type": kind}
    return await browser.post(f"/guard/photo?lane={lane}", content=picture, headers=headers)


def jpeg(picture: MatLike) -> bytes:
    done, encoded = cv2.imencode(".jpg", picture)
    assert done
    return encoded.tobytes()


@pytest.mark.asyncio
async def test_a_code_goes_to_the_house_with_its_lane_and_the_decision_comes_back_in_words() -> None:
    pages = make_pages()
    pages.house.verdicts[TEXT] = (Verdict.REFUSE, Reason.EXPIRED)
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        answer = await sent(browser)
        plain = await sent(browser, partial=False)
    assert pages.house.shown_codes == [("east-1", TEXT)] * 2
    assert answer.status_code == 200
    assert "不放行 · 通行码已过期" in answer.text
    assert TEXT not in answer.text
    assert (plain.status_code, plain.headers["location"]) == (303, "/guard?lane=east-1")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "changes",
    [
        {"lane": "nowhere"},
        {"lane": ""},
        {"text": ""},
        {"text": " \r\n"},
        {"text": "A" * (LONGEST_CODE + 1)},
    ],
    ids=str,
)
async def test_what_no_page_of_ours_sends_is_refused(changes: dict[str, str]) -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await sent(browser, changes)).status_code == 400
        assert (await sent(browser, {"csrf": "0" * 64})).status_code == 403
    assert pages.house.shown_codes == []


@pytest.mark.asyncio
async def test_the_largest_code_fits_however_it_is_written() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await sent(browser, {"text": "%" * LONGEST_CODE})).status_code == 200
        too_long = await sent(browser, {"text": "%" * (MOST_BODY_BYTES // 3)})
    assert too_long.status_code == 413
    assert [len(text) for _, text in pages.house.shown_codes] == [LONGEST_CODE]


@pytest.mark.asyncio
async def test_one_session_may_send_so_many_and_no_other_pays_for_it() -> None:
    pages = make_pages()
    async with pages.browser() as busy, pages.browser("10.0.0.10") as other:
        await log_in(busy, GUARD)
        await log_in(other, GUARD)
        token = await token_of(busy)
        data = {"csrf": token, "lane": "east-1", "text": TEXT}
        codes = [(await busy.post("/guard/code", data=data)).status_code for _ in range(60)]
        assert codes[:30] == [303] * 30
        assert 429 in codes
        assert (await sent(other)).status_code == 200


@pytest.mark.asyncio
async def test_a_photo_is_read_on_the_gateway_and_its_code_shown() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        answer = await photographed(browser, jpeg(scene(code(TEXT))))
    assert answer.status_code == 200
    assert "放行" in answer.text
    assert pages.house.shown_codes == [("east-1", TEXT)]


@pytest.mark.asyncio
async def test_a_photo_as_large_as_may_be_sent_is_read() -> None:
    pages = make_pages()
    noisy = jpeg(scene(code(TEXT, scale=20), width=1900, height=1400, noise=25))
    assert MOST_PHOTO_BYTES / 2 < len(noisy) < MOST_PHOTO_BYTES
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        assert (await photographed(browser, noisy)).status_code == 200
    assert pages.house.shown_codes == [("east-1", TEXT)]


@pytest.mark.asyncio
async def test_a_photo_without_a_code_or_with_two_is_answered_in_words() -> None:
    pages = make_pages()
    two = np.hstack([scene(code(TEXT)), scene(code("MS1:OTHER"))])
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        for picture, words in ((scene(), "没有找到通行码"), (two, "不止一个码")):
            answer = await photographed(browser, jpeg(picture))
            assert answer.status_code == 422
            assert words in answer.text
    assert pages.house.shown_codes == []


@pytest.mark.asyncio
async def test_what_is_no_photo_is_refused() -> None:
    pages = make_pages()
    good = jpeg(scene(code(TEXT)))
    wide = jpeg(np.zeros((32, LONGEST_SIDE + 1), np.uint8))
    often = good[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * MOST_SCANS + good[-2:]
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        for picture in (b"", b"GIF89a", good[: len(good) // 2], b"\xff\xd8" * 1000, wide, often):
            assert (await photographed(browser, picture)).status_code == 400
        assert (await photographed(browser, good, kind="text/html")).status_code == 400
        assert (await photographed(browser, good, lane="nowhere")).status_code == 400
        assert (await photographed(browser, bytes(MOST_PHOTO_BYTES + 1))).status_code == 413
        headers = {"X-Menshen-Form": "0" * 64, "Content-Type": "image/jpeg"}
        assert (await browser.post("/guard/photo?lane=east-1", content=good, headers=headers)).status_code == 403
    assert pages.house.shown_codes == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("R3ZY-W009", 200),
        ("沪A12345", 200),
        ("R3ZY-W008", 422),
        ("hello", 422),
        ("", 400),
        (" " * 30, 400),
        ("沪" * 30, 400),
    ],
)
async def test_what_is_typed_goes_to_the_house_if_it_can_be_a_plate_or_a_short_code(text: str, status: int) -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        await log_in(browser, GUARD)
        data = {"csrf": await token_of(browser), "lane": "east-1", "text": text}
        answer = await browser.post("/guard/typed", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert pages.house.typed == ([("east-1", text)] if status == 200 else [])
    assert pages.house.shown_codes == []
