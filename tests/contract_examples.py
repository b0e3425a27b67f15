"""Sample findings in, the messages that docs/centre.md shows out, made by the code that sends them.

`python -m tests.contract_examples --update` writes them into the page anew; tests/test_docs.py compares.
"""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from gateway.compound import Direction, Places
from gateway.findings import (
    Alert,
    AlertState,
    Decision,
    Reason,
    StayBegun,
    StayChanged,
    StayEnded,
    StayStep,
    Tombstone,
    Verdict,
)
from gateway.kinds import Kind, Severity
from gateway.messages.every import (
    AckMessage,
    HealthMessage,
    OpenMessage,
    OrderMessage,
    OrderResultMessage,
    PathHealth,
    StateMessage,
    encode,
)
from gateway.messages.telling import numbered
from gateway.messages.telling_alerts import open_alert
from gateway.orders.cases import CaseNoted
from gateway.people import Quarantine
from gateway.rounds import RoundDone, Task, TaskKind, TaskState, Why
from gateway.services import Purpose, Service, ServiceMoved, ServiceState
from gateway.uplink.status import will
from tests.small_site import BAND, DOOR, HOME, NOON, SUBJECT, WAY_OUT, small_site

PAGE = Path(__file__).parent.parent / "docs" / "centre.md"
GW, EPOCH = "palm-1", "7f3a9c0d12e45b68"
PLACES = Places(small_site())
SOON = timedelta(seconds=1)
MIDNIGHT = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)  # the end of the fourteenth in Shanghai

OPENED = Alert(
    id=f"{EPOCH}/1041",
    kind=Kind.QUARANTINE_DOOR_OPENED,
    key=HOME,
    severity=Severity.HIGH,
    state=AlertState.RAISED,
    revision=1,
    raised_at=NOON,
    changed_at=NOON + SOON,
    place=HOME,
    device=DOOR,
)
FEVER = Alert(
    id=f"{EPOCH}/2230",
    kind=Kind.FEVER,
    key=BAND,
    severity=Severity.HIGH,
    state=AlertState.ACKNOWLEDGED,
    revision=2,
    raised_at=NOON,
    changed_at=NOON + timedelta(minutes=3),
    place=HOME,
    subject=SUBJECT,
    device=BAND,
    celsius=38.2,
    acknowledged_by="centre:duty desk",
)
REFERRED = Decision(
    at=NOON,
    lane=WAY_OUT,
    gate="palm/south",
    compound="palm",
    direction=Direction.OUT,
    verdict=Verdict.REFER,
    reason=Reason.QUARANTINED,
    cti="fdb19e12191e90c4",
    subject=SUBJECT,
    holder="observed",
    flat=HOME,
    trust_version=12,
)

BROUGHT = Service(
    id="5f31",
    flat=HOME,
    purpose=Purpose.MEDICINE,
    state=ServiceState.DELIVERED,
    asked_at=NOON - timedelta(minutes=40),
    asked_by="resident",
    changed_at=NOON,
    opens=NOON - timedelta(minutes=30),
    closes=NOON + timedelta(minutes=30),
    decided_by="d1",
    taken_by="g1",
    delivered_at=NOON,
)

ARRIVED = Quarantine(
    id="5f20",
    flat=HOME,
    subject=SUBJECT,
    ground="street notice 2026-17",
    first_day=date(2026, 4, 1),
    last_day=date(2026, 4, 14),
    begun_by="centre:duty desk",
    band=BAND,
)
BACK = StayChanged(at=NOON, step=StayStep.RESUMED, stay=ARRIVED, flat=HOME, subject=SUBJECT, lane="palm/south/in")

CALL = Task(
    id="palm/2026-04-01T0800/call/00112233445566aa",
    at=NOON,
    changed_at=NOON,
    due=NOON + timedelta(hours=1),
    round="palm/2026-04-01T0800",
    kind=TaskKind.CALL,
    state=TaskState.OPEN,
    revision=1,
    flat=HOME,
    subject=SUBJECT,
    why=(Why.NOT_MEASURED,),
)
DONE = RoundDone(
    at=NOON,
    round="palm/2026-04-01T0800",
    compound="palm",
    persons=212,
    measured=205,
    calls=7,
    flats=120,
    knocks=9,
    saved=111,
)


def message(body: Struct, stream: str, number: int, heard: datetime = NOON + SOON) -> Struct:
    return numbered(body, gw=GW, stream=stream, epoch=EPOCH, number=number, heard=heard, places=PLACES, late=False)


def examples() -> dict[str, Struct | bytes]:
    """By the name that stands in the page: `<!-- example: NAME -->`."""
    return {
        "alert": message(OPENED, "alert", 17),
        "alert taken": message(FEVER, "alert", 24, NOON + timedelta(minutes=3)),
        "decision": message(REFERRED, "report", 4),
        "stay begun": message(StayBegun(at=NOON, stay=ARRIVED, flat=HOME, subject=SUBJECT), "report", 4),
        "stay ended": message(
            StayEnded(at=MIDNIGHT, quarantine="stay-1", flat=HOME, subject=SUBJECT), "report", 5, MIDNIGHT
        ),
        "stay changed": message(BACK, "report", 6),
        "note": message(
            CaseNoted(
                id="n1", at=NOON, by="d1", case=OPENED.id, text="nobody opens; a neighbour has the key", place=HOME
            ),
            "report",
            9,
        ),
        "service": message(ServiceMoved(at=NOON, flat=HOME, service=BROUGHT), "report", 6),
        "task": message(CALL, "report", 7),
        "round": message(DONE, "report", 8),
        "tombstone": message(Tombstone(at=NOON, stream="report", first=118, last=230, why="disk full"), "report", 231),
        "open": OpenMessage(gw=GW, epoch=EPOCH, time=NOON + SOON, alerts=(open_alert(OPENED, PLACES),)),
        "state": StateMessage(
            gw=GW,
            state="online",
            time=NOON,
            version="0.1.0",
            epoch=EPOCH,
            next_numbers={"alert": 18, "report": 6},
            paths=7,
            deaf=("scanner-out",),
        ),
        "last will": will(GW).payload,
        "health": HealthMessage(
            gw=GW,
            time=NOON,
            links=(PathHealth(device="rs485-a", kind="cable", last_heard=NOON - SOON, silent=False),),
            silent=("scanner-out",),
            backlog={"alert": 0, "report": 2},
            oldest_unconfirmed=NOON - SOON,
            outage_hours_left=2310.5,
            clock_trusted=True,
            disk_free_megabytes=21840,
        ),
        "ack": AckMessage(stream="alert", epoch=EPOCH, upto=17),
        "ack by number": AckMessage(stream="alert", epoch=EPOCH, ids=(19, 20, 18)),
        "order": OrderMessage(
            order="acknowledge",
            by="duty desk",
            expires_at=NOON + timedelta(minutes=5),
            alert=OPENED.id,
            comment="calling the flat",
        ),
        "order quarantine": OrderMessage(
            order="begin_quarantine",
            by="duty desk",
            flat=HOME,
            subject=SUBJECT,
            ground="street notice 2026-17",
            first_day=date(2026, 4, 1),
            last_day=date(2026, 4, 14),
            band=BAND,
        ),
        "order extend": OrderMessage(
            order="extend_quarantine",
            by="duty desk",
            quarantine=ARRIVED.id,
            last_day=date(2026, 4, 18),
            reason="a contact of theirs has tested positive",
        ),
        "order suspend": OrderMessage(
            order="suspend_quarantine",
            by="duty desk",
            quarantine=ARRIVED.id,
            reason="hospital",
            back_by=NOON + timedelta(hours=6),
        ),
        "order service": OrderMessage(
            order="ask_service",
            by="duty desk",
            flat=HOME,
            purpose="medicine",
            comment="pills for the heart, at the chemist's",
        ),
        "order arrival": OrderMessage(
            order="expect_arrival",
            by="duty desk",
            flat=HOME,
            subject=SUBJECT,
            ground="street notice 2026-17",
            days=14,
            arrive_by=NOON + timedelta(hours=3),
            band=BAND,
        ),
        "result": OrderResultMessage(gw=GW, order="5f1c", done=True),
        "result refused": OrderResultMessage(gw=GW, order="5f1d", done=False, why="no such open alert"),
    }


def shown(example: Struct | bytes) -> str:
    """One message as the page shows it. What an order leaves at its default may be left out, and is."""
    raw = msgspec.json.decode(example if isinstance(example, bytes) else encode(example))
    if isinstance(example, OrderMessage | AckMessage):
        raw = {key: value for key, value in raw.items() if value not in ("", None, [])}
    return msgspec.json.format(msgspec.json.encode(raw), indent=2).decode()


BLOCK = re.compile(r"(<!-- example: ([a-z ]+) -->\n```json\n)(.*?)\n?(```)", re.DOTALL)


def blocks(text: str) -> dict[str, str]:
    """Every example that stands in a page."""
    return {found[2]: found[3] for found in BLOCK.finditer(text)}


def updated(text: str) -> str:
    made = examples()
    return BLOCK.sub(lambda found: f"{found[1]}{shown(made[found[2]])}\n{found[4]}", text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
    else:
        for name, example in examples().items():
            print(f"== {name}\n{shown(example)}")
