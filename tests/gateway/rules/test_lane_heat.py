"""The thermometer at a lane: whoever is hot is referred, and nobody else."""

from typing import Any

import pytest

from devices.reading import TemperatureSeen
from gateway.compound import Device, DeviceKind, Site
from gateway.events.every import ConfigLoaded, LaneTemperatureTaken, Proof
from gateway.findings import Decision, Reason, Verdict
from gateway.orders.every import GuardRuled, ProfileChosen
from tests.gateway.keeping import ANNA, BO, BOTH, IN, OUT, Kept, decision, make_site, of, opened, seconds

THERMOMETER = "thermometer"


def warmed(profile: str = "epidemic") -> Kept:
    site = make_site()
    kept = Kept(Site(site.street, (*site.devices, Device(THERMOMETER, DeviceKind.THERMOMETER, THERMOMETER, IN))))
    assert kept.order(ProfileChosen(id="e", at=kept.now, by="d1", profile=profile)).done
    return kept


def measure(kept: Kept, celsius: float = 38.0) -> list[Any]:
    return kept.hear(THERMOMETER, TemperatureSeen(celsius=celsius), link=THERMOMETER)


def test_hot_just_before_a_pass_is_of_whoever_shows_it() -> None:
    kept = warmed()
    alone = decision(measure(kept))
    assert (alone.reason, alone.verdict, alone.subject, alone.lane) == (Reason.HOT, Verdict.REFER, "", IN)
    kept.pass_time(seconds(9))
    found = decision(kept.show(IN))
    assert (found.reason, found.verdict, found.subject) == (Reason.HOT, Verdict.REFER, BO)
    assert opened(kept.batches[-1]) == []
    assert decision(kept.show(IN, cti="c0ffee0000000002", subject=ANNA)).reason is Reason.ADMITTED
    assert decision(kept.show(IN)).reason is Reason.HOT, "the same person again"


def test_hot_just_after_a_pass_refers_that_person() -> None:
    kept = warmed()
    kept.show(IN, holder="visitor")
    kept.pass_time(seconds(2))
    found = decision(measure(kept))
    assert (found.reason, found.verdict, found.subject, found.holder) == (Reason.HOT, Verdict.REFER, BO, "visitor")
    again = decision(kept.show(IN, holder="visitor"))
    assert again.reason is Reason.HOT, "no repeat of an admission"


def test_a_pass_long_before_or_after_is_somebody_else() -> None:
    kept = warmed()
    kept.show(IN)
    kept.pass_time(seconds(11))
    assert decision(measure(kept)).subject == ""
    kept.pass_time(seconds(11))
    assert decision(kept.show(IN)).reason is Reason.ADMITTED


def test_at_another_lane_nobody_is_hot() -> None:
    kept = warmed()
    measure(kept)
    assert decision(kept.show(OUT)).reason is Reason.ADMITTED
    assert decision(kept.show(BOTH)).reason is Reason.ADMITTED


def test_of_a_run_of_hot_readings_one_goes_through_and_of_cool_ones_none() -> None:
    kept = warmed()
    for celsius in (24.0, 36.4, 37.29, 37.3, 38.1, 37.2, 37.4, 37.9):
        measure(kept, celsius)
        kept.pass_time(seconds(0.1))
    assert [taken.celsius for taken in of(LaneTemperatureTaken, kept.wrote())] == [37.3]
    measure(kept, 24.0)
    measure(kept, 37.5)
    assert [taken.celsius for taken in of(LaneTemperatureTaken, kept.wrote())] == [37.3, 37.5]
    assert kept.gatekeeper.condenser.tally.condensed == 8
    glance = kept.gatekeeper.condenser.latest[THERMOMETER]
    assert not isinstance(glance.seen, TemperatureSeen), "what it measured is for nobody to look at"


def test_somebody_hot_who_stands_there_is_referred_once() -> None:
    kept = warmed()
    for _ in range(25):
        measure(kept)
        kept.pass_time(seconds(1))
    assert [found.reason for found in of(Decision, kept.wrote())] == [Reason.HOT]
    assert len(of(LaneTemperatureTaken, kept.wrote())) == 3


def test_a_cup_of_tea_is_nobody() -> None:
    kept = warmed()
    measure(kept, 61.0)
    assert of(LaneTemperatureTaken, kept.wrote()) == []


@pytest.mark.parametrize(
    ("shown", "reason"), [({"proof": Proof.FORGED, "cti": "", "subject": ""}, "forged"), ({"not_after": None}, "")]
)
def test_a_refusal_stands_however_hot(shown: dict[str, Any], reason: str) -> None:
    kept = warmed()
    kept.show(IN, **shown)
    measure(kept)
    assert kept.state.decisions[-1].reason == (reason or Reason.HOT)


def test_the_quarantined_stay_that_on_the_screen() -> None:
    kept = warmed()
    kept.quarantine(BO)
    kept.show(IN)
    measure(kept)
    assert kept.state.decisions[-1].reason is Reason.QUARANTINED


def test_the_next_in_the_queue_who_is_hot_too_is_referred_however_soon() -> None:
    kept = warmed()
    measure(kept)
    kept.show(IN)
    measure(kept, 22.0)
    kept.pass_time(seconds(2))
    measure(kept)
    assert decision(kept.show(IN, cti="c0ffee0000000002", subject=ANNA)).reason is Reason.HOT


def test_who_is_hot_just_after_the_guard_looked_at_another_is_referred() -> None:
    kept = warmed()
    kept.show(IN)
    number = kept.state.decision_numbers[-1]
    ruled = GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=True, reason="by hand: 36.6", decision=number)
    assert kept.order(ruled).done
    measure(kept)
    assert decision(kept.show(IN, cti="c0ffee0000000002", subject=ANNA)).reason is Reason.HOT


@pytest.mark.parametrize("admit", [True, False])
def test_whom_the_guard_has_looked_at_is_not_referred_again_at_once(admit: bool) -> None:
    kept = warmed()
    measure(kept)
    kept.show(IN)
    number = kept.state.decision_numbers[-1]
    ruled = GuardRuled(id="r", at=kept.now, by="g1", lane=IN, admit=admit, reason="by hand: 36.6", decision=number)
    assert kept.order(ruled).done
    kept.pass_time(seconds(3))
    measure(kept, 20.0)
    assert of(Decision, measure(kept)) == []
    assert decision(kept.show(IN)).reason is Reason.ADMITTED


def test_without_a_profile_that_asks_for_it_nobody_is_measured() -> None:
    kept = warmed("ordinary")
    measure(kept)
    assert of(LaneTemperatureTaken, kept.wrote()) == []


def test_a_step_of_the_clock_leaves_a_hot_reading_where_it_was() -> None:
    kept = warmed()
    measure(kept)
    kept.set_clock(seconds(3600))
    kept.pass_time(seconds(5))
    assert decision(kept.show(IN)).reason is Reason.HOT


def test_a_hot_reading_of_a_lane_that_is_no_more_means_nothing() -> None:
    kept = warmed()
    measure(kept)
    kept.consider(ConfigLoaded(at=kept.now, heard=kept.now, fingerprint="x", site=make_site(), profile="epidemic"))
    assert of(Decision, measure(kept)) == []
