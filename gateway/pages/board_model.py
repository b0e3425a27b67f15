"""What is shown and the last glance at each device in, the state of each flat out. Pure, one building at a time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.compound import DeviceKind, Flat, Places, Unit
from gateway.findings import Alert
from gateway.kinds import Kind, Severity
from gateway.pages.access import AUDIENCE, ON_DUTY, Role
from gateway.people import Quarantine
from gateway.shown import Shown
from gateway.view import Glance

Look = Callable[[str], Glance | None]


class Door(StrEnum):
    NONE = "none"  # no sensor
    SHUT = "shut"
    OPEN = "open"
    SILENT = "silent"
    UNHEARD = "unheard"  # not heard since the house began: nobody knows


@dataclass(frozen=True, slots=True)
class BandState:
    """One person's wristband. `celsius` with the hour it was taken; what does not hold is not shown as if it did."""

    celsius: float | None
    taken: datetime | None
    off: bool
    silent: bool
    sos: bool
    fallen: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    quarantine: Quarantine
    served: bool
    band: BandState | None


@dataclass(frozen=True, slots=True)
class FlatState:
    flat: Flat
    stays: tuple[Stay, ...]
    door: Door
    open_since: datetime | None
    gravest: Severity | None
    alerts: int
    window: bool

    @property
    def quiet(self) -> bool:
        """Nothing to say of it: nobody in quarantine, no alert."""
        return not self.stays and not self.alerts


@dataclass(frozen=True, slots=True)
class Counts:
    flats: int
    stays: int
    served: int
    doors_open: int
    silent: int
    alerts: int
    critical: int


class Index:
    """Stays, alerts and windows by flat: built once for as many buildings as are looked at in one go."""

    def __init__(self, shown: Shown, doors: dict[str, list[str]], role: Role, look: Look, now: datetime) -> None:
        self._shown = shown
        self._doors = doors
        self._look = look
        self._now = now
        self._clinical = role in ON_DUTY
        self._stays: dict[str, list[Quarantine]] = {}
        self._alerts: dict[str, list[Alert]] = {}
        worn: dict[str, str] = {}
        for stay in shown.quarantines.values():
            self._stays.setdefault(stay.flat, []).append(stay)
            if stay.band:
                worn[stay.band] = stay.flat
        for alert in shown.open_alerts():
            if role in AUDIENCE[alert.kind]:
                flat = shown.places.flat_of(alert.device)
                place = alert.place if alert.place in shown.places.flats else worn.get(alert.device, "")
                self._alerts.setdefault(place or (flat.id if flat else ""), []).append(alert)
        self._windows = {window.flat for window in shown.windows.values() if window.covers(now)}

    def flat(self, flat: Flat, zone: ZoneInfo) -> FlatState:
        alerts = self._alerts.get(flat.id, [])
        door, since = self._door(flat.id)
        today = self._now.astimezone(zone).date()
        sos = {alert.device for alert in alerts if alert.kind is Kind.HELP_CALLED}
        fallen = {alert.device for alert in alerts if alert.kind is Kind.FALL}
        stays = tuple(
            Stay(stay, today > stay.last_day, self._band(stay.band, sos, fallen) if stay.band else None)
            for stay in self._stays.get(flat.id, [])
        )
        gravest = alerts[0].severity if alerts else None  # open_alerts are sorted, gravest first
        return FlatState(flat, stays, door, since, gravest, len(alerts), flat.id in self._windows)

    def _door(self, flat: str) -> tuple[Door, datetime | None]:
        devices = self._doors.get(flat, [])
        if not devices:
            return Door.NONE, None
        if any(device in self._shown.silent for device in devices):
            return Door.SILENT, None
        if flat in self._shown.open_doors:
            return Door.OPEN, self._shown.open_doors[flat]
        if all(self._look(device) is None for device in devices):
            return Door.UNHEARD, None
        return Door.SHUT, None

    def _band(self, band: str, sos: set[str], fallen: set[str]) -> BandState:
        taken = self._shown.temperatures.get(band)
        glance = self._look(band)
        celsius, at = (taken.celsius, taken.at) if taken is not None else (None, None)
        if glance is not None and glance.celsius is not None and (at is None or glance.heard > at):
            celsius, at = glance.celsius, glance.heard
        if not self._clinical:
            celsius, at = None, None
        return BandState(celsius, at, band in self._shown.off, band in self._shown.silent, band in sos, band in fallen)


def doors_by_flat(places: Places) -> dict[str, list[str]]:
    """The door sensors of each flat; as good as the site it was made from."""
    doors: dict[str, list[str]] = {}
    for device in places.devices.values():
        if device.kind is DeviceKind.DOOR:
            doors.setdefault(device.place, []).append(device.id)
    return doors


def floors(unit: Unit, index: Index, zone: ZoneInfo) -> list[tuple[int, list[FlatState]]]:
    """The flats of a stairwell by floor, the highest first, as one sees the house from outside."""
    by_floor: dict[int, list[FlatState]] = {}
    for flat in unit.flats:
        by_floor.setdefault(flat.floor, []).append(index.flat(flat, zone))
    return sorted(by_floor.items(), reverse=True)


def count(flats: Iterable[FlatState]) -> Counts:
    """What stands beside a building's name. A door counts as open or silent where somebody is in quarantine."""
    total = stays = served = doors_open = silent = alerts = grave = 0
    for state in flats:
        total += 1
        stays += sum(not stay.served for stay in state.stays)
        served += sum(stay.served for stay in state.stays)
        alerts += state.alerts
        grave += state.gravest is Severity.CRITICAL
        if state.stays:
            doors_open += state.door is Door.OPEN
            silent += state.door is Door.SILENT
            silent += sum(stay.band is not None and stay.band.silent for stay in state.stays)
    return Counts(total, stays, served, doors_open, silent, alerts, grave)
