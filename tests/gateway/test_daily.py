"""Daily figures from the records of some days; where to begin reading is found in a real journal."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace

from gateway.daily import READS, daily
from gateway.findings import Alert, AlertState, Closing, StayEnded
from gateway.journal.journal import open_journal
from gateway.journal.reader import Reader
from gateway.journal.span import fold_span
from gateway.kinds import Kind, Severity
from gateway.orders.every import QuarantineBegun
from gateway.rounds import RoundDone
from gateway.services import Purpose, Service, ServiceMoved, ServiceState
from tests.gateway.pages.fake_house import stay
from tests.journal_entries import NOON as FIRST
from tests.journal_entries import append, entry

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2022, 3, 14)
NOON = datetime(2022, 3, 14, 4, tzinfo=UTC)
DAY = timedelta(days=1)
FALL = Alert(
    id="e/1",
    kind=Kind.FALL,
    key="k",
    severity=Severity.CRITICAL,
    state=AlertState.RAISED,
    revision=1,
    raised_at=NOON,
    changed_at=NOON,
)


def begun(number: int, first: date, at: datetime) -> QuarantineBegun:
    return replace(stay("f", number), at=at, first_day=first, last_day=first + 13 * DAY)


def ended(number: int, at: datetime, *, early: bool = False) -> StayEnded:
    return StayEnded(at=at, quarantine=f"stay-{number}", flat="f", subject="s", early=early)


def done(at: datetime, *, round_: str, persons: int, saved: int, final: bool = True) -> RoundDone:
    return RoundDone(
        at=at,
        round=round_,
        compound="xf",
        persons=persons,
        measured=persons - 1,
        calls=1,
        flats=saved,
        knocks=0,
        saved=saved,
        final=final,
    )


def asked(state: ServiceState) -> ServiceMoved:
    service = Service(
        id="s1", flat="f", purpose=Purpose.FOOD, state=state, asked_at=NOON, asked_by="x", changed_at=NOON
    )
    return ServiceMoved(at=NOON, flat="f", service=service)


def test_who_was_there_at_the_end_of_each_day() -> None:
    records: list[Struct] = [
        begun(1, MONDAY, NOON),
        begun(2, MONDAY + DAY, NOON),  # by an order of today, from tomorrow on
        ended(3, datetime(2022, 3, 14, 16, tzinfo=UTC)),  # at midnight: there until the end of Monday
        ended(1, NOON + 2 * DAY, early=True),
    ]
    days = daily(records, {"stay-2": MONDAY + DAY, "stay-9": MONDAY - 5 * DAY}, MONDAY, MONDAY + 2 * DAY, ZONE)
    assert [(day.people, day.arrivals, day.releases, day.early) for day in days] == [
        (3, 1, 0, 0),  # 1, 3, 9
        (3, 1, 1, 0),  # 1, 2, 9
        (2, 0, 1, 1),  # 2, 9
    ]


def test_alerts_rounds_and_services_of_a_day_and_no_drills() -> None:
    closed = replace(FALL, revision=2, state=AlertState.CLOSED, closing=Closing.REAL, closed_by="d1")
    records: list[Struct] = [
        FALL,
        closed,
        replace(FALL, id="e/2", drill=True),
        replace(FALL, id="e/3", work="w"),
        replace(FALL, id="e/4", raised_at=NOON + DAY),
        done(NOON, round_="r1", persons=8, saved=3, final=False),
        done(NOON, round_="r1", persons=8, saved=4),
        done(NOON, round_="r2", persons=8, saved=5),
        *(asked(state) for state in (ServiceState.ASKED, ServiceState.APPROVED, ServiceState.DELIVERED)),
    ]
    [day] = daily(records, {}, MONDAY, MONDAY, ZONE)
    assert day.alerts == {Kind.FALL: 1}
    assert (day.put_right, day.rounds, day.persons, day.saved) == (1, 2, 16, 9)
    assert (day.asked, day.delivered, day.missed) == (1, 1, 0)


def test_what_came_of_an_alert_of_another_day_and_days_nobody_asked_for_are_left_out() -> None:
    assert [day.alerts.total() for day in daily([FALL], {}, MONDAY + DAY, MONDAY + 2 * DAY, ZONE)] == [0, 0]


def test_reads_names_every_kind_that_is_counted() -> None:
    assert sorted(READS) == ["Alert", "QuarantineBegun", "RoundDone", "ServiceMoved", "StayBegun", "StayEnded"]


@pytest.mark.asyncio
async def test_records_are_read_from_the_first_that_was_heard_since_and_no_more_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    body = msgspec.json.encode(ended(1, NOON))
    entries = [replace(entry(n, body), kind="StayEnded" if n % 2 else "DoorMoved") for n in range(1, 41)]
    async with open_journal(path) as journal:
        await append(journal, entries)

        def back(seconds: float, most: int = 1000) -> tuple[int, bool]:
            since = FIRST + timedelta(seconds=seconds)
            return fold_span(path, ("StayEnded",), since, most, lambda bodies: sum(1 for _ in bodies))

        with Reader(path) as reader:
            heard = [reader.first_heard(FIRST + timedelta(seconds=s)) for s in (-99, 1.5, 1.6, 40.5, 99)]
        assert heard == [1, 1, 2, 40, 41]
        assert back(-99) == (20, True)
        assert back(21) == (10, True)
        assert back(99) == (0, True)
        assert back(-99, most=20) == (20, True)
        assert back(-99, most=19) == (19, False)
