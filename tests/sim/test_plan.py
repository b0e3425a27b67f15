"""Rounds of the simulated town: the same seed throws the same, nobody comes twice, and what is expected can happen."""

from collections import Counter, defaultdict
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compound import Direction
from gateway.findings import Reason
from gateway.kinds import Kind
from gateway.verdicts import verdict_for
from sim.happenings import AsksService, Fake, Shows, verdict_of
from sim.plan import groups_of, plan
from sim.plan_homes import STAYS
from sim.scenario import read_scenario, scenario
from sim.throw import LAST_SECONDS, TooMany

PALM = scenario()
SEEDS = st.integers(0, 2**32)
ROUNDS = st.integers(0, 5)
REASONS = {
    *("admitted", "repeated", "not_a_pass", "forged", "withdrawn", "expired", "wrong_gate", "spent", "quarantined")
}


@given(SEEDS, ROUNDS)
@settings(max_examples=50, deadline=None)
def test_the_same_seed_throws_the_same_round(seed: int, number: int) -> None:
    assert plan(PALM, seed, number) == plan(PALM, seed, number)


def test_another_seed_and_another_round_are_others() -> None:
    assert plan(PALM, 1, 0) != plan(PALM, 2, 0)
    names = [wanted.name for number in range(4) for wanted in plan(PALM, 1, number).passes]
    assert len(set(names)) == len(names)


@given(SEEDS, ROUNDS)
@settings(max_examples=50, deadline=None)
def test_nothing_is_expected_that_does_not_happen(seed: int, number: int) -> None:
    thrown = plan(PALM, seed, number)
    scenes = {happening.scene for happening in thrown.happenings}
    assert {expected.scene for expected in thrown.expected} <= scenes
    assert {expected.kind for expected in thrown.expected} <= set(Kind)
    shows = [each for each in thrown.happenings if isinstance(each, Shows)]
    used = {each.gate_pass for each in shows} | {stay.gate_pass for stay in thrown.stays}
    assert used == {wanted.name for wanted in thrown.passes}
    assert {each.reason for each in shows} == REASONS
    assert all(0 <= each.at < PALM.round_seconds - LAST_SECONDS + 1 for each in shows)


@given(SEEDS, ROUNDS)
@settings(max_examples=50, deadline=None)
def test_at_one_lane_people_come_one_by_one(seed: int, number: int) -> None:
    hours: dict[str, list[float]] = defaultdict(list)
    for each in plan(PALM, seed, number).happenings:
        if isinstance(each, Shows):
            hours[each.lane].append(each.at)
    for times in hours.values():
        assert all(later - earlier >= 0.5 for earlier, later in pairwise(times))


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_quarantines_move_on_and_ordinary_flats_are_never_kept(seed: int) -> None:
    groups, ordinary = groups_of(PALM, seed)
    kept = [flat for group in groups for flat in group]
    assert len(set(kept) | set(ordinary)) == len(kept) + len(ordinary) == len(PALM.watched_flats())
    for number in range(2 * len(groups)):
        stays = plan(PALM, seed, number).stays
        assert [stay.flat for stay in stays] == groups[number % len(groups)]
        assert [stay.band for stay in stays] == [STAYS * (number % len(groups)) + index for index in range(STAYS)]


@given(SEEDS, st.floats(0, 30))
@settings(max_examples=50, deadline=None)
def test_a_shorter_time_plays_whole_scenes_of_the_longer(seed: int, seconds: float) -> None:
    whole = plan(PALM, seed, 0)
    part = whole.within(seconds)
    assert set(part.happenings) <= set(whole.happenings)
    assert all(each.settled <= seconds for each in part.happenings)
    counts = Counter(each.scene for each in whole.happenings)
    assert all(counts[scene] == count for scene, count in Counter(each.scene for each in part.happenings).items())
    assert {each.scene for each in part.expected} <= {each.scene for each in part.happenings}


@given(SEEDS, ROUNDS)
@settings(max_examples=30, deadline=None)
def test_every_round_has_a_cancelled_fall_a_band_at_the_gate_and_a_service(seed: int, number: int) -> None:
    thrown = plan(PALM, seed, number)
    assert [each.place for each in thrown.expected if each.kind == "band_at_gate"] == ["palm/north"]
    falls = [each.closing for each in thrown.expected if each.kind == "fall"]
    assert sorted(falls) == ["", "wearer"]
    [asks] = [each for each in thrown.happenings if isinstance(each, AsksService)]
    assert asks.flat in {stay.flat for stay in thrown.stays if not stay.window}


@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_what_the_town_expects_is_the_houses_law(reason: str, direction: str) -> None:
    assert verdict_of(reason, direction) == verdict_for(Reason(reason), Direction(direction))


def test_more_people_than_lanes_can_take_are_refused() -> None:
    many = msgspec.structs.replace(PALM, people=msgspec.structs.replace(PALM.people, residents_in=50))
    with pytest.raises(TooMany, match="palm: more people than the lanes that lead in"):
        plan(many, 1, 0)


def test_a_scenario_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `fog`"):
        read_scenario("fog = 1")


def test_foreign_codes_are_nobodys_pass() -> None:
    foreign = [wanted for wanted in plan(PALM, 1, 0).passes if wanted.fake is Fake.FOREIGN]
    assert [wanted.text for wanted in foreign] == list(PALM.people.foreign)
