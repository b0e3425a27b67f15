"""What rules remember of one lane, gate, band or flat: the small values that the state is made of.

Floor 2, a pure room.
"""

from datetime import datetime

from msgspec import Struct

from gateway.events.presence import Where


class Heat(Struct, frozen=True):
    """The newest hot reading at a lane, and whose pass it was; empty while nobody has shown one since.

    `cleared`: the pass of whom the guard had looked at a moment before; it was not of them.
    """

    at: datetime
    cti: str = ""
    cleared: str = ""


class Forgeries(Struct, frozen=True):
    """The newest forged and withdrawn passes at one gate, oldest first. `told`: this run has raised its alert."""

    times: tuple[datetime, ...]
    told: bool = False


class WrongPins(Struct, frozen=True):
    """The wrong PINs of one member, or of all together: those of each hour of the last week, oldest first."""

    hours: tuple[tuple[datetime, int], ...] = ()
    told: bool = False


class Referred(Struct, frozen=True):
    """Somebody the machine would not decide about; `who` is a pass's id, empty where none could be read."""

    who: str
    at: datetime


class Unruled(Struct, frozen=True):
    """Who waits at a lane for a guard to rule, in order; was it `told` that nobody does? The guard's `patrol` ends."""

    referred: tuple[Referred, ...] = ()
    told: bool = False
    patrol: datetime | None = None


class Ruling(Struct, frozen=True):
    """A guard's ruling of the last half minute, and what the books said of its person before; None: nothing."""

    lane: str
    at: datetime
    who: str = ""
    inside: datetime | None = None
    outside: datetime | None = None
    guest: str | None = None
    spent: datetime | None = None
    outings: tuple[datetime, ...] | None = None


class Hot(Struct, frozen=True, gc=False):
    """The newest hot readings of one band with no cool one between, oldest first."""

    times: tuple[datetime, ...]
    celsius: float
    told: bool = False  # the fever of this run was told: somebody who closes its alert is not told again
    since: datetime | None = None  # the first of the run, of which `times` keeps the newest


class Whereabouts(Struct, frozen=True, gc=False):
    """Where a band is by its presence, since when, and at which gate or other place."""

    where: Where
    since: datetime
    place: str = ""
    arrived: bool = False  # it has been at home: who wears it from the gate to the flat has not left


class Case(Struct, frozen=True):
    """What goes on at a flat: the first alert of it, and when the last one was raised."""

    id: str
    at: datetime


class Dark(Struct, frozen=True):
    """Doors and bands of one building that are silent, each since its limit ran out; and how many at the most."""

    silent: dict[str, datetime]
    most: int = 0


class Work(Struct, frozen=True):
    """Installers test here until then: what they set off is put aside, on record and in silence."""

    id: str
    by: str
    until: datetime
    reason: str
    places: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
