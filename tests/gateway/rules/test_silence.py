"""Each sensing path has a limit of its own; a link that is gone speaks for all on it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from devices.reading import AliveSeen, BandSeen, DeafSeen, ForgedSeen, LinkSeen, LostSeen, Receipt, TamperSeen
from gateway.compound import DeviceKind, Places
from gateway.events.every import DeviceBack, DeviceForged, DeviceSilent
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.liveness import Liveness
from gateway.orders.every import QuarantineEnded
from tests.gateway.keeping import BAND, DOOR, OTHER_BAND, OTHER_DOOR, START, Kept, make_site, of, seconds

LIMITS = Limits(scanner_silent_seconds=300.0)


def silent(kept: Kept) -> dict[str, float]:
    """Device -> seconds after the start at which its silence fell due."""
    return {said.device: (said.at - START).total_seconds() for said in of(DeviceSilent, kept.wrote())}


@pytest.mark.parametrize("every", [1.0, 45.0, 2000.0])
def test_limits_by_kind(every: float) -> None:
    kept = Kept(limits=LIMITS)
    kept.quarantine(band=BAND)
    kept.pass_time(seconds(2000), seconds(every))
    assert silent(kept) == {"camera": 60, "scanner": 300, DOOR: 600, OTHER_DOOR: 600, BAND: 900}
    assert {a.kind for a in kept.raised()} == {
        Kind.CAMERA_SILENT,
        Kind.SCANNER_SILENT,
        Kind.DOOR_SILENT,
        Kind.BAND_SILENT,
    }


def test_a_hand_scanner_may_be_silent() -> None:
    kept = Kept()
    kept.pass_time(timedelta(days=3), seconds(500))
    assert "scanner" not in silent(kept)


def test_whoever_speaks_is_not_silent_and_back_is_back() -> None:
    kept = Kept()
    for _ in range(30):
        kept.hear(DOOR, AliveSeen())
        kept.pass_time(seconds(60))
    assert DOOR not in silent(kept)
    kept.pass_time(seconds(700))
    assert silent(kept)[DOOR] == 29 * 60 + 600
    bodies = kept.hear(DOOR, AliveSeen())
    assert [b.device for b in of(DeviceBack, bodies)] == [DOOR]
    assert kept.alert(Kind.DOOR_SILENT).state is AlertState.CLEARED
    kept.pass_time(seconds(700))
    assert len([a for a in kept.raised(Kind.DOOR_SILENT) if a.device == DOOR]) == 2


def test_a_band_in_a_drawer_may_be_silent() -> None:
    kept = Kept()
    stay = kept.quarantine(band=BAND)
    kept.pass_time(seconds(100))
    kept.order(QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=stay, reason="served"))
    kept.pass_time(timedelta(days=2), seconds(500))
    assert not {BAND, OTHER_BAND} & silent(kept).keys()


def test_a_band_whose_stay_ended_in_silence_is_missed_for_its_next_wearer() -> None:
    kept = Kept()
    stay = kept.quarantine(band=BAND)
    kept.pass_time(seconds(1000))
    kept.order(QuarantineEnded(id="e", at=kept.now, by="d1", quarantine=stay, reason="served"))
    assert kept.alert(Kind.BAND_SILENT).state is AlertState.CLEARED
    kept.pass_time(seconds(1000))
    kept.quarantine(band=BAND)
    kept.pass_time(seconds(1000))
    assert [a.raised_at - START for a in kept.raised(Kind.BAND_SILENT)] == [seconds(900), seconds(2900)]


def test_a_lost_cable_holds_its_children_and_gives_them_their_whole_limit_again() -> None:
    kept = Kept()
    kept.pass_time(seconds(500))
    kept.hear("cable", LinkSeen(open=False, why="unplugged"))
    kept.pass_time(seconds(5000), seconds(20))
    assert silent(kept) == {"camera": 60, "cable": 530}
    kept.hear("cable", LinkSeen(open=True))
    assert kept.alert(Kind.CABLE_LOST).state is AlertState.CLEARED
    kept.pass_time(seconds(599), seconds(20))
    assert DOOR not in silent(kept)
    kept.pass_time(seconds(2), seconds(20))
    assert silent(kept)[DOOR] == 5500 + 600


def test_a_cable_that_is_back_within_its_limit_was_never_lost() -> None:
    kept = Kept()
    for _ in range(100):
        kept.hear("cable", LinkSeen(open=False, why="loose"))
        kept.pass_time(seconds(29))
        kept.hear("cable", LinkSeen(open=True))
        kept.pass_time(seconds(1))
    assert "cable" not in silent(kept)


def test_a_flapping_link_costs_no_memory() -> None:
    liveness = Liveness(Places(make_site()), Limits(), START, {})
    now = START
    for _ in range(10_000):
        now += seconds(1)
        liveness.link_lost("camera", now, "flaps")
        assert list(liveness.link_opened("camera", now)) == []
        assert list(liveness.tick(now)) == [] or now > START + seconds(60)
    assert len(liveness._due) < 100


def test_a_radio_that_is_deaf_is_not_a_band_that_is_missing() -> None:
    kept = Kept()
    kept.quarantine(band=BAND)
    kept.hear("radio", DeafSeen(deaf=True), link="radio")
    kept.pass_time(seconds(5000), seconds(50))
    assert Kind.RADIO_DEAF in {a.kind for a in kept.raised()}
    assert BAND not in silent(kept)
    kept.hear("radio", DeafSeen(deaf=False), link="radio")
    assert kept.alert(Kind.RADIO_DEAF).state is AlertState.CLEARED
    kept.pass_time(seconds(1000), seconds(50))
    assert silent(kept)[BAND] == 5000 + 900


def test_a_band_missing_is_not_a_radio_that_is_deaf() -> None:
    kept = Kept()
    kept.quarantine(band=BAND)
    for _ in range(20):
        kept.hear(OTHER_BAND, BandSeen(rssi=-50, counter=1, repeat=True), link="radio")
        kept.pass_time(seconds(60))
    assert [a.device for a in kept.raised() if a.kind in (Kind.BAND_SILENT, Kind.RADIO_DEAF)] == [BAND]


def test_a_restart_starts_the_limits_anew() -> None:
    kept = Kept()
    kept.pass_time(seconds(599))
    again = kept.reopened()
    again.pass_time(seconds(599), seconds(1))
    assert DOOR not in silent(again)
    again.pass_time(seconds(2), seconds(1))
    assert silent(again)[DOOR] == 599 + 600


def test_what_was_silent_before_a_restart_still_is_and_comes_back() -> None:
    kept = Kept()
    kept.pass_time(seconds(700))
    again = kept.reopened()
    again.pass_time(seconds(2000))
    assert silent(again) == {}
    assert [b.device for b in of(DeviceBack, again.hear(DOOR, AliveSeen()))] == [DOOR]


def test_a_forger_is_no_sign_of_life() -> None:
    kept = Kept()
    kept.quarantine(band=BAND)
    for _ in range(100):
        kept.hear(BAND, ForgedSeen(why="wrong key"), link="radio")
        kept.pass_time(seconds(10))
    assert silent(kept)[BAND] == 900
    kept.pass_time(seconds(100))
    told = of(DeviceForged, kept.wrote())
    assert sum(forged.count for forged in told) == 100
    assert len(told) <= 20


def test_tampering_and_what_a_node_had_to_forget() -> None:
    kept = Kept()
    kept.hear(DOOR, TamperSeen(open=True))
    kept.hear(DOOR, LostSeen(count=3), receipt=Receipt(DOOR, 1, 3))
    assert [a.kind for a in kept.raised()] == [Kind.SENSOR_TAMPERED, Kind.SIGHTINGS_LOST]
    kept.hear(DOOR, TamperSeen(open=False))
    assert (kept.alert(Kind.SENSOR_TAMPERED).active, kept.alert(Kind.SENSOR_TAMPERED).state) == (
        False,
        AlertState.RAISED,
    )


def test_batteries() -> None:
    kept = Kept()
    for percent, active in [(16, None), (15, True), (19, True), (20, False), (15, True)]:
        kept.hear(DOOR, AliveSeen(battery_percent=percent))
        found = kept.raised(Kind.BATTERY_LOW)
        assert (kept.alert(Kind.BATTERY_LOW).active if found else None) is active
    assert len(kept.raised(Kind.BATTERY_LOW)) == 2


def test_a_silent_device_taken_out_of_the_configuration_is_not_waited_for() -> None:
    kept = Kept()
    kept.pass_time(seconds(700))
    site = make_site()
    kept.load(type(site)(site.street, tuple(d for d in site.devices if d.id != DOOR)))
    assert DOOR not in kept.state.silent
    assert [a.device for a in kept.state.alerts.values() if a.kind is Kind.DOOR_SILENT] == [OTHER_DOOR]
    kept.pass_time(seconds(2000))


def test_an_untrusted_clock_is_told_once_and_cleared() -> None:
    kept = Kept(clock_trusted=False)
    kept.set_clock(seconds(100), trusted=False)
    assert len(kept.raised(Kind.CLOCK_NOT_TRUSTED)) == 1
    kept.set_clock(seconds(100))
    assert kept.alert(Kind.CLOCK_NOT_TRUSTED).state is AlertState.CLEARED


def test_a_cable_lost_just_before_the_clock_was_set_is_still_lost() -> None:
    kept = Kept()
    kept.hear("cable", LinkSeen(open=False, why="unplugged"))
    kept.set_clock(timedelta(hours=5))
    kept.pass_time(seconds(31))
    assert len(kept.raised(Kind.CABLE_LOST)) == 1


@pytest.mark.parametrize(
    ("model_seconds", "after", "silent"),
    [(None, 599, False), (None, 600, True), (60.0, 60, True), (90_000.0, 89_999, False), (0.0, 200_000, False)],
)
def test_each_model_has_its_own_limit_of_silence(model_seconds: float | None, after: float, silent: bool) -> None:
    site = make_site()
    door = replace(next(each for each in site.devices if each.id == DOOR), silent_seconds=model_seconds)
    others = tuple(each for each in site.devices if each.kind not in (DeviceKind.DOOR, DeviceKind.CAMERA))
    kept = Kept(replace(site, devices=(*others, door)))
    kept.pass_time(seconds(after))
    assert bool(kept.raised(Kind.DOOR_SILENT)) is silent
