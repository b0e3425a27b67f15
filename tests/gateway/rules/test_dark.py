"""Many sensors of one building silent at once are one alert about the building, and nobody is told twice."""

from datetime import timedelta

import pytest
from msgspec import structs

from gateway.compound import Building, Device, DeviceKind, Site, Unit
from gateway.events.every import DeviceBack, DeviceSilent
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert, AlertState
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import AlertClosed, QuarantineEnded
from tests.gateway.keeping import FLAT, Kept, make_site, of, seconds

FLATS = [f"palm/b1-1-10{number}" for number in range(1, 9)]
DOORS = [f"node-0000010{number}" for number in range(1, 9)]
BANDS = [f"band-{number}" for number in range(1, 7)]
BUILDING = "palm/b1"


def site(flats: int = 8) -> Site:
    plain = make_site(flats=flats)
    doors = tuple(Device(door, DeviceKind.DOOR, "cable", flat) for door, flat in zip(DOORS, FLATS, strict=True))
    others = tuple(each for each in plain.devices if each.kind is not DeviceKind.DOOR)
    return Site(plain.street, (*others, *doors))


def a_building(**limits: float) -> Kept:
    """What falls silent is said here, not by the house's own limits."""
    untold = {"door_silent_seconds": 0.0, "band_silent_seconds": 0.0, "camera_silent_seconds": 0.0}
    return Kept(site(), Limits(**untold, **limits))  # type: ignore[arg-type]  # counts are whole here


def silent(kept: Kept, device: str, kind: DeviceKind = DeviceKind.DOOR) -> None:
    kept.consider(DeviceSilent(at=kept.now, heard=kept.now, device=device, kind=kind, since=kept.now - seconds(600)))


def back(kept: Kept, device: str, kind: DeviceKind = DeviceKind.DOOR) -> None:
    kept.consider(DeviceBack(at=kept.now, heard=kept.now, device=device, kind=kind))


def power_cut(kept: Kept, doors: int, every: float = 10.0) -> None:
    for door in DOORS[:doors]:
        silent(kept, door)
        kept.pass_time(seconds(every))


def ringing(kept: Kept) -> list[tuple[Kind, str]]:
    return sorted((alert.kind, alert.key) for alert in kept.state.alerts.values() if alert.rings)


def test_a_building_without_power_is_one_alert_that_holds_its_doors() -> None:
    kept = a_building()
    power_cut(kept, 8)
    assert ringing(kept) == [(Kind.BUILDING_SILENT, BUILDING)]
    parent = kept.alert(Kind.BUILDING_SILENT)
    assert (parent.place, parent.count) == (BUILDING, 4)
    held = [alert for alert in kept.state.alerts.values() if alert.kind is Kind.DOOR_SILENT]
    assert {alert.parent for alert in held} == {parent.id}
    assert len(held) == 8
    rang = {alert.id for alert in of(Alert, kept.wrote()) if alert.rings and alert.kind is Kind.DOOR_SILENT}
    assert len(rang) == 3, "those of which nobody could know yet"


def test_the_power_is_back() -> None:
    kept = a_building()
    power_cut(kept, 8)
    kept.pass_time(timedelta(minutes=40))
    for door in DOORS:
        back(kept, door)
    assert kept.state.alerts == {}
    assert kept.state.dark == {}
    assert kept.alert(Kind.BUILDING_SILENT).state is AlertState.CLEARED


def test_who_stays_silent_when_the_power_is_back_rings_for_itself() -> None:
    kept = a_building()
    power_cut(kept, 8)
    for door in DOORS[:4]:
        back(kept, door)
    assert ringing(kept) == [(Kind.BUILDING_SILENT, BUILDING)], "half of them: it is still the building"
    for door in DOORS[4:6]:
        back(kept, door)
    assert ringing(kept) == [(Kind.DOOR_SILENT, DOORS[6]), (Kind.DOOR_SILENT, DOORS[7])]


@pytest.mark.parametrize(
    ("doors", "every", "limits", "buildings"),
    [
        (3, 10.0, {}, 0),
        (4, 10.0, {}, 1),
        (4, 99.0, {}, 1),
        (4, 101.0, {}, 0),  # the fourth is more than five minutes after the first
        (8, 1800.0, {}, 0),
        (2, 10.0, {"dark_sensors": 2}, 1),
        (8, 10.0, {"dark_sensors": 0}, 0),
        (4, 101.0, {"dark_within_seconds": 600.0}, 1),
    ],
)
def test_how_many_how_soon(doors: int, every: float, limits: dict[str, float], buildings: int) -> None:
    kept = a_building(**limits)
    power_cut(kept, doors, every)
    assert len(kept.raised(Kind.BUILDING_SILENT)) == buildings
    assert len(kept.raised(Kind.DOOR_SILENT)) == doors


def test_the_bands_of_a_building_whose_receiver_is_blind_are_held_as_well() -> None:
    kept = a_building()
    for number, band in enumerate(BANDS):
        kept.quarantine(subject=f"5afe0000000000a{number}", flat=FLATS[number], band=band)
    for band in BANDS:
        silent(kept, band, DeviceKind.BAND)
        kept.pass_time(seconds(5))
    assert ringing(kept) == [(Kind.BUILDING_SILENT, BUILDING)]
    for stay in list(kept.state.quarantines.values()):  # and those who are let go are waited for no longer
        kept.order(QuarantineEnded(id=f"e{stay.id}", at=kept.now, by="d1", quarantine=stay.id, reason="over"))
    assert (ringing(kept), kept.state.dark) == ([], {})


def test_a_family_that_left_with_its_bands_is_no_power_cut() -> None:
    kept = a_building()
    for number, band in enumerate(BANDS[:4]):
        kept.quarantine(subject=f"5afe0000000000a{number}", flat=FLAT, band=band)
    for where in (Where.HOME, Where.GONE):
        for band in BANDS[:4]:
            moved = PresenceChanged(at=kept.now, heard=kept.now, device=band, flat=FLAT, where=where)
            kept.consider(moved)
        kept.pass_time(seconds(301))
    assert {alert.kind for alert in kept.raised()} == {Kind.BAND_GONE}
    for band in BANDS[:4]:
        silent(kept, band, DeviceKind.BAND)
    assert kept.raised(Kind.BUILDING_SILENT) == []


def test_somebody_closed_it_and_the_lights_go_out_again() -> None:
    kept = a_building()
    power_cut(kept, 5)
    closed = AlertClosed(
        id="c", at=kept.now, by="d1", alert=kept.alert(Kind.BUILDING_SILENT).id, closing="device_fault"
    )
    assert kept.order(closed).done
    assert len(ringing(kept)) == 5, "nothing stands for them any more"
    for door in DOORS[:5]:
        back(kept, door)
    kept.pass_time(timedelta(hours=1))
    power_cut(kept, 5)
    assert ringing(kept) == [(Kind.BUILDING_SILENT, BUILDING)]


def test_doors_that_leave_the_configuration_and_a_step_of_the_clock() -> None:
    kept = a_building()
    power_cut(kept, 3)
    kept.set_clock(timedelta(hours=-5))
    silent(kept, DOORS[3])
    assert ringing(kept) == [(Kind.BUILDING_SILENT, BUILDING)], "five minutes are five minutes on a clock that was set"
    kept.load(make_site(flats=8))
    assert (ringing(kept), kept.state.dark) == ([], {})


def test_a_restart_forgets_none_of_it() -> None:
    kept = a_building()
    power_cut(kept, 3)
    again = kept.reopened()
    silent(again, DOORS[3])
    assert ringing(again) == [(Kind.BUILDING_SILENT, BUILDING)]


def test_flats_of_two_buildings_are_counted_apart() -> None:
    plain = site()
    palm = plain.street.compounds[0]
    homes = tuple(structs.replace(flat, building="palm/b2", unit="palm/b2-1") for flat in palm.buildings[0].flats())
    halves = (
        Building("palm/b1", "b1", "palm", (Unit("palm/b1-1", "1", tuple(palm.buildings[0].flats())[:4]),)),
        Building("palm/b2", "b2", "palm", (Unit("palm/b2-1", "1", homes[4:]),)),
    )
    street = structs.replace(plain.street, compounds=(structs.replace(palm, buildings=halves),))
    kept = a_building()
    kept.load(structs.replace(plain, street=street), kept.state.limits)
    for door in (*DOORS[:3], *DOORS[4:]):
        silent(kept, door)
    assert [alert.key for alert in kept.raised(Kind.BUILDING_SILENT)] == ["palm/b2"]
