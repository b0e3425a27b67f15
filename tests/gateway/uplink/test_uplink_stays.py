"""A stay from its beginning to the band's return by orders of the centre, over a real mosquitto; what is told of it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from devices.reading import BandSeen, CodeSeen, Reading
from gateway.house.house import House
from gateway.messages.every import OrderMessage
from gateway.orders.cases import CaseNoted
from gateway.orders.notes import FlatNoted
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes
from gateway.uplink.listen import house_order
from gateway.uplink.orders import Refused
from tests.gateway.uplink.test_uplink import FLAT, KEY, SUBJECT, FarEnd, Place, place, trust, until

THEN = datetime(2026, 3, 12, tzinfo=UTC)
LATER = THEN + timedelta(hours=5)
OTHER = "palm/3-1-102"


def asked(order: str, **fields: Any) -> OrderMessage:
    return OrderMessage(order=order, by="desk", **fields)


CASES: list[tuple[OrderMessage, type[Struct], dict[str, Any]]] = [
    (
        asked("extend_quarantine", quarantine="q", last_day=date(2026, 4, 1), reason="contact"),
        StayExtended,
        {"quarantine": "q", "last_day": date(2026, 4, 1), "reason": "contact"},
    ),
    (
        asked("suspend_quarantine", quarantine="q", reason="hospital", back_by=LATER),
        StaySuspended,
        {"quarantine": "q", "reason": "hospital", "back_by": LATER},
    ),
    (asked("suspend_quarantine", quarantine="q", reason="h"), StaySuspended, {"quarantine": "q", "reason": "h"}),
    (asked("resume_quarantine", quarantine="q"), StayResumed, {"quarantine": "q"}),
    (
        asked("move_quarantine", quarantine="q", flat="f", reason="water"),
        StayMoved,
        {"quarantine": "q", "flat": "f", "reason": "water"},
    ),
    (asked("return_band", band="band-7"), BandReturned, {"band": "band-7"}),
]


@pytest.mark.parametrize(("said", "meant", "fields"), CASES, ids=lambda each: getattr(each, "order", ""))
def test_each_becomes_the_order_of_the_house(said: OrderMessage, meant: type[Struct], fields: dict[str, Any]) -> None:
    assert house_order("id", said, THEN) == meant(id="id", at=THEN, by="centre:desk", **fields)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (asked("extend_quarantine", quarantine="q"), "an extension needs last_day"),
        (asked("suspend_quarantine", back_by=LATER.replace(tzinfo=None)), "back_by needs a time zone"),
    ],
)
def test_what_is_missing_is_named(said: OrderMessage, why: str) -> None:
    with pytest.raises(Refused, match=why):
        house_order("id", said, THEN)


def with_band(here: Place) -> None:
    """The same place with a band, a lane out and notes for the centre."""
    text = here.config.read_text("utf-8")
    text = text.replace('["decisions", "stays"]', '["stays", "notes"]')
    band = '\n[[devices]]\nid = "band-7"\nkind = "band"\nlink = "scanner"\n'
    here.config.write_text(text + band, "utf-8")


def code(house: House) -> str:
    now = house.clock.now().replace(microsecond=0)
    claims = Claims(
        cti=bytes.fromhex("c0ffee0000000001"),
        subject=bytes.fromhex(SUBJECT),
        compound_number=1,
        kind=Holder.OBSERVED,
        gates=ALL_GATES,
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=30),
        once=False,
    )
    return issue(claims, KEY, kid_of(public_bytes(KEY)))


def steps(far: FarEnd) -> list[tuple[str, str, str]]:
    return [(m["step"], m["by"], m["lane"]) for m in far.on("report") if m["type"] == "menshen.stay_changed"]


@pytest.mark.asyncio
async def test_a_stay_by_the_centres_orders_from_its_beginning_to_the_bands_return(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        with_band(here)
        async with here.house() as house:
            await far.say("trust", trust(1), retain=True)
            await until(lambda: house.status().trust_version == 1)
            today = house.clock.now().date()

            async def done(name: str, order: str, **fields: Any) -> None:
                body = {"order": order, "by": "desk", **fields}
                result, last = await far.order(name, body), house.journal.last
                assert (result["done"], result["why"]) == (True, ""), (name, result)
                assert await far.order(name, body) == result
                assert house.journal.last == last, "the same order twice is done once"

            async def refused(name: str, order: str, why: str, **fields: Any) -> None:
                result = await far.order(name, {"order": order, "by": "desk", **fields})
                assert (result["done"], result["why"]) == (False, why)

            q = {"quarantine": "q1"}
            await refused("r1", "extend_quarantine", "unknown quarantine", **q, last_day=str(today), reason="r")
            begin = {"flat": FLAT, "subject": SUBJECT, "ground": "order 7", "band": "band-7"}
            last = today + timedelta(days=7)
            await done("q1", "begin_quarantine", **begin, first_day=str(today), last_day=str(last))
            await refused("r2", "extend_quarantine", "a reason is needed", **q, last_day=str(last + timedelta(days=1)))
            why = "it lasts until then already; to end it earlier, release"
            await refused("r3", "extend_quarantine", why, **q, last_day=str(last), reason="r")
            longer = str(last + timedelta(days=3))
            await done("x1", "extend_quarantine", **q, last_day=longer, reason="contact")
            await refused("r4", "resume_quarantine", "they are not away", **q)

            back = (house.clock.now() + timedelta(hours=5)).isoformat()
            await done("s1", "suspend_quarantine", **q, reason="hospital", back_by=back)
            await refused("r5", "move_quarantine", "they are away", **q, flat=OTHER, reason="r")
            await refused("r6", "suspend_quarantine", "they are away", **q, reason="hospital")
            assert list(house.shown.suspended) == ["q1"]
            now = house.clock.now()
            await house.inbox.put(Reading(now, now, "scanner", "scanner", CodeSeen(code(house))))
            await until(lambda: list(house.shown.quarantines) == ["q1"])  # their pass at the gate
            assert house.shown.suspended == {}

            await done("s2", "suspend_quarantine", **q, reason="hospital")
            await done("b2", "resume_quarantine", **q)
            await refused("r7", "move_quarantine", "unknown flat", **q, flat="palm/9", reason="r")
            await done("m1", "move_quarantine", **q, flat=OTHER, reason="water damage")
            await refused("r8", "return_band", "the band is still worn", band="band-7")
            await refused("r10", "end_quarantine", "a reason is needed", **q)
            await done("e1", "end_quarantine", **q, reason="negative")
            await refused("r9", "return_band", "no such band is to come back", band="band-8")
            assert house.shown.released["q1"].band_out
            await done("b1", "return_band", band="band-7")
            assert not house.shown.released["q1"].band_out

            await until(lambda: any(m["type"] == "menshen.stay_ended" for m in far.on("report")))
        begun = next(m for m in far.on("report") if m["type"] == "menshen.stay_begun")
        assert (begun["quarantine"], begun["place"], begun["last_day"]) == ("q1", FLAT, str(last))
        assert list(dict.fromkeys(steps(far))) == [
            ("extended", "centre:desk", ""),
            ("suspended", "centre:desk", ""),
            ("resumed", "", "palm/south/in"),
            ("resumed", "centre:desk", ""),
            ("moved", "centre:desk", ""),
        ]
        told = {m["number"]: m for m in far.on("report") if m["type"] == "menshen.stay_changed"}
        assert {m["last_day"] for m in told.values()} == {longer}
        moved = next(m for m in told.values() if m["step"] == "moved")
        assert (moved["place"], moved["band"]) == (OTHER, "band-7")
        away = next(m for m in told.values() if m["step"] == "suspended")
        assert away["away"] == "hospital"
        assert datetime.fromisoformat(away["back_by"]) == datetime.fromisoformat(back)


@pytest.mark.asyncio
async def test_notes_and_who_is_going_there_are_told_where_the_centre_asked_for_them(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far:
        with_band(here)
        async with here.house() as house:
            help_called = {"by": "desk", "flat": FLAT, "subject": SUBJECT, "ground": "order 7"}
            today = house.clock.now().date()
            days = {"first_day": str(today), "last_day": str(today)}
            assert (await far.order("q", {"order": "begin_quarantine", **help_called, **days}))["done"]
            note = FlatNoted(
                id="n1", at=house.clock.now(), by="d1", flat=FLAT, text="oxygen asked for", subject=SUBJECT
            )
            assert (await house.order(note)).done
            await until(lambda: len(far.on("report")) >= 2)

            now = house.clock.now()
            await house.inbox.put(Reading(now, now, "scanner", "band-7", BandSeen(rssi=-50, sos=True)))
            await until(lambda: far.on("alert"))
            case = far.on("alert")[0]["alert"]
            going = CaseNoted(id="n2", at=house.clock.now(), by="d1", case=case, going=True, place=FLAT)
            assert (await house.order(going)).done
            number = CaseNoted(id="n3", at=house.clock.now(), by="d1", case=case, text="call 13812345678")
            assert (await house.order(number)).why == "no phone or identity number in a note"
            await until(lambda: [m for m in far.on("report") if m["type"] == "menshen.note" and m["going"]])
        notes = {m["number"]: m for m in far.on("report") if m["type"] == "menshen.note"}
        assert [(m["text"], m["by"], m["place"], m["subject"], m["case"], m["going"]) for m in notes.values()] == [
            ("oxygen asked for", "d1", FLAT, SUBJECT, "", False),
            ("", "d1", FLAT, "", case, True),
        ]
        assert all("13812345678" not in str(m) for m in far.on("report"))
