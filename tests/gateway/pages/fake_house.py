"""A house of a few lines for the tests of its pages: what is told to it is committed at once, orders are done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import Struct

from gateway.bodies import body_of
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
from gateway.entries import Entry, EntryClass
from gateway.events.every import TemperatureTaken
from gateway.findings import Alert, AlertState, Closing, Decision, Reason, Verdict
from gateway.households import Household
from gateway.journal.span import Fold, T
from gateway.kinds import SEVERITY, Kind
from gateway.orders.every import (
    AlertAcknowledged,
    AlertClosed,
    GuardRuled,
    Order,
    OrderResult,
    QuarantineBegun,
    RulingUndone,
)
from gateway.orders.staff import DataLookedAt
from gateway.pages.access import Member, Role
from gateway.shown.fold import Shown
from gateway.staff.pins import hash_pin
from gateway.state.state import State
from gateway.view import Asked, Committed, Glance, Status, Told

START = datetime(2026, 3, 12, 6, 30, 0, tzinfo=UTC)  # 14:30 in the compound
PINS = {"g1": "2580", "i1": "3691", "d1": "1470", "c1": "9517", "v1": "735194"}
GUARD = Member("g1", "张卫", Role.GUARD, "hash-g1")
INSTALLER = Member("i1", "李工", Role.INSTALLER, "hash-i1")
OFFICER = Member("d1", "王静", Role.DUTY_OFFICER, "hash-d1")
CHIEF = Member("c1", "赵主任", Role.CHIEF, "hash-c1")
VOLUNTEER = Member(
    "v1", "小陈", Role.VOLUNTEER, "hash-v1", starts=START - timedelta(hours=1), ends=START + timedelta(hours=5)
)
EVERYBODY = (GUARD, INSTALLER, OFFICER, CHIEF, VOLUNTEER)


class FakeStaff:
    def __init__(self) -> None:
        self.members = {member.id: member for member in EVERYBODY}
        self.pins = dict(PINS)
        self.asked = 0
        self.damaged = ""

    def find(self, member: str) -> Member | None:
        return self.members.get(member)

    def named(self, text: str) -> Member | None:
        return self.members.get(text) or next((each for each in self.members.values() if each.name == text), None)

    def verify(self, member: str, pin: str) -> bool:
        self.asked += 1
        return self.pins.get(member) == pin

    def all(self) -> Iterator[Member]:
        return iter(self.members.values())

    async def keep_anew(self, member: str, pin: str) -> None:
        assert self.pins[member] == pin  # asked for after a right PIN only

    async def put(self, member: Member, pin: str) -> None:
        hash_pin(pin, bytes(16))  # raises where it is no PIN
        self.members[member.id] = member._replace(mark=f"hash of {pin}")
        self.pins[member.id] = pin

    async def strike_off(self, member: str) -> None:
        del self.members[member]


def make_site(buildings: int = 3, floors: int = 6, per_floor: int = 2, units: int = 2) -> Site:
    """幸福里: two gates with three lanes; every flat has a door sensor; ten bands."""
    devices: list[Device] = []
    made = []
    for b in range(1, buildings + 1):
        stairs = []
        for u in range(1, units + 1):
            flats = []
            for floor in range(1, floors + 1):
                for n in range(1, per_floor + 1):
                    name = f"{floor}{n:02d}"
                    path = f"幸福里 / {b}号楼 / {u}单元 / {name}"
                    flats.append(Flat(f"b{b}u{u}-{name}", name, "xf", f"b{b}", f"b{b}u{u}", path, floor))
                    devices.append(Device(f"door-b{b}u{u}-{name}", DeviceKind.DOOR, "rs485-a", flats[-1].id))
            stairs.append(Unit(f"b{b}u{u}", f"{u}单元", tuple(flats)))
        made.append(Building(f"b{b}", f"{b}号楼", "xf", tuple(stairs)))
    devices.extend(Device(f"band-{n}", DeviceKind.BAND, "radio") for n in range(10))
    east = (
        Lane("east-1", "进口", "east", "xf", Direction.IN),
        Lane("east-2", "出口", "east", "xf", Direction.OUT),
    )
    west = (Lane("west-1", "人行道", "west", "xf", Direction.BOTH),)
    gates = (Gate("east", "东门", "xf", 1, east), Gate("west", "西门", "xf", 2, west))
    compound = Compound("xf", "幸福里", "Asia/Shanghai", gates, tuple(made))
    return Site(Street("street", "曹杨新村", (compound,)), tuple(devices))


class FakeRegistrar:
    """A registry of these households; of nobody, where none is given."""

    def __init__(self, *homes: Household) -> None:
        self.homes = {home.flat: home for home in homes}

    def get(self, flat: str) -> Household | None:
        return self.homes.get(flat)

    def home_of(self, subject: str) -> Household | None:
        return next((home for home in self.homes.values() if subject in {p.subject for p in home.people}), None)

    def window_codes(self) -> dict[str, str]:
        return {}

    def all(self) -> dict[str, Household]:
        return self.homes

    async def looked(self, by: str, what: str) -> OrderResult:
        return OrderResult(order="looked", done=True)


class FakeHouse:
    def __init__(self, site: Site | None = None) -> None:
        self.shown = Shown(State(site=site or make_site(), epoch="e", number=1))
        self.now = START
        self.orders: list[Order] = []
        self.looks: list[DataLookedAt] = []
        self.pictures: list[bytes] = []
        self.records: list[Struct] = []  # what the journal holds, the newest first
        self.history: list[Told] = []  # what is on record of flats and people, the newest first
        self.asked: list[Asked] = []
        self.shown_codes: list[tuple[str, str]] = []
        self.typed: list[tuple[str, str]] = []
        self.verdicts: dict[str, tuple[Verdict, Reason]] = {}  # of a code's text; admitted is what all others are
        self.answer = OrderResult(order="", done=True)
        self.glances: dict[str, Glance] = {}
        self.backlog = 0
        self.connected = True
        self.confirm = "centre"
        self.uplink_trouble = ""
        self.clock_trusted = True
        self.trust_age = timedelta(hours=3)
        self._readers: set[asyncio.Queue[Committed | None]] = set()

    def inside(self) -> dict[str, datetime]:
        return {}

    async def picture(self, look: str) -> bytes | None:
        return self.pictures.pop(0) if self.pictures else None

    def glance(self, device: str) -> Glance | None:
        return self.glances.get(device)

    def status(self) -> Status:
        return Status(
            now=self.now,
            clock_trusted=self.clock_trusted,
            trust_version=12,
            trust_issued_at=self.now - self.trust_age,
            trust_next_update=self.now - self.trust_age + timedelta(days=1),
            uplink_connected=self.connected,
            backlog=self.backlog,
            oldest_unconfirmed=self.now - timedelta(minutes=9) if self.backlog else None,
            confirm=self.confirm,
            last_number=self.shown.number,
            outage_hours_left=72.0,
            uplink_trouble=self.uplink_trouble,
        )

    async def order(self, order: Order) -> OrderResult:
        if isinstance(order, DataLookedAt):
            self.looks.append(order)
            return OrderResult(order=order.id, done=True)
        self.orders.append(order)
        if self.answer.done:
            match order:
                case AlertAcknowledged():
                    old = self.shown.alerts[order.alert]
                    self.tell(_moved(old, AlertState.ACKNOWLEDGED, order.by, order.comment))
                case AlertClosed():
                    closed = _moved(self.shown.alerts[order.alert], AlertState.CLOSED, order.by, order.comment)
                    self.tell(msgspec.structs.replace(closed, active=False, closing=Closing(order.closing)))
                case GuardRuled():
                    verdict = Verdict.ADMIT if order.admit else Verdict.REFUSE
                    ruled = decision(verdict, Reason.RULED_BY_GUARD, lane=order.lane, by=order.by, at=self.now)
                    self.tell(msgspec.structs.replace(ruled, answers=order.decision))
                case RulingUndone():
                    back = decision(Verdict.REFER, Reason.RULING_UNDONE, by=order.by, at=self.now)
                    self.tell(msgspec.structs.replace(back, answers=order.decision))
                case _:
                    self.tell(order)
        return msgspec.structs.replace(self.answer, order=order.id)

    async def recorded(self, kinds: tuple[str, ...], limit: int) -> list[Struct]:
        found = [*self.records, *reversed(self.looks)]
        return [body for body in found if type(body).__name__ in kinds][:limit]

    async def told(self, asked: Asked) -> list[Told]:
        self.asked.append(asked)
        found = []
        for told in self.history:
            measured = isinstance(told.body, TemperatureTaken) is asked.measured
            about = body_of(told.body)
            if (
                measured
                and told.number < asked.before
                and (about.place in asked.places or about.subject in asked.subjects)
            ):
                found.append(told)
        return found[: asked.limit]

    async def read_back(self, kinds: tuple[str, ...], since: datetime, most: int, fold: Fold[T]) -> tuple[T, bool]:
        found = [body for body in reversed(self.records) if type(body).__name__ in kinds]
        return fold(iter(found[:most])), len(found) <= most

    async def show_code(self, lane: str, text: str, *, typed: bool = False) -> Decision | None:
        (self.typed if typed else self.shown_codes).append((lane, text))
        verdict, reason = self.verdicts.get(text, (Verdict.ADMIT, Reason.ADMITTED))
        decided = decision(verdict, reason, lane=lane, at=self.now, holder="resident", flat="b1u1-502")
        self.tell(decided)
        return decided

    @asynccontextmanager
    async def committed(self) -> AsyncIterator[AsyncIterator[Committed]]:
        queue: asyncio.Queue[Committed | None] = asyncio.Queue()
        self._readers.add(queue)

        async def entries() -> AsyncIterator[Committed]:
            while (committed := await queue.get()) is not None:
                yield committed
                queue.task_done()

        try:
            yield entries()
        finally:
            self._readers.discard(queue)

    def tell(self, body: Struct) -> int:
        """Commit something; returns its journal number."""
        number = self.shown.number + 1
        self.shown.apply(number, body)
        entry = Entry(number, self.now, self.now, type(body).__name__, EntryClass.INPUT, b"")
        for queue in self._readers:
            queue.put_nowait(Committed(entry, body))
        return number

    async def read_by_all(self) -> None:
        """Returns once every reader has dealt with all that was told."""
        for queue in list(self._readers):
            await queue.join()

    def drop_readers(self) -> None:
        """As the house does with a reader that is too slow."""
        for queue in self._readers:
            queue.put_nowait(None)


def _moved(alert: Alert, state: AlertState, by: str, comment: str) -> Alert:
    return msgspec.structs.replace(alert, state=state, acknowledged_by=by, comment=comment, revision=alert.revision + 1)


def decision(
    verdict: Verdict,
    reason: Reason,
    *,
    lane: str = "east-1",
    at: datetime = START,
    holder: str = "",
    flat: str = "",
    by: str = "",
) -> Decision:
    direction = {"east-1": Direction.IN, "east-2": Direction.OUT}.get(lane, Direction.BOTH)
    return Decision(
        at=at,
        lane=lane,
        gate=lane.partition("-")[0],
        compound="xf",
        direction=direction,
        verdict=verdict,
        reason=reason,
        holder=holder,
        flat=flat,
        by=by,
        trust_version=12,
    )


def alert(kind: Kind, number: int, *, place: str = "b1u1-502", minutes_ago: float = 5, device: str = "") -> Alert:
    at = START - timedelta(minutes=minutes_ago)
    return Alert(
        id=f"e/{number}",
        kind=kind,
        key=f"{place}{device}",
        severity=SEVERITY[kind],
        state=AlertState.RAISED,
        revision=1,
        raised_at=at,
        changed_at=at,
        place=place,
        device=device,
    )


def stay(flat: str, number: int, *, band: str = "", days_ago: int = 3, days: int = 14) -> QuarantineBegun:
    first = date(2026, 3, 12) - timedelta(days=days_ago)
    return QuarantineBegun(
        id=f"stay-{number}",
        at=START,
        by="d1",
        flat=flat,
        subject=f"{number:016x}",
        ground="《传染病防治法》第三十九条",
        first_day=first,
        last_day=first + timedelta(days=days - 1),
        band=band,
    )
