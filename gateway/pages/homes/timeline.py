"""Records of a flat in, the lines of its timeline out: what happened, when, by whom. Pure.

What is in no table here is not shown: that somebody looked at the page, say, stands on the chief's page of looks.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from gateway.case_log import Step
from gateway.events.every import BandHeard, BatteryFell, DeviceBack, DeviceSilent, DoorMoved, TamperMoved
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert, Decision, StayBegun, StayChanged, StayEnded, Verdict
from gateway.orders.care import AwayUntil, CareAgreed, CareEnded
from gateway.orders.cases import CaseNoted
from gateway.orders.codes import WindowCodeRenewed
from gateway.orders.every import ArrivalExpected, QuarantineBegun, QuarantineEnded, WindowOpened
from gateway.orders.notes import FlatNoted
from gateway.orders.stays import StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.rounds import Task, TaskState
from gateway.services import Purpose, ServiceMoved
from gateway.words.cases import STEPS as CASE_STEPS
from gateway.words.catalogue import CLOSINGS, DEVICE_KINDS, SEVERITIES, STATES
from gateway.words.kinds import KINDS
from gateway.words.language import Tongue, Words
from gateway.words.reasons import REASONS
from gateway.words.rounds import OUTCOMES, TASKS
from gateway.words.services import PURPOSES, SERVICE_STATES

WHERE: Mapping[Where, Words] = {
    Where.HOME: Words("手环在家", "band at home"),
    Where.LEFT: Words("手环离开了家", "band left the flat"),
    Where.AT_GATE: Words("手环在大门", "band at a gate"),
    Where.GONE: Words("手环哪里都听不到", "band heard nowhere"),
}
OPENED = Words("门开了", "Door opened")
SHUT = Words("门关上了", "Door shut")
FOUND = Words("（补报）", "(found so)")
TAMPERED = Words("传感器外壳被打开", "Case of the sensor opened")
MENDED = Words("传感器外壳合上了", "Case of the sensor closed")
OFF = Words("手环摘下", "Wristband taken off")
ON = Words("手环戴上", "Wristband put on")
SOS = Words("手环呼救", "Wristband calls for help")
FALLEN = Words("手环测到跌倒", "Wristband felt a fall")
FINE = Words("佩戴者表示没事", "Its wearer says: I am fine")
SILENT = Words("没有声息", "silent")
BACK = Words("恢复", "heard again")
LOW = Words("电池快没电", "battery low")
CHARGED = Words("电池已换", "battery changed")
BEGUN = Words("隔离开始", "Quarantine begun")
ENDED = Words("隔离结束", "Quarantine ended")
EARLY = Words("提前解除隔离", "Quarantine ended early")
EXPECTED = Words("登记待到", "Expected")
EXTENDED = Words("隔离延长到", "Quarantine extended until")
SUSPENDED = Words("暂离", "Away")
BACK_BY = Words("应返回", "back by")
NEW_CODE = Words("门内二维码换新", "Code on the inside of the door renewed")
RESUMED = Words("回到家中", "Back home")
MOVED = Words("换到本户", "Moved to this flat")
WINDOW = Words("上门服务", "Service window")
AGREED = Words("同意关照", "Agreed to be looked after")
TAKEN_BACK = Words("关照结束", "No longer looked after")
AWAY = Words("外出到", "Away until")
NOTE = Words("备注", "Note")

VERDICT_ICONS: Mapping[Verdict, str] = {
    Verdict.ADMIT: "circle-check",
    Verdict.REFUSE: "octagon-x",
    Verdict.REFER: "hand",
}


class Line(NamedTuple):
    """One line. `by`: who did it, as a name where it is one of the staff; `subject`: whom it is about."""

    number: int
    at: datetime
    icon: str
    text: str
    by: str = ""
    subject: str = ""
    alarm: bool = False
    drill: bool = False


class Teller:
    """`name_of` knows the staff, `path` the places, `hour` the zone of the compound."""

    def __init__(
        self,
        lang: Tongue,
        name_of: Callable[[str], str],
        path: Callable[[str], str],
        hour: Callable[[datetime], str],
    ) -> None:
        self._lang = lang
        self._name_of = name_of
        self._path = path
        self._hour = hour

    def line(self, number: int, body: Struct) -> Line | None:
        """None for what has no line."""
        told = self._device(body) or self._people(body) or self._orders(body)
        if told is None:
            return None
        icon, text, alarm = told
        at = getattr(body, "changed_at", None) or getattr(body, "at", None)
        assert isinstance(at, datetime)
        by = getattr(body, "by", "") or getattr(body, "closed_by", "") or getattr(body, "acknowledged_by", "")
        who, drill = self._name_of(by) if by else "", getattr(body, "drill", False)
        return Line(number, at, icon, text, who, getattr(body, "subject", ""), alarm, drill is True)

    def _device(self, body: Struct) -> tuple[str, str, bool] | None:
        say = self._say
        match body:
            case DoorMoved():
                words = say(OPENED if body.open else SHUT) + (say(FOUND) if body.found else "")
                return "door-open" if body.open else "door-closed", words, False
            case TamperMoved():
                return "wrench", say(TAMPERED if body.open else MENDED), body.open
            case BandHeard(sos=True):
                return "siren", say(SOS), True
            case BandHeard(fallen=True):
                return "siren", say(FALLEN), True
            case BandHeard(fine=True):
                return "check", say(FINE), False
            case BandHeard(worn=bool() as worn):
                return "watch", say(ON if worn else OFF), False
            case PresenceChanged():
                place = f" · {self._path(body.place)}" if body.place and body.where is not Where.HOME else ""
                return "map-pin", say(WHERE[body.where]) + place, body.where is not Where.HOME
            case DeviceSilent() | DeviceBack():
                silent = isinstance(body, DeviceSilent)
                words = f"{say(DEVICE_KINDS[body.kind])} {body.device}: {say(SILENT if silent else BACK)}"
                return "unplug" if silent else "check", words, False
            case BatteryFell():
                return "battery-low", f"{body.device}: {say(LOW if body.low else CHARGED)}", False
            case _:
                return None

    def _people(self, body: Struct) -> tuple[str, str, bool] | None:
        say = self._say
        match body:
            case Decision():
                where = self._path(body.lane)
                return VERDICT_ICONS[body.verdict], f"{where}: {say(REASONS[body.reason])}", False
            case Alert():
                state = say(STATES[body.state]) if body.closing is None else say(CLOSINGS[body.closing])
                words = f"{say(SEVERITIES[body.severity])} · {say(KINDS[body.kind])} · {state}"
                return "siren", words + (f" · {body.comment}" if body.comment else ""), body.rings
            case Task():
                became = say(OUTCOMES[body.outcome]) if body.outcome is not None else self._hour(body.due)
                done = body.state is TaskState.DONE
                words = f"{say(TASKS[body.kind])} · {became}" + (f" · {body.comment}" if body.comment else "")
                return "check" if done else "phone", words, False
            case ServiceMoved(service=service):
                words = f"{say(PURPOSES[service.purpose])} · {say(SERVICE_STATES[service.state])}"
                return "package", words + (f" · {service.words}" if service.words else ""), False
            case StayBegun():
                return "head", say(BEGUN), False
            case StayChanged(lane=lane) if lane:  # what an order changed is told by the order
                return "log-in", f"{say(RESUMED)} · {self._path(lane)}", False
            case StayEnded():
                return "head-hollow", say(EARLY if body.early else ENDED), False
            case _:
                return None

    def _orders(self, body: Struct) -> tuple[str, str, bool] | None:
        say = self._say
        match body:
            case WindowCodeRenewed():
                return "repeat", say(NEW_CODE), False
            case FlatNoted():
                return "sticky-note", f"{say(NOTE)} · {body.text}", False
            case CaseNoted():
                words = say(CASE_STEPS[Step.GOING if body.going else Step.NOTE])
                return "sticky-note", " · ".join(filter(None, (words, body.text))), False
            case QuarantineBegun():
                return "head", f"{say(BEGUN)} · {body.ground} · {body.first_day} – {body.last_day}", False
            case QuarantineEnded():
                return "head-hollow", f"{say(ENDED)} · {body.reason}", False
            case ArrivalExpected():
                return "log-in", f"{say(EXPECTED)} · {self._hour(body.arrive_by)}", False
            case StayExtended():
                return "repeat", f"{say(EXTENDED)} {body.last_day} · {body.reason}", False
            case StaySuspended():
                back = "" if body.back_by is None else f" · {say(BACK_BY)} {self._hour(body.back_by)}"
                return "log-out", f"{say(SUSPENDED)} · {body.reason}{back}", False
            case StayResumed():
                return "log-in", say(RESUMED), False
            case StayMoved():
                return "repeat", f"{say(MOVED)} · {body.reason}", False
            case WindowOpened():
                purpose = say(PURPOSES[Purpose(body.purpose)]) if body.purpose in set(Purpose) else body.purpose
                hours = f"{self._hour(body.opens)} – {self._hour(body.closes)}"
                return "package", f"{say(WINDOW)} · {purpose} · {hours}", False
            case CareAgreed():
                return "hand-heart", f"{say(AGREED)} · {body.reason}", False
            case CareEnded():
                return "hand-heart", say(TAKEN_BACK), False
            case AwayUntil():
                return "log-out", f"{say(AWAY)} {self._hour(body.until)}", False
            case _:
                return None

    def _say(self, words: Words) -> str:
        return words.in_(self._lang)
