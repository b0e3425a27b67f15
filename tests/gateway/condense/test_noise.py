"""Noise costs a decision a second and one count a minute; a pass that can be read is never held back by it."""

import random
from datetime import timedelta

from devices.reading import CodeSeen, HelloSeen
from gateway.compound import PAGE
from gateway.events.every import GarbledHeard, NodeStarted, PassShown, Proof
from gateway.findings import Decision, Reason
from tests.day_office import Office
from tests.gateway.keeping import DOOR, IN, START, Kept, of, seconds

OFFICE = Office(START, random.Random(1))


def trusting() -> Kept:
    kept = Kept()
    kept.gatekeeper.trust = OFFICE.trust(1)
    return kept


def test_a_scanner_that_reads_noise_is_one_decision_a_second_and_a_count_a_minute() -> None:
    kept = trusting()
    for number in range(2000):  # 200 a second for ten seconds
        kept.pass_time(timedelta(milliseconds=5))
        kept.hear("camera", CodeSeen(f"noise {number}"))
    decisions = of(Decision, kept.wrote())
    assert {decision.reason for decision in decisions} == {Reason.NOT_A_PASS}
    assert len(decisions) == 10
    kept.pass_time(seconds(60), seconds(1))
    counted = of(GarbledHeard, kept.wrote())
    assert sum(event.count for event in counted) == 2000 - 10
    assert len(counted) == 2


def test_a_pass_shown_amid_the_noise_is_admitted() -> None:
    kept = trusting()
    for number in range(50):
        kept.hear("camera", CodeSeen(f"noise {number}"))
    kept.hear("camera", CodeSeen(OFFICE.resident().text))
    assert [decision.reason for decision in of(Decision, kept.wrote())] == [Reason.NOT_A_PASS, Reason.ADMITTED]


def test_what_somebody_types_is_always_answered() -> None:
    kept = trusting()
    for number in range(3):
        kept.hear(PAGE + IN, CodeSeen(f"slip {number}"))
    assert len(of(Decision, kept.wrote())) == 3
    assert {shown.proof for shown in of(PassShown, kept.wrote())} == {Proof.UNREADABLE}


def test_the_same_start_said_again_and_again_is_told_once_a_minute() -> None:
    kept = Kept()
    for _ in range(1000):
        kept.hear(DOOR, HelloSeen(firmware="1.0", boot=7))
    assert len(of(NodeStarted, kept.wrote())) == 1
    kept.pass_time(seconds(61))
    kept.hear(DOOR, HelloSeen(firmware="1.0", boot=7))
    assert len(of(NodeStarted, kept.wrote())) == 2


def test_a_node_that_starts_anew_is_told_but_not_a_hundred_times_a_second() -> None:
    kept = Kept()
    for boot in range(500):
        kept.pass_time(timedelta(milliseconds=10))
        kept.hear(DOOR, HelloSeen(firmware="1.0", boot=boot))
    assert len(of(NodeStarted, kept.wrote())) == 5
