"""One line of `menshen enrol` in, what came of it out."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.compound import DeviceKind, Flat
from gateway.enact.homes import PSEUDONYM
from gateway.registry.enrolment import Enrolled, Enrolment, Outcome, enrol, today
from gateway.registry.registrar import Progress, Registrar
from gateway.registry.storage import NotKept
from gateway.side_door import Answer, Reply, Request


class _Refused(Exception):
    """In words."""


async def enrol_line(request: Request, registrar: Registrar, progress: Progress) -> Reply:
    """Everything is looked at before anything begins."""
    try:
        asked = _enrolment(request.fields, registrar)
        outcomes = await enrol(asked, registrar, request.by, request.fields["order"])
    except (_Refused, ValueError, KeyError, NotKept) as exc:
        return Reply(lines=(f"refused: {exc}",), told={"stays": []})
    done = all(each.result.done for each in outcomes)
    told: list[dict[str, object]] = [_told(each) for each in outcomes]
    lines = tuple(f"{each.subject}: {each.result.why or f'done, {each.stay}'}" for each in outcomes)
    return Reply(done=done, lines=lines, told={"flat": asked.flat, "stays": told})


ENROL_ANSWERS: Mapping[str, Answer] = {"enrol": enrol_line}


def _enrolment(fields: Mapping[str, str], registrar: Registrar) -> Enrolment:
    flat = _flat(fields["flat"], registrar)
    places = registrar.places()
    zone = places.compounds[flat.compound].timezone
    if fields["origin"] and fields["origin"] not in registrar.known().origins:
        raise _Refused(f"no category of origin {fields['origin']!r}")
    doors = [each.id for each in places.devices.values() if each.kind is DeviceKind.DOOR and each.place == flat.id]
    if fields["door"] and fields["door"] not in doors:
        raise _Refused(f"{fields['door']} does not watch this flat; {', '.join(doors) or 'no door sensor'} does")
    if not fields["ground"].strip():  # before somebody new is registered
        raise _Refused("the legal ground is mandatory")
    people = tuple(_person(said, flat, registrar) for said in json.loads(fields["people"]))
    bands = [person.band for person in people if person.band]
    names = [person.subject or person.name for person in people]  # who is new has no pseudonym yet
    if len(set(bands)) < len(bands) or len(set(names)) < len(names):
        raise _Refused("a person or a band is there twice")
    arrive_by = datetime.fromisoformat(fields["arrive_by"]) if fields["arrive_by"] else None
    if arrive_by is not None and arrive_by.tzinfo is None:
        arrive_by = arrive_by.replace(tzinfo=ZoneInfo(zone))
    first = date.fromisoformat(fields["first_day"]) if fields["first_day"] else today(registrar.now(), zone)
    return Enrolment(
        flat=flat.id,
        ground=fields["ground"],
        first_day=first,
        days=int(fields["days"]),
        people=people,
        origin=fields["origin"],
        arrive_by=arrive_by,
    )


def _flat(said: str, registrar: Registrar) -> Flat:
    found = registrar.known().names.called(said)
    if len(found) != 1:
        raise _Refused(f"{said!r} could be {len(found)} flats" if found else f"no flat {said!r}")
    return found[0]


def _person(said: str, flat: Flat, registrar: Registrar) -> Enrolled:
    """王阿婆=band-7: by the name or pseudonym the registry has; whoever it does not know is registered by that name."""
    who, _, band = said.partition("=")
    home = registrar.get(flat.id)
    known = [each for each in (home.people if home else ()) if who in (each.name, each.subject)]
    if len(known) > 1:
        raise _Refused(f"several people here are called {who!r}: give the pseudonym")
    if known:
        return Enrolled(subject=known[0].subject, band=band)
    if PSEUDONYM.fullmatch(who):
        return Enrolled(subject=who, band=band)
    if not who.strip():
        raise _Refused("a person needs a name or a pseudonym")
    return Enrolled(name=who.strip(), band=band)


def _told(outcome: Outcome) -> dict[str, object]:
    return {
        "subject": outcome.subject,
        "stay": outcome.stay,
        "done": outcome.result.done,
        "why": outcome.result.why,
    }
