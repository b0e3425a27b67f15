"""A kind of record in, how long its contents are kept and why out: the one table of the journal's times.

Floor 2, a pure room. Every kind that is journaled stands here (a test walks them all). A time begins when the thing
happened; of what a band or a door said of somebody in quarantine, when they were released.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from gateway.words.language import Words


class Keeping(StrEnum):
    """Records that are kept for the same reason and time."""

    MEASURED = "measured"
    DOORS = "doors"
    PASSAGES = "passages"
    ALERTS = "alerts"
    STAYS = "stays"
    ORDERS = "orders"
    LOOKS = "looks"
    DEVICES = "devices"
    RECEIPTS = "receipts"


class Retention(Struct, frozen=True):
    """Days, by `Keeping`."""

    measured_days: int = 14
    doors_days: int = 14
    passages_days: int = 30
    alerts_days: int = 90
    stays_days: int = 90
    orders_days: int = 90
    looks_days: int = 180
    devices_days: int = 90
    receipts_days: int = 1095

    def days(self, keeping: Keeping) -> int:
        found: int = getattr(self, f"{keeping}_days")
        return found


WHY: Mapping[Keeping, Words] = {
    Keeping.MEASURED: Words(
        "体温、佩戴、位置：解除后十四天内核对观察是否完整",
        "temperature, wearing, whereabouts: was the watch whole? asked of the last fortnight",
    ),
    Keeping.DOORS: Words(
        "门磁：解除后十四天内核对记录与申诉", "doors of homes: what happened, and complaints about it"
    ),
    Keeping.PASSAGES: Words("进出：一个月内查清漏洞与投诉", "passages: a hole in the gate, a complaint"),
    Keeping.ALERTS: Words("告警：季度统计处置是否及时", "alerts: was help in time? reported by the quarter"),
    Keeping.STAYS: Words(
        "隔离、同意：依据与期限的证明", "quarantines and agreements: their ground and end, should it be asked"
    ),
    Keeping.ORDERS: Words("指令：谁要求了什么", "orders: who asked for what"),
    Keeping.LOOKS: Words(
        "查看记录：网络安全法第二十一条，不少于六个月",
        "looks at people's data: six months at least (Cybersecurity Law, art. 21)",
    ),
    Keeping.DEVICES: Words("设备：检修", "devices: repair"),
    Keeping.RECEIPTS: Words("删除回执：三年内可证明", "receipts of deletions: to be shown for three years"),
}

_KINDS: Mapping[Keeping, Sequence[str]] = {
    Keeping.MEASURED: ("TemperatureTaken", "BandHeard", "PresenceChanged", "WaterDrawn"),
    Keeping.DOORS: ("DoorMoved",),
    Keeping.PASSAGES: (
        "PassShown",
        "Decision",
        "GuardRuled",
        "RulingUndone",
        "CourierLeft",
        "LaneTemperatureTaken",
        "PassSpentElsewhere",
        "CodeUsedElsewhere",
    ),
    Keeping.ALERTS: (
        "Alert",
        "AlertAcknowledged",
        "AlertClosed",
        "AlertReminded",
        "AlertAssigned",
        "AlertShelved",
        "CaseNoted",
        "Task",
        "TaskAnswered",
        "RoundDone",
        "FireDeclared",
        "FireEnded",
        "FireSignalled",
    ),
    Keeping.STAYS: (
        "QuarantineBegun",
        "QuarantineEnded",
        "StayBegun",
        "StayChanged",
        "StayEnded",
        "StayExtended",
        "StaySuspended",
        "StayResumed",
        "StayMoved",
        "BandReturned",
        "ArrivalExpected",
        "CareAgreed",
        "CareEnded",
        "AwayUntil",
        "FlatNoted",
        "WindowCodeRenewed",
        "WindowOpened",
        "WindowAsked",
        "WindowApproved",
        "WindowDenied",
        "WindowTaken",
        "WindowDelivered",
        "WindowConfirmed",
        "WindowWithdrawn",
        "ServiceMoved",
    ),
    Keeping.ORDERS: (
        "PersonEntered",
        "PersonErased",
        "HouseholdsChanged",
        "PassWithdrawn",
        "PersonWithdrawn",
        "NumbersEntered",
        "ProfileChosen",
        "TrustTaken",
        "GuardOnPatrol",
        "ShiftBegun",
        "ShiftHandedOver",
        "ShiftEnded",
        "ShiftSheet",
        "WorkBegun",
        "WorkEnded",
        "DrillBegun",
        "DrillEnded",
        "OrderRefused",
    ),
    Keeping.LOOKS: (
        "DataLookedAt",
        "FlatLookedUp",
        "LookAsked",
        "LookEnded",
        "StaffChanged",
        "VolunteerAdmitted",
        "PinsRefused",
    ),
    Keeping.DEVICES: (
        "ExitMoved",
        "TamperMoved",
        "DeviceForged",
        "DeviceSilent",
        "DeviceBack",
        "DeviceKeyed",
        "BatteryFell",
        "ChargeTold",
        "OutputTried",
        "CameraSightChanged",
        "SightingsLost",
        "GarbledHeard",
        "NodeStarted",
        "HouseOpened",
        "ConfigLoaded",
        "BooksRead",
        "ClockSet",
        "DiskFilled",
        "HourStruck",
        "TimesOver",
        "Tombstone",
    ),
    Keeping.RECEIPTS: ("ContentsDeleted",),
}
KEEPING: Mapping[str, Keeping] = {kind: keeping for keeping, kinds in _KINDS.items() for kind in kinds}
AFTER_RELEASE = frozenset({Keeping.MEASURED, Keeping.DOORS})


class Hold(Struct, frozen=True):
    """What a band or a flat's door said since then is still somebody's: their time has not begun, or not run out."""

    since: datetime
    device: str = ""
    flat: str = ""

    def holds(self, at: datetime, device: str, flat: str) -> bool:
        return at >= self.since and ((self.device == device and device != "") or (self.flat == flat and flat != ""))


class Due(Struct, frozen=True):
    """Whose time is over. `before`: kind of record -> contents from before that hour go; `other`: of any other kind.

    `unheard`: there is no centre, so nothing waits for its word.
    """

    before: Mapping[str, datetime]
    other: datetime
    holds: tuple[Hold, ...] = ()
    unheard: bool = False

    @property
    def latest(self) -> datetime:
        """Nothing from after this hour is due."""
        return max((self.other, *self.before.values()))

    def covers(self, kind: str, at: datetime, device: str, flat: str) -> bool:
        if at >= self.before.get(kind, self.other):
            return False
        held = KEEPING.get(kind) in AFTER_RELEASE
        return not (held and any(hold.holds(at, device, flat) for hold in self.holds))


def due_at(now: datetime, retention: Retention, holds: Sequence[Hold] = (), *, unheard: bool = False) -> Due:
    """What is to go at this hour. A kind that nobody put into the table goes first, with the shortest time."""
    before = {kind: now - timedelta(days=retention.days(keeping)) for kind, keeping in KEEPING.items()}
    return Due(before=before, other=min(before.values()), holds=tuple(holds), unheard=unheard)
