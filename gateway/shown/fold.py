"""Committed entries in, what the pages show out: a fold of its own, so that no page shows what is not on disk.

Floor 4, a pure room. The gatekeeper runs ahead of the disk; this does not. It starts from a state that came from the
journal and is moved on by each committed entry.
"""

from collections import deque
from datetime import datetime, timedelta

from msgspec import Struct

from gateway.agreements import Agreement
from gateway.alerts.report import counts_to_flood
from gateway.case_log import CaseLog, note_alert, note_case
from gateway.compound import Places
from gateway.couriers import Courier, note, shift
from gateway.enact.alerts import work_of
from gateway.enact.homes import close_windows, forget_windows
from gateway.enact.privacy import forget_shown
from gateway.enact.registry import forget, register
from gateway.enact.stays import move_stay, note_release, take_stay
from gateway.events.every import (
    BandHeard,
    ClockSet,
    ConfigLoaded,
    DeviceBack,
    DeviceSilent,
    DoorMoved,
    FireSignalled,
    HouseOpened,
    TemperatureTaken,
)
from gateway.events.retention import TimesOver
from gateway.findings import Alert, Closing, Decision, StayBegun, StayChanged, StayEnded, StayStep
from gateway.findings_shifts import Shift, ShiftSheet, ShiftStage
from gateway.limits import Limits
from gateway.looks import Looking, look
from gateway.orders.alerts import WorkBegun, WorkEnded
from gateway.orders.care import AwayUntil, CareAgreed, agreement_of
from gateway.orders.cases import CaseNoted
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.orders.every import (
    ArrivalExpected,
    FireDeclared,
    FireEnded,
    PersonEntered,
    QuarantineBegun,
    QuarantineEnded,
    WindowOpened,
    quarantine_of,
    window_of,
)
from gateway.orders.gate import CourierLeft, LookAsked, LookEnded
from gateway.orders.homes import HouseholdsChanged
from gateway.orders.privacy import PersonErased
from gateway.orders.shifts import ShiftBegun, ShiftHandedOver
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.people import Person, Quarantine, Released, ServiceWindow
from gateway.profile import limits_in_force
from gateway.rounds import RoundDone, Task
from gateway.rules.door_watched import doors_gone
from gateway.rules.silence import devices_gone
from gateway.services import Service, ServiceMoved, WindowRules
from gateway.shifts import begin, count, count_alert, hand_over, keep_sheet, move_clock
from gateway.shown.alerts import gravest_first, move_alerts, move_doors
from gateway.shown.bands import ShownBands
from gateway.shown.care import CareEnds
from gateway.shown.lanes import ShownLanes
from gateway.shown.rounds import keep_round, keep_task
from gateway.shown.services import keep_service
from gateway.state.doors import NOTHING_YET, DoorMemory, stands
from gateway.state.indexed import Indexed
from gateway.state.state import State, Work

DECISIONS_KEPT = RAISED_KEPT = 200  # as the gatekeeper's
CANCELLED_KEPT = 5


class Shown:
    """What is on disk, arranged for looking at."""

    def __init__(self, state: State) -> None:
        self.places = Places(state.site)
        self.number = state.number
        self.lanes = ShownLanes(state, self.places)
        self.bands = ShownBands(state)
        self.alerts: dict[str, Alert] = dict(state.alerts)
        self.case_log: CaseLog = dict(state.case_log)
        self.cancelled: deque[Alert] = deque(maxlen=CANCELLED_KEPT)  # falls their wearers took back, since the start
        self.decisions: deque[Decision] = deque(state.decisions, maxlen=DECISIONS_KEPT)
        self.decision_numbers: deque[int] = deque(state.decision_numbers, maxlen=DECISIONS_KEPT)  # in the journal
        self.quarantines: Indexed[Quarantine] = Indexed(state.quarantines, by=("flat", "subject", "band"))
        self.drills: dict[str, DrillBegun] = dict(state.drills)
        self.care: dict[str, Agreement] = dict(state.care)
        self._care_ends = CareEnds(state, self.care)
        self.away: dict[str, datetime] = {care: life.away for care, life in state.lives.items() if life.away}
        self.window_rules: WindowRules = state.window_rules
        self.round_rules = state.round_rules
        self.services: Indexed[Service] = Indexed(state.services, by=("flat",))
        self.windows: dict[str, ServiceWindow] = dict(state.windows)
        self.open_doors: dict[str, datetime] = dict(state.open_doors)
        self._doors: dict[str, DoorMemory] = dict(state.doors)
        self.silent: dict[str, datetime] = dict(state.silent)
        self.off: dict[str, datetime] = dict(state.off)
        self.fires: dict[str, datetime] = dict(state.fires)
        self.people: dict[str, Person] = dict(state.people)
        self.suspended: dict[str, Quarantine] = dict(state.suspended)
        self.released: dict[str, Released] = dict(state.released)
        self.arrivals: dict[str, ArrivalExpected] = dict(state.arrivals)
        self.temperatures: dict[str, TemperatureTaken] = {}
        self.opened_at: datetime | None = None
        self.calling = state.calling
        self.tasks: dict[str, Task] = dict(state.tasks)
        self.round_figures: dict[str, RoundDone] = dict(state.round_figures)
        self.works: dict[str, Work] = dict(state.works)
        self.raised: deque[datetime] = deque(maxlen=RAISED_KEPT)  # when new ones rang, for the banner of a flood
        self._limits_configured, self._profiles = state.limits_configured, state.profiles
        self.couriers: dict[str, Courier] = dict(state.couriers)
        self.shifts: dict[str, Shift] = dict(state.shifts)
        self.sheets: dict[str, ShiftSheet] = dict(state.sheets)
        self.looks: dict[str, Looking] = dict(state.looks)

    def apply(self, number: int, body: Struct) -> None:
        """One committed entry, in the order of the journal."""
        self.number = number
        match body:
            case WorkBegun():
                self.works[body.id] = work_of(body)
            case WorkEnded():
                self.works.pop(body.work, None)
            case Task():
                keep_task(body, self.tasks)
            case RoundDone():
                keep_round(body, self.round_figures)
            case Alert():
                if counts_to_flood(body):
                    self.raised.append(body.changed_at)
                count_alert(self.shifts, body)
                note_alert(self.case_log, self.alerts.get(body.id), body)
                if body.open:
                    self.alerts[body.id] = body
                else:
                    self.alerts.pop(body.id, None)
                    if body.closing is Closing.WEARER:
                        self.cancelled.append(body)
            case CaseNoted():
                note_case(self.case_log, body)
            case Decision():
                self.decisions.append(body)
                self.decision_numbers.append(number)
                note(self.couriers, body, self.places)
                count(self.shifts, body)
            case LookAsked():
                look(self.looks, body)
            case LookEnded():
                self.looks.pop(body.look, None)
            case ShiftBegun():
                begin(self.shifts, body)
            case ShiftHandedOver():
                hand_over(self.shifts, body)
            case ShiftSheet():
                keep_sheet(self.sheets, body)
                if body.stage is ShiftStage.ENDED:
                    self.shifts.pop(body.shift.gate, None)
            case CourierLeft():
                self.couriers.pop(body.who, None)
            case ClockSet():
                self._set_clock(timedelta(seconds=body.seconds))
            case FireDeclared():
                self.fires.setdefault(body.compound, body.at)
            case FireSignalled(on=True):
                self.fires.setdefault(body.compound, body.at)
            case FireEnded():
                self.fires.pop(body.compound, None)
            case PersonEntered():
                self.people[body.subject] = Person(
                    subject=body.subject, flat=body.flat, care=body.care, registered=True
                )
            case HouseholdsChanged():
                register(body, self)
            case DoorMoved():
                self._door_moved(body)
            case TemperatureTaken():
                self.temperatures[body.device] = body
            case BandHeard(worn=False):
                self.off.setdefault(body.device, body.at)
            case BandHeard(worn=True):
                self.off.pop(body.device, None)
            case DeviceSilent():
                self.silent[body.device] = body.since
            case DeviceBack():
                self.silent.pop(body.device, None)
            case QuarantineBegun():
                self.quarantines[body.id] = quarantine_of(body)
                self.arrivals = {key: each for key, each in self.arrivals.items() if each.subject != body.subject}
            case ArrivalExpected():
                self.arrivals[body.id] = body
            case StayBegun() | StayChanged(step=StayStep.RESUMED):
                self.arrivals.pop(body.stay.id, None)
                self.suspended.pop(body.stay.id, None)
                self.quarantines[body.stay.id] = body.stay
                self.people.setdefault(body.subject, Person(subject=body.subject, flat=body.flat))
            case StayEnded() | QuarantineEnded():
                expected = self.arrivals.pop(body.quarantine, None)
                stay = take_stay(body.quarantine, self)
                if stay is not None:
                    note_release(stay, body.at, isinstance(body, QuarantineEnded), self)
                    self._left(stay, body.at)
                forget([each.subject for each in (expected, stay) if each is not None], self)
            case StayExtended() | StaySuspended() | StayResumed() | StayMoved() | BandReturned():
                before = None if isinstance(body, BandReturned) else self.quarantines.get(body.quarantine)
                move_stay(body, self)
                if before is not None and not isinstance(body, StayExtended):
                    self._left(before, body.at)
                elif isinstance(body, BandReturned):
                    self.temperatures.pop(body.band, None)
                    self._off(body.band)
            case DrillBegun():
                self.drills[body.id] = body
            case DrillEnded():
                self.drills.pop(body.drill, None)
            case CareAgreed():
                self.care[body.id] = agreement_of(body)
            case AwayUntil():
                self.away[body.care] = body.until
            case ServiceMoved(service=service):
                keep_service(service, self.services, self.windows)
            case WindowOpened():
                self.windows[body.id] = window_of(body)
                forget_windows(self.windows, body.at)
            case PersonErased() | TimesOver():
                forget_shown(body, self)
            case ConfigLoaded():
                self._settle_in(body)
            case HouseOpened():
                self.looks.clear()
                self.opened_at = body.heard
            case _:
                pass
        if isinstance(body, QuarantineBegun | ArrivalExpected | CareAgreed):
            self.people.setdefault(body.subject, Person(subject=body.subject, flat=body.flat))
        for over in self._care_ends.ended(body, self.places):
            self._off(over.band)
        self.lanes.apply(body, self.places)
        self.bands.apply(body)

    def _door_moved(self, moved: DoorMoved) -> None:
        memory = self._doors.get(moved.flat) or NOTHING_YET
        since, self._doors[moved.flat] = stands(moved, memory, self.open_doors.pop(moved.flat, None))
        if since is not None:
            self.open_doors[moved.flat] = since

    def _set_clock(self, step: timedelta) -> None:
        shift(self.couriers, step)  # what lasts goes on lasting as long, as in the house's own fold
        move_clock(self.shifts, step)
        self.looks.clear()
        move_doors(self._doors, step)
        move_alerts(self.alerts, step)

    def _off(self, band: str) -> None:
        """Nobody wears it: what was heard of it is the last wearer's."""
        self.bands.leave(band)
        self.off.pop(band, None)
        self.silent.pop(band, None)

    def _left(self, stay: Quarantine, at: datetime) -> None:
        self._off(stay.band)
        if next(self.quarantines.those("flat", stay.flat), None) is None:
            close_windows(self.windows, stay.flat, at)

    def _settle_in(self, loaded: ConfigLoaded) -> None:
        self.places = Places(loaded.site)
        self.calling = loaded.calling
        self.window_rules = loaded.window_rules
        self.round_rules = loaded.round_rules
        self._limits_configured = loaded.limits
        self._profiles = {profile.name: profile for profile in loaded.profiles}
        for who in [who for who, each in self.couriers.items() if each.lane not in self.places.lanes]:
            del self.couriers[who]
        for gate in [gate for gate in self.shifts if gate not in self.places.gates]:
            del self.shifts[gate]
        for flat in doors_gone(self.open_doors, self.places):
            del self.open_doors[flat]
        for flat in doors_gone(self._doors, self.places):
            del self._doors[flat]
        for device in devices_gone(self.silent, (*self.quarantines.values(), *self.care.values()), self.places):
            del self.silent[device]

    @property
    def limits(self) -> Limits:
        """The figures in force: those configured, with what the profile says otherwise."""
        return limits_in_force(self._limits_configured, self._profiles[self.lanes.profile])

    def works_at(self, now: datetime) -> list[Work]:
        """Where installers are at work."""
        return [work for work in self.works.values() if work.until > now]

    def open_alerts(self) -> list[Alert]:
        """Those somebody must look at: gravest first, then oldest."""
        return gravest_first(alert for alert in self.alerts.values() if alert.open)
