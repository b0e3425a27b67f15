"""A camera that sees no longer is an alert; one that sees again clears it, also after a restart of the house."""

import pytest

from devices.reading import LinkSeen, SightFault, SightSeen
from gateway.compound import DeviceKind
from gateway.events.every import CameraSightChanged
from gateway.findings import AlertState
from gateway.kinds import Kind, Severity
from gateway.limits import Limits
from tests.gateway.keeping import IN, OUT, START, Kept, make_site, of, seconds

SEES = SightSeen(learned=True)
SEES_BUT_NEW = SightSeen()
KINDS = {
    SightFault.COVERED: (Kind.CAMERA_COVERED, Severity.HIGH),
    SightFault.DARK: (Kind.CAMERA_DARK, Severity.MEDIUM),
    SightFault.BLURRED: (Kind.CAMERA_BLURRED, Severity.MEDIUM),
    SightFault.TURNED: (Kind.CAMERA_TURNED, Severity.HIGH),
    SightFault.FROZEN: (Kind.CAMERA_FROZEN, Severity.HIGH),
}


@pytest.mark.parametrize("fault", SightFault)
def test_a_fault_is_one_alert_at_its_lane_and_clears_by_itself(fault: SightFault) -> None:
    kept = Kept()
    kind, severity = KINDS[fault]
    kept.hear("camera", SEES)
    assert of(CameraSightChanged, kept.wrote()) == []
    for _ in range(5):
        kept.hear("camera", SightSeen(fault, learned=True))
    alert = kept.alert(kind)
    assert (alert.severity, alert.place, alert.device, alert.count, alert.state) == (
        severity,
        IN,
        "camera",
        1,
        AlertState.RAISED,
    )
    kept.hear("camera", SEES)
    assert (kept.alert(kind).state, kept.state.sights) == (AlertState.CLEARED, {})
    assert len(of(CameraSightChanged, kept.wrote())) == 2


def test_one_fault_after_the_other_is_one_alert_at_a_time() -> None:
    kept = Kept()
    kept.hear("camera", SightSeen(SightFault.COVERED))
    kept.hear("camera", SightSeen(SightFault.DARK))
    assert [a.kind for a in kept.state.alerts.values()] == [Kind.CAMERA_DARK]
    assert kept.alert(Kind.CAMERA_COVERED).state is AlertState.CLEARED


@pytest.mark.parametrize("fault", SightFault)
def test_a_restart_keeps_the_alert_and_the_camera_clears_it_once_it_can_know(fault: SightFault) -> None:
    kept = Kept()
    kind, _ = KINDS[fault]
    kept.hear("camera", SightSeen(fault, learned=True))
    again = kept.reopened()
    again.hear("camera", SightSeen(fault))
    assert (again.raised(), [a.kind for a in again.state.alerts.values()]) == ([], [kind])
    again.hear("camera", SEES_BUT_NEW)
    at_once = fault not in (SightFault.BLURRED, SightFault.TURNED)
    assert (again.state.sights == {}) is at_once
    again.hear("camera", SEES)
    assert (again.alert(kind).state, again.state.sights) == (AlertState.CLEARED, {})


def test_what_was_closed_by_hand_is_not_raised_again_by_a_restart() -> None:
    kept = Kept()
    kept.hear("camera", SightSeen(SightFault.COVERED))
    kept.hear("camera", LinkSeen(open=False, why="unplugged"), link="camera")
    kept.hear("camera", LinkSeen(open=True), link="camera")
    kept.hear("camera", SightSeen(SightFault.COVERED))
    assert len(kept.raised(Kind.CAMERA_COVERED)) == 1


def test_a_camera_taken_out_of_the_configuration_is_not_waited_for() -> None:
    kept = Kept()
    kept.hear("camera", SightSeen(SightFault.TURNED))
    site = make_site()
    kept.load(type(site)(site.street, tuple(d for d in site.devices if d.kind is not DeviceKind.CAMERA)))
    assert (kept.alert(Kind.CAMERA_TURNED).state, kept.state.sights) == (AlertState.CLEARED, {})


def test_only_a_camera_has_sight() -> None:
    kept = Kept()
    kept.hear("scanner", SightSeen(SightFault.DARK), link="scanner")
    assert (kept.raised(), kept.state.sights) == ([], {})


@pytest.mark.parametrize(
    ("device", "kind", "lane"), [("scanner", Kind.SCANNER_SILENT, OUT), ("camera", Kind.CAMERA_SILENT, IN)]
)
@pytest.mark.parametrize("limit", [None, 3.0, 30.0])
def test_what_was_unplugged_at_a_lane_is_missed_within_ten_seconds_or_the_limit_set(
    device: str, kind: Kind, lane: str, limit: float | None
) -> None:
    kept = Kept(limits=Limits() if limit is None else Limits(lane_link_seconds=limit))
    kept.hear(device, LinkSeen(open=False, why="unplugged"), link=device)
    kept.pass_time(seconds(40), seconds(0.5))
    [alert] = kept.raised()
    assert (alert.kind, alert.place) == (kind, lane)
    after = (alert.raised_at - START).total_seconds()
    assert after <= 10 if limit is None else after == limit
    kept.hear(device, LinkSeen(open=True), link=device)
    assert kept.alert(kind).state is AlertState.CLEARED
