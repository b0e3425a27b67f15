"""A scenario, a seed and the number of a round in; the round out. The same three give the same round, always.

Who shows what at which lane, which doors move, what each band says, and what the house must make of it. Nobody comes
twice: each round has new people. Quarantines move on from one group of flats to the next and back; a band keeps its
wearer, for nobody else is given one before it is cleaned and has a new key.
"""

import random
from dataclasses import dataclass, field
from typing import Final

from sim.happenings import (
    BandTurns,
    CameraFails,
    DoorMoves,
    Expected,
    Fake,
    Happening,
    Mood,
    NodeResets,
    PassWanted,
    Round,
    Shows,
    Stay,
    verdict_of,
)
from sim.scenario import Lane, Scenario

STEP_SECONDS: Final = {"camera": 2.4, "scanner": 1.6}  # from one showing at a lane to the next
LAST_SECONDS: Final = 5.0  # of a round, in which nobody new comes
SETTLES_SECONDS: Final = 3.0  # from a happening to all that comes of it, at the centre
AWAY_SECONDS: Final = 0.8  # a camera is away, in a time in which nobody comes to it
NOTICED_SECONDS: Final = 7.0  # two false passes within five seconds are one; a slow machine has two for itself
APART_SECONDS: Final = 4.0  # between two showings of one pass at two lanes
MOODS: Final = (
    *(Mood.FEVER, Mood.HOT_ONCE, Mood.CALLS, Mood.FALLS),
    *(Mood.TAKES_OFF, Mood.FORGED, Mood.SILENT, Mood.WELL),
)
STAYS: Final = len(MOODS)


class TooMany(Exception):
    """The scenario has more people than its lanes can take in one round."""

    def __init__(self, scenario: str, direction: str) -> None:
        super().__init__(f"{scenario}: more people than the lanes that lead {direction} can take in one round")


def groups_of(scenario: Scenario, seed: int) -> tuple[list[list[str]], list[str]]:
    """The flats of each group of quarantines, and those nobody is ever kept in."""
    flats = scenario.watched_flats()
    random.Random(f"{seed}/flats").shuffle(flats)
    count = min(scenario.bands.count // STAYS, (len(flats) - 1) // STAYS)
    return [flats[STAYS * group : STAYS * (group + 1)] for group in range(count)], flats[STAYS * count :]


def plan(scenario: Scenario, seed: int, number: int) -> Round:
    """Round `number` (0, 1, 2 ...)."""
    thrown = _Throw(scenario, number, random.Random(f"{seed}/{number}"))
    groups, ordinary = groups_of(scenario, seed)
    group = number % len(groups)
    thrown.quarantines(groups[group], first_band=STAYS * group, turn=number // len(groups))
    thrown.false_passes()
    thrown.camera_fails()
    thrown.two_lanes()
    thrown.one_lane()
    thrown.doors(ordinary)
    return Round(
        number=number,
        passes=tuple(thrown.passes),
        stays=tuple(thrown.stays),
        happenings=tuple(sorted(thrown.happenings, key=lambda each: (each.at, each.scene))),
        expected=tuple(thrown.expected),
    )


@dataclass
class _Throw:
    """The dice of one round, and what they have shown so far."""

    scenario: Scenario
    number: int
    dice: random.Random
    passes: list[PassWanted] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    free: list[tuple[Lane, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        end = self.scenario.round_seconds - LAST_SECONDS
        for lane in self.scenario.lanes():
            step = STEP_SECONDS[lane.wanted.reader]
            at = 0.3 + self.dice.uniform(0, step / 2)
            while at < end:
                self.free.append((lane, round(at, 2)))
                at += step

    # who is kept at home, and what happens there

    def quarantines(self, flats: list[str], first_band: int, turn: int) -> None:
        """`turn`: how often these flats had their turn. A band does the same again only when all others have."""
        for index, flat in enumerate(flats):
            mood = MOODS[(index + turn) % STAYS]
            if mood is Mood.FORGED and self.number % 2:
                mood = Mood.REPLAYED
            gate_pass = self._wanted("observed", f"observed-{index}", days=14, days_ago=0.5)
            window = mood is Mood.FALLS
            self.stays.append(Stay(flat=flat, band=first_band + index, gate_pass=gate_pass, window=window))
            self._band(first_band + index, flat, mood)
            if mood is Mood.WELL:
                self._leaves(gate_pass)
            if mood in (Mood.HOT_ONCE, Mood.FALLS):
                self._door(flat, open_seconds=1.5, alerts=() if window else ("quarantine_door_opened",))
            if mood is Mood.CALLS:
                late = self.scenario.limits["left_open_seconds"]
                alerts = ("quarantine_door_opened", "quarantine_door_left_open")
                self._door(flat, open_seconds=late + 2, alerts=alerts)

    def _band(self, band: int, flat: str, mood: Mood) -> None:
        limits = self.scenario.limits
        kind, cause, takes = {
            Mood.FEVER: ("fever", "", limits["fever_readings"] * limits["hot_every_seconds"] + 3),
            Mood.CALLS: ("help_called", "band", 2.0),
            Mood.FALLS: ("fall", "band", 2.0),
            Mood.TAKES_OFF: ("band_taken_off", "", limits["taken_off_seconds"] + 2),
            Mood.FORGED: ("band_forged", "", 4.0),
            Mood.REPLAYED: ("band_forged", "", 4.0),
            Mood.SILENT: ("band_silent", "", limits["band_silent_seconds"] + 2),
        }.get(mood, ("", "", 2.0))
        scene = self._scene(f"band {band} {mood}")
        at = round(self.dice.uniform(1, 2) if mood in (Mood.FEVER, Mood.SILENT) else self.dice.uniform(2, 8), 2)
        settled = at + takes + SETTLES_SECONDS
        self.happenings.append(BandTurns(at=at, scene=scene, settled=settled, band=band, mood=mood))
        if kind:
            self.expected.append(Expected(scene=scene, kind=kind, place=flat, cause=cause))

    def _leaves(self, gate_pass: str) -> None:
        """Somebody in quarantine goes out, and comes back in."""
        scene = self._scene("leaves")
        (out, left_at), (back, back_at) = self._take_two("out", latest=8)
        self._shows(scene, out, left_at, gate_pass, "quarantined")
        self._shows(scene, back, back_at, gate_pass, "quarantined", after=out.id)
        for kind, lane in (("quarantined_person_left", out), ("quarantined_person_at_gate", back)):
            self.expected.append(Expected(scene=scene, kind=kind, place=lane.id, cause="code"))

    def _door(self, flat: str, open_seconds: float, alerts: tuple[str, ...]) -> None:
        scene = self._scene(f"door {flat} {len(self.happenings)}")
        at = round(self.dice.uniform(1, self.scenario.round_seconds - LAST_SECONDS - open_seconds), 2)
        settled = at + open_seconds + SETTLES_SECONDS
        for when, is_open in ((at, True), (at + open_seconds, False)):
            self.happenings.append(DoorMoves(at=when, scene=scene, settled=settled, flat=flat, open=is_open))
        for kind in alerts:
            cause = "door" if kind == "quarantine_door_opened" else ""
            self.expected.append(Expected(scene=scene, kind=kind, place=flat, cause=cause))

    # what fails

    def camera_fails(self) -> None:
        lane, at = self._take("out", reader="camera")
        settled = at + AWAY_SECONDS + SETTLES_SECONDS
        scene = self._scene("camera fails")
        self.happenings.append(CameraFails(at=at, scene=scene, settled=settled, lane=lane.id, seconds=AWAY_SECONDS))

    # who comes to the gates

    def false_passes(self) -> None:
        """At one scanner, always the same: whoever tries them there is noticed the third time, and that is an alert."""
        people, limit = self.scenario.people, self.scenario.limits["forgeries_at_gate"]
        lane = next(each for each in self.scenario.lanes() if each.wanted.reader == "scanner")
        scene, last, tried = self._scene("false passes"), -NOTICED_SECONDS, people.forged + people.withdrawn
        for index in range(tried):
            slot = next((each for each in self.free if each[0] == lane and each[1] >= last + NOTICED_SECONDS), None)
            if slot is None:
                raise TooMany(self.scenario.name, lane.wanted.direction)
            self.free.remove(slot)
            last = slot[1]
            if index < people.forged:
                gate_pass, reason = self._wanted("resident", f"forged-{index}", fake=Fake.FORGED), "forged"
            else:
                gate_pass, reason = self._wanted("resident", f"withdrawn-{index}", withdrawn=True), "withdrawn"
            self._shows(scene, lane, last, gate_pass, reason)
        if self.number * tried < limit <= (self.number + 1) * tried:  # the alert stays open from then on
            gate = lane.id.rpartition("/")[0]
            self.expected.append(Expected(scene=scene, kind="forgeries_at_gate", place=gate))

    def two_lanes(self) -> None:
        """Visitors' passes are good for once: whoever shows one again at the other gate is turned away."""
        for index in range(self.scenario.people.visitors_twice):
            gate_pass = self._wanted("visitor", f"twice-{index}", once=True, days=1, days_ago=0.1)
            scene = self._scene(f"twice {index}")
            (first, at), (second, again) = self._take_two("in")
            self._shows(scene, first, at, gate_pass, "admitted")
            self._shows(scene, second, again, gate_pass, "spent", after=first.id)

    def one_lane(self) -> None:
        people = self.scenario.people
        for index in range(people.scanned_twice):
            gate_pass = self._wanted("resident", f"twice-scanned-{index}")
            lane, at = self._take("in", reader="scanner")
            scene = self._scene(f"scanned twice {index}")
            self._shows(scene, lane, at, gate_pass, "admitted")
            self._shows(scene, lane, at + 0.8, gate_pass, "repeated", after=lane.id)
        for index in range(people.wrong_gate):
            lane, at = self._take("in")
            other = next(gate.number for gate in self.scenario.compound.gates if gate.number != lane.gate)
            gate_pass = self._wanted("visitor", f"wrong-gate-{index}", gates=str(other), days=1, days_ago=0.1)
            self._shows(self._scene(f"wrong gate {index}"), lane, at, gate_pass, "wrong_gate")
        for index, text in enumerate(people.foreign):
            gate_pass = self._wanted("", f"foreign-{index}", fake=Fake.FOREIGN, text=text)
            self._alone(f"foreign {index}", "out" if index % 2 else "in", gate_pass, "unreadable")
        for index in range(people.expired):
            gate_pass = self._wanted("visitor", f"expired-{index}", days=1, days_ago=3)
            self._alone(f"expired {index}", "out" if index % 2 else "in", gate_pass, "expired")
        for index in range(people.visitors):
            gate_pass = self._wanted("visitor", f"visitor-{index}", once=True, days=1, days_ago=0.1)
            self._alone(f"visitor {index}", "in", gate_pass, "admitted")
        for direction, count in (("in", people.residents_in), ("out", people.residents_out)):
            for index in range(count):
                gate_pass = self._wanted("resident", f"resident-{direction}-{index}")
                self._alone(f"resident {direction} {index}", direction, gate_pass, "admitted")

    def doors(self, flats: list[str]) -> None:
        """Ordinary flats, whose doors are nobody's business."""
        share = self.scenario.round_seconds / (self.scenario.people.door_movements // 2 + 1)
        for index in range(self.scenario.people.door_movements // 2):
            flat, at = flats[index % len(flats)], round(index * share + self.dice.uniform(0.5, share / 2), 2)
            scene = self._scene(f"ordinary door {index}")
            for when, is_open in ((at, True), (round(at + self.dice.uniform(0.6, 2), 2), False)):
                settled = when + SETTLES_SECONDS
                self.happenings.append(DoorMoves(at=when, scene=scene, settled=settled, flat=flat, open=is_open))
            if index == 0:
                settled = at + SETTLES_SECONDS
                self.happenings.append(NodeResets(at=at + 0.02, scene=scene, settled=settled, flat=flat))

    # small things

    def _alone(self, scene: str, direction: str, gate_pass: str, reason: str) -> None:
        lane, at = self._take(direction)
        self._shows(self._scene(scene), lane, at, gate_pass, reason)

    def _take(self, direction: str, reader: str = "") -> tuple[Lane, float]:
        """A lane of that direction and an hour at which it is free."""
        fits = [each for each in self._free(direction) if reader in ("", each[0].wanted.reader)]
        if not fits:
            raise TooMany(self.scenario.name, direction)
        taken = self.dice.choice(fits)
        self.free.remove(taken)
        return taken

    def _take_two(self, first: str, latest: float = 1e9) -> tuple[tuple[Lane, float], tuple[Lane, float]]:
        """A lane of that direction and its hour, and another lane, leading in, some time later."""
        fits = [
            (one, other)
            for one in self._free(first)
            for other in self._free("in")
            if one[0].id != other[0].id and one[1] <= latest and other[1] >= one[1] + APART_SECONDS
        ]
        if not fits:
            raise TooMany(self.scenario.name, first)
        taken = self.dice.choice(fits)
        for each in taken:
            self.free.remove(each)
        return taken

    def _free(self, direction: str) -> list[tuple[Lane, float]]:
        return [(lane, at) for lane, at in self.free if lane.wanted.direction == direction]

    def _shows(self, scene: str, lane: Lane, at: float, gate_pass: str, reason: str, after: str = "") -> None:
        self.happenings.append(
            Shows(
                at=at,
                scene=scene,
                settled=at + SETTLES_SECONDS + (2 if lane.wanted.reader == "camera" else 0),
                lane=lane.id,
                gate_pass=gate_pass,
                verdict=verdict_of(reason, lane.wanted.direction),
                reason=reason,
                after=after,
            )
        )

    def _wanted(self, kind: str, name: str, **how: str | bool | float | Fake) -> str:
        wanted = PassWanted(name=f"{self.number}-{name}", kind=kind, **how)  # type: ignore[arg-type]  # fields by name
        self.passes.append(wanted)
        return wanted.name

    def _scene(self, name: str) -> str:
        return f"{self.number} {name}"
