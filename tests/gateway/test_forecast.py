"""Seven days ahead: who comes and goes, bands that are free, batteries, what the rounds will ask."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from gateway.batteries import Battery, Charge
from gateway.compound import DeviceKind
from gateway.forecast import DAYS, forecast
from gateway.kinds import Kind
from gateway.orders.every import ArrivalExpected, DeviceKeyed, QuarantineEnded
from gateway.orders.stays import BandReturned, StaySuspended
from gateway.rounds import RoundDone, RoundRules
from tests.gateway.pages.fake_house import START, FakeHouse, alert, stay

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 12)


def arrival(number: int, at: datetime, *, band: str = "") -> ArrivalExpected:
    return ArrivalExpected(
        id=f"a{number}",
        at=START,
        by="d1",
        flat="b2u1-101",
        subject=f"{number:016x}",
        ground="g",
        days=14,
        arrive_by=at,
        band=band,
    )


def test_people_arrivals_and_releases_by_calendar_day() -> None:
    house = FakeHouse()
    house.tell(stay("b1u1-101", 1, days_ago=13))  # its last day is today
    house.tell(stay("b1u1-102", 2, days_ago=11))  # the day after tomorrow
    house.tell(stay("b1u1-201", 3, days_ago=-1))  # from tomorrow on
    house.tell(stay("b1u1-202", 4, days_ago=3))
    house.tell(StaySuspended(id="o", at=START, by="d1", quarantine="stay-4", reason="hospital"))
    house.tell(arrival(5, START - timedelta(days=2)))  # late: counted for today
    house.tell(arrival(6, datetime(2026, 3, 14, 23, 30, tzinfo=ZONE)))
    seen = forecast(house.shown, START, ZONE)
    assert [day.day for day in seen.days] == [TODAY + timedelta(days=n) for n in range(DAYS)]
    assert [day.arrivals for day in seen.days] == [1, 1, 1, 0, 0, 0, 0]
    assert [day.releases for day in seen.days] == [1, 0, 1, 0, 0, 0, 0]
    assert [day.people for day in seen.days] == [3, 3, 4, 3, 3, 3, 3]
    assert seen.late == 1
    assert [(each.subject, each.days, each.away) for each in seen.awaited] == [
        (f"{5:016x}", 14, ""),
        (f"{6:016x}", 14, ""),
    ]


def test_who_is_to_come_back_from_hospital_stands_among_those_who_are_to_come_by_their_hour() -> None:
    house = FakeHouse()
    house.tell(stay("b1u1-101", 1))
    house.tell(stay("b1u1-102", 2))
    house.tell(arrival(5, START + timedelta(hours=2)))
    for number, hours in ((1, 1), (2, None)):
        back_by = None if hours is None else START + timedelta(hours=hours)
        away = StaySuspended(
            id=f"o{number}", at=START, by="d1", quarantine=f"stay-{number}", reason="hospital", back_by=back_by
        )
        house.tell(away)
    seen = forecast(house.shown, START + timedelta(minutes=90), ZONE)
    assert [(each.flat, each.away) for each in seen.awaited] == [("b1u1-101", "hospital"), ("b2u1-101", "")]
    assert seen.late == 1


def test_a_band_is_free_when_it_is_worn_by_nobody_given_back_and_has_a_new_key() -> None:
    house = FakeHouse()
    bands = [each.id for each in house.shown.places.devices.values() if each.kind is DeviceKind.BAND]
    house.tell(stay("b1u1-101", 1, band="band-0", days_ago=13))
    house.tell(stay("b1u1-102", 2, band="band-1"))
    house.tell(stay("b1u1-201", 3, band="band-2"))
    house.tell(QuarantineEnded(id="q", at=START, by="d1", quarantine="stay-2", reason="r"))
    house.tell(QuarantineEnded(id="r", at=START, by="d1", quarantine="stay-3", reason="r"))
    house.tell(DeviceKeyed(id="k", at=START, by="registry", device="band-2", fingerprint="old"))
    house.tell(BandReturned(id="b", at=START, by="d1", band="band-2"))
    house.tell(arrival(5, START + timedelta(days=1), band="band-3"))
    house.tell(arrival(6, START + timedelta(days=1)))
    seen = forecast(house.shown, START, ZONE)
    assert (seen.bands, seen.not_back, seen.no_key) == (len(bands), ("band-1",), ("band-2",))
    # 10 less: worn 0, not back 1, no key 2, promised 3; tomorrow 0 is back, and one who comes needs one
    assert [day.free_bands for day in seen.days[:3]] == [6, 6, 6]
    house.tell(DeviceKeyed(id="k2", at=START, by="registry", device="band-2", fingerprint="new"))
    assert forecast(house.shown, START, ZONE).days[0].free_bands == 7


def test_bands_that_are_missing_are_counted_below_zero() -> None:
    house = FakeHouse()
    for number in range(12):
        house.tell(arrival(number, START + timedelta(days=1)))
    assert [day.free_bands for day in forecast(house.shown, START, ZONE).days[:2]] == [10, -2]


def test_batteries_by_the_earliest_day_and_those_that_are_low_today() -> None:
    house = FakeHouse()
    charges = tuple(
        Charge(at=START - timedelta(days=10 - n), level=60 - 4 * n) for n in range(11)
    )  # 20 % now, 15 is low
    house.shown.bands.batteries["door-b1u1-101"] = Battery(charges=charges)
    house.tell(alert(Kind.BATTERY_LOW, 1, device="band-1"))
    house.tell(replace(alert(Kind.BATTERY_LOW, 2, device="band-2"), drill=True))
    seen = forecast(house.shown, START, ZONE)
    assert [day.batteries for day in seen.days[:3]] == [("band-1",), ("door-b1u1-101",), ()]


def test_the_rounds_of_a_day_by_people_and_by_how_the_last_ones_went() -> None:
    house = FakeHouse()
    house.shown.round_rules = RoundRules(hours=(time(8), time(15)))
    for number in range(5):
        house.tell(stay("b1u1-101", number))
    first = forecast(house.shown, START, ZONE).days[0]
    assert (first.checks, first.calls, first.knocks) == (10, None, None)
    house.tell(
        RoundDone(
            at=START, round="r", compound="xf", persons=10, measured=8, calls=2, flats=10, knocks=1, saved=9, final=True
        )
    )
    first = forecast(house.shown, START, ZONE).days[0]
    assert (first.checks, first.calls, first.knocks) == (10, 2, 1)
