"""An enrolment in, the orders it stands for out, and what came of each: for the page and for `menshen enrol` alike."""

import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from gateway.households import Household, Resident, Use
from gateway.orders.every import ArrivalExpected, OrderResult, QuarantineBegun
from gateway.registry.registrar import Registrar


class Enrolled(Struct, frozen=True):
    """One person: known by the pseudonym, or somebody new, who is registered with the name."""

    subject: str = ""
    name: str = ""
    phone: str = ""
    band: str = ""


class Enrolment(Struct, frozen=True):
    """Several people of one flat, with one ground and the same days. `arrive_by`: they are not here yet."""

    flat: str
    ground: str
    first_day: date
    days: int
    people: tuple[Enrolled, ...]
    origin: str = ""
    arrive_by: datetime | None = None


class Outcome(Struct, frozen=True):
    """What came of one person's order; `stay` is its id."""

    subject: str
    stay: str
    result: OrderResult


async def enrol(asked: Enrolment, registrar: Registrar, by: str, order_id: str) -> list[Outcome]:
    """In their order; the first that is refused ends it. The same id again does nothing twice. Raises NotKept."""
    people = await _registered(asked, registrar, by, order_id)
    outcomes: list[Outcome] = []
    for number, person in enumerate(people):
        stay = f"{order_id}-{number}"
        order = _order(asked, person, by, stay, registrar.now())
        outcomes.append(Outcome(person.subject, stay, await registrar.order(order)))
        if not outcomes[-1].result.done:
            break
    return outcomes


def days_of(first: date, days: int) -> date:
    """The last of so many days, the first included."""
    return first + timedelta(days=days - 1)


def today(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


async def _registered(asked: Enrolment, registrar: Registrar, by: str, order_id: str) -> list[Enrolled]:
    """Who is new is in the registry from now on: nobody types the name a second time."""
    home = registrar.get(asked.flat) or Household(flat=asked.flat)
    people, new = [], []
    for person in asked.people:
        if not person.subject:
            known = [r for r in home.people if person.name and (r.name, r.phone) == (person.name, person.phone)]
            subject = known[0].subject if known else secrets.token_hex(8)
            person = replace(person, subject=subject)
            if not known and person.name:
                new.append(Resident(subject=subject, name=person.name, phone=person.phone, origin=asked.origin))
        people.append(person)
    if new:
        use = Use.LIVED_IN if home.use is Use.EMPTY else home.use
        await registrar.change(
            {asked.flat: replace(home, use=use, people=(*home.people, *new))}, by, f"{order_id}-home"
        )
    return people


def _order(asked: Enrolment, person: Enrolled, by: str, stay: str, now: datetime) -> QuarantineBegun | ArrivalExpected:
    if asked.arrive_by is not None:
        return ArrivalExpected(
            id=stay,
            at=now,
            by=by,
            flat=asked.flat,
            subject=person.subject,
            ground=asked.ground,
            days=asked.days,
            arrive_by=asked.arrive_by,
            band=person.band,
            origin=asked.origin,
        )
    return QuarantineBegun(
        id=stay,
        at=now,
        by=by,
        flat=asked.flat,
        subject=person.subject,
        ground=asked.ground,
        first_day=asked.first_day,
        last_day=days_of(asked.first_day, asked.days),
        band=person.band,
        origin=asked.origin,
    )
