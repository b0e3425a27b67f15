"""What is on record now in, the next seven days out: who comes and goes, bands, batteries, what the rounds will ask.

Floor 4, a pure room. It assumes that who is expected comes, and that a band comes back the day after its stay: it is
for planning, and no promise.
"""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.batteries import days_left
from gateway.compound import DeviceKind
from gateway.kinds import Kind
from gateway.shown.fold import Shown

DAYS = 7


class Day(Struct, frozen=True):
    """One calendar day. `free_bands` below zero: so many are missing. `calls`, `knocks`: None before any round."""

    day: date
    arrivals: int
    releases: int
    people: int
    free_bands: int
    batteries: tuple[str, ...]  # devices whose battery may be empty by then
    checks: int
    calls: int | None
    knocks: int | None


class Awaited(Struct, frozen=True):
    """Somebody who is to come in by then: for `days` days of observation, or back to a stay that goes on (0)."""

    flat: str
    subject: str
    by: datetime
    days: int = 0
    away: str = ""


class Forecast(Struct, frozen=True):
    """`awaited`: by their hour; `late`: how many of them should be here by now. `not_back`, `no_key`: bands that could
    be free and are not."""

    days: tuple[Day, ...]
    late: int
    awaited: tuple[Awaited, ...]
    bands: int
    not_back: tuple[str, ...]
    no_key: tuple[str, ...]


class _Visit(Struct, frozen=True):
    """A stay as the forecast sees it: first and last day, at home, in need of a band."""

    first: date
    last: date
    home: bool = True
    needs_band: bool = False


def forecast(shown: Shown, now: datetime, zone: ZoneInfo) -> Forecast:
    """From today on, in the compound's days."""
    today = now.astimezone(zone).date()
    stays = list(_stays(shown))
    expected = list(_expected(shown, today, zone))
    known = {each.id for each in shown.places.devices.values() if each.kind is DeviceKind.BAND}
    worn = {stay.band for stay in (*shown.quarantines.values(), *shown.suspended.values()) if stay.band}
    cared = {agreement.band for agreement in shown.care.values() if agreement.band}
    promised = {each.band for each in shown.arrivals.values() if each.band}
    not_back = {each.stay.band for each in shown.released.values() if each.band_out} - worn
    no_key = shown.bands.waiting() - worn - not_back
    free = len(known - worn - cared - promised - not_back - no_key)
    back = Counter(stay.last_day for stay in (*shown.quarantines.values(), *shown.suspended.values()) if stay.band)
    visits = dict(_battery_visits(shown, now))
    rates = _rates(shown)
    days = []
    for ahead in range(DAYS):
        day = today + timedelta(days=ahead)
        free += back[day - timedelta(days=1)]
        coming = [each for each in expected if each.first == day]
        free -= sum(each.needs_band for each in coming)
        people = sum(each.home and each.first <= day <= each.last for each in (*stays, *expected))
        checks = people * len(shown.round_rules.hours)
        days.append(
            Day(
                day=day,
                arrivals=len(coming) + sum(each.first == day and ahead > 0 for each in stays),
                releases=sum(each.last == day for each in (*stays, *expected)),
                people=people,
                free_bands=free,
                batteries=tuple(sorted(device for device, at in visits.items() if at == ahead)),
                checks=checks,
                calls=None if rates is None else math.ceil(rates[0] * checks),
                knocks=None if rates is None else math.ceil(rates[1] * checks),
            )
        )
    awaited = tuple(sorted(_awaited(shown), key=lambda each: (each.by, each.flat, each.subject)))
    return Forecast(
        days=tuple(days),
        late=sum(each.by < now for each in awaited),
        awaited=awaited,
        bands=len(known),
        not_back=tuple(sorted(not_back)),
        no_key=tuple(sorted(no_key)),
    )


def _stays(shown: Shown) -> Iterator[_Visit]:
    for stay in shown.quarantines.values():
        yield _Visit(first=stay.first_day, last=stay.last_day)
    for stay in shown.suspended.values():
        yield _Visit(first=stay.first_day, last=stay.last_day, home=False)


def _expected(shown: Shown, today: date, zone: ZoneInfo) -> Iterator[_Visit]:
    """Who should have come before today is expected today."""
    for each in shown.arrivals.values():
        first = max(today, each.arrive_by.astimezone(zone).date())
        yield _Visit(first=first, last=first + timedelta(days=each.days - 1), needs_band=not each.band)


def _awaited(shown: Shown) -> Iterator[Awaited]:
    for each in shown.arrivals.values():
        yield Awaited(flat=each.flat, subject=each.subject, by=each.arrive_by, days=each.days)
    for stay in shown.suspended.values():
        if stay.back_by is not None:
            yield Awaited(flat=stay.flat, subject=stay.subject, by=stay.back_by, away=stay.away)


def _battery_visits(shown: Shown, now: datetime) -> Iterator[tuple[str, int]]:
    """Device -> in how many days at the earliest somebody has to bring a battery; those that are low already, today."""
    for device, battery in shown.bands.batteries.items():
        empty = shown.limits.battery_low_millivolts if battery.millivolts else shown.limits.battery_low_percent
        left = days_left(battery, empty, now)
        if left is not None and left.least < DAYS:
            yield device, left.least
    for alert in shown.alerts.values():
        if alert.kind is Kind.BATTERY_LOW and alert.device and not alert.drill:
            yield alert.device, 0


def _rates(shown: Shown) -> tuple[float, float] | None:
    """Of a hundred who are to be measured, how many had to be called, and how many visits there were, of late."""
    figures = shown.round_figures.values()
    persons = sum(each.persons for each in figures)
    if not persons:
        return None
    return sum(each.calls for each in figures) / persons, sum(each.knocks for each in figures) / persons
