"""Where bands are: simulated days of bad air, true leaving, deaf radios. docs/engineer.md has its figures from here."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest

from devices.reading import BandSeen, DeafSeen, LinkSeen
from gateway.compound import Device, DeviceKind, Places, Site
from gateway.condense.ears import Band
from gateway.condense.presence import Presence
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert
from gateway.kinds import Kind
from gateway.limits import Limits
from tests.gateway.condense.presence_air import (
    AT_GATE,
    AT_NEIGHBOURS,
    AWAY,
    IN_FLAT,
    IN_YARD,
    ON_STAIRS,
    Air,
    Stretch,
    site,
)
from tests.gateway.keeping import BAND, FLAT, OTHER_FLAT, Kept, make_site, of, seconds

AT_HOME = Stretch(900, IN_FLAT)
ARRIVES, LEAVES = 960, 900  # seconds into the walks below


@pytest.mark.parametrize("seed", range(4))
def test_a_day_at_home_in_bad_air_tells_nobody_anything(seed: int) -> None:
    air = Air(seed)
    air.walk([Stretch(86_400, IN_FLAT)])
    assert air.told() == []
    assert len(air.moves) < 10, "few words a day, whatever the air does"


@pytest.mark.parametrize(
    ("walk", "kind", "since", "within"),
    [
        ([Stretch(20, ON_STAIRS), Stretch(40, IN_YARD), Stretch(90, AT_GATE)], Kind.BAND_AT_GATE, ARRIVES, 60),
        ([Stretch(20, ON_STAIRS), Stretch(1200, AT_NEIGHBOURS)], Kind.BAND_LEFT_FLAT, LEAVES, 330),
        ([Stretch(1200, AWAY)], Kind.BAND_GONE, LEAVES, 420),
        ([Stretch(20, ON_STAIRS), Stretch(300, IN_YARD), Stretch(900, AWAY)], None, LEAVES, 480),
    ],
)
@pytest.mark.parametrize("loss", [0.3, 0.6])
def test_who_really_leaves_is_told_in_time(
    walk: list[Stretch], kind: Kind | None, since: float, within: float, loss: float
) -> None:
    for seed in range(5):
        air = Air(seed, loss=(loss, loss))
        began = air.kept.now
        air.walk([AT_HOME, *walk])
        told = [alert for alert in air.told() if kind in (None, alert.kind)]
        assert told, f"seed {seed}: {[move.where for move in air.moves]}"
        assert -30 <= (told[0].raised_at - began).total_seconds() - since <= within


@pytest.mark.slow
def test_two_hundred_band_days() -> None:
    """A fifth of what docs/engineer.md has its figures from (1,000 band-days and 500 walks)."""
    false = 0
    for seed in range(20):
        air = Air(seed)
        air.walk([Stretch(10 * 86_400, IN_FLAT)])
        false += len(air.told())
    delays = []
    for seed in range(100):
        air = Air(seed)
        began = air.kept.now
        air.walk([AT_HOME, Stretch(20, ON_STAIRS), Stretch(40, IN_YARD), Stretch(90, AT_GATE)])
        delays += [(each.raised_at - began).total_seconds() - ARRIVES for each in air.told()[:1]]
    delays.sort()
    print(f"false in 200 band-days: {false}; at the gate: {len(delays)} of 100, p50 {delays[50]:.0f} s")
    assert false == 0
    assert len(delays) >= 98
    assert delays[int(len(delays) * 0.95)] <= 60


# ---- what a receiver does not hear means nothing while it does not hear

BANDS = [f"band-{number}" for number in range(1, 7)]


def crowd(kept: Kept, links: list[str], beats: int, every: float = 2.0) -> None:
    """Six bands at home, heard by these receivers."""
    for _ in range(beats):
        for band in BANDS:
            for link in links:
                kept.hear(band, BandSeen(rssi=-70 if link == "own" else -86, repeat=True), link=link)
        kept.pass_time(seconds(every))


def crowded() -> Kept:
    kept = Kept(site(), Limits(band_silent_seconds=0.0))
    for number, band in enumerate(BANDS):
        kept.quarantine(subject=f"5afe0000000000a{number}", flat=FLAT if number % 2 else OTHER_FLAT, band=band)
    crowd(kept, ["own", "other"], 60)
    assert {each.where for each in kept.state.presence.values()} == {Where.HOME}
    return kept


def told(kept: Kept) -> set[str]:
    kinds = {Kind.BAND_AT_GATE, Kind.BAND_LEFT_FLAT, Kind.BAND_GONE}
    return {alert.device for alert in kept.raised() if alert.kind in kinds}


def moves(kept: Kept) -> list[PresenceChanged]:
    return of(PresenceChanged, kept.wrote())


def test_a_radio_that_falls_deaf_is_one_alert_and_nobody_has_left() -> None:
    kept = crowded()
    before = len(moves(kept))
    crowd(kept, ["other"], 45)  # the flats' own receiver hears nothing; its watchdog has not noticed yet
    kept.hear("own", DeafSeen(deaf=True), link="own")
    crowd(kept, ["other"], 900)
    assert len(moves(kept)) == before
    kept.hear("own", DeafSeen(deaf=False), link="own")
    crowd(kept, ["own", "other"], 120)
    assert told(kept) == set()
    assert [alert.kind for alert in kept.raised()] == [Kind.RADIO_DEAF]


def test_a_link_that_is_lost_and_comes_back_moves_nobody() -> None:
    kept = crowded()
    before = len(moves(kept))
    kept.hear("own", LinkSeen(open=False, why="unplugged"), link="own")
    crowd(kept, ["other"], 300)
    kept.hear("own", LinkSeen(open=True), link="own")
    crowd(kept, ["own", "other"], 120)
    assert len(moves(kept)) == before
    assert told(kept) == set()


def test_everything_deaf_at_once_is_not_everybody_gone() -> None:
    kept = crowded()
    before = len(moves(kept))
    kept.pass_time(timedelta(minutes=4), seconds(5))
    for radio in ("own", "other", "gate"):
        kept.hear(radio, DeafSeen(deaf=True), link=radio)
    kept.pass_time(timedelta(hours=8), seconds(60))
    assert len(moves(kept)) == before
    assert {alert.kind for alert in kept.raised()} == {Kind.RADIO_DEAF}


def test_one_that_leaves_while_the_others_stay_has_left() -> None:
    kept = crowded()
    gone = BANDS.pop()
    try:
        crowd(kept, ["own", "other"], 300)
    finally:
        BANDS.append(gone)
    assert told(kept) == {gone}


def test_a_family_of_three_that_leaves_together_is_told_all_the_same() -> None:
    kept = Kept(site(), Limits(band_silent_seconds=0.0))
    family = BANDS[:3]
    for number, band in enumerate(family):
        kept.quarantine(subject=f"5afe0000000000a{number}", flat=FLAT, band=band)
    for _ in range(60):
        for band in family:
            kept.hear(band, BandSeen(rssi=-70, repeat=True), link="own")
        kept.pass_time(seconds(2))
    kept.pass_time(timedelta(minutes=8), seconds(2))
    assert told(kept) == set(), "the radio may be deaf"
    kept.pass_time(timedelta(minutes=4), seconds(2))
    assert told(kept) == set(family)


def test_a_restart_says_nothing_anew_and_forgets_nothing() -> None:
    kept = crowded()
    again = kept.reopened()
    crowd(again, ["own", "other"], 120)
    assert moves(again) == []


def test_somebody_else_s_band_is_nobody_s_business() -> None:
    kept = crowded()
    before = len(moves(kept))
    for _ in range(100):
        kept.hear("band-of-nobody", BandSeen(rssi=-60, repeat=True), link="gate")
        kept.pass_time(seconds(2))
    assert [each for each in moves(kept)[before:] if each.device == "band-of-nobody"] == []


@pytest.mark.parametrize(
    ("expected", "stand", "flat", "wanted"),
    [
        ({}, {"r1": "", "r2": ""}, FLAT, ("r1", "r2")),
        ({}, {"r1": FLAT, "r2": "palm/b1"}, FLAT, ("r1",)),
        ({}, {"r1": OTHER_FLAT, "r2": "palm/b1"}, FLAT, ("r2",)),
        ({}, {"r1": "palm/b1-1", "r2": "palm/b1"}, FLAT, ("r1",)),
        ({}, {"r1": "palm/east", "r2": "palm/east/in", "r3": ""}, FLAT, ("r3",)),
        ({FLAT: ("r2",)}, {"r1": FLAT, "r2": "palm/b1"}, FLAT, ("r2",)),
        ({"palm/b1": ("r2",)}, {"r1": "palm/b1", "r2": ""}, FLAT, ("r2",)),
    ],
)
def test_which_receivers_hear_a_flat(
    expected: dict[str, tuple[str, ...]], stand: dict[str, str], flat: str, wanted: tuple[str, ...]
) -> None:
    radios = tuple(Device(name, DeviceKind.RADIO, name, place) for name, place in stand.items())
    places = Places(Site(make_site().street, radios, expected))
    assert places.home_receivers(flat) == wanted


def test_alerts_of_presence_name_flat_and_person() -> None:
    air = Air(1)
    air.walk([AT_HOME, Stretch(1200, AWAY)])
    [alert] = air.told()
    assert isinstance(alert, Alert)
    assert (alert.place, alert.device, bool(alert.subject)) == (FLAT, BAND, True)


# ---- days that nobody stepped through


def falls_silent(kept: Kept) -> None:
    """Every band and receiver at once: the house's own clock jumped over some days."""


def comes_back_for_a_moment(kept: Kept) -> None:
    """The flats' own receiver had a gap, heard one band of six once, and then nobody hears anything."""
    crowd(kept, ["other"], 45)
    kept.hear(BANDS[0], BandSeen(rssi=-70, repeat=True), link="own")


def is_unplugged(kept: Kept) -> None:
    kept.hear("own", LinkSeen(open=False, why="unplugged"), link="own")


@pytest.mark.parametrize("how", [falls_silent, comes_back_for_a_moment, is_unplugged], ids=lambda how: how.__name__)
def test_a_late_waking_after_ten_days_finds_what_prompt_ones_would(how: Callable[[Kept], None]) -> None:
    found = []
    for every in (seconds(5), None):
        kept = crowded()
        how(kept)
        kept.pass_time(timedelta(hours=1), every)
        kept.pass_time(timedelta(days=10))
        found.append([(move.at, move.device, move.where) for move in moves(kept)])
    assert found[0] == found[1]


def test_ten_days_that_nobody_stepped_through_cost_some_minutes_of_looks() -> None:
    kept = crowded()
    looks = count()

    class Counted(Presence):
        def _judge(self, name: str, band: Band, now: datetime) -> Iterator[PresenceChanged]:
            next(looks)
            return super()._judge(name, band, now)

    kept.gatekeeper.condenser.presence.__class__ = Counted
    kept.pass_time(timedelta(days=10))
    assert next(looks) < len(BANDS) * 60  # each four times a minute for a quarter of an hour; 345,600 in ten days
    before = len(moves(kept))
    crowd(kept, ["own", "other"], 60)
    assert {move.where for move in moves(kept)[before:]} == {Where.HOME}, "and they are looked at again"
