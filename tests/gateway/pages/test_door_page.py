"""The page behind the code on the inside of a door: asked with no log-in, and nothing fails without a word."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pypdfium2
import pytest
import zxingcpp
from msgspec.structs import replace

from gateway.orders.codes import WindowCodeRenewed
from gateway.orders.every import OrderResult
from gateway.orders.windows import WindowAsked, WindowConfirmed, WindowWithdrawn
from gateway.pages.desk import Desk
from gateway.services import Purpose, Service, ServiceMoved, ServiceState, WindowRules
from tests.gateway.pages.browsing import Pages, log_in, make_pages
from tests.gateway.pages.fake_house import OFFICER, START, stay
from tests.gateway.pages.registered import registered_pages

FLAT, OTHER = "b1u1-502", "b1u1-501"
PROBE = "<script>alert(1)</script>"


def code_of(pages: Pages, flat: str = FLAT) -> str:
    desk: Desk = pages.app.state.desk
    return desk.doors.code_of(flat)


def a_home() -> Pages:
    pages = make_pages()
    pages.house.tell(stay(FLAT, 7))
    pages.house.shown.window_rules = WindowRules(call="021-5555 0101")
    return pages


def asked(state: ServiceState = ServiceState.ASKED, **changes: object) -> ServiceMoved:
    service = Service(
        id="r1",
        flat=FLAT,
        purpose=Purpose.MEDICINE,
        state=state,
        asked_at=START,
        asked_by="resident",
        changed_at=START,
        opens=START,
        closes=START + timedelta(hours=1),
    )
    service = replace(service, **changes)
    return ServiceMoved(at=START, flat=service.flat, service=service)


def form(text: str, name: str = "door-form") -> dict[str, str]:
    part = text[text.index(f'data-testid="{name}"') :]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part[: part.index("</form>")]))


async def send(pages: Pages, what: str = "ask", flat: str = FLAT, **fields: str) -> httpx.Response:
    code = code_of(pages, flat)
    async with pages.browser() as browser:
        text = (await browser.get(f"/door/{code}")).text
        hidden = form(text) if "csrf" not in fields else {}
        return await browser.post(f"/door/{code}/{what}", data=hidden | fields)


@pytest.mark.asyncio
async def test_the_page_needs_no_log_in_and_has_a_picture_for_each_purpose_and_the_number() -> None:
    pages = a_home()
    async with pages.browser() as browser:
        answer = await browser.get(f"/door/{code_of(pages)}")
    assert answer.status_code == 200
    for purpose in Purpose:
        assert f'data-testid="ask-{purpose}"' in answer.text
    assert 'href="tel:021-55550101"' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.asyncio
@pytest.mark.parametrize("code", ["x", "a" * 24, "A" * 24, "../login", "é" * 24])
async def test_a_code_nobody_printed_opens_nothing(code: str) -> None:
    pages = a_home()
    async with pages.browser() as browser:
        answer = await browser.get(f"/door/{code}")
        assert answer.status_code in (200, 404)
        assert 'data-testid="door-form"' not in answer.text
        assert (await browser.post(f"/door/{code}/ask", data={"purpose": "food"})).status_code in (404, 405)
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_one_tap_is_an_order_of_that_flat() -> None:
    pages = a_home()
    answer = await send(pages, purpose="food", words=" 一袋\u200e 米 ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/door/{code_of(pages)}")
    [order] = pages.house.orders
    assert isinstance(order, WindowAsked)
    assert (order.flat, order.by, order.purpose, order.words) == (FLAT, "resident", "food", "一袋 米")


@pytest.mark.asyncio
async def test_the_same_tap_twice_is_one_order() -> None:
    pages = a_home()
    code = code_of(pages)
    async with pages.browser() as browser:
        fields = form((await browser.get(f"/door/{code}")).text) | {"purpose": "waste"}
        for _ in range(2):
            await browser.post(f"/door/{code}/ask", data=fields)
    first, second = pages.house.orders
    assert first.id == second.id


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"purpose": "party"}, 400),
        ({"purpose": "food", "words": "字" * 81}, 400),
        ({"csrf": "x", "purpose": "food"}, 403),
    ],
)
async def test_what_no_form_of_ours_sends_is_no_order(fields: dict[str, str], status: int) -> None:
    pages = a_home()
    assert (await send(pages, **fields)).status_code == status
    assert pages.house.orders == []


@pytest.mark.asyncio
async def test_a_refusal_says_why_and_whom_to_call() -> None:
    pages = a_home()
    pages.house.answer = OrderResult(order="", done=False, why="too many requests are open")
    answer = await send(pages, purpose="food")
    assert answer.status_code == 409
    assert "还有几个请求在等答复" in answer.text
    assert "tel:021-55550101" in answer.text


@pytest.mark.asyncio
async def test_a_stuck_finger_is_told_to_wait() -> None:
    pages = a_home()
    codes = [(await send(pages, purpose="food")).status_code for _ in range(10)]
    assert codes[:8] == [303] * 8
    assert codes[-1] == 429


@pytest.mark.asyncio
@pytest.mark.parametrize("state", ServiceState)
async def test_the_resident_sees_what_became_of_it(state: ServiceState) -> None:
    pages = a_home()
    pages.house.tell(asked(state, why="明天再来" if state is ServiceState.DENIED else ""))
    async with pages.browser() as browser:
        text = (await browser.get(f"/door/{code_of(pages)}/now")).text
    assert f'data-state="{state}"' in text
    assert ("明天再来" in text) is (state is ServiceState.DENIED)
    assert ('data-testid="door-received"' in text) is (state is ServiceState.DELIVERED)


@pytest.mark.asyncio
@pytest.mark.parametrize(("what", "order"), [("received", WindowConfirmed), ("withdraw", WindowWithdrawn)])
async def test_received_and_not_needed_are_of_ones_own_requests_only(what: str, order: type) -> None:
    pages = a_home()
    pages.house.tell(stay(OTHER, 8))
    pages.house.tell(asked())
    assert (await send(pages, what, request="r1")).status_code == 303
    assert [type(each) for each in pages.house.orders] == [order]
    assert (await send(pages, what, flat=OTHER, request="r1")).status_code == 404
    assert len(pages.house.orders) == 1


@pytest.mark.asyncio
async def test_one_flat_sees_nothing_of_another_and_names_nobody() -> None:
    pages = a_home()
    pages.house.tell(asked(flat=OTHER))
    async with pages.browser() as browser:
        text = (await browser.get(f"/door/{code_of(pages)}")).text
    assert 'data-testid="request"' not in text
    assert "0000000000000007" not in text


@pytest.mark.asyncio
async def test_a_flat_that_is_free_is_told_so() -> None:
    pages = make_pages()
    async with pages.browser() as browser:
        text = (await browser.get(f"/door/{code_of(pages)}?lang=en")).text
    assert 'data-testid="door-free"' in text
    assert 'data-testid="door-form"' not in text


@pytest.mark.asyncio
async def test_what_somebody_wrote_is_no_part_of_the_page() -> None:
    pages = a_home()
    pages.house.tell(asked(words=PROBE, why=PROBE, state=ServiceState.DENIED))
    async with pages.browser() as browser:
        text = (await browser.get(f"/door/{code_of(pages)}")).text
    assert PROBE not in text


def test_codes_are_of_this_key_and_of_one_flat_each() -> None:
    one, two = make_pages(), make_pages()
    flats = list(one.house.shown.places.flats)
    codes = {code_of(one, flat) for flat in flats}
    assert len(codes) == len(flats)
    assert codes == {code_of(two, flat) for flat in flats}
    desk: Desk = one.app.state.desk
    assert [desk.doors.flat_of(code_of(one, flat), flats) for flat in flats] == flats
    assert desk.doors.flat_of(code_of(one), []) is None


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["received", "withdraw"])
async def test_a_page_that_says_one_thing_without_end_is_held_off_and_another_flat_is_not(what: str) -> None:
    """Each of them, refused or not, is a record; whoever photographed a door's code could fill the journal."""
    pages = a_home()
    pages.house.tell(asked())
    pages.house.tell(asked(id="r2", flat=OTHER))
    said = [(await send(pages, what, request="r1", csrf=csrf_of(pages, FLAT))).status_code for _ in range(40)]
    assert said[0] == 303
    assert said[-1] == 429
    assert len(pages.house.orders) < 20
    assert (await send(pages, what, OTHER, request="r2", csrf=csrf_of(pages, OTHER))).status_code == 303


def csrf_of(pages: Pages, flat: str) -> str:
    desk: Desk = pages.app.state.desk
    return desk.sessions.form_token(f"door {code_of(pages, flat)}")


@pytest.mark.asyncio
async def test_a_renewed_code_opens_the_page_and_the_old_one_nothing(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, _), pages.browser() as officer, pages.browser() as resident:
        pages.house.tell(stay(FLAT, 7))
        old, neighbours = code_of(pages), code_of(pages, OTHER)
        await log_in(officer, OFFICER)
        text = (await officer.get(f"/flat?flat={FLAT}")).text
        assert old not in text
        before = await officer.get(f"/flat/code?flat={FLAT}")
        assert before.headers["content-type"] == "application/pdf"
        for _ in range(2):  # sent twice it is renewed once
            assert (await officer.post("/flat/code", data=form(text, "code-form"))).status_code == 303
        new = code_of(pages)
        order = pages.house.orders[-1]
        assert isinstance(order, WindowCodeRenewed)
        assert (order.flat, order.by) == (FLAT, OFFICER.id)
        assert pages.house.orders[-2].id == order.id
        assert new not in (await officer.get(f"/flat?flat={FLAT}")).text
        assert (await officer.get(f"/flat/code?flat={FLAT}")).content != before.content
        statuses = [(await resident.get(f"/door/{code}")).status_code for code in (old, new, neighbours)]
        assert statuses == [404, 200, 200]


@pytest.mark.asyncio
async def test_the_sheet_of_a_flat_has_a_code_that_a_camera_reads(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, _), pages.browser() as officer:
        await log_in(officer, OFFICER)
        made = (await officer.get(f"/flat/code?flat={FLAT}")).content
    picture = pypdfium2.PdfDocument(made)[0].render(scale=2).to_numpy()
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == f"http://gate.test/door/{code_of(pages)}"


@pytest.mark.asyncio
@pytest.mark.parametrize("flat", ["nowhere", ""])
async def test_no_code_is_renewed_of_a_flat_that_is_none(tmp_path: Path, flat: str) -> None:
    async with registered_pages(tmp_path) as (pages, _), pages.browser() as officer:
        await log_in(officer, OFFICER)
        hidden = form((await officer.get(f"/flat?flat={FLAT}")).text, "code-form")
        assert (await officer.post("/flat/code", data=hidden | {"flat": flat})).status_code == 404
        assert (await officer.get(f"/flat/code?flat={flat}")).status_code == 404
        assert pages.house.orders == []
