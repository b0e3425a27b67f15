"""Worn temperatures of one person in, what is usual for them out: the baseline that a rise is measured against.

Floor 2, a pure room. A wrist is 0.6 to 1.0 degrees cooler than the ear, and one wrist differs from the next (Chen et
al. 2020, doi 10.18502/ijph.v49iS1.3670; Smarr et al. 2020, doi 10.1038/s41598-020-78355-6): so everybody has their own.
Of the first day only how often each tenth of a degree was measured is kept, and after it only the median.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gateway.limits import Limits

FIRST_DAY = timedelta(hours=24)
COUNTED_EVERY = timedelta(minutes=5)  # a run of hot readings comes every ten seconds and is no more usual for that
LEAST_COUNTED = 24  # a band that lay on the table nearly all day has measured nobody's first day


class Baseline(Struct, frozen=True, gc=False):
    """Of one band on one person; another band or another wearer begins anew. `wearer`: the stay or the agreement."""

    wearer: str
    begun: datetime
    newest: datetime
    counted: datetime
    tenths: dict[int, int] = {}  # temperature in tenths of a degree -> how often, while the first day lasts
    celsius: float | None = None  # their usual temperature, once it is known
    cool: datetime | None = None  # when they were last no warmer than usual


def taken(known: Baseline | None, wearer: str, at: datetime, celsius: float, limits: Limits) -> Baseline:
    """One more reading of this wearer."""
    if known is None or known.wearer != wearer:
        return Baseline(wearer=wearer, begun=at, newest=at, counted=at, tenths={round(celsius * 10): 1})
    newest = max(at, known.newest)
    if known.celsius is not None:
        usual = celsius < known.celsius + limits.fever_rise_celsius / 2
        return replace(known, newest=newest, cool=at if usual else known.cool)
    if at - known.counted < COUNTED_EVERY:
        return replace(known, newest=newest)
    tenth = round(celsius * 10)
    tenths = {**known.tenths, tenth: known.tenths.get(tenth, 0) + 1}
    if at - known.begun < FIRST_DAY or sum(tenths.values()) < LEAST_COUNTED:
        return replace(known, newest=newest, counted=at, tenths=tenths)
    # who comes with a fever has no usual temperature above that of the well
    usual_celsius = min(median(tenths), limits.fever_over_below)
    return replace(known, newest=newest, counted=at, tenths={}, celsius=usual_celsius, cool=at)


def median(tenths: dict[int, int]) -> float:
    """The middle one (the lower of two) of counted tenths of a degree, in degrees."""
    left = (sum(tenths.values()) + 1) // 2
    for tenth in sorted(tenths):
        left -= tenths[tenth]
        if left <= 0:
            return tenth / 10
    raise ValueError("nothing was counted")


def moved(baseline: Baseline, step: timedelta) -> Baseline:
    """The same on a clock that was set."""
    return replace(
        baseline,
        begun=baseline.begun + step,
        newest=baseline.newest + step,
        counted=baseline.counted + step,
        cool=None if baseline.cool is None else baseline.cool + step,
    )
