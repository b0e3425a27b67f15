"""What happened to the house itself: it opened, was told what to look after, its clock was set, the hour struck.

Floor 2, a pure room.
"""

from datetime import datetime

from msgspec import Struct

from gateway.calling import Calling
from gateway.compound import Site
from gateway.limits import Limits
from gateway.profile import ORDINARY, PROFILES, Profile
from gateway.rounds import RoundRules
from gateway.services import WindowRules


class HouseOpened(Struct, frozen=True, tag=True, kw_only=True):
    """The house began to run. Limits of silence start anew; `clock_trusted` says whether the hour can be believed."""

    at: datetime
    heard: datetime
    version: str
    epoch: str
    clock_trusted: bool
    streams: dict[str, int] = {}  # where each one's numbering stands; a new epoch starts at what is left
    lost: int = 0  # records the journal once had and has no more: its file went, or an old copy stands in its place


class ConfigLoaded(Struct, frozen=True, tag=True, kw_only=True):
    """What the house was told to look after. Journaled when it differs from what it knew."""

    at: datetime
    heard: datetime
    fingerprint: str
    site: Site
    limits: Limits = Limits()
    reports: tuple[str, ...] = ()  # which findings the centre asked to have besides alerts: "decisions"
    window_rules: WindowRules = WindowRules()
    profiles: tuple[Profile, ...] = PROFILES
    profile: str = ORDINARY  # the one in force until an order chooses another
    calling: Calling = Calling()
    round_rules: RoundRules = RoundRules()


class ClockSet(Struct, frozen=True, tag=True, kw_only=True):
    """The wall clock was stepped; order goes on by journal number."""

    at: datetime
    heard: datetime
    seconds: float
    clock_trusted: bool


class DiskFilled(Struct, frozen=True, tag=True, kw_only=True):
    """The disk was full, and the least important went: so many bodies, so many reports the centre will never see."""

    at: datetime
    heard: datetime
    bodies: int
    reports: int


class HourStruck(Struct, frozen=True, tag=True, kw_only=True):
    """The hour alone made something fall due. Journaled only then, so that a replay concludes the same.

    `most`: no more than so much of it was done by this one, and the next did the rest; 0: all.
    """

    at: datetime
    heard: datetime
    most: int = 0
