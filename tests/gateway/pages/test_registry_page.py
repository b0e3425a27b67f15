"""The registry's pages: a list is looked at twice, names are shown on record, a person is changed in one form."""

import re
from pathlib import Path

import httpx
import pytest

from gateway.households import Household, Resident, Use
from gateway.orders.homes import HouseholdsChanged
from gateway.pages.homes.uploads import MOST_UPLOAD_BYTES
from gateway.people import Care
from tests.gateway.pages.browsing import Pages, log_in, token_of
from tests.gateway.pages.fake_house import GUARD, OFFICER
from tests.gateway.pages.registered import registered_pages

FLAT, OTHER = "b1u1-502", "b1u1-501"
LIST = "房屋,姓名,电话\n1-1-502,王阿婆,138\n1号楼1单元501室,李,139\n"


async def upload(browser: httpx.AsyncClient, data: bytes) -> httpx.Response:
    fields = {"csrf": await token_of(browser)}
    return await browser.post("/registry/import", data=fields, files={"file": ("list.csv", data, "text/csv")})


async def sent(browser: httpx.AsyncClient, form: str, fields: dict[str, str], nth: int = 0) -> httpx.Response:
    """One of the forms of the household's page, filled in."""
    text = (await browser.get(f"/household?flat={FLAT}")).text
    part = text.split(f'data-testid="{form}"')[1 + nth]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part[: part.index("</form>")]))
    action = {"person-form": "person", "leave-form": "leave", "use-form": "use"}[form]
    return await browser.post(f"/household/{action}", data=hidden | fields)


def changes(pages: Pages) -> list[HouseholdsChanged]:
    return [order for order in pages.house.orders if isinstance(order, HouseholdsChanged)]


@pytest.mark.asyncio
async def test_a_list_is_taken_in_after_a_second_look_and_not_before(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar), pages.browser() as browser:
        await log_in(browser, OFFICER)
        looked = await upload(browser, LIST.encode("gb18030"))
        assert looked.status_code == 200
        assert 'data-testid="confirm-form"' in looked.text
        assert changes(pages) == []
        confirm = {"csrf": await token_of(browser)}
        assert (await browser.post("/registry/confirm", data=confirm)).status_code == 303
        assert [person.name for home in registrar.all().values() for person in home.people] == ["王阿婆", "李"]
        assert (await browser.post("/registry/confirm", data=confirm)).status_code == 409
        again = await upload(browser, LIST.encode())
        assert 'data-testid="confirm-form"' not in again.text
        assert len(changes(pages)) == 1


@pytest.mark.asyncio
async def test_wrong_rows_are_a_table_and_nothing_waits(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, _), pages.browser() as browser:
        await log_in(browser, OFFICER)
        looked = await upload(browser, "房屋,电话\n1-1-502,<b>\n9-9,1\n".encode())
        assert looked.status_code == 422
        rows = re.findall(r'data-testid="fault"><td>(.*?)</td><td>(.*?)</td>', looked.text)
        assert rows == [
            ("第 2 行, 电话", "电话只能是 3 到 20 位数字，可带 + 和 -: &lt;b&gt;"),
            ("第 3 行, 房屋", "没有这个房屋: 9-9"),
        ]
        assert (await browser.post("/registry/confirm", data={"csrf": await token_of(browser)})).status_code == 409
        assert (await upload(browser, b"PK\x03\x04 broken")).status_code == 422
        assert (await upload(browser, b"")).status_code == 422
        assert (await upload(browser, bytes(MOST_UPLOAD_BYTES))).status_code == 413


@pytest.mark.asyncio
async def test_a_form_without_its_token_takes_nothing_in(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, _), pages.browser() as browser:
        await log_in(browser, OFFICER)
        files = {"file": ("list.csv", LIST.encode(), "text/csv")}
        assert (await browser.post("/registry/import", data={"csrf": "x"}, files=files)).status_code == 403
        no_boundary = {"content-type": "multipart/form-data"}
        assert (await browser.post("/registry/import", content=b"x", headers=no_boundary)).status_code == 400


@pytest.mark.asyncio
async def test_names_are_for_duty_officers_and_on_record(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar), pages.browser() as browser:
        await registrar.change(
            {FLAT: Household(FLAT, people=(Resident("5afe000000000001", "王阿婆", "13800000001"),))}, "d1"
        )
        async with pages.browser() as guards:
            await log_in(guards, GUARD)
            assert (await guards.get(f"/household?flat={FLAT}")).status_code == 403
        await log_in(browser, OFFICER)
        assert "王阿婆" in (await browser.get(f"/household?flat={FLAT}")).text
        out = await browser.post("/registry/export", data={"csrf": await token_of(browser), "format": "csv"})
        assert "王阿婆" in out.content.decode("utf-8-sig")
        looks = [(each.by, each.what, each.about) for each in pages.house.looks]
        assert ("d1", "/household", FLAT) in looks
        assert ("d1", "/registry/export", "") in looks
        for quiet in ("/board", "/registry", f"/flat?flat={FLAT}", "/alerts"):
            assert "王阿婆" not in (await browser.get(quiet)).text


@pytest.mark.asyncio
async def test_a_person_is_added_changed_and_removed(tmp_path: Path) -> None:
    async with registered_pages(tmp_path) as (pages, registrar), pages.browser() as browser:
        await log_in(browser, OFFICER)
        who = {"name": "王阿婆", "phone": "138 0000", "origin": "blue", "head_of": "b1u1", "volunteer": "on"}
        care = {"dialysis": "on", "dialysis_text": "周二|周五", "lives_alone_text": "没有勾选"}
        assert (await sent(browser, "person-form", who | care)).status_code == 303
        home = registrar.get(FLAT)
        assert home is not None
        [person] = home.people
        assert person == Resident(
            person.subject, "王阿婆", "138 0000", (Care.DIALYSIS,), {Care.DIALYSIS: "周二/周五"}, True, "b1u1", "blue"
        )
        page = (await browser.get(f"/household?flat={FLAT}")).text
        assert "周二/周五" in page
        assert (await sent(browser, "person-form", who | {"name": "王"})).status_code == 303
        assert registrar.get(FLAT) == Household(
            FLAT, people=(Resident(person.subject, "王", "138 0000", volunteer=True, head_of="b1u1", origin="blue"),)
        )
        assert (await sent(browser, "use-form", {"use": "empty"})).status_code == 409
        assert (await sent(browser, "leave-form", {})).status_code == 303
        assert registrar.get(FLAT) == Household(FLAT)
        assert (await sent(browser, "use-form", {"use": "empty"})).status_code == 303
        assert registrar.get(FLAT) == Household(FLAT, Use.EMPTY)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "wrong", [{"phone": "call me"}, {"name": "王" * 61}, {"origin": "mars"}, {"head_of": "b9"}, {"subject": "x"}]
)
async def test_what_the_form_would_not_send_changes_nothing(tmp_path: Path, wrong: dict[str, str]) -> None:
    async with registered_pages(tmp_path) as (pages, registrar), pages.browser() as browser:
        await log_in(browser, OFFICER)
        fields = {"name": "王", "phone": "", "origin": "", "head_of": ""}
        assert (await sent(browser, "person-form", fields | wrong)).status_code == 400
        assert registrar.all() == {}


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_template_can_be_filled_in_and_taken_in(tmp_path: Path, kind: str) -> None:
    async with registered_pages(tmp_path) as (pages, _), pages.browser() as browser:
        await log_in(browser, OFFICER)
        answer = await browser.get(f"/registry/template?format={kind}")
        assert answer.headers["content-disposition"] == f'attachment; filename="registry-template.{kind}"'
        assert (await browser.get("/registry/template?format=exe")).status_code == 400
        looked = await upload(browser, answer.content)
        assert looked.status_code == 422
        assert "表里没有内容" in looked.text
