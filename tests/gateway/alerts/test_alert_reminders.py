"""The centre reminds: the alert rings again, the reminders are in its life, and who put it right when."""

import pytest

from devices.reading import SightFault, SightSeen
from gateway.compound import Places
from gateway.findings import Alert, AlertState
from gateway.kinds import Kind
from gateway.messages.every import AlertMessage, OrderMessage
from gateway.messages.telling import numbered
from gateway.orders.every import AlertAcknowledged, AlertClosed
from gateway.orders.remind import AlertReminded
from gateway.uplink.listen import house_order
from tests.gateway.keeping import Kept, make_site, of, seconds


def covered() -> Kept:
    kept = Kept()
    kept.hear("camera", SightSeen(SightFault.COVERED, learned=True), link="camera")
    return kept


def remind(kept: Kept, id_: str = "o1", by: str = "centre:王") -> Alert:
    alert = kept.alert(Kind.CAMERA_COVERED).id
    assert kept.order(AlertReminded(id=id_, at=kept.now, by=by, alert=alert)).done
    return kept.alert(Kind.CAMERA_COVERED)


def told(alert: Alert) -> AlertMessage:
    message = numbered(
        alert,
        gw="g",
        stream="alert",
        epoch="e1",
        number=1,
        heard=alert.changed_at,
        places=Places(make_site()),
        late=False,
    )
    assert isinstance(message, AlertMessage)
    return message


def test_each_reminder_is_a_revision_with_its_count_and_hour() -> None:
    kept = covered()
    first = remind(kept)
    kept.pass_time(seconds(5))
    second = remind(kept, "o2", "centre:李")
    assert (first.reminded, first.reminded_at, first.reminded_by, first.revision) == (
        1,
        first.changed_at,
        "centre:王",
        2,
    )
    assert (second.reminded, second.reminded_at, second.reminded_by, second.revision) == (2, kept.now, "centre:李", 3)
    assert second.state is AlertState.RAISED
    said = told(second)
    assert (said.reminded, said.reminded_at, said.reminded_by) == (2, kept.now, "centre:李")
    assert (said.put_right_by, said.lasted_seconds) == ("", None)


def test_the_same_reminder_twice_is_one() -> None:
    kept = covered()
    remind(kept)
    assert remind(kept).reminded == 1


def test_who_has_taken_it_keeps_it() -> None:
    kept = covered()
    alert = kept.alert(Kind.CAMERA_COVERED)
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="g1", alert=alert.id))
    reminded = remind(kept)
    assert (reminded.state, reminded.acknowledged_by, reminded.reminded) == (AlertState.ACKNOWLEDGED, "g1", 1)


def test_put_right_by_itself_is_on_record_with_how_long_it_took() -> None:
    kept = covered()
    remind(kept)
    kept.pass_time(seconds(40))
    kept.hear("camera", SightSeen(None, learned=True), link="camera")
    over = kept.alert(Kind.CAMERA_COVERED)
    assert (over.state, over.reminded) == (AlertState.CLEARED, 1)
    assert (told(over).put_right_by, told(over).lasted_seconds) == ("itself", 40)
    again = AlertReminded(id="o9", at=kept.now, by="centre", alert=over.id)
    assert kept.order(again).why == "no such open alert"


def test_closed_by_a_person_is_on_record_with_how_long_it_took() -> None:
    kept = covered()
    alert = kept.alert(Kind.CAMERA_COVERED)
    kept.order(AlertAcknowledged(id="a", at=kept.now, by="g1", alert=alert.id))
    kept.pass_time(seconds(90), seconds(5))
    kept.order(AlertClosed(id="c", at=kept.now, by="d1", alert=alert.id, closing="device_fault"))
    closed = of(Alert, kept.wrote())[-1]
    assert (told(closed).put_right_by, told(closed).lasted_seconds) == ("d1", 90)
    assert closed.acknowledged_by == "g1"


def test_what_was_over_and_then_seen_lasted_until_it_was_over() -> None:
    """A lane put right by itself at once is not said to have been blind until somebody looked at the list."""
    kept = Kept()
    alert = Alert(
        id="e1/1",
        kind=Kind.FEVER,
        key="k",
        severity="high",  # type: ignore[arg-type]  # not what this is about
        state=AlertState.CLEARED,
        revision=3,
        raised_at=kept.now,
        changed_at=kept.now + seconds(500),
        over_at=kept.now + seconds(30),
        active=False,
    )
    assert (alert.put_right_by, alert.lasted_seconds) == ("itself", 30)


@pytest.mark.parametrize("by", ["", "王"])
def test_the_centre_gives_it_as_an_order(by: str) -> None:
    kept = covered()
    alert = kept.alert(Kind.CAMERA_COVERED).id
    order = house_order("x", OrderMessage(order="remind", by=by, alert=alert, comment="快去"), kept.now)
    assert kept.order(order).done
    reminded = kept.alert(Kind.CAMERA_COVERED)
    assert (reminded.reminded_by, reminded.comment) == (f"centre:{by}" if by else "centre", "快去")
