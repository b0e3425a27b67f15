"""A drill on the live system: marked, silent beyond the pages, never mixed with the real, over by itself."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from devices.reading import BandSeen
from gateway.compound import DeviceKind, Places
from gateway.events.every import DeviceBack, DeviceSilent, DoorMoved
from gateway.events.presence import PresenceChanged, Where
from gateway.findings import Alert, AlertState, Closing
from gateway.kinds import Kind
from gateway.messages.every import AlertMessage
from gateway.messages.telling import numbered
from gateway.messages.telling_alerts import open_alert
from gateway.orders.drill import DrillBegun, DrillEnded
from gateway.orders.every import FireDeclared
from tests.gateway.keeping import (
    ANNA,
    BAND,
    BO,
    DOOR,
    FLAT,
    OTHER_BAND,
    OTHER_DOOR,
    OTHER_FLAT,
    START,
    Kept,
    of,
    seconds,
)

HOUR = timedelta(hours=1)


def drill(**changes: object) -> DrillBegun:
    order = DrillBegun(
        id="drill-1",
        at=START,
        by="d1",
        reason="evening rehearsal",
        until=START + HOUR,
        places=(FLAT,),
        rehearsed=(Kind.HELP_CALLED, Kind.FALL, Kind.FIRE),
    )
    return replace(order, **changes)


def drilling(**changes: object) -> Kept:
    kept = Kept()
    kept.quarantine(subject=ANNA, flat=FLAT, band=BAND)
    kept.quarantine(subject=BO, flat=OTHER_FLAT, band=OTHER_BAND)
    result = kept.order(drill(**changes))
    assert result.done, result.why
    return kept


def call(kept: Kept, band: str) -> None:
    kept.hear(band, BandSeen(rssi=-60, counter=int(kept.now.timestamp() * 10), sos=True), link="radio")


def door(kept: Kept, device: str, flat: str, is_open: bool = True) -> None:
    kept.consider(DoorMoved(at=kept.now, heard=kept.now, device=device, flat=flat, open=is_open))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"by": " "}, "a name is needed"),
        ({"reason": ""}, "a reason is needed"),
        ({"until": START}, "a drill lasts at most 12 hours"),
        ({"until": START + 13 * HOUR}, "a drill lasts at most 12 hours"),
        ({"places": ()}, "say where the drill is"),
        ({"places": ("nowhere",)}, "unknown place"),
        ({"places": (), "devices": ("nothing",)}, "unknown device"),
    ],
)
def test_what_is_no_drill(changes: dict[str, object], why: str) -> None:
    assert Kept().order(drill(**changes)).why == why


@pytest.mark.parametrize(
    ("scope", "marked"),
    [
        ({"places": (FLAT,)}, (True, False)),
        ({"places": ("palm/b1",)}, (True, True)),
        ({"places": ("palm",)}, (True, True)),
        ({"places": ("palm/east",)}, (False, False)),
        ({"places": (), "devices": (BAND,)}, (True, False)),
        ({"places": ("palm",), "kinds": (Kind.FALL,)}, (False, False)),
        ({"places": ("palm",), "kinds": (Kind.HELP_CALLED,)}, (True, True)),
    ],
)
def test_real_is_real_but_in_the_drills_places(scope: dict[str, object], marked: tuple[bool, bool]) -> None:
    kept = drilling(**scope)
    call(kept, BAND)
    call(kept, OTHER_BAND)
    by_device = {alert.device: alert for alert in kept.raised(Kind.HELP_CALLED)}
    assert (by_device[BAND].drill, by_device[OTHER_BAND].drill) == marked
    assert [alert.calls for alert in by_device.values()] == [not drilled for drilled in marked]


def test_every_message_of_it_says_so() -> None:
    kept = drilling()
    call(kept, BAND)
    alert = kept.alert(Kind.HELP_CALLED)
    message = numbered(
        alert, gw="g", stream="alert", epoch="e", number=1, heard=START, places=Places(kept.state.site), late=False
    )
    assert isinstance(message, AlertMessage)
    assert open_alert(alert, Places(kept.state.site)).drill
    assert (message.drill, message.text_zh[:4], message.text_en[:7]) == (True, "【演练】", "[drill]")


def test_phones_are_told_if_the_drill_says_so() -> None:
    kept = drilling(phones=True)
    call(kept, BAND)
    assert (kept.alert(Kind.HELP_CALLED).drill, kept.alert(Kind.HELP_CALLED).calls) == (True, True)


@pytest.mark.parametrize("phones", [True, False])
def test_a_fall_in_a_drill_calls_phones_after_its_countdown_only_if_the_drill_does(phones: bool) -> None:
    kept = drilling(phones=phones)
    kept.hear(BAND, BandSeen(rssi=-60, counter=7, fallen=True), link="radio")
    assert not kept.alert(Kind.FALL).calls
    kept.pass_time(seconds(30))
    assert kept.alert(Kind.FALL).calls is phones


def test_it_ends_by_itself_and_closes_what_it_set_off() -> None:
    kept = drilling()
    call(kept, BAND)
    kept.pass_time(HOUR)
    alert = kept.alert(Kind.HELP_CALLED)
    assert (alert.state, alert.closing, kept.state.drills) == (AlertState.CLOSED, Closing.DRILL, {})
    call(kept, BAND)
    assert not kept.alert(Kind.HELP_CALLED).drill


def test_ended_by_name_before_its_hour() -> None:
    kept = drilling()
    call(kept, BAND)
    assert kept.order(DrillEnded(id="e", at=kept.now, by="d2", drill="drill-1")).done
    assert (kept.alert(Kind.HELP_CALLED).closing, kept.alert(Kind.HELP_CALLED).closed_by) == (Closing.DRILL, "d2")
    assert kept.order(DrillEnded(id="e2", at=kept.now, by="d2", drill="drill-1")).why == "no such drill"


def test_what_still_is_so_after_the_drill_is_real() -> None:
    kept = drilling()
    door(kept, DOOR, FLAT)
    kept.pass_time(HOUR)
    alerts = [alert for alert in kept.state.alerts.values() if alert.place == FLAT]
    assert alerts
    assert not any(alert.drill for alert in alerts)
    assert any(alert.active and alert.calls for alert in alerts)


def test_a_real_alert_that_rings_already_stays_real_in_a_drill() -> None:
    kept = Kept()
    kept.quarantine(subject=ANNA, flat=FLAT, band=BAND)
    call(kept, BAND)
    kept.order(drill(at=kept.now, until=kept.now + HOUR))
    kept.pass_time(seconds(120))
    call(kept, BAND)
    alert = kept.alert(Kind.HELP_CALLED)
    assert (alert.count, alert.drill, alert.calls) == (2, False, True)
    kept.pass_time(HOUR)
    assert kept.alert(Kind.HELP_CALLED).open


def test_a_drill_joins_no_real_case_and_holds_nothing_real() -> None:
    kept = drilling(places=(), devices=("cable", DOOR))
    door(kept, DOOR, FLAT)
    call(kept, BAND)  # real, in the same flat
    cases = {alert.drill: alert.case for alert in kept.state.alerts.values() if alert.place == FLAT}
    assert cases[True] != cases[False]
    for device, kind in (("cable", DeviceKind.CABLE), (OTHER_DOOR, DeviceKind.DOOR)):
        kept.consider(DeviceSilent(at=kept.now, heard=kept.now, device=device, kind=kind, since=kept.now))
    (silent,) = [alert for alert in kept.state.alerts.values() if alert.kind is Kind.DOOR_SILENT]
    assert (silent.drill, silent.parent) == (False, "")
    kept.consider(DeviceBack(at=kept.now, heard=kept.now, device="cable", kind=DeviceKind.CABLE))


def test_a_restart_and_a_step_of_the_clock_leave_it_its_hour() -> None:
    kept = drilling()
    kept.pass_time(seconds(1800))
    kept.set_clock(timedelta(hours=5))
    again = kept.reopened()
    again.pass_time(seconds(1790))
    assert list(again.state.drills) == ["drill-1"]
    again.pass_time(seconds(20))
    assert again.state.drills == {}


def test_what_a_fire_drill_held_ends_with_it_and_each_revision_follows_the_last() -> None:
    kept = drilling(places=("palm",))
    kept.order(FireDeclared(id="f", at=kept.now, by="d1", compound="palm"))
    kept.consider(
        PresenceChanged(at=kept.now, heard=kept.now, device=BAND, flat=FLAT, where=Where.HOME, receiver="radio")
    )
    kept.hear(BAND, BandSeen(rssi=-60, counter=7, worn=False), link="radio")
    kept.pass_time(seconds(2710))
    assert kept.alert(Kind.BAND_TAKEN_OFF).parent == kept.alert(Kind.FIRE).id
    kept.order(DrillEnded(id="e", at=kept.now, by="d1", drill="drill-1"))
    revisions = [a.revision for a in of(Alert, kept.wrote()) if a.id == kept.raised(Kind.BAND_TAKEN_OFF)[0].id]
    assert revisions == list(range(1, len(revisions) + 1))
    assert not any(alert.drill for alert in kept.state.alerts.values())
