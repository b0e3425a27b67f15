"""What happens in the street, and what must be alerted of it: the values the generator makes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from devices.reading import BandSeen
from gateway.kinds import Kind

START = datetime(2026, 3, 12, 16, tzinfo=UTC)  # midnight in Shanghai
TODAY = (START + timedelta(hours=8)).date()
ALL_DAY = timedelta(days=1)
AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True)
class Said:
    """A band's advert: the condenser's own part judges whether it is worth an event."""

    band: str
    seen: BandSeen


Item = Struct | Said


@dataclass(frozen=True)
class Case:
    """Something happened: by `at + within` an alert of one of `kinds` about one of `keys` must have rung.

    `explains`: alerts of these kinds about it until `until` are no false ones. Not `true`: nothing need ring, only what
    does is explained: a dead radio, a fall its wearer took back.
    """

    name: str
    kinds: frozenset[Kind]
    keys: frozenset[str]
    at: datetime
    within: timedelta
    until: datetime
    explains: frozenset[Kind] = frozenset()
    true: bool = True
    hearing: str = ""  # the radio without which nobody can tell: what it does not hear waits until it does


@dataclass
class Tape:
    """All of a day, in no order yet."""

    steps: list[tuple[datetime, Item]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    def happens(self, at: datetime, item: Item) -> None:
        self.steps.append((at, item))

    def case(
        self,
        name: str,
        kinds: Iterable[Kind],
        keys: Iterable[str],
        at: datetime,
        *,
        within: timedelta = AT_ONCE,
        lasts: timedelta = timedelta(hours=1),
        explains: Iterable[Kind] = (),
        true: bool = True,
        hearing: str = "",
    ) -> None:
        self.cases.append(
            Case(
                name=name,
                kinds=frozenset(kinds),
                keys=frozenset(keys),
                at=at,
                within=within,
                until=at + max(lasts, within),
                explains=frozenset(explains) | frozenset(kinds),
                true=true,
                hearing=hearing,
            )
        )


def clock(day: int, hours: float) -> datetime:
    """An hour of a day of the street."""
    return START + timedelta(days=day, hours=hours)
