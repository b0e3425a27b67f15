"""`menshen enrol`: one line, running or closed; what makes no sense is refused in words before anything begins."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.config.plan import load_config
from gateway.households import Household, Resident
from gateway.registry.enrol_answers import ENROL_ANSWERS
from gateway.side_door import Request, ask, side_door
from tests.gateway.registry.registering import FLAT, config_in, opened

ANNA = "5afe000000000001"


def menshen(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(command_line(words), list(words))
    return done.exit_code, done.stdout, done.stderr


async def after(config: Path) -> list[tuple[str, int, str, str]]:
    async with opened(config) as (house, registrar):
        names = {p.subject: p.name for home in registrar.all().values() for p in home.people}
        return [
            (names[stay.subject], (stay.last_day - stay.first_day).days + 1, stay.band, stay.origin)
            for stay in house.keeper.gatekeeper.state.quarantines.values()
        ]


@pytest.mark.asyncio
async def test_a_line_enrols_who_is_registered_and_who_is_new_for_the_days_of_the_policy(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    async with opened(config) as (_, registrar):
        await registrar.change({FLAT: Household(FLAT, people=(Resident(ANNA, "王阿婆", "138"),))}, "d1")
        line = {"flat": "3-1-101", "ground": "notice 17", "people": '["王阿婆=band-7", "王小明"]', "days": "7"}
        rest = {"first_day": "", "arrive_by": "", "origin": "orange", "door": "", "order": "a" * 32}
        async with side_door(tmp_path / "data", registrar, ENROL_ANSWERS):
            reply = await ask(tmp_path / "data", Request(do="enrol", fields=line | rest), lambda done, of: None)
        assert reply is not None
        assert reply.done, reply.lines
    assert await after(config) == [("王阿婆", 7, "band-7", "orange"), ("王小明", 7, "", "orange")]


LINE = ("--ground", "notice 17", "--person", "王")
WRONG = [
    (("9-9-9", *LINE), "no flat '9-9-9'"),
    (("3-1-101", *LINE, "--origin", "mars"), "no category of origin 'mars'"),
    (("3-1-101", *LINE, "--door", "node-1"), "node-1 does not watch this flat; no door sensor does"),
    (("3-1-101", *LINE, "--person", "李=b", "--person", "张=b"), "a person or a band is there twice"),
    (("3-1-101", *LINE, "--first-day", "soon"), "Invalid isoformat string: 'soon'"),
    (("3-1-101", "--ground", " ", "--person", ANNA), "the legal ground is mandatory"),
    (("3-1-101", *LINE, "--arrive-by", "2020-01-01T10:00"), "the hour of arrival is past, or more than 366 days away"),
]


@pytest.mark.parametrize(("words", "why"), WRONG)
def test_a_line_that_makes_no_sense_is_refused(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    code, _, said = menshen("enrol", *words, "--config", str(config_in(tmp_path)))
    assert code == 3
    assert why in said


def test_the_policy_says_how_long_where_nobody_does(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    assert load_config(config).config.homes.days == 7
    code, said, _ = menshen("enrol", "3-1-101", *LINE, "--config", str(config), "--json")
    told = json.loads(said)
    assert (code, told["done"], told["flat"], len(told["stays"])) == (0, True, FLAT, 1)


def test_a_whole_family_that_nobody_knows_yet_is_enrolled_by_one_line(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    family = ("--person", "王阿婆=band-7", "--person", "王小明", "--person", "王小红=band-8")
    code, said, _ = menshen("enrol", "3-1-101", "--ground", "notice 17", *family, "--config", str(config), "--json")
    stays = json.loads(said)["stays"]
    assert (code, len({each["subject"] for each in stays}), [each["done"] for each in stays]) == (0, 3, [True] * 3)
    code, _, said = menshen("enrol", "3-1-101", *LINE, "--person", "王", "--config", str(config))
    assert (code, said.strip()) == (3, "refused: a person or a band is there twice")
