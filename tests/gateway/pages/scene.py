"""A busy afternoon in 幸福里 for pictures and browser tests: told to a fake house."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.compound import DeviceKind
from gateway.events import BandHeard, DeviceSilent, DoorMoved, TemperatureTaken
from gateway.findings import AlertState, Decision, Reason, Verdict
from gateway.kinds import Kind
from gateway.orders import WindowOpened
from gateway.orders_cases import CaseNoted
from gateway.view import Glance
from tests.gateway.pages.fake_house import START, FakeHouse, alert, decision, make_site, stay

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
        house.tell(stay(flat, n, band=f"band-{n}", days_ago=20 if n == 2 else 3 + n))
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
