"""Fire exits and sealed gates: opened, left open, blocked; over by themselves, with the time it took on record."""

import pytest
from msgspec.structs import replace

from devices.reading import AliveSeen, DoorSeen
from gateway.compound import Device, DeviceKind, Exit, ExitKind, Site
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.orders.every import FireDeclared, FireEnded
from gateway.pages.access import AT_GATE, AUDIENCE
from gateway.rules.exits import ALL
from tests.gateway.keeping import Kept, make_site, seconds

BACK, SEALED, BARRIER = "node-000000b0", "node-000000b1", "node-000000b2"


def guarded() -> Site:
    site = make_site()
    (palm,) = site.street.compounds
    exits = (
        Exit("palm/back", "Back stairs", "palm", ExitKind.FIRE_EXIT),
        Exit("palm/north", "North gate", "palm", ExitKind.SEALED_GATE),
    )
    devices = (
        Device(BACK, DeviceKind.DOOR, "cable", "palm/back"),
        Device(SEALED, DeviceKind.DOOR, "cable", "palm/north"),
        Device(BARRIER, DeviceKind.OBSTRUCTION, "cable", "palm/back"),
    )
    street = replace(site.street, compounds=(replace(palm, exits=exits),))
    return replace(site, street=street, devices=site.devices + devices)


def told(kept: Kept) -> list[Kind]:
    return [alert.kind for alert in kept.raised() if alert.kind in ALL]


@pytest.mark.parametrize(
    ("device", "stands", "expected"),
    [
        (BACK, 59, [Kind.FIRE_EXIT_OPENED]),
        (BACK, 61, [Kind.FIRE_EXIT_OPENED, Kind.FIRE_EXIT_LEFT_OPEN]),
        (SEALED, 59, [Kind.SEALED_GATE_OPENED]),
        (SEALED, 61, [Kind.SEALED_GATE_OPENED, Kind.SEALED_GATE_LEFT_OPEN]),
        (BARRIER, 119, []),
        (BARRIER, 121, [Kind.FIRE_EXIT_BLOCKED]),
    ],
)
def test_each_is_told_and_over_by_itself(device: str, stands: float, expected: list[Kind]) -> None:
    kept = Kept(guarded())
    kept.hear(device, DoorSeen(open=True))
    kept.pass_time(seconds(stands))
    kept.hear(device, DoorSeen(open=False))
    assert told(kept) == expected
    for kind in expected:
        alert = kept.alert(kind)
        assert (alert.state, alert.key) == (AlertState.CLEARED, device)
        begun = 0.0 if kind in (Kind.FIRE_EXIT_OPENED, Kind.SEALED_GATE_OPENED) else stands - 1
        assert alert.lasted_seconds == stands - begun


def test_found_open_after_a_silence_is_not_opened_but_left_open() -> None:
    kept = Kept(guarded())
    kept.hear(BACK, AliveSeen(open=True))
    kept.pass_time(seconds(61))
    assert told(kept) == [Kind.FIRE_EXIT_LEFT_OPEN]


def test_in_a_fire_everything_stands_open_and_after_it_somebody_shuts_the_doors() -> None:
    kept = Kept(guarded())
    assert kept.order(FireDeclared(id="f", at=kept.now, by="", compound="palm")).done
    kept.hear(BACK, DoorSeen(open=True))
    kept.pass_time(seconds(600))
    assert told(kept) == []
    assert kept.order(FireEnded(id="e", at=kept.now, by="g1", compound="palm")).done
    kept.pass_time(seconds(61))
    assert told(kept) == [Kind.FIRE_EXIT_LEFT_OPEN]


def test_an_exit_taken_out_of_the_configuration_is_over() -> None:
    kept = Kept(guarded())
    kept.hear(SEALED, DoorSeen(open=True))
    kept.load(make_site())
    assert kept.alert(Kind.SEALED_GATE_OPENED).state is AlertState.CLEARED
    assert kept.state.open_exits == {}


def test_an_exit_open_when_the_house_was_killed_is_open_still() -> None:
    kept = Kept(guarded())
    kept.hear(SEALED, DoorSeen(open=True))
    again = kept.reopened()
    again.load(guarded())
    again.pass_time(seconds(61))
    assert told(again) == [Kind.SEALED_GATE_LEFT_OPEN]


def test_guards_and_duty_officers_are_told() -> None:
    assert {AUDIENCE[kind] for kind in ALL} == {AT_GATE}
