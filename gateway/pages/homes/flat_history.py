"""A flat in, what is on record of it out: its timeline a page at a time, its people's temperatures, its devices.

Least data: from the beginning of the oldest stay that is remembered there (or a day ago), of a band only what its
present wearer did, of people only their pseudonyms.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from fastapi import Request

from gateway.batteries import DaysLeft, days_left
from gateway.compound import DeviceKind, Flat
from gateway.events.every import TemperatureTaken
from gateway.orders.every import WindowOpened
from gateway.pages.desk import Visit
from gateway.pages.homes.timeline import Line, Teller
from gateway.pages.templating import hour
from gateway.services import PERMITTED, Service, ServiceMoved
from gateway.shown.fold import Shown
from gateway.view import NEWEST, Asked, Glance

LINES = 30  # of one page of the timeline
TABLED = 96  # the newest, as a table: a day
LOOKED_BACK = 500  # records of a flat among which its windows are: of a fortnight in which much happens
EARLIER = timedelta(days=1)  # of a flat where nobody stays


class Worn(NamedTuple):
    """A band and since when its present wearer has it. `measured`: its temperatures are theirs to look at."""

    band: str
    subject: str
    since: datetime
    measured: bool


class DeviceLine(NamedTuple):
    id: str
    kind: DeviceKind
    glance: Glance | None
    silent: bool
    left: DaysLeft | None


class Case(NamedTuple):
    """Where to look for what is on record of a flat."""

    places: tuple[str, ...]
    subjects: tuple[str, ...]
    worn: tuple[Worn, ...]
    since: datetime


def case_of(flat: str, shown: Shown, now: datetime) -> Case:
    """Everybody who stays there, or stayed there lately, with what they wear."""
    running = list(shown.quarantines.those("flat", flat))
    gone = [each for each in shown.suspended.values() if each.flat == flat]
    gone += [each.stay for each in shown.released.values() if each.stay.flat == flat]
    agreed = [each for each in shown.care.values() if each.flat == flat]
    begun = [each.begun_at for each in (*running, *gone) if each.begun_at is not None]
    begun += [each.begun_at for each in agreed]
    worn = [Worn(each.band, each.subject, each.begun_at or now - EARLIER, True) for each in running if each.band]
    worn += [Worn(each.band, each.subject, each.begun_at, each.temperatures) for each in agreed if each.band]
    devices = [device.id for device in shown.places.devices.values() if device.place == flat]
    stays = [each.id for each in (*running, *gone)]
    return Case(
        (flat, *devices, *(each.band for each in worn), *stays),
        tuple({*(each.subject for each in (*running, *gone)), *(each.subject for each in agreed)}),
        tuple(worn),
        min((*begun, now - EARLIER)),
    )


async def timeline(visit: Visit, flat: Flat, before: int) -> tuple[list[Line], int | None]:
    """A page of it, the newest first, and the number to go on before, None where nothing older is to be shown."""
    desk = visit.desk
    case = case_of(flat.id, desk.house.shown, visit.now)
    told = await desk.house.told(Asked(places=case.places, subjects=case.subjects, before=before, limit=LINES))
    zone = desk.zone()
    teller = Teller(visit.lang, desk.name_of, desk.path, lambda at: hour(at, zone, visit.now))
    since = {each.band: each.since for each in case.worn}
    lines = []
    for each in told:
        line = teller.line(each.number, each.body)
        if line is not None and line.at >= max(case.since, since.get(getattr(each.body, "device", ""), case.since)):
            lines.append(line)
    older = len(told) == LINES and getattr(told[-1].body, "at", case.since) >= case.since
    return lines, told[-1].number if older else None


async def temperatures(visit: Visit, case: Case, limit: int) -> list[tuple[Worn, list[TemperatureTaken]]]:
    """Of each present wearer, the newest first."""
    found = []
    for worn in case.worn:
        if worn.measured:
            told = await visit.desk.house.told(Asked(places=(worn.band,), limit=limit, measured=True))
            taken = [each.body for each in told if isinstance(each.body, TemperatureTaken)]
            found.append((worn, [each for each in taken if each.at >= worn.since]))
    return found


async def windows_of(visit: Visit, case: Case, flat: str) -> list[tuple[datetime, datetime]]:
    """When its door might open, since the case began. What closed long ago stands only on record."""
    house = visit.desk.house
    found = {each.id: (each.opens, each.closes) for each in house.shown.windows.values() if each.flat == flat}
    told = await house.told(Asked(places=(flat,), limit=LOOKED_BACK))
    for each in reversed(told):  # the oldest first: what was approved may have been withdrawn later
        match each.body:
            case WindowOpened(id=id_, opens=opens, closes=closes):
                found[id_] = opens, closes
            case ServiceMoved(
                service=Service(id=id_, state=state, opens=datetime() as opens, closes=datetime() as closes)
            ):
                found.pop(id_, None)
                if state in PERMITTED:
                    found[id_] = opens, closes
            case _:
                pass
    return sorted(each for each in found.values() if each[1] > case.since)


def devices_of(visit: Visit, case: Case, flat: str) -> list[DeviceLine]:
    """What watches there, with its battery and when it was last heard."""
    house = visit.desk.house
    shown, limits = house.shown, house.shown.limits
    known = [(device.id, device.kind) for device in shown.places.devices.values() if device.place == flat]
    known += [(each.band, DeviceKind.BAND) for each in case.worn]
    lines = []
    for device, kind in known:
        battery = shown.bands.batteries.get(device)
        empty = limits.battery_low_percent
        if battery is not None and battery.millivolts:
            empty = limits.battery_low_millivolts
        left = days_left(battery, empty, visit.now)
        lines.append(DeviceLine(device, kind, house.glance(device), device in shown.silent, left))
    return lines


def before_asked(request: Request) -> int:
    """The number a page of the timeline ends before; what is no number is the newest page."""
    given = request.query_params.get("before", "")
    return min(int(given), NEWEST) if given.isascii() and given.isdigit() and len(given) < 20 else NEWEST
