"""A small compound and its gatekeeper, for tests of the rules: say what happened, read what was concluded."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from devices.driver import Output
from devices.reading import Reading, Receipt, Seen
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
from gateway.entries import Act, Batch
from gateway.events.every import ClockSet, ConfigLoaded, HouseOpened, PassShown, Proof
from gateway.findings import Alert, Decision, Finding
from gateway.gatekeeper import Gatekeeper
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import Order, OrderResult, QuarantineBegun
from gateway.passes.gate_pass import ALL_GATES
from gateway.rounds import RoundRules
from gateway.state.state import State, freeze, thaw

T = TypeVar("T")
START = datetime(2026, 3, 12, 2, 0, 0, tzinfo=UTC)  # 10:00 in Shanghai
ANNA = "5afe000000000001"
BO = "5afe000000000002"
FLAT = "palm/b1-1-101"
OTHER_FLAT = "palm/b1-1-102"
DOOR, OTHER_DOOR, BAND, OTHER_BAND = "node-00000001", "node-00000002", "band-1", "band-2"
IN, OUT, BOTH = "palm/east/in", "palm/east/out", "palm/west/both"
NO_ROUNDS = RoundRules(hours=())  # tests/gateway/rules/test_rounds.py has some
LANES = {Direction.IN: IN, Direction.OUT: OUT, Direction.BOTH: BOTH}


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def make_site(timezone: str = "Asia/Shanghai", flats: int = 2) -> Site:
    homes = tuple(
        Flat(f"palm/b1-1-10{n}", f"10{n}", "palm", "palm/b1", "palm/b1-1", f"Palm / b1 / 10{n}", 1)
        for n in range(1, flats + 1)
    )
    east = (
        Lane(IN, "in", "palm/east", "palm", Direction.IN, output="node-0000000a", open_seconds=3.0),
        Lane(OUT, "out", "palm/east", "palm", Direction.OUT, output="node-0000000b"),
    )
    west = (Lane(BOTH, "both", "palm/west", "palm", Direction.BOTH),)
    palm = Compound(
        "palm",
        "Palm",
        timezone,
        (Gate("palm/east", "East", "palm", 1, east), Gate("palm/west", "West", "palm", 32, west)),
        (Building("palm/b1", "b1", "palm", (Unit("palm/b1-1", "1", homes),)),),
    )
    devices = (
        Device("cable", DeviceKind.CABLE, "cable"),
        Device("radio", DeviceKind.RADIO, "radio"),
        Device("camera", DeviceKind.CAMERA, "camera", IN),
        Device("scanner", DeviceKind.SCANNER, "scanner", OUT),
        Device(DOOR, DeviceKind.DOOR, "cable", FLAT),
        Device(OTHER_DOOR, DeviceKind.DOOR, "cable", OTHER_FLAT),
        Device(BAND, DeviceKind.BAND, "radio"),
        Device(OTHER_BAND, DeviceKind.BAND, "radio"),
        Device("node-0000000a", DeviceKind.OUTPUT, "cable"),
        Device("node-0000000b", DeviceKind.OUTPUT, "cable"),
    )
    return Site(Street("street", "Street", (palm,)), devices)


class Kept:
    """A gatekeeper that has opened its house, and all that it ever wrote."""

    def __init__(
        self,
        site: Site | None = None,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        *,
        start: datetime = START,
        clock_trusted: bool = True,
        reports: tuple[str, ...] = (),
    ) -> None:
        self.gatekeeper = Gatekeeper(State())
        self.now = start
        self.batches: list[Batch] = []
        self._ids = count(1)
        self.consider(
            HouseOpened(at=start, heard=start, version="1", epoch="e1", clock_trusted=clock_trusted, streams={})
        )
        self.load(site or make_site(), limits, reports)

    def reopened(self) -> "Kept":
        """The same house after a restart: only its state came along."""
        again = Kept()
        again.gatekeeper = Gatekeeper(thaw(freeze(self.state)))
        again.batches = []
        again.now = self.now
        streams = dict(self.state.streams)
        again.consider(
            HouseOpened(at=self.now, heard=self.now, version="1", epoch="e1", clock_trusted=True, streams=streams)
        )
        return again

    @property
    def state(self) -> State:
        return self.gatekeeper.state

    # what happens

    def pass_time(self, by: timedelta, every: timedelta | None = None, *, at_once: int = 0) -> list[Struct]:
        """The hour strikes, once at the end or every so often; at most so much of what fell due at once."""
        end = self.now + by
        bodies: list[Struct] = []
        while self.now < end:
            self.now = min(end, self.now + every) if every else end
            bodies += self._kept(self.gatekeeper.tick(self.now, at_once))
            while at_once and (due := self.gatekeeper.due()) is not None and due <= self.now:
                bodies += self._kept(self.gatekeeper.tick(self.now, at_once))
        return bodies

    def consider(self, event: Struct) -> list[Struct]:
        return self._kept(self.gatekeeper.consider(event))

    def load(self, site: Site, limits: Limits = Limits(), reports: tuple[str, ...] = ()) -> list[Struct]:  # noqa: B008
        return self.consider(
            ConfigLoaded(
                at=self.now,
                heard=self.now,
                fingerprint="f",
                site=site,
                limits=limits,
                reports=reports,
                round_rules=NO_ROUNDS,
            )
        )

    def set_clock(self, step: timedelta, *, trusted: bool = True) -> list[Struct]:
        self.now += step
        return self.consider(ClockSet(at=self.now, heard=self.now, seconds=step.total_seconds(), clock_trusted=trusted))

    def hear(
        self,
        device: str,
        seen: Seen,
        *,
        ago: float = 0.0,
        receipt: Receipt | None = None,
        link: str = "cable",
    ) -> list[Struct]:
        """A reading, now."""
        reading = Reading(
            at=self.now - seconds(ago), heard=self.now, link=link, device=device, seen=seen, receipt=receipt
        )
        return self._kept(self.gatekeeper.receive(reading))

    def order(self, order: Order) -> OrderResult:
        batch, result = self.gatekeeper.order(order)
        self._kept(batch)
        return result

    def quarantine(self, subject: str = ANNA, flat: str = FLAT, band: str = "", days: int = 14, **changes: Any) -> str:
        """Begins today; the order's id, which is the stay's."""
        today = date(self.now.year, self.now.month, self.now.day)
        order = QuarantineBegun(
            id=f"q{next(self._ids)}",
            at=self.now,
            by="d1",
            flat=flat,
            subject=subject,
            ground="order 7",
            first_day=today,
            last_day=today + timedelta(days=days - 1),
            band=band,
        )
        result = self.order(replace(order, **changes))
        assert result.done, result.why
        return order.id

    def show(self, lane: str = IN, **changes: Any) -> list[Struct]:
        """A genuine pass of everybody's, valid for years, unless said otherwise."""
        shown = PassShown(
            at=self.now,
            heard=self.now,
            device="camera",
            lane=lane,
            proof=Proof.GENUINE,
            cti="c0ffee0000000001",
            kid="k1",
            subject=BO,
            holder="resident",
            compound="palm",
            gates=ALL_GATES,
            not_before=datetime(2020, 1, 1, tzinfo=UTC),
            not_after=datetime(2040, 1, 1, tzinfo=UTC),
            trust_version=7,
        )
        return self.consider(replace(shown, **changes))

    # what was concluded

    def wrote(self) -> list[Struct]:
        return [body for batch in self.batches for body in batch.bodies]

    def findings(self) -> list[Struct]:
        return [body for body in self.wrote() if isinstance(body, Finding)]

    def raised(self, kind: Kind | None = None) -> list[Alert]:
        """The first revisions of alerts."""
        return [a for a in of(Alert, self.wrote()) if a.revision == 1 and kind in (None, a.kind)]

    def alert(self, kind: Kind) -> Alert:
        """The newest revision of the newest alert of a kind."""
        return [a for a in of(Alert, self.wrote()) if a.kind is kind][-1]

    def _kept(self, batch: Batch) -> list[Struct]:
        self.batches.append(batch)
        return list(batch.bodies)


def of(wanted: type[T], bodies: Iterable[object]) -> list[T]:
    return [body for body in bodies if isinstance(body, wanted)]


def decision(bodies: Iterable[object]) -> Decision:
    (found,) = of(Decision, bodies)
    return found


def opened(batch: Batch) -> list[str]:
    """The outputs that are to be switched once this batch is on disk."""
    actions = [effect.action for effect in batch.effects if isinstance(effect, Act)]
    return [action.device for action in actions if isinstance(action, Output)]
