"""Somebody guesses log-in PINs, fast or for days: one alert, counted on, over after a quiet day, still to be seen."""

from datetime import timedelta

from gateway.findings import Alert, AlertState
from gateway.kinds import Kind, Severity
from gateway.orders.staff import PinsRefused
from gateway.rules.pins import MOST
from tests.gateway.keeping import Kept

HOUR = timedelta(hours=1)


def wrong(kept: Kept, member: str = "d1", count: int = 1) -> None:
    order_id = f"w{len(kept.batches)}"
    assert kept.order(PinsRefused(id=order_id, at=kept.now, by="pages", member=member, count=count)).done


def about(kept: Kept) -> list[tuple[str, int]]:
    return [(alert.key, alert.count) for alert in kept.raised(Kind.PINS_GUESSED)]


def newest(kept: Kept) -> Alert:
    return kept.alert(Kind.PINS_GUESSED)


def test_twenty_in_a_day_for_one_member_are_an_alert_that_names_them_and_nobody_s_address() -> None:
    kept = Kept()
    for _ in range(3):
        wrong(kept, count=5)
        kept.pass_time(HOUR)
    assert about(kept) == []
    wrong(kept, count=5)
    assert about(kept) == [("member:d1", 20)]
    assert (newest(kept).device, newest(kept).severity, newest(kept).place) == ("d1", Severity.HIGH, "")
    wrong(kept, count=5)
    assert newest(kept).count == 25
    assert about(kept) == [("member:d1", 20)]


def test_the_patient_who_stay_below_a_day_s_limit_are_found_by_the_week_s() -> None:
    kept = Kept()
    for _ in range(10):
        wrong(kept, count=5)
        kept.pass_time(timedelta(hours=12))
    assert about(kept) == [("member:d1", 50)]


def test_slips_of_the_finger_are_no_alert_in_any_number_of_weeks() -> None:
    kept = Kept()
    for _ in range(40):
        wrong(kept, count=3)
        kept.pass_time(timedelta(days=1))
    assert about(kept) == []


def test_one_pin_tried_on_everybody_s_name_is_found_too() -> None:
    kept = Kept()
    for number in range(30):
        wrong(kept, f"g{number}")
        wrong(kept, "")
        kept.pass_time(timedelta(minutes=10))
    assert about(kept) == [("all", 60)]
    assert newest(kept).device == ""


def test_after_a_quiet_day_it_is_over_and_stays_to_be_seen_and_begins_anew() -> None:
    kept = Kept()
    wrong(kept, count=20)
    kept.pass_time(timedelta(hours=23))
    assert newest(kept).active
    kept.pass_time(timedelta(hours=2))
    assert not newest(kept).active
    assert newest(kept).state is AlertState.RAISED
    wrong(kept, count=19)
    assert not newest(kept).active
    wrong(kept)
    assert newest(kept).active
    assert newest(kept).count == 40


def test_a_book_of_any_length_fills_no_memory() -> None:
    kept = Kept()
    for number in range(MOST + 50):
        wrong(kept, f"m{number}")
    assert len(kept.gatekeeper.state.wrong_pins) == MOST
