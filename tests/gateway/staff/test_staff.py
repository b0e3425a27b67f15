"""Who may log in: PINs of earlier versions fit and are kept anew, volunteers have hours, strangers cost the same."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.pages.access import Member, Role
from gateway.registry.registry import Book, open_registry
from gateway.staff.book import StaffBook
from gateway.staff.pins import is_scrypt
from gateway.staff.volunteers import new_code, new_id, wrong_hours

BEFORE = "scrypt$4$8$AAECAwQFBgcICQoLDA0ODw==$YO3dD7XZaGY8fBHXu42y10+jzmJyYMfd71uckNvCvfw="  # of 2468
NOW = datetime(2026, 3, 12, 6, 30, tzinfo=UTC)


@asynccontextmanager
async def staff_at(folder: Path) -> AsyncIterator[tuple[StaffBook, Book]]:
    async with open_registry(folder / "registry", folder / "registry.key") as registry:
        yield StaffBook(registry.book("staff"), registry.flush), registry.book("staff")


@pytest.mark.asyncio
async def test_a_chief_s_new_pin_has_six_digits_and_an_old_one_goes_on(tmp_path: Path) -> None:
    async with staff_at(tmp_path) as (staff, book):
        book.put("c1", {"name": "陈主任", "role": "chief", "pin": BEFORE}, None)
        assert staff.verify("c1", "2468")
        with pytest.raises(ValueError, match="at least 6 digits"):
            await staff.put(Member("c1", "陈主任", Role.CHIEF, ""), "13579")
        assert staff.verify("c1", "2468")
        await staff.put(Member("c1", "陈主任", Role.CHIEF, ""), "135790")
        assert staff.verify("c1", "135790")


@pytest.mark.asyncio
async def test_a_pin_of_an_earlier_version_fits_and_is_kept_anew_while_log_ins_go_on(tmp_path: Path) -> None:
    async with staff_at(tmp_path) as (staff, book):
        book.put("g1", {"name": "张卫", "role": "guard", "pin": BEFORE}, None)
        before = staff.find("g1")
        assert staff.verify("g1", "2468")
        await staff.keep_anew("g1", "2468")
        kept = str((book.get("g1") or {})["pin"])
        assert kept.startswith("$argon2id$")
        assert staff.verify("g1", "2468")
        assert not staff.verify("g1", "2469")
        assert staff.find("g1") == before  # the mark too: nobody is thrown out
        await staff.keep_anew("g1", "2468")
        assert (book.get("g1") or {})["pin"] == kept
        assert before is not None
        await staff.put(before, "1357")
        assert staff.find("g1") != before  # a new PIN ends old log-ins
    async with staff_at(tmp_path) as (staff, _):
        assert staff.verify("g1", "1357")
        assert not staff.verify("g1", "2468")
    assert "1357" not in (tmp_path / "registry" / "staff.json").read_text("utf-8")


@pytest.mark.asyncio
async def test_while_one_pin_is_kept_the_old_way_every_check_takes_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(pin: str, kept: str) -> bool:
        asked.append("before" if is_scrypt(kept) else "now")
        return False

    monkeypatch.setattr("gateway.staff.book.verify_pin", noted)
    async with staff_at(tmp_path) as (staff, book):
        book.put("g1", {"name": "张卫", "role": "guard", "pin": BEFORE}, None)
        await staff.put(Member("d1", "王静", Role.DUTY_OFFICER, ""), "1470")
        for member in ("g1", "d1", "nobody"):
            asked.clear()
            staff.verify(member, "0000")
            assert sorted(asked) == ["before", "now"]
        book.remove("g1", None)
        for member in ("d1", "nobody"):
            asked.clear()
            staff.verify(member, "0000")
            assert asked == ["now"]


@pytest.mark.asyncio
async def test_a_volunteer_has_hours_and_a_role_of_a_later_version_opens_nothing(tmp_path: Path) -> None:
    async with staff_at(tmp_path) as (staff, book):
        shift = Member("v100", "小陈", Role.VOLUNTEER, "", starts=NOW, ends=NOW + timedelta(hours=4))
        await staff.put(shift, "735194")
        book.put("x", {"name": "x", "role": "emperor", "pin": BEFORE}, None)
    async with staff_at(tmp_path) as (staff, _):
        found = staff.find("v100")
        assert found is not None
        assert (found.starts, found.ends) == (shift.starts, shift.ends)
        assert staff.find("x") is None
        assert [member.id for member in staff.all()] == ["v100"]
        await staff.strike_off("v100")
        assert staff.find("v100") is None
    assert json.loads((tmp_path / "registry" / "staff.json").read_text("utf-8"))["documents"].keys() == {"x"}


def test_a_code_is_six_digits_and_an_id_one_that_nobody_has() -> None:
    assert new_code(lambda below: 42) == "000042"
    taken = {"v007"}
    numbers: Iterator[int] = iter([7, 7, 8])

    def find(identity: str) -> Member | None:
        return Member(identity, "", Role.VOLUNTEER, "") if identity in taken else None

    assert new_id(find, lambda below: next(numbers)) == "v008"


@pytest.mark.parametrize(
    ("starts", "ends", "why"),
    [
        (0, 8, ""),
        (24, 30, ""),
        (2, 2, "the shift ends before it begins"),
        (0, 25, "a volunteer's code is good for 24 hours at most"),
        (-9, -1, "the shift is over already"),
        (8 * 24, 8 * 24 + 4, "a shift is planned a week ahead at most"),
    ],
)
def test_hours_that_make_no_shift_are_refused(starts: int, ends: int, why: str) -> None:
    assert wrong_hours(NOW + timedelta(hours=starts), NOW + timedelta(hours=ends), NOW) == why
