"""A compound small enough to hold in the head: one gate with a lane in and a lane out, one building, two flats."""

from datetime import UTC, date, datetime

from gateway.compound import (
    Building,
    Compound,
    Device,
    DeviceKind,
    Direction,
    Flat,
    Gate,
    Lane,
    Site,
    Street,
    Unit,
)
from gateway.events.every import ConfigLoaded, HouseOpened
from gateway.gatekeeper import Gatekeeper
from gateway.limits import Limits
from gateway.orders.every import QuarantineBegun
from gateway.rounds import RoundRules
from gateway.state.state import State

NOON = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai
WAY_IN, WAY_OUT = "palm/south/in", "palm/south/out"
HOME, NEXT_DOOR = "palm/3-1-502", "palm/3-1-503"
DOOR, NEXT_DOOR_DOOR = "node-00000101", "node-00000102"
BAND = "band-c0de00000001"
SUBJECT = "00112233445566aa"
LIMITS = Limits()


def flat(flat_id: str) -> Flat:
    name = flat_id.rpartition("-")[2]
    return Flat(
        id=flat_id,
        name=name,
        compound="palm",
        building="palm/3",
        unit="palm/3-1",
        path=f"棕榈苑 / 3号楼 / 1单元 / {name}",
        floor=5,
    )


def lane(lane_id: str, direction: Direction) -> Lane:
    return Lane(
        id=lane_id,
        name=lane_id.rpartition("/")[2],
        gate="palm/south",
        compound="palm",
        direction=direction,
        output="node-00000201",
        open_seconds=5.0,
    )


def small_site() -> Site:
    gate = Gate(
        id="palm/south",
        name="南门",
        compound="palm",
        number=1,
        lanes=(lane(WAY_IN, Direction.IN), lane(WAY_OUT, Direction.OUT)),
    )
    building = Building(
        id="palm/3",
        name="3号楼",
        compound="palm",
        units=(Unit(id="palm/3-1", name="1单元", flats=(flat(HOME), flat(NEXT_DOOR))),),
    )
    compound = Compound(id="palm", name="棕榈苑", timezone="Asia/Shanghai", gates=(gate,), buildings=(building,))
    return Site(
        street=Street(id="nanyuan", name="南苑街道", compounds=(compound,)),
        devices=(
            Device(id="rs485-a", kind=DeviceKind.CABLE, link="rs485-a"),
            Device(id=DOOR, kind=DeviceKind.DOOR, link="rs485-a", place=HOME),
            Device(id=NEXT_DOOR_DOOR, kind=DeviceKind.DOOR, link="rs485-a", place=NEXT_DOOR),
            Device(id="node-00000201", kind=DeviceKind.OUTPUT, link="rs485-a"),
            Device(id="scanner-in", kind=DeviceKind.SCANNER, link="scanner-in", place=WAY_IN),
            Device(id="scanner-out", kind=DeviceKind.SCANNER, link="scanner-out", place=WAY_OUT),
            Device(id="radio", kind=DeviceKind.RADIO, link="radio"),
        ),
    )


def opened(*, reports: tuple[str, ...] = (), limits: Limits = LIMITS, at: datetime = NOON) -> Gatekeeper:
    """A gatekeeper whose house has just opened; its first two entries are behind it."""
    gatekeeper = Gatekeeper(State())
    gatekeeper.consider(HouseOpened(at=at, heard=at, version="test", epoch="e0", clock_trusted=True))
    gatekeeper.consider(
        ConfigLoaded(
            at=at,
            heard=at,
            fingerprint="f",
            site=small_site(),
            limits=limits,
            reports=reports,
            round_rules=RoundRules(hours=()),
        )
    )
    return gatekeeper


def quarantine(order_id: str = "stay-1", *, home: str = HOME, at: datetime = NOON) -> QuarantineBegun:
    """Fourteen days from today for the person of the small site."""
    return QuarantineBegun(
        id=order_id,
        at=at,
        by="duty-1",
        flat=home,
        subject=SUBJECT,
        ground="street notice 2026-17",
        first_day=date(2026, 4, 1),
        last_day=date(2026, 4, 14),
        band=BAND,
    )
