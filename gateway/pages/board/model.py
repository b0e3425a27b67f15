"""What is shown and the last glance at each device in, the state of each flat out. Pure, one flat at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.compound import Flat
from gateway.events.presence import Where
from gateway.findings import Alert
from gateway.households import Household, Origin, Use
from gateway.kinds import Kind, Severity
from gateway.pages.access import AUDIENCE, ON_DUTY, Role
from gateway.pages.board.people import Mark, marks_of, origin_of
from gateway.people import Quarantine
from gateway.rounds import TaskKind
from gateway.shown.fold import Shown
from gateway.view import Glance

FRESH = timedelta(minutes=30)  # a band answers each quarter of an hour
CELSIUS = 0.2  # a band's last word that differs by less says the same

Look = Callable[[str], Glance | None]
Homes = Callable[[str], Household | None]


class Door(StrEnum):
    NONE = "none"  # no sensor
    SHUT = "shut"
    OPEN = "open"
    SILENT = "silent"
    UNHEARD = "unheard"  # not heard since the house began: nobody knows


@dataclass(frozen=True, slots=True)
class BandState:
    """One person's wristband. `celsius` with the hour it was taken; what does not hold is not shown as if it did.

    `earlier`: that hour in words, where it was taken before the last round began.
    """

    celsius: float | None
    taken: datetime | None
    off: bool
    silent: bool
    sos: bool
    fallen: bool = False
    where: Where | None = None  # None: nobody can tell, or at home
    place: str = ""
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    quarantine: Quarantine
    served: bool
    band: BandState | None
    origin: Origin | None = None
    away: str = ""  # in hospital, say: nobody watches door and band just now
    band_out: bool = False  # it is over, and the band was not given back yet


@dataclass(frozen=True, slots=True)
class FlatState:
    flat: Flat
    stays: tuple[Stay, ...]
    door: Door
    open_since: datetime | None
    gravest: Severity | None
    alerts: int
    window: bool
    use: Use | None = None  # None: in no book
    marks: tuple[Mark, ...] = ()
    calls: int = 0
    knocks: int = 0
    open_from: str = ""  # the hour in words
    called: bool = False  # for help, by a band of nobody in quarantine: somebody who is looked after
    fallen: bool = False  # as above

    @property
    def quiet(self) -> bool:
        """Nothing to say of it: nobody in quarantine, no alert, nothing to do."""
        return not (self.stays or self.alerts or self.calls or self.knocks)


class Index:
    """Alerts, tasks and windows by flat: built once for as many buildings as are looked at in one go."""

    def __init__(
        self,
        shown: Shown,
        role: Role,
        look: Look,
        now: datetime,
        homes: Homes,
        origins: Mapping[str, Origin],
    ) -> None:
        self._shown = shown
        self._look = look
        self._now = now
        self._clinical = role in ON_DUTY
        self._homes = homes
        self._origins = origins
        self._alerts: dict[str, list[Alert]] = {}
        for alert in shown.open_alerts():
            if role in AUDIENCE[alert.kind] and not alert.drill:  # the board shows what is real
                self._alerts.setdefault(self._flat_of(alert), []).append(alert)
        # stay, is it over, is its band still out: of who served their days, and of who is away for a time
        self._elsewhere: dict[str, list[tuple[Quarantine, bool, bool]]] = {}
        for stay in shown.suspended.values():
            self._elsewhere.setdefault(stay.flat, []).append((stay, False, False))
        for each in shown.released.values():
            if not each.early or each.band_out:
                self._elsewhere.setdefault(each.stay.flat, []).append((each.stay, True, each.band_out))
        self._windows = {window.flat for window in shown.windows.values() if window.covers(now)}
        self._tasks: dict[str, list[TaskKind]] = {}
        for task in shown.tasks.values() if self._clinical else ():
            self._tasks.setdefault(task.flat, []).append(task.kind)
        self._days: dict[ZoneInfo, tuple[date, datetime]] = {}

    def flat(self, flat: Flat, zone: ZoneInfo) -> FlatState:
        alerts = self._alerts.get(flat.id, [])
        door, since = self._door(flat.id)
        today, earlier = self._day(zone)
        sos = {alert.device for alert in alerts if alert.kind is Kind.HELP_CALLED}
        fallen = {alert.device for alert in alerts if alert.kind is Kind.FALL}
        home = self._homes(flat.id) if self._clinical else None
        stays = [
            Stay(
                stay,
                today > stay.last_day,
                self._band(stay.band, sos, fallen, zone, earlier) if stay.band else None,
                self._origin(stay, home),
            )
            for stay in self._shown.quarantines.those("flat", flat.id)
        ]
        here = {stay.quarantine.subject for stay in stays}
        worn = {stay.quarantine.band for stay in stays}
        stays += [
            Stay(stay, over, None, self._origin(stay, home), stay.away, out)
            for stay, over, out in self._elsewhere.get(flat.id, ())
            if stay.subject not in here
        ]
        gravest = alerts[0].severity if alerts else None  # open_alerts are sorted, gravest first
        tasks = self._tasks.get(flat.id, [])
        return FlatState(
            flat,
            tuple(stays),
            door,
            since,
            gravest,
            len(alerts),
            flat.id in self._windows,
            None if home is None else home.use,
            tuple(marks_of(home)),
            tasks.count(TaskKind.CALL),
            tasks.count(TaskKind.KNOCK),
            minute(since, zone, self._now) if since is not None else "",
            bool(sos - worn),
            bool(fallen - worn),
        )

    def _day(self, zone: ZoneInfo) -> tuple[date, datetime]:
        """Today, and before which hour a temperature is told with its own: when the last round began.

        Not at once when a round begins: the bands answer within a quarter of an hour.
        """
        if zone not in self._days:
            here = self._now.astimezone(zone)
            hours = sorted(self._shown.bands.rounds.hours)
            begun = [datetime.combine(here.date(), at, zone) for at in hours]
            begun += [each - timedelta(days=1) for each in begun]
            last = max((each for each in begun if each <= here), default=here)
            self._days[zone] = here.date(), min(last.astimezone(UTC), self._now - FRESH)
        return self._days[zone]

    def _origin(self, stay: Quarantine, home: Household | None) -> Origin | None:
        return origin_of(stay.origin, stay.subject, home, self._origins) if self._clinical else None

    def _flat_of(self, alert: Alert) -> str:
        """Where it stands on the board: its flat, that of the door's sensor, or of who wears the band."""
        places = self._shown.places
        if alert.place in places.flats:
            return alert.place
        worn = next(self._shown.quarantines.those("band", alert.device), None)
        if worn is not None:
            return worn.flat
        flat = places.flat_of(alert.device)
        return flat.id if flat else ""

    def _door(self, flat: str) -> tuple[Door, datetime | None]:
        devices = self._shown.places.doors_of(flat)
        if not devices:
            return Door.NONE, None
        if any(device.id in self._shown.silent for device in devices):
            return Door.SILENT, None
        if flat in self._shown.open_doors:
            return Door.OPEN, self._shown.open_doors[flat]
        if all(self._look(device.id) is None for device in devices):
            return Door.UNHEARD, None
        return Door.SHUT, None

    def _band(self, band: str, sos: set[str], fallen: set[str], zone: ZoneInfo, earlier: datetime) -> BandState:
        taken = self._shown.temperatures.get(band)
        glance = self._look(band)
        celsius, at = (taken.celsius, taken.at) if taken is not None else (None, None)
        if glance is not None and glance.celsius is not None and _says_more(glance.heard, glance.celsius, at, celsius):
            celsius, at = glance.celsius, glance.heard
        if not self._clinical:
            celsius, at = None, None
        found = self._shown.bands.where.get(band) if self._clinical else None
        away = found is not None and found.where is not Where.HOME
        return BandState(
            celsius,
            at,
            band in self._shown.off,
            band in self._shown.silent,
            band in sos,
            band in fallen,
            found.where if found is not None and away else None,
            found.place if found is not None and away else "",
            minute(at, zone, self._now) if at is not None and at < earlier else "",
        )


def _says_more(heard: datetime, celsius: float, at: datetime | None, known: float | None) -> bool:
    """What is on record each quarter of an hour stands, unless it is old, or no longer so."""
    if at is None or known is None:
        return True
    return heard > at and (heard - at > FRESH or abs(celsius - known) >= CELSIUS)


def minute(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """14:05 today, 11-21 14:05 on another day."""
    local = at.astimezone(zone)
    return local.strftime("%H:%M" if local.date() == now.astimezone(zone).date() else "%m-%d %H:%M")
