"""A scenario, a seed and the number of a round in; the round out. The same three give the same round, always.

Who shows what at which lane, which doors move, what each band says, and what the house must make of it. Nobody comes
twice: each round has new people. Quarantines move on from one group of flats to the next and back; a band keeps its
wearer, for nobody else is given one before it is cleaned and has a new key.
"""

import random
from typing import Final

from sim.happenings import CameraFails, DoorMoves, NodeResets, Round
from sim.plan_gates import people
from sim.plan_homes import STAYS, quarantines
from sim.scenario import Scenario
from sim.throw import SETTLES_SECONDS, Throw

AWAY_SECONDS: Final = 0.8  # a camera is away, in a time in which nobody comes to it


def groups_of(scenario: Scenario, seed: int) -> tuple[list[list[str]], list[str]]:
    """The flats of each group of quarantines, and those nobody is ever kept in."""
    flats = scenario.watched_flats()
    random.Random(f"{seed}/flats").shuffle(flats)
    count = min(scenario.bands.count // STAYS, (len(flats) - 1) // STAYS)
    return [flats[STAYS * group : STAYS * (group + 1)] for group in range(count)], flats[STAYS * count :]


def plan(scenario: Scenario, seed: int, number: int) -> Round:
    """Round `number` (0, 1, 2 ...)."""
    thrown = Throw(scenario, number, random.Random(f"{seed}/{number}"))
    groups, ordinary = groups_of(scenario, seed)
    group = number % len(groups)
    quarantines(thrown, groups[group], first_band=STAYS * group, turn=number // len(groups))
    camera_fails(thrown)
    people(thrown)
    doors(thrown, ordinary)
    return Round(
        number=number,
        passes=tuple(thrown.passes),
        stays=tuple(thrown.stays),
        happenings=tuple(sorted(thrown.happenings, key=lambda each: (each.at, each.scene))),
        expected=tuple(thrown.expected),
    )


def camera_fails(thrown: Throw) -> None:
    lane, at = thrown.take("out", reader="camera")
    settled = at + AWAY_SECONDS + SETTLES_SECONDS
    scene = thrown.scene("camera fails")
    thrown.happenings.append(CameraFails(at=at, scene=scene, settled=settled, lane=lane.id, seconds=AWAY_SECONDS))


def doors(thrown: Throw, flats: list[str]) -> None:
    """Ordinary flats, whose doors are nobody's business."""
    share = thrown.scenario.round_seconds / (thrown.scenario.people.door_movements // 2 + 1)
    for index in range(thrown.scenario.people.door_movements // 2):
        flat, at = flats[index % len(flats)], round(index * share + thrown.dice.uniform(0.5, share / 2), 2)
        scene = thrown.scene(f"ordinary door {index}")
        for when, is_open in ((at, True), (round(at + thrown.dice.uniform(0.6, 2), 2), False)):
            settled = when + SETTLES_SECONDS
            thrown.happenings.append(DoorMoves(at=when, scene=scene, settled=settled, flat=flat, open=is_open))
        if index == 0:
            settled = at + SETTLES_SECONDS
            thrown.happenings.append(NodeResets(at=at + 0.02, scene=scene, settled=settled, flat=flat))
