"""What the lanes ask for besides a valid pass, by grade of risk: which rules are on, and their figures.

Floor 2, a pure room. menshen.toml `[profiles.<name>]` adds to these or overrides them; an order switches.
Quarantines and withdrawn passes are no matter of a profile: they count in every one.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import fields, replace

from gateway.limits import Limits


class Profile(Struct, frozen=True):
    """Each rule is off as it stands here. Days and hours are those of the compound's time zone.

    `quota_people` of a household may go out within `quota_days` days (today is the first of them), 0: any number;
    `head_cap`: so many who do not live there may be inside, 0: any number; curfew from `curfew_begins` until
    `curfew_ends`, over midnight if that is earlier.
    """

    name: str
    thermometer: bool = False
    inside_outside: bool = False
    quota_people: int = 0
    quota_days: int = 2
    head_cap: int = 0
    curfew_begins: time | None = None
    curfew_ends: time | None = None
    inactivity: bool = False  # of those who live alone and agreed to it
    fever_celsius: float = 0.0  # another threshold of fever at the wrist; 0: that of [limits]
    limits: dict[str, float] = {}  # other figures than those of [limits] while it is in force

    @property
    def asks_the_clock(self) -> bool:
        """Must the hour be right to judge by it?"""
        return self.quota_people > 0 or self.curfew_begins is not None

    def in_curfew(self, at: datetime, zone: ZoneInfo) -> bool:
        if self.curfew_begins is None or self.curfew_ends is None:
            return False
        now = at.astimezone(zone).time()
        if self.curfew_begins <= self.curfew_ends:
            return self.curfew_begins <= now < self.curfew_ends
        return now >= self.curfew_begins or now < self.curfew_ends

    def quota_since(self, at: datetime, zone: ZoneInfo) -> date:
        """The first of the days that count today."""
        return at.astimezone(zone).date() - timedelta(days=self.quota_days - 1)


def limits_in_force(base: Limits, profile: Profile) -> Limits:
    """The figures the rules go by while this profile is chosen."""
    kinds = {each.name: each.type for each in fields(Limits)}
    return replace(base, **{name: kinds[name](value) for name, value in profile.limits.items() if name in kinds})


ORDINARY = "ordinary"
# The figures of lockdown are those of the spring of 2022 in Shanghai: one of a household, every second day.
PROFILES: tuple[Profile, ...] = (
    Profile(name=ORDINARY, inactivity=True),
    Profile(name="epidemic", thermometer=True),
    Profile(
        name="lockdown",
        thermometer=True,
        inside_outside=True,
        quota_people=1,
        quota_days=2,
        head_cap=50,
        curfew_begins=time(22),
        curfew_ends=time(6),
    ),
)
