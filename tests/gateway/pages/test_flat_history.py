"""A flat's page shows what is on record of it: to whom it may, of whom it may, newest first, a page at a time."""

import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import DeviceKind
from gateway.enact.every import refusal
from gateway.events.every import BandHeard, DeviceSilent, DoorMoved, TemperatureTaken
from gateway.events.meters import ChargeTold
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Reason, StayEnded, Verdict
from gateway.kinds import Kind
from gateway.orders.every import WindowOpened
from gateway.orders.notes import LONGEST_NOTE, FlatNoted
from gateway.orders.staff import DataLookedAt
from gateway.pages.homes.flat_history import LINES
from gateway.pages.homes.timeline import Teller
from gateway.services import Purpose, Service, ServiceMoved, ServiceState
from gateway.state.state import State
from gateway.view import Glance, Told
from gateway.words.language import Lang
from tests.gateway.pages.browsing import Pages, log_in, make_pages, token_of
from tests.gateway.pages.fake_house import GUARD, INSTALLER, OFFICER, START, alert, decision, make_site, stay

FLAT = "b1u1-502"
BEGAN = START - timedelta(days=3)


def ago(minutes: float) -> dict[str, Any]:
    at = START - timedelta(minutes=minutes)
    return {"at": at, "heard": at}


def taken(minutes: float, celsius: float, band: str = "band-1") -> TemperatureTaken:
    return TemperatureTaken(**ago(minutes), device=band, celsius=celsius)


def recorded(*bodies: Struct) -> Pages:
    """Somebody has stayed in 502 for three days with band-1; these are on record, the newest first."""
    pages = make_pages()
    pages.house.tell(replace(stay(FLAT, 1, band="band-1"), at=BEGAN))
    numbers = count(9000, -1)
    pages.house.history = [Told(next(numbers), body) for body in bodies]
    return pages


async def shown(pages: Pages, query: str = "") -> str:
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        answer = await browser.get(f"/flat?flat={FLAT}&lang=en{query}")
    assert answer.status_code == 200
    return answer.text


def lines(text: str) -> list[str]:
    found = re.findall(r'data-testid="line">(.*?)</li>', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


@pytest.mark.asyncio
async def test_door_band_gate_alerts_windows_and_notes_are_one_timeline() -> None:
    opens = START - timedelta(minutes=50)
    pages = recorded(
        FlatNoted(id="n", at=START, by="d1", flat=FLAT, text="waits for <medicine>"),
        alert(Kind.QUARANTINE_DOOR_OPENED, 41, minutes_ago=6),
        DoorMoved(**ago(6), device=f"door-{FLAT}", flat=FLAT, open=True),
        PresenceChanged(**ago(20), device="band-1", flat=FLAT, where=Where.AT_GATE, place="east"),
        decision(Verdict.REFER, Reason.QUARANTINED, lane="east-2", flat=FLAT, at=START - timedelta(minutes=21)),
        DeviceSilent(**ago(30), device="band-1", kind=DeviceKind.BAND, since=START),
        BandHeard(**ago(40), device="band-1", worn=False),
        WindowOpened(id="w", at=opens, by="d1", flat=FLAT, opens=opens, closes=START, purpose="food"),
    )
    assert lines(await shown(pages)) == [
        "14:30:00 Note · waits for &lt;medicine&gt; by 王静",
        "14:24:00 High · Quarantine door opened · Nobody on it",
        "14:24:00 Door opened",
        "14:10:00 band at a gate · 东门",
        "14:09:00 东门 / 出口: This person is in home quarantine",
        "14:00:00 Wristband band-1: silent",
        "13:50:00 Wristband taken off",
        "13:40:00 Service window · Food · 13:40:00 – 14:30:00 by 王静",
    ]


@pytest.mark.asyncio
async def test_a_page_at_a_time() -> None:
    moves = [DoorMoved(**ago(n), device="d", flat=FLAT, open=bool(n % 2)) for n in range(2 * LINES - 5)]
    pages = recorded(*moves)
    first = await shown(pages)
    assert len(lines(first)) == LINES
    before = re.search(r'before=(\d+)" data-testid="older"', first)
    assert before is not None
    second = await shown(pages, f"&before={before[1]}")
    assert len(lines(second)) == LINES - 5
    assert 'data-testid="older"' not in second
    assert 'data-testid="newest"' in second
    assert len(lines(await shown(pages, "&before=nonsense"))) == LINES


@pytest.mark.asyncio
async def test_nothing_from_before_the_stay_and_nothing_of_the_bands_last_wearer() -> None:
    days = 60 * 24
    pages = recorded(
        BandHeard(**ago(2 * days), device="band-1", worn=True),
        BandHeard(**ago(4 * days), device="band-1", worn=False),
        DoorMoved(**ago(4 * days), device="d", flat=FLAT, open=True),
        taken(60, 36.4),
        taken(4 * days, 39.9),
    )
    text = await shown(pages)
    assert lines(text) == ["03-10 14:30 Wristband put on"]
    assert "36.4" in text
    assert "39.9" not in text
    pages.house.tell(StayEnded(at=START, quarantine="stay-1", flat=FLAT, subject=f"{1:016x}"))
    after = await shown(pages)  # the band may be somebody else's now
    assert lines(after) == []
    assert "36.4" not in after
    assert "days served" in after
    assert 'data-testid="release-form"' not in after


@pytest.mark.asyncio
async def test_the_chart_has_its_data_windows_and_rounds() -> None:
    pages = recorded(taken(1, 36.61), taken(16, 36.4))
    opens = START - timedelta(hours=1)
    pages.house.tell(WindowOpened(id="w", at=opens, by="d1", flat=FLAT, opens=opens, closes=START, purpose="food"))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        answer = await browser.get(f"/flat/temperatures?flat={FLAT}")
        lost = await browser.get("/flat/temperatures?flat=nowhere")
    data = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    [person] = data["people"]
    assert person["subject"] == f"{1:016x}"
    assert person["celsius"] == [36.4, 36.61]
    assert person["at"] == [int(START.timestamp()) - 960, int(START.timestamp()) - 60]
    assert data["windows"] == [[opens.timestamp(), START.timestamp()]]
    assert (data["zone"], data["fever"]) == ("Asia/Shanghai", 37.3)
    assert len(data["rounds"]) == 8  # 8:00 and 15:00 of four days
    assert lost.status_code == 404


@pytest.mark.asyncio
async def test_the_chart_marks_windows_that_closed_days_ago_and_none_that_was_withdrawn() -> None:
    days = 60 * 24

    def service(id_: str, state: ServiceState, minutes: float) -> ServiceMoved:
        at = START - timedelta(minutes=minutes)
        opens = START - timedelta(days=2)
        moved = Service(
            id=id_,
            flat=FLAT,
            purpose=Purpose.FOOD,
            state=state,
            asked_at=at,
            asked_by="resident",
            changed_at=at,
            opens=opens,
            closes=opens + timedelta(hours=1),
        )
        return ServiceMoved(at=at, flat=FLAT, service=moved)

    old = START - timedelta(days=1)
    window = WindowOpened(
        id="w", at=old, by="d1", flat=FLAT, opens=old, closes=old + timedelta(hours=1), purpose="food"
    )
    pages = recorded(
        taken(1, 36.6),
        window,
        service("gone", ServiceState.WITHDRAWN, 2 * days - 5),
        service("gone", ServiceState.APPROVED, 2 * days),
        service("kept", ServiceState.LAPSED, 2 * days - 60),
        service("kept", ServiceState.APPROVED, 2 * days + 1),
    )
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        data = (await browser.get(f"/flat/temperatures?flat={FLAT}")).json()
    begun = START - timedelta(days=2)
    assert data["windows"] == [
        [begun.timestamp(), (begun + timedelta(hours=1)).timestamp()],
        [old.timestamp(), (old + timedelta(hours=1)).timestamp()],
    ]


@pytest.mark.asyncio
async def test_who_looks_is_on_record_and_others_may_not() -> None:
    pages = recorded(taken(1, 36.6))
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        await browser.get(f"/flat?flat={FLAT}")
        await browser.get(f"/flat/temperatures?flat={FLAT}")
    looks = [(each.what, each.about, each.by) for each in pages.house.looks if isinstance(each, DataLookedAt)]
    assert looks[-2:] == [("/flat", FLAT, "d1"), ("/flat/temperatures", FLAT, "d1")]
    for member in (GUARD, INSTALLER):
        async with pages.browser() as browser:
            await log_in(browser, member)
            assert (await browser.get(f"/flat/temperatures?flat={FLAT}")).status_code == 403


@pytest.mark.asyncio
async def test_devices_stand_there_with_battery_and_when_they_were_heard() -> None:
    pages = recorded()
    pages.house.glances["band-1"] = Glance(heard=START - timedelta(minutes=1), battery_percent=71)
    for day, level in enumerate((90, 86, 82, 78, 74)):
        at = START - timedelta(days=5 - day)
        pages.house.tell(ChargeTold(at=at, heard=at, device="band-1", level=level, millivolts=False))
    text = await shown(pages)
    devices = text[text.index('data-testid="devices"') :]
    assert "71 %" in devices
    assert "14:29:00" in devices
    assert re.search(r"days left: \d+–\d+", devices)
    assert "not heard since the start" in devices  # the door


@pytest.mark.asyncio
async def test_a_note_is_kept_with_whom_it_is_about() -> None:
    pages = recorded()
    async with pages.browser() as browser:
        await log_in(browser, OFFICER)
        fields = {"csrf": await token_of(browser), "flat": FLAT, "order": "a" * 32, "text": "quiet, reads"}
        assert (await browser.post("/flat/note", data=fields | {"subject": f"{1:016x}"})).status_code == 303
        assert (await browser.post("/flat/note", data=fields | {"subject": "f" * 16})).status_code == 400
        assert (await browser.post("/flat/note", data=fields | {"text": "x" * (LONGEST_NOTE + 1)})).status_code == 400
        assert (await browser.post("/flat/note", data=fields | {"text": " "})).status_code == 400
    [order] = pages.house.orders
    assert isinstance(order, FlatNoted)
    assert (order.by, order.flat, order.subject, order.text) == ("d1", FLAT, f"{1:016x}", "quiet, reads")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"text": "来过 3 次，12-13 点在家"}, ""),
        ({"flat": "nowhere"}, "unknown flat"),
        ({"text": "  "}, "a note needs words"),
        ({"text": "x" * 201}, "longer than 200 letters"),
        ({"text": "电话 138 0013 8000"}, "no telephone numbers in a note"),
    ],
)
def test_what_is_no_note_is_refused(changed: dict[str, str], why: str) -> None:
    state = State(site=make_site(), epoch="e")
    order = replace(FlatNoted(id="n", at=START, by="d1", flat=FLAT, text="quiet"), **changed)
    assert refusal(order, state, make_pages().house.shown.places) == why


def test_what_has_no_words_is_no_line() -> None:
    teller = Teller(Lang.ZH, str, str, str)
    assert teller.line(1, DataLookedAt(id="l", at=START, by="d1", what="/flat", about=FLAT)) is None
