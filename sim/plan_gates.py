"""The dice of one round in; who comes to the gates with which pass, and what the house must answer, out."""

from typing import Final

from sim.happenings import Expected, Fake
from sim.throw import Throw, TooMany

NOTICED_SECONDS: Final = 7.0  # two false passes within five seconds are one; a slow machine has two for itself


def people(thrown: Throw) -> None:
    """Those who are choosy about lane and hour first."""
    false_passes(thrown)
    two_lanes(thrown)
    one_lane(thrown)


def false_passes(thrown: Throw) -> None:
    """At one scanner, always the same: whoever tries them there is noticed the third time, and that is an alert."""
    people, limit = thrown.scenario.people, thrown.scenario.limits["forgeries_at_gate"]
    lane = next(each for each in thrown.scenario.lanes() if each.wanted.reader == "scanner")
    scene, last, tried = thrown.scene("false passes"), -NOTICED_SECONDS, people.forged + people.withdrawn
    for index in range(tried):
        slot = next((each for each in thrown.free if each[0] == lane and each[1] >= last + NOTICED_SECONDS), None)
        if slot is None:
            raise TooMany(thrown.scenario.name, lane.wanted.direction)
        thrown.free.remove(slot)
        last = slot[1]
        if index < people.forged:
            gate_pass, reason = thrown.wanted("resident", f"forged-{index}", fake=Fake.FORGED), "forged"
        else:
            gate_pass, reason = thrown.wanted("resident", f"withdrawn-{index}", withdrawn=True), "withdrawn"
        thrown.shows(scene, lane, last, gate_pass, reason)
    if thrown.number * tried < limit <= (thrown.number + 1) * tried:  # the alert stays open from then on
        gate = lane.id.rpartition("/")[0]
        thrown.expected.append(Expected(scene=scene, kind="forgeries_at_gate", place=gate))


def two_lanes(thrown: Throw) -> None:
    """Visitors' passes are good for once: whoever shows one again at the other gate is turned away."""
    for index in range(thrown.scenario.people.visitors_twice):
        gate_pass = thrown.wanted("visitor", f"twice-{index}", once=True, days=1, days_ago=0.1)
        scene = thrown.scene(f"twice {index}")
        (first, at), (second, again) = thrown.take_two("in")
        thrown.shows(scene, first, at, gate_pass, "admitted")
        thrown.shows(scene, second, again, gate_pass, "spent", after=first.id)


def one_lane(thrown: Throw) -> None:
    people = thrown.scenario.people
    for index in range(people.scanned_twice):
        gate_pass = thrown.wanted("resident", f"twice-scanned-{index}")
        lane, at = thrown.take("in", reader="scanner")
        scene = thrown.scene(f"scanned twice {index}")
        thrown.shows(scene, lane, at, gate_pass, "admitted")
        thrown.shows(scene, lane, at + 0.8, gate_pass, "repeated", after=lane.id)
    for index in range(people.wrong_gate):
        lane, at = thrown.take("in")
        other = next(gate.number for gate in thrown.scenario.compound.gates if gate.number != lane.gate)
        gate_pass = thrown.wanted("visitor", f"wrong-gate-{index}", gates=str(other), days=1, days_ago=0.1)
        thrown.shows(thrown.scene(f"wrong gate {index}"), lane, at, gate_pass, "wrong_gate")
    for index, text in enumerate(people.foreign):
        gate_pass = thrown.wanted("", f"foreign-{index}", fake=Fake.FOREIGN, text=text)
        _alone(thrown, f"foreign {index}", "out" if index % 2 else "in", gate_pass, "not_a_pass")
    for index in range(people.expired):
        gate_pass = thrown.wanted("visitor", f"expired-{index}", days=1, days_ago=3)
        _alone(thrown, f"expired {index}", "out" if index % 2 else "in", gate_pass, "expired")
    for index in range(people.visitors):
        gate_pass = thrown.wanted("visitor", f"visitor-{index}", once=True, days=1, days_ago=0.1)
        _alone(thrown, f"visitor {index}", "in", gate_pass, "admitted")
    for direction, count in (("in", people.residents_in), ("out", people.residents_out)):
        for index in range(count):
            gate_pass = thrown.wanted("resident", f"resident-{direction}-{index}")
            _alone(thrown, f"resident {direction} {index}", direction, gate_pass, "admitted")


def _alone(thrown: Throw, scene: str, direction: str, gate_pass: str, reason: str) -> None:
    lane, at = thrown.take(direction)
    thrown.shows(thrown.scene(scene), lane, at, gate_pass, reason)
