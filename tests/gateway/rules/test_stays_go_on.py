"""Stays that are extended, suspended, moved or ended early, and bands that come back: by the compound's calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct

from devices.reading import BandSeen, DoorSeen
from gateway.events.retention import TimesOver
from gateway.findings import Decision, Reason, StayEnded, Verdict
from gateway.kinds import Kind
from gateway.orders.every import DeviceKeyed, QuarantineEnded
from gateway.orders.stays import BandReturned, StayExtended, StayMoved, StayResumed, StaySuspended
from gateway.retention import Retention
from gateway.shown.fold import Shown
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    DOOR,
    FLAT,
    OTHER_DOOR,
    OTHER_FLAT,
    OUT,
    START,
    Kept,
    make_site,
    of,
    seconds,
)


def say(kept: Kept, order: Struct) -> str:
    """Why it was refused, empty if it was done."""
    return kept.order(order).why  # type: ignore[arg-type]  # one of the union


def about(kept: Kept, stay: str, name: str) -> dict[str, object]:
    return {"id": name, "at": kept.now, "by": "d1", "quarantine": stay}


def open_door(kept: Kept, door: str = DOOR) -> list[Struct]:
    kept.hear(door, DoorSeen(open=False))
    kept.pass_time(timedelta(minutes=10))
    return kept.hear(door, DoorSeen(open=True))


def watched(kept: Kept) -> list[str]:
    """Where a door was seen to open, by day or by night, or a band was missed."""
    return [alert.place for alert in kept.raised() if "opened" in alert.kind or "band" in alert.kind]


def ended(kept: Kept) -> list[StayEnded]:
    return of(StayEnded, kept.wrote())


def pages_agree(kept: Kept) -> None:
    """What the pages made of the entries is what the state came to."""
    shown = Shown(Kept().state)
    for batch in kept.batches:
        for entry, body in zip(batch.entries, batch.bodies, strict=True):
            shown.apply(entry.number, body)
    state = kept.state
    assert dict(shown.quarantines) == dict(state.quarantines)
    assert (shown.suspended, shown.released, shown.people, shown.arrivals) == (
        state.suspended, state.released, state.people, state.arrivals
    )  # fmt: skip


# ---- boundaries

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ZONES = [  # compound's zone, its instant of a first day, the first instant after the last day of two
    ("Asia/Shanghai", datetime(2026, 3, 12, 2, tzinfo=UTC), datetime(2026, 3, 13, 16, tzinfo=UTC)),
    ("Asia/Urumqi", datetime(2026, 3, 12, 2, tzinfo=UTC), datetime(2026, 3, 13, 18, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 28, 10, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # 23 hours
    ("Europe/Berlin", datetime(2026, 10, 24, 10, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # 25 hours
    ("America/Sao_Paulo", datetime(2018, 11, 2, 15, tzinfo=UTC), datetime(2018, 11, 4, 3, tzinfo=UTC)),  # no midnight
]


@pytest.mark.parametrize(("zone", "start", "end"), ZONES)
def test_a_stay_ends_with_the_last_instant_of_its_last_day(zone: str, start: datetime, end: datetime) -> None:
    kept = Kept(make_site(zone), start=start, reports=("stays",))
    first = start.astimezone(ZoneInfo(zone)).date()
    stay = kept.quarantine(first_day=first, last_day=first + timedelta(days=1))
    kept.pass_time(end - kept.now - timedelta(microseconds=1))
    assert stay in kept.state.quarantines
    before = of(Decision, kept.show(subject=ANNA, not_before=LONG_AGO))[0]
    assert before.reason is Reason.QUARANTINED
    kept.pass_time(timedelta(microseconds=1))
    assert [each.at for each in ended(kept)] == [end]
    kept.pass_time(seconds(1))
    after = of(Decision, kept.show(subject=ANNA, not_before=LONG_AGO))[0]
    assert (after.verdict, after.reason) == (Verdict.ADMIT, Reason.ADMITTED)
    told = [entry for batch in kept.batches for entry in batch.entries if entry.kind == "StayEnded"]
    assert [entry.stream for entry in told] == ["report"]
    pages_agree(kept)


def test_a_clock_nobody_trusts_ends_no_stay_and_one_that_is_right_again_does() -> None:
    kept = Kept()
    stay = kept.quarantine(days=1)
    kept.set_clock(timedelta(days=30), trusted=False)
    kept.pass_time(timedelta(hours=3))
    assert stay in kept.state.quarantines
    kept.set_clock(timedelta(days=-30), trusted=True)
    kept.pass_time(timedelta(hours=10))
    assert stay in kept.state.quarantines
    kept.pass_time(timedelta(hours=1))
    assert [each.at for each in ended(kept)] == [datetime(2026, 3, 12, 16, tzinfo=UTC)]


# ---- extended, ended early


def test_an_extension_counts_to_the_midnight_after_its_new_last_day() -> None:
    kept = Kept()
    stay = kept.quarantine(days=2)
    new = date(2026, 3, 15)
    assert say(kept, StayExtended(**about(kept, stay, "x"), last_day=new, reason="positive contact")) == ""
    kept.pass_time(datetime(2026, 3, 15, 15, 59, 59, tzinfo=UTC) - kept.now, timedelta(hours=6))
    assert ended(kept) == []
    kept.pass_time(seconds(1))
    assert [(each.at, each.early) for each in ended(kept)] == [(datetime(2026, 3, 15, 16, tzinfo=UTC), False)]
    pages_agree(kept)


@pytest.mark.parametrize(
    ("days", "reason", "why"),
    [
        (2, "r", "it lasts until then already; to end it earlier, release"),
        (1, "r", "it lasts until then already; to end it earlier, release"),
        (5, " ", "a reason is needed"),
        (62, "r", "longer than 60 days"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(days: int, reason: str, why: str) -> None:
    kept = Kept()
    stay = kept.quarantine(days=2)
    last = date(2026, 3, 12) + timedelta(days=days - 1)
    assert say(kept, StayExtended(**about(kept, stay, "x"), last_day=last, reason=reason)) == why
    assert kept.state.quarantines[stay].last_day == date(2026, 3, 13)


def test_an_early_release_is_told_to_the_centre_and_lets_the_pass_work_at_once() -> None:
    kept = Kept(reports=("stays",))
    stay = kept.quarantine()
    kept.order(QuarantineEnded(**about(kept, stay, "e"), reason="negative"))
    assert [(each.quarantine, each.early) for each in ended(kept)] == [(stay, True)]
    assert of(Decision, kept.show(subject=ANNA))[0].reason is Reason.ADMITTED
    assert kept.state.released[stay].early
    assert kept.state.people == {}
    pages_agree(kept)


def test_two_people_of_a_flat_have_days_of_their_own_and_the_door_is_watched_until_the_last() -> None:
    kept = Kept()
    kept.quarantine(ANNA, days=1)
    second = kept.quarantine(BO, days=2)
    kept.pass_time(datetime(2026, 3, 12, 17, tzinfo=UTC) - kept.now)
    assert [each.subject for each in ended(kept)] == [ANNA]
    assert list(kept.state.quarantines) == [second]
    open_door(kept)
    assert watched(kept) == [FLAT]
    kept.pass_time(datetime(2026, 3, 13, 17, tzinfo=UTC) - kept.now)
    assert [each.subject for each in ended(kept)] == [ANNA, BO]
    pages_agree(kept)


# ---- hospital


def test_who_is_in_hospital_is_not_watched_and_is_again_when_back() -> None:
    kept = Kept()
    stay = kept.quarantine(band=BAND)
    assert say(kept, StaySuspended(**about(kept, stay, "s"), reason="hospital")) == ""
    open_door(kept)
    kept.hear(BAND, BandSeen(rssi=-60, worn=False), link="radio")
    kept.pass_time(timedelta(hours=2), timedelta(minutes=10))
    assert watched(kept) == []
    assert of(Decision, kept.show(OUT, subject=ANNA))[0].reason is Reason.ADMITTED  # nobody keeps them from the doctor
    assert kept.state.suspended[stay].away == "hospital"
    pages_agree(kept)
    kept.hear(DOOR, DoorSeen(open=False))
    assert say(kept, StayResumed(**about(kept, stay, "r"))) == ""
    assert kept.state.quarantines[stay].away == ""
    open_door(kept)
    assert len(kept.raised(Kind.QUARANTINE_DOOR_OPENED)) == 1
    kept.pass_time(timedelta(hours=2), timedelta(minutes=10))
    assert {Kind.BAND_SILENT, Kind.BAND_TAKEN_OFF} & {alert.kind for alert in kept.raised()}
    pages_agree(kept)


def test_the_days_of_who_is_in_hospital_run_and_end() -> None:
    kept = Kept().reopened()
    stay = kept.quarantine(days=2)
    say(kept, StaySuspended(**about(kept, stay, "s"), reason="hospital"))
    kept.pass_time(timedelta(days=3), timedelta(hours=6))
    assert [each.at for each in ended(kept)] == [datetime(2026, 3, 13, 16, tzinfo=UTC)]
    assert kept.state.suspended == {}


def test_orders_about_stays_that_do_not_fit_are_refused() -> None:
    kept = Kept()
    stay = kept.quarantine(band=BAND)
    assert say(kept, StayResumed(**about(kept, stay, "1"))) == "they are not away"
    assert say(kept, StayMoved(**about(kept, stay, "2"), flat=FLAT, reason="r")) == "they are in that flat"
    assert say(kept, StayMoved(**about(kept, stay, "3"), flat="mars", reason="r")) == "unknown flat"
    assert say(kept, StaySuspended(**about(kept, "nobody", "4"), reason="r")) == "unknown quarantine"
    assert say(kept, BandReturned(id="5", at=kept.now, by="d1", band=BAND)) == "the band is still worn"
    say(kept, StaySuspended(**about(kept, stay, "6"), reason="hospital"))
    assert say(kept, StayMoved(**about(kept, stay, "7"), flat=OTHER_FLAT, reason="r")) == "they are away"
    assert say(kept, BandReturned(id="8", at=kept.now, by="d1", band=BAND)) == "the band is still worn"


# ---- moved


def test_after_a_move_the_other_door_is_watched_and_the_first_is_not() -> None:
    kept = Kept()
    stay = kept.quarantine(band=BAND)
    open_door(kept)
    assert kept.alert(Kind.QUARANTINE_DOOR_OPENED).active
    assert say(kept, StayMoved(**about(kept, stay, "m"), flat=OTHER_FLAT, reason="water damage")) == ""
    assert not kept.alert(Kind.QUARANTINE_DOOR_OPENED).active
    assert kept.state.people[ANNA].flat == OTHER_FLAT
    kept.hear(DOOR, DoorSeen(open=False))
    kept.pass_time(timedelta(minutes=10))
    open_door(kept)
    assert len(kept.raised(Kind.QUARANTINE_DOOR_OPENED)) == 1
    open_door(kept, OTHER_DOOR)
    assert [alert.place for alert in kept.raised(Kind.QUARANTINE_DOOR_OPENED)] == [FLAT, OTHER_FLAT]
    pages_agree(kept)


# ---- bands


def test_a_band_goes_to_somebody_else_only_when_it_was_given_back_and_has_a_new_key() -> None:
    kept = Kept()
    key = {"at": kept.now, "by": "registry", "device": BAND}
    kept.order(DeviceKeyed(id="k1", fingerprint="old", **key))
    stay = kept.quarantine(ANNA, band=BAND)
    kept.order(QuarantineEnded(**about(kept, stay, "e"), reason="negative"))
    with pytest.raises(AssertionError, match="the band was not given back"):
        kept.quarantine(BO, band=BAND)
    assert say(kept, BandReturned(id="b", at=kept.now, by="d1", band=BAND)) == ""
    with pytest.raises(AssertionError, match="the band needs a new key"):
        kept.quarantine(BO, band=BAND)
    kept.order(DeviceKeyed(id="k2", fingerprint="new", **key))
    later = kept.quarantine(BO, band=BAND)
    assert kept.state.quarantines[later].begun_at == kept.now
    pages_agree(kept)


def test_the_same_person_may_keep_the_band_for_a_stay_that_follows() -> None:
    kept = Kept()
    kept.quarantine(band=BAND, days=1)
    kept.pass_time(timedelta(days=1))
    kept.quarantine(band=BAND, first_day=date(2026, 3, 13), last_day=date(2026, 3, 14))


def test_releases_are_forgotten_after_a_fortnight_but_not_a_band_that_is_still_out() -> None:
    kept = Kept()
    plain, banded = kept.quarantine(ANNA, days=1), kept.quarantine(BO, band=BAND, days=1)
    kept.pass_time(timedelta(days=20), timedelta(days=1))
    kept.consider(TimesOver(at=kept.now, heard=kept.now, retention=Retention()))
    assert kept.state.released.keys() == {banded}
    assert plain not in kept.state.released
    assert kept.state.released[banded].stay.subject == ""  # whose it was is forgotten; where it is to be fetched is not
    assert kept.now > START
