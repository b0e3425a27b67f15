"""A route and a role in, yes or no out: the one table of who may open what, and who needs to see which alert.

Least data for a stated reason: guards see what they must act on at the gate, installers see devices and no health,
duty officers see the people they look after; volunteers see the answers of a lane, rule nothing and look nobody up.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from gateway.kinds import Kind
from gateway.words.language import Words


class Role(StrEnum):
    GUARD = "guard"
    INSTALLER = "installer"
    DUTY_OFFICER = "duty_officer"
    CHIEF = "chief"
    VOLUNTEER = "volunteer"


ROLES: Mapping[Role, Words] = {
    Role.GUARD: Words("门岗", "Guard"),
    Role.INSTALLER: Words("安装员", "Installer"),
    Role.DUTY_OFFICER: Words("值班人员", "Duty officer"),
    Role.CHIEF: Words("负责人", "Chief"),
    Role.VOLUNTEER: Words("志愿者", "Volunteer"),
}


class Member(NamedTuple):
    """One of the staff. `mark` changes with the PIN (its hash will do), so that a new PIN ends old sessions.

    A volunteer's code is good from `starts` until `ends`; None is no limit.
    """

    id: str
    name: str
    role: Role
    mark: str
    starts: datetime | None = None
    ends: datetime | None = None


class Staff(Protocol):
    """The staff's book, as the pages see it. `damaged` says why nobody can log in, empty where the book is well."""

    @property
    def damaged(self) -> str: ...

    def find(self, member: str) -> Member | None:
        """By id. From memory: called on every request."""
        ...

    def named(self, text: str) -> Member | None:
        """By id or by a name only one member has: what somebody types to log in."""
        ...

    def verify(self, member: str, pin: str) -> bool:
        """Is this the PIN? Called in a thread, for it is slow on purpose; as slow for an id that nobody has."""
        ...

    def all(self) -> Iterator[Member]: ...

    async def keep_anew(self, member: str, pin: str) -> None:
        """After a right PIN: keep it as PINs are kept today, if it is not."""
        ...

    async def put(self, member: Member, pin: str) -> None:
        """Add somebody, or give a new PIN, which ends old log-ins. Raises ValueError for what is no PIN."""
        ...

    async def strike_off(self, member: str) -> None: ...


PUBLIC: frozenset[Role] = frozenset()  # marks a route that asks for no log-in
EVERYONE = frozenset(Role)
MEMBERS = EVERYONE - {Role.VOLUNTEER}
CHIEFS = frozenset({Role.CHIEF})
ON_DUTY = CHIEFS | {Role.DUTY_OFFICER}
AT_GATE = ON_DUTY | {Role.GUARD}
AT_LANE = AT_GATE | {Role.VOLUNTEER}
ON_BOARD = ON_DUTY | {Role.INSTALLER}

ACCESS: Mapping[tuple[str, str], frozenset[Role]] = {
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/login"): PUBLIC,
    ("POST", "/login"): PUBLIC,
    ("GET", "/ca.crt"): PUBLIC,  # a phone fetches what it is to trust before anybody has logged in on it
    ("GET", "/ca.mobileconfig"): PUBLIC,
    ("GET", "/fire"): PUBLIC,  # the button asks for no PIN; the muster list on that page does
    ("POST", "/fire"): PUBLIC,
    ("POST", "/fire/end"): MEMBERS,
    ("GET", "/door/{code}"): PUBLIC,  # the code on the inside of a door opens that flat's requests and nothing else
    ("GET", "/door/{code}/now"): PUBLIC,
    ("POST", "/door/{code}/ask"): PUBLIC,
    ("POST", "/door/{code}/received"): PUBLIC,
    ("POST", "/door/{code}/withdraw"): PUBLIC,
    ("GET", "/services"): AT_GATE,
    ("GET", "/live/services"): AT_GATE,
    ("POST", "/services/ask"): AT_GATE,
    ("POST", "/services/act"): AT_GATE,
    ("GET", "/"): EVERYONE,
    ("POST", "/logout"): EVERYONE,
    ("GET", "/status.json"): EVERYONE,
    ("GET", "/guard"): AT_LANE,
    ("GET", "/live/guard"): AT_LANE,
    ("POST", "/guard/rule"): AT_GATE,
    ("POST", "/guard/undo"): AT_GATE,
    ("POST", "/guard/patrol"): AT_GATE,
    ("POST", "/guard/courier"): AT_GATE,
    ("POST", "/guard/code"): AT_LANE,
    ("POST", "/guard/typed"): AT_LANE,
    ("POST", "/guard/photo"): AT_LANE,
    ("GET", "/guard/flat"): AT_GATE,
    ("GET", "/look"): ON_DUTY,
    ("POST", "/look"): ON_DUTY,
    ("POST", "/look/end"): ON_DUTY,
    ("GET", "/look/picture"): ON_DUTY,  # the one route that gives a picture, to whoever asked for it
    ("GET", "/shift"): AT_GATE,
    ("GET", "/live/shift"): AT_GATE,
    ("POST", "/shift/begin"): AT_GATE,
    ("POST", "/shift/hand"): AT_GATE,
    ("GET", "/shift/sheet"): AT_GATE,
    ("GET", "/duty"): ON_DUTY,
    ("GET", "/live/duty"): ON_DUTY,
    ("POST", "/duty/take"): ON_DUTY,
    ("POST", "/duty/go"): ON_DUTY,
    ("POST", "/duty/note"): ON_DUTY,
    ("POST", "/duty/close"): ON_DUTY,
    ("POST", "/duty/give"): ON_DUTY,
    ("GET", "/duty/call"): ON_DUTY,
    ("GET", "/forecast"): ON_DUTY,
    ("GET", "/reports"): ON_DUTY,
    ("GET", "/reports/daily"): ON_DUTY,
    ("POST", "/reports/people"): ON_DUTY,
    ("GET", "/alerts"): EVERYONE,
    ("GET", "/live/alerts"): EVERYONE,
    ("POST", "/alerts/acknowledge"): MEMBERS,
    ("POST", "/alerts/close"): MEMBERS,
    ("POST", "/alerts/assign"): ON_DUTY,
    ("POST", "/alerts/shelve"): ON_BOARD,
    ("GET", "/alerts/report"): ON_DUTY,
    ("GET", "/alerts/report.csv"): ON_DUTY,
    ("GET", "/rounds"): ON_DUTY,
    ("GET", "/live/rounds"): ON_DUTY,
    ("POST", "/rounds/answer"): ON_DUTY,
    ("GET", "/work-mode"): ON_BOARD,
    ("POST", "/work-mode/begin"): ON_BOARD,
    ("POST", "/work-mode/end"): ON_BOARD,
    ("GET", "/board"): ON_BOARD,
    ("GET", "/live/board"): ON_BOARD,
    ("GET", "/flat"): ON_DUTY,
    ("GET", "/flat/temperatures"): ON_DUTY,
    ("POST", "/flat/note"): ON_DUTY,
    ("GET", "/flat/code"): ON_DUTY,
    ("POST", "/flat/code"): ON_DUTY,
    ("GET", "/care"): ON_DUTY,
    ("GET", "/drill"): ON_DUTY,
    ("POST", "/drill/begin"): ON_DUTY,
    ("POST", "/drill/end"): ON_DUTY,
    ("POST", "/care/agree"): ON_DUTY,
    ("POST", "/care/end"): ON_DUTY,
    ("POST", "/care/away"): ON_DUTY,
    ("POST", "/flat/release"): ON_DUTY,
    ("POST", "/flat/window"): ON_DUTY,
    ("GET", "/staff"): ON_DUTY,
    ("POST", "/staff/volunteer"): ON_DUTY,
    ("POST", "/staff/end"): ON_DUTY,  # of a member only for the chief
    ("POST", "/staff/member"): CHIEFS,
    ("GET", "/privacy"): CHIEFS,
    ("POST", "/privacy/erase"): CHIEFS,
    ("GET", "/enrol"): ON_DUTY,
    ("POST", "/enrol"): ON_DUTY,
    ("POST", "/enrol/stay"): ON_DUTY,
    ("POST", "/enrol/band"): ON_DUTY,
    ("GET", "/enrol/notice"): ON_DUTY,
    ("GET", "/enrol/release"): ON_DUTY,
    ("GET", "/registry"): ON_DUTY,
    ("POST", "/registry/import"): ON_DUTY,
    ("POST", "/registry/confirm"): ON_DUTY,
    ("POST", "/registry/export"): ON_DUTY,
    ("GET", "/registry/template"): ON_DUTY,
    ("GET", "/household"): ON_DUTY,
    ("POST", "/household/use"): ON_DUTY,
    ("POST", "/household/person"): ON_DUTY,
    ("POST", "/household/leave"): ON_DUTY,
}

HOME: Mapping[Role, str] = {
    Role.GUARD: "/guard",
    Role.VOLUNTEER: "/guard",
    Role.INSTALLER: "/alerts",
    Role.DUTY_OFFICER: "/duty",
    Role.CHIEF: "/duty",
}

AUDIENCE: Mapping[Kind, frozenset[Role]] = {
    Kind.QUARANTINED_PERSON_LEFT: AT_GATE,
    Kind.QUARANTINED_PERSON_AT_GATE: AT_GATE,
    Kind.QUARANTINE_DOOR_OPENED: AT_GATE,
    Kind.QUARANTINE_DOOR_LEFT_OPEN: AT_GATE,
    Kind.QUARANTINE_DOOR_OPENED_AT_NIGHT: AT_GATE,
    Kind.DOOR_SENSOR_DOUBTED: ON_BOARD,
    Kind.FIRE_SUSPECTED: EVERYONE,
    Kind.FIRE_EXIT_OPENED: AT_GATE,
    Kind.FIRE_EXIT_LEFT_OPEN: AT_GATE,
    Kind.FIRE_EXIT_BLOCKED: AT_GATE,
    Kind.SEALED_GATE_OPENED: AT_GATE,
    Kind.SEALED_GATE_LEFT_OPEN: AT_GATE,
    Kind.SERVICE_UNANSWERED: AT_GATE,
    Kind.SERVICE_MISSED: AT_GATE,
    Kind.HELP_CALLED: AT_GATE,
    Kind.FALL: AT_GATE,
    Kind.INACTIVE: ON_DUTY,
    Kind.METER_SILENT: ON_BOARD,
    Kind.FEVER: ON_DUTY,
    Kind.FEVER_HIGH: ON_DUTY,
    Kind.FEVER_RISING: ON_DUTY,
    Kind.BAND_TAKEN_OFF: ON_DUTY,
    Kind.BAND_AT_GATE: AT_GATE,
    Kind.BAND_LEFT_FLAT: ON_DUTY,
    Kind.BAND_GONE: AT_GATE,
    Kind.BAND_FORGED: ON_BOARD,
    Kind.NEIGHBOUR_FORGED: EVERYONE,
    Kind.BAND_SILENT: ON_BOARD,
    Kind.SENSOR_TAMPERED: ON_BOARD,
    Kind.BATTERY_LOW: ON_BOARD,
    Kind.SIGHTINGS_LOST: ON_BOARD,
    Kind.DOOR_SILENT: ON_BOARD,
    Kind.CAMERA_SILENT: EVERYONE,
    Kind.SCANNER_SILENT: EVERYONE,
    Kind.BUILDING_SILENT: EVERYONE,
    Kind.RADIO_DEAF: EVERYONE,
    Kind.CABLE_LOST: EVERYONE,
    Kind.OUTPUT_FAILED: EVERYONE,
    Kind.FIRE: EVERYONE,
    Kind.THERMOMETER_SILENT: EVERYONE,
    Kind.FORGERIES_AT_GATE: AT_GATE,
    Kind.NOT_ARRIVED: ON_DUTY,
    Kind.PASS_USED_TWICE: AT_GATE,
    Kind.NEIGHBOURS_AWAY: EVERYONE,
    Kind.CLOCK_NOT_TRUSTED: EVERYONE,
    Kind.JOURNAL_FULL: EVERYONE,
    Kind.JOURNAL_LOST: EVERYONE,
    Kind.NOT_LOOKED_AFTER: ON_DUTY,
    Kind.SAID_UNWELL: ON_DUTY,
    Kind.NOT_AT_HOME: AT_GATE,
    Kind.CAMERA_COVERED: EVERYONE,
    Kind.CAMERA_DARK: EVERYONE,
    Kind.CAMERA_BLURRED: EVERYONE,
    Kind.CAMERA_TURNED: EVERYONE,
    Kind.CAMERA_FROZEN: EVERYONE,
    Kind.NOBODY_AT_LANE: AT_GATE,
    Kind.COURIER_OVERDUE: AT_GATE,
    Kind.BOOK_UNREADABLE: EVERYONE,
    Kind.PINS_GUESSED: ON_DUTY,
}


def allowed(method: str, path: str, role: Role) -> bool:
    """May this role ask for this route? A route that is not in the table belongs to nobody."""
    return role in ACCESS.get((method, path), PUBLIC)
