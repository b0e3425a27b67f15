"""Where worn bands are: the table of cases of the rule."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from devices.reading import DeafSeen, LinkSeen
from gateway.compound import Device, DeviceKind
from gateway.events.every import BandHeard, BatteryFell
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import AlertState
from gateway.kinds import Kind
from gateway.limits import Limits
from gateway.orders.every import QuarantineEnded, WindowOpened
from tests.gateway.keeping import ANNA, BAND, FLAT, Kept, make_site, seconds

LEFT, GONE = Limits().left_flat_seconds, Limits().band_gone_seconds
TOLD = (Kind.BAND_AT_GATE, Kind.BAND_LEFT_FLAT, Kind.BAND_GONE)


def worn() -> Kept:
    """At home. The window is so long that nothing but what a test says is concluded of the silence of the air."""
    kept = Kept(limits=Limits(presence_window_seconds=1e6))
    kept.quarantine(band=BAND)
    moved(kept, Where.HOME)
    return kept


def moved(kept: Kept, where: Where, place: str = "") -> None:
    found = kept.state.presence.get(BAND)
    kept.consider(
        PresenceChanged(
            at=kept.now,
            heard=kept.now,
            device=BAND,
            flat=FLAT,
            where=where,
            was=found.where if found else None,
            place=place,
        )
    )


def kinds(kept: Kept) -> list[Kind]:
    return [alert.kind for alert in kept.raised() if alert.kind in TOLD]


@pytest.mark.parametrize(
    ("walk", "wanted"),
    [
        ([(Where.AT_GATE, 0)], [Kind.BAND_AT_GATE]),
        ([(Where.LEFT, LEFT - 1), (Where.HOME, 999)], []),
        ([(Where.LEFT, LEFT + 1)], [Kind.BAND_LEFT_FLAT]),
        ([(Where.LEFT, 30), (Where.AT_GATE, 999)], [Kind.BAND_AT_GATE]),
        ([(Where.AT_GATE, 30), (Where.LEFT, 999)], [Kind.BAND_AT_GATE]),
        ([(Where.AT_GATE, 30), (Where.GONE, 0)], [Kind.BAND_AT_GATE, Kind.BAND_GONE]),
        ([(Where.LEFT, 30), (Where.GONE, 0)], [Kind.BAND_GONE]),
        ([(Where.LEFT, 999), (Where.GONE, 999)], [Kind.BAND_LEFT_FLAT, Kind.BAND_GONE]),
        ([(Where.GONE, GONE - 1), (Where.HOME, 999)], []),
        ([(Where.GONE, GONE + 1)], [Kind.BAND_GONE]),
        ([(Where.GONE, 10), (Where.LEFT, LEFT + 1)], [Kind.BAND_LEFT_FLAT]),
        ([(Where.LEFT, 999), (Where.HOME, 9), (Where.LEFT, 999)], [Kind.BAND_LEFT_FLAT]),
    ],
)
def test_what_is_told_of_a_walk(walk: list[tuple[Where, float]], wanted: list[Kind]) -> None:
    kept = worn()
    for where, stays in walk:
        moved(kept, where, "palm/east" if where is Where.AT_GATE else "")
        if stays:
            kept.pass_time(seconds(stays), seconds(10))
    assert kinds(kept) == wanted


def test_at_a_gate_names_the_gate_the_person_and_the_band() -> None:
    kept = worn()
    moved(kept, Where.AT_GATE, "palm/east")
    alert = kept.alert(Kind.BAND_AT_GATE)
    assert (alert.place, alert.subject, alert.device, alert.active) == ("palm/east", ANNA, BAND, True)
    moved(kept, Where.HOME)
    assert not kept.alert(Kind.BAND_AT_GATE).active
    assert kept.alert(Kind.BAND_AT_GATE).state is AlertState.RAISED, "somebody must still see it"


def test_left_is_dated_by_when_the_time_was_up() -> None:
    kept = worn()
    since = kept.now
    moved(kept, Where.LEFT)
    kept.pass_time(timedelta(hours=1))
    assert kept.alert(Kind.BAND_LEFT_FLAT).raised_at == since + seconds(LEFT)


@pytest.mark.parametrize("where", [Where.LEFT, Where.GONE, Where.AT_GATE])
def test_a_shower_is_not_worn_and_never_left(where: Where) -> None:
    kept = worn()
    kept.consider(BandHeard(at=kept.now, heard=kept.now, device=BAND, worn=False))
    moved(kept, where)
    kept.pass_time(timedelta(hours=1), seconds(30))
    assert kinds(kept) == []
    assert Kind.BAND_TAKEN_OFF in [alert.kind for alert in kept.raised()]


def test_taken_off_while_out_is_not_told_as_out_and_put_on_elsewhere_is() -> None:
    kept = worn()
    moved(kept, Where.LEFT)
    kept.consider(BandHeard(at=kept.now, heard=kept.now, device=BAND, worn=False))
    kept.pass_time(seconds(LEFT + 60), seconds(30))
    assert kinds(kept) == []
    kept.consider(BandHeard(at=kept.now, heard=kept.now, device=BAND, worn=True))
    kept.pass_time(seconds(LEFT + 1), seconds(30))
    assert kinds(kept) == [Kind.BAND_LEFT_FLAT]


def test_a_service_window_holds_what_is_told_of_leaving_until_it_closes() -> None:
    kept = worn()
    closes = kept.now + timedelta(minutes=30)
    window = WindowOpened(id="w1", at=kept.now, by="d1", flat=FLAT, opens=kept.now, closes=closes, purpose="swab")
    assert kept.order(window).done
    moved(kept, Where.LEFT)
    kept.pass_time(timedelta(minutes=29), seconds(30))
    assert kinds(kept) == []
    kept.pass_time(timedelta(minutes=7), seconds(30))
    assert kinds(kept) == [Kind.BAND_LEFT_FLAT]


def test_a_deaf_radio_holds_its_children_while_it_is_open_and_for_a_settling_time_after() -> None:
    kept = worn()
    moved(kept, Where.GONE)
    kept.hear("radio", DeafSeen(deaf=True), link="radio")
    kept.pass_time(timedelta(hours=1), seconds(30))
    assert {Kind.RADIO_DEAF} == {alert.kind for alert in kept.raised()} & {*TOLD, Kind.RADIO_DEAF, Kind.BAND_SILENT}
    kept.hear("radio", DeafSeen(deaf=False), link="radio")
    kept.pass_time(seconds(Limits().presence_settle_seconds - 1), seconds(1))
    assert kinds(kept) == [], "it has only just begun to hear"
    kept.pass_time(seconds(2), seconds(1))
    assert kinds(kept) == [Kind.BAND_GONE]


def test_a_broker_that_is_lost_holds_the_children_of_the_receivers_behind_it() -> None:
    kept = worn()
    behind = Device("attic", DeviceKind.RADIO, "cable", "palm/b1")
    site = make_site()
    others = tuple(replace(device, link="cable") for device in site.devices if device.id != "radio")
    kept.load(replace(site, devices=(*others, behind)), Limits(presence_window_seconds=1e6, radio_silent_seconds=0.0))
    moved(kept, Where.GONE)
    kept.hear("cable", LinkSeen(open=False, why="no broker"), link="cable")
    kept.pass_time(timedelta(hours=1), seconds(30))
    assert kinds(kept) == []
    kept.hear("cable", LinkSeen(open=True), link="cable")
    kept.pass_time(seconds(Limits().presence_settle_seconds - 1), seconds(1))
    assert kinds(kept) == []
    kept.pass_time(seconds(2), seconds(1))
    assert kinds(kept) == [Kind.BAND_GONE]


def test_a_band_whose_battery_was_low_fell_silent_and_is_not_gone() -> None:
    kept = worn()
    kept.consider(BatteryFell(at=kept.now, heard=kept.now, device=BAND, low=True, battery_percent=3))
    moved(kept, Where.GONE)
    kept.pass_time(timedelta(hours=1), seconds(30))
    assert kinds(kept) == []
    assert Kind.BAND_SILENT in [alert.kind for alert in kept.raised()]


def test_gone_is_not_told_again_as_silent() -> None:
    kept = worn()
    moved(kept, Where.GONE)
    kept.pass_time(timedelta(hours=1), seconds(30))
    assert [alert.kind for alert in kept.raised() if alert.device == BAND] == [Kind.BAND_GONE]


def test_when_the_stay_ends_all_of_it_is_over() -> None:
    kept = worn()
    moved(kept, Where.AT_GATE, "palm/east")
    stay = next(iter(kept.state.quarantines))
    assert kept.order(QuarantineEnded(id="e1", at=kept.now, by="d1", quarantine=stay, reason="released")).done
    assert not kept.alert(Kind.BAND_AT_GATE).active
    assert BAND not in kept.state.presence
    moved(kept, Where.GONE)
    kept.pass_time(timedelta(hours=1), seconds(60))
    assert kinds(kept) == [Kind.BAND_AT_GATE]
