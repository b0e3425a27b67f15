"""A busy afternoon in 幸福里 for pictures and browser tests: told to a fake house."""

from datetime import timedelta
from math import exp, sin
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import DeviceKind
from gateway.events.every import BandHeard, DeviceSilent, DoorMoved, TemperatureTaken
from gateway.findings import AlertState, Decision, Reason, Verdict
from gateway.households import Household, Resident, Use
from gateway.kinds import Kind
from gateway.orders.cases import CaseNoted
from gateway.orders.every import WindowOpened
from gateway.orders.notes import FlatNoted
from gateway.people import Care
from gateway.view import Glance, Told
from tests.gateway.pages.fake_house import START, FakeHouse, FakeRegistrar, alert, decision, make_site, stay

PASSAGES = (
    ("east-1", Verdict.ADMIT, Reason.ADMITTED, "resident", "b1u1-301"),
    ("east-2", Verdict.ADMIT, Reason.ADMITTED, "resident", "b2u1-402"),
    ("east-1", Verdict.REFUSE, Reason.EXPIRED, "visitor", "b3u2-201"),
    ("west-1", Verdict.ADMIT, Reason.ADMITTED, "courier", ""),
    ("east-1", Verdict.ADMIT, Reason.ADMITTED, "resident", "b1u2-102"),
    ("east-1", Verdict.REFUSE, Reason.FORGED, "", ""),
    ("east-2", Verdict.REFER, Reason.WRONG_GATE, "staff", ""),
    ("west-1", Verdict.ADMIT, Reason.ADMITTED, "volunteer", ""),
)


def afternoon() -> FakeHouse:
    house = FakeHouse(make_site(buildings=6))
    for device in house.shown.places.devices.values():
        if device.kind is DeviceKind.DOOR:
            house.glances[device.id] = Glance(heard=START, open=False)
    for n in range(14):
        lane, verdict, reason, holder, flat = PASSAGES[n % len(PASSAGES)]
        house.tell(
            decision(verdict, reason, lane=lane, holder=holder, flat=flat, at=START - timedelta(seconds=700 - n * 45))
        )
    flats = ("b1u1-502", "b1u2-301", "b1u1-202", "b2u1-601", "b3u2-402", "b5u1-101")
    for n, flat in enumerate(flats):
        begun = stay(flat, n, band=f"band-{n}", days_ago=20 if n == 2 else 3 + n)
        house.tell(replace(begun, at=START - timedelta(days=3)))
        house.tell(
            TemperatureTaken(
                at=START - timedelta(minutes=4 + 3 * n), heard=START, device=f"band-{n}", celsius=36.3 + 0.2 * n
            )
        )
    opened = START - timedelta(minutes=6)
    house.tell(DoorMoved(at=opened, heard=opened, device="door-b1u1-502", flat="b1u1-502", open=True))
    house.tell(BandHeard(at=START, heard=START, device="band-1", worn=False))
    since = START - timedelta(minutes=50)
    house.tell(DeviceSilent(at=since, heard=START, device="door-b3u2-402", kind=DeviceKind.DOOR, since=since))
    house.tell(
        WindowOpened(
            id="w1",
            at=START,
            by="d1",
            flat="b2u1-601",
            opens=START - timedelta(minutes=5),
            closes=START + timedelta(minutes=25),
            purpose="food",
        )
    )
    house.tell(alert(Kind.QUARANTINE_DOOR_OPENED, 41, place="b1u1-502", minutes_ago=6))
    house.tell(alert(Kind.BAND_TAKEN_OFF, 42, place="b1u2-301", device="band-1", minutes_ago=12))
    house.tell(alert(Kind.DOOR_SILENT, 43, place="b3u2-402", device="door-b3u2-402", minutes_ago=50))
    house.tell(alert(Kind.BATTERY_LOW, 44, place="b5u1-101", device="door-b5u1-101", minutes_ago=300))
    house.tell(alert(Kind.HELP_CALLED, 45, place="b2u1-601", device="band-3", minutes_ago=1))
    house.backlog = 3
    return house


def on_duty() -> list[Struct]:
    """A fall that the duty officer was called for, and a band that the chief goes to see about."""
    fallen = replace(
        alert(Kind.FALL, 50, place="b3u1-101", minutes_ago=4),
        subject="5afe000000000001",
        case="e/50",
        assigned_to="d1",
        due_at=START + timedelta(minutes=11),
    )
    off = alert(Kind.BAND_TAKEN_OFF, 42, place="b1u2-301", device="band-1", minutes_ago=12)
    taken = replace(
        off, revision=2, state=AlertState.ACKNOWLEDGED, acknowledged_by="c1", acknowledged_at=START, changed_at=START
    )
    return [
        fallen,
        taken,
        CaseNoted(id="go", at=START, by="c1", case="e/42", going=True),
        CaseNoted(id="note", at=START, by="c1", case="e/42", text="电话没人接，去敲门"),
    ]


def answers() -> dict[str, Decision]:
    """What the guard's screen is shown with, by the name of the picture."""
    return {
        "admit": decision(Verdict.ADMIT, Reason.ADMITTED, holder="resident", flat="b1u1-301"),
        "refuse": decision(Verdict.REFUSE, Reason.EXPIRED, holder="visitor", flat="b3u2-201"),
        "refer": decision(Verdict.REFER, Reason.CANNOT_CHECK, holder="resident", flat="b2u2-602"),
        "refer-out": decision(Verdict.REFER, Reason.QUARANTINED, lane="east-2", holder="observed", flat="b1u1-502"),
    }


FLAT = "b1u1-502"  # whose page is shown


def books() -> FakeRegistrar:
    """Who lives in the flats of that afternoon, as the registry has it."""

    def home(flat: str, n: int, origin: str = "", care: tuple[Care, ...] = (), **more: Any) -> Household:
        return Household(flat=flat, people=(Resident(subject=f"{n:016x}", origin=origin, care=care, **more),))

    return FakeRegistrar(
        home(FLAT, 0, "orange", (Care.LIVES_ALONE, Care.DIALYSIS), follow_up={Care.DIALYSIS: "周二周五上午，车 8 点"}),
        home("b1u2-301", 1, "blue", (Care.SMALL_CHILDREN,)),
        home("b1u1-202", 2, "yellow"),
        home("b2u1-601", 3, "orange"),
        home("b1u2-402", 91, care=(), volunteer=True, head_of="b1u2"),
        home("b1u2-502", 92, care=(Care.DISABLED, Care.DOES_NOT_READ)),
        Household(flat="b1u1-101", use=Use.EMPTY),
        Household(flat="b1u1-102", use=Use.LET),
    )


def history() -> list[Told]:
    """What is on record of that flat: three days of temperatures, and how the door came to be open."""
    told: list[Struct] = []
    for n in range(288):
        at = START - timedelta(minutes=15 * n)
        celsius = 36.1 + 0.3 * sin(n / 14) + 1.3 * exp(-(((n - 40) / 12) ** 2))
        told.append(TemperatureTaken(at=at, heard=at, device="band-0", celsius=round(celsius, 2)))
    at = START - timedelta(minutes=9)
    told.append(FlatNoted(id="n", at=at, by="d1", flat=FLAT, text="电话里说在等药，情绪平稳"))
    told.append(alert(Kind.QUARANTINE_DOOR_OPENED, 41, place=FLAT, minutes_ago=6))
    opened = START - timedelta(minutes=6)
    told.append(DoorMoved(at=opened, heard=opened, device=f"door-{FLAT}", flat=FLAT, open=True))
    opens = START - timedelta(hours=3)
    for minutes, is_open in ((21, False), (20, True)):
        at = opens + timedelta(minutes=minutes)
        told.append(DoorMoved(at=at, heard=at, device=f"door-{FLAT}", flat=FLAT, open=is_open))
    closes = opens + timedelta(minutes=30)
    told.append(WindowOpened(id="w0", at=opens, by="d1", flat=FLAT, opens=opens, closes=closes, purpose="food"))
    return [Told(number=9000 - n, body=body) for n, body in enumerate(told)]
