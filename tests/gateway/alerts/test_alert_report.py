"""The figures of a duty: each alert once, by its last revision; floods by spans; drills and work apart."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from gateway.alerts.report import Took, alert_report, counts_to_flood, is_flood
from gateway.findings import Alert, AlertState
from gateway.kinds import Kind, Severity
from tests.gateway.keeping import START

ZONE = ZoneInfo("Asia/Shanghai")
SINCE, UNTIL = START.astimezone(ZONE), (START + timedelta(days=2)).astimezone(ZONE)


def alert(number: int, minute: float, kind: Kind = Kind.DOOR_SILENT, device: str = "node-1") -> Alert:
    at = START + timedelta(minutes=minute)
    return Alert(
        id=f"e/{number}",
        kind=kind,
        key=device,
        severity=Severity.MEDIUM,
        state=AlertState.RAISED,
        revision=1,
        raised_at=at,
        changed_at=at,
        device=device,
    )


def taken(before: Alert, minutes: float) -> Alert:
    at = before.raised_at + timedelta(minutes=minutes)
    return replace(
        before, revision=2, changed_at=at, state=AlertState.ACKNOWLEDGED, acknowledged_by="d1", acknowledged_at=at
    )


def closed(before: Alert, minutes: float) -> Alert:
    at = before.raised_at + timedelta(minutes=minutes)
    return replace(before, revision=3, changed_at=at, state=AlertState.CLOSED, closed_by="d1", active=False)


def test_each_alert_counts_once_whatever_the_order_of_its_revisions() -> None:
    first, second = alert(1, 0), alert(2, 60, Kind.FEVER, "band-1")
    revisions = [closed(taken(first, 5), 30), first, second, taken(first, 5), taken(second, 15)]
    for order in (revisions, revisions[::-1]):
        found = alert_report(order, SINCE, UNTIL)
        assert (found.raised, found.per_day) == (2, 1.0)
        assert found.by_kind == ((Kind.DOOR_SILENT, 1), (Kind.FEVER, 1)) or found.by_kind == (
            (Kind.FEVER, 1),
            (Kind.DOOR_SILENT, 1),
        )
        assert found.taken == Took(2, 15 * 60.0, 5 * 60.0)
        assert found.put_right == Took(1, 30 * 60.0, 30 * 60.0)
        assert found.standing == 1
        assert [hour for hour, count in enumerate(found.by_hour) if count] == [10, 11]


def test_a_flood_is_more_than_ten_in_ten_minutes() -> None:
    calm = alert_report((alert(n, n * 2) for n in range(10)), SINCE, UNTIL)
    assert calm.flooded_share == 0
    flood = alert_report((alert(n, n * 0.1) for n in range(11)), SINCE, UNTIL)
    assert flood.flooded_share == 1 / 288
    assert [name for name, _, _, met in flood.verdicts if not met] == ["standing"]


def test_drills_and_what_installers_set_off_are_counted_apart() -> None:
    drill = replace(alert(1, 0), drill=True)
    at_work = replace(alert(2, 1), state=AlertState.SHELVED, work="w")
    rang_later = replace(at_work, revision=2, state=AlertState.RAISED, work="")
    found = alert_report([drill, at_work, rang_later, alert(3, 2)], SINCE, UNTIL)
    assert (found.raised, found.in_drills, found.at_work) == (1, 1, 1)


def test_nothing_happened() -> None:
    found = alert_report([], SINCE, UNTIL)
    assert (found.raised, found.taken, found.worst_devices) == (0, Took(), ())
    assert all(met for _, _, _, met in found.verdicts)


def test_the_banner_counts_what_rings_now() -> None:
    new = alert(1, 0)
    assert counts_to_flood(new)
    assert not any(
        counts_to_flood(other) for other in (taken(new, 1), replace(new, parent="e/9"), replace(new, drill=True))
    )
    times = [START + timedelta(seconds=n) for n in range(12)]
    assert is_flood(times, START + timedelta(minutes=5)) == 12
    assert is_flood(times[:10], START + timedelta(minutes=5)) == 0
    assert is_flood(times, START + timedelta(minutes=11)) == 0
