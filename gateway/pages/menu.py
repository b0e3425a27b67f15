"""A role in, its menu out: the few pages it lives on, and the others behind "More", in groups.

A phone at 390 px holds six entries in two lines; who is in a hurry must not read thirteen.
"""

from collections.abc import Mapping

from gateway.pages.access import Role, allowed

FIRST: Mapping[Role, tuple[str, ...]] = {
    Role.GUARD: ("/guard", "/alerts", "/services", "/shift"),
    Role.VOLUNTEER: ("/guard", "/alerts"),
    Role.INSTALLER: ("/alerts", "/board", "/work-mode"),
    Role.DUTY_OFFICER: ("/duty", "/rounds", "/services", "/enrol", "/board"),
    Role.CHIEF: ("/duty", "/board", "/forecast", "/reports", "/staff"),
}
NAMES: Mapping[str, str] = {
    "/duty": "duty",
    "/alerts": "alerts",
    "/rounds": "rounds",
    "/services": "services",
    "/board": "board",
    "/enrol": "enrol",
    "/registry": "registry",
    "/forecast": "forecast",
    "/reports": "reports",
    "/alerts/report": "report",
    "/guard": "guard",
    "/shift": "shift_page",
    "/look": "look_menu",
    "/staff": "staff",
    "/drill": "drills",
    "/work-mode": "work",
    "/privacy": "looks_menu",
}
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("menu_watch", ("/duty", "/alerts", "/rounds", "/services", "/board")),
    ("menu_people", ("/enrol", "/registry")),
    ("menu_figures", ("/forecast", "/reports", "/alerts/report")),
    ("menu_gate", ("/guard", "/shift", "/look")),
    ("menu_house", ("/staff", "/drill", "/work-mode", "/privacy")),
)
"""Every page of the menu stands in one group."""


def first_of(role: Role) -> list[str]:
    return [path for path in FIRST[role] if allowed("GET", path, role)]


def more_of(role: Role) -> list[tuple[str, list[str]]]:
    """What else the role may open, by group; empty where there is nothing."""
    first = FIRST[role]
    groups = [
        (name, [path for path in paths if path not in first and allowed("GET", path, role)]) for name, paths in GROUPS
    ]
    return [(name, paths) for name, paths in groups if paths]
