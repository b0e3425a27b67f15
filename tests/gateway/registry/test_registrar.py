"""Households: journaled by reference, applied by number, redone at the start; what rules need is in the state."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.cli.plan import box_of, registry_of
from gateway.config.plan import load_config
from gateway.house.house import open_house
from gateway.households import Household, Resident, Use
from gateway.orders.every import OrderResult, QuarantineBegun, QuarantineEnded
from gateway.people import Care, Person
from gateway.registry.roll_answers import ROLL_ANSWERS
from gateway.side_door import Request, ask, side_door
from tests.gateway.registry.registering import FLAT, OTHER, config_in, opened

ANNA, BO = "5afe000000000001", "5afe000000000002"
MOTHER = Resident(
    ANNA, "王阿婆", "13800000001", (Care.LIVES_ALONE,), {Care.LIVES_ALONE: "早上八点打电话"}, head_of="palm/3-1"
)
HOME = Household(FLAT, Use.LET, (MOTHER,))
SECRETS = ("王阿婆", "13800000001", "早上八点打电话")


@pytest.mark.asyncio
async def test_a_household_stands_in_the_book_and_what_rules_need_in_the_state(tmp_path: Path) -> None:
    async with opened(config_in(tmp_path)) as (house, registrar):
        assert await registrar.change({FLAT: HOME}, "d1", "order-1") == OrderResult(order="order-1", done=True)
        assert registrar.get(FLAT) == HOME
        assert registrar.home_of(ANNA) == HOME
        known = Person(ANNA, FLAT, (Care.LIVES_ALONE,), head_of="palm/3-1", registered=True)
        assert house.keeper.gatekeeper.state.people == house.shown.people == {ANNA: known}
    async with opened(tmp_path / "menshen.toml") as (house, registrar):
        assert registrar.get(FLAT) == HOME
        assert house.keeper.gatekeeper.state.people == {ANNA: known}


@pytest.mark.asyncio
async def test_no_name_phone_or_follow_up_is_on_disk_in_plain(tmp_path: Path) -> None:
    async with opened(config_in(tmp_path)) as (_, registrar):
        await registrar.change({FLAT: HOME}, "d1")
        await registrar.settle()
        assert (await registrar.looked("d1", "registry export")).done
    files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert {"households.json", "dropped.json", "journal.db"} <= {file.name for file in files}
    for file in files:
        said = file.read_bytes()
        assert not any(secret.encode() in said or json.dumps(secret)[1:-1].encode() in said for secret in SECRETS)


@pytest.mark.asyncio
async def test_a_change_the_book_has_not_is_done_again_at_the_start(tmp_path: Path) -> None:
    """The power is cut after the order was committed and before the book was written: as the disk then was."""
    config, data = config_in(tmp_path), tmp_path / "data"
    async with opened(config) as (_, registrar):
        await registrar.change({OTHER: Household(OTHER, Use.EMPTY)}, "d1")
    shutil.copytree(data / "registry", tmp_path / "before")
    async with opened(config) as (_, registrar):
        await registrar.change({FLAT: HOME}, "d1")
        shutil.copy(data / "registry" / "box" / "dropped.json", tmp_path / "dropped.json")
    shutil.rmtree(data / "registry")
    shutil.copytree(tmp_path / "before", data / "registry")
    shutil.copy(tmp_path / "dropped.json", data / "registry" / "box" / "dropped.json")
    async with opened(config) as (_, registrar):
        assert registrar.all() == {FLAT: HOME, OTHER: Household(OTHER, Use.EMPTY)}
    plan = load_config(config)
    async with registry_of(plan) as registry, box_of(plan) as box:
        assert registry.book("households").get(FLAT) is not None
        assert len(box.book("dropped")) == 0


@pytest.mark.asyncio
async def test_an_older_journal_does_not_make_the_registry_deaf(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    async with opened(config) as (_, registrar):
        for use in (Use.EMPTY, Use.LET, Use.EMPTY):
            await registrar.change({OTHER: Household(OTHER, use)}, "d1")
    for file in (tmp_path / "data").glob("journal.*"):
        file.unlink()
    async with opened(config) as (_, registrar):
        assert (await registrar.change({OTHER: Household(OTHER, Use.LET)}, "d1")).done
        assert registrar.get(OTHER) == Household(OTHER, Use.LET)


@pytest.mark.asyncio
async def test_who_leaves_the_registry_is_forgotten_but_not_while_a_stay_goes_on(tmp_path: Path) -> None:
    async with opened(config_in(tmp_path)) as (house, registrar):
        people = house.keeper.gatekeeper.state.people
        both = Household(FLAT, people=(MOTHER, Resident(BO, "小李")))
        await registrar.change({FLAT: both}, "d1")
        now = house.clock.now()
        stay = QuarantineBegun(
            id="q1",
            at=now,
            by="d1",
            flat=FLAT,
            subject=BO,
            ground="7",
            first_day=now.date(),
            last_day=now.date() + timedelta(days=3),
        )
        assert (await house.order(stay)).done
        await registrar.change({FLAT: Household(FLAT)}, "d1")
        assert people == house.shown.people == {BO: Person(BO, FLAT)}
        assert (await house.order(QuarantineEnded(id="e1", at=now, by="d1", quarantine="q1", reason="set right"))).done
        assert people == house.shown.people == {}


@pytest.mark.asyncio
async def test_a_refused_change_leaves_nothing_behind(tmp_path: Path) -> None:
    async with opened(config_in(tmp_path)) as (_, registrar):
        result = await registrar.change({"palm/9-9-9": Household("palm/9-9-9")}, "d1")
        assert (result.done, result.why) == (False, "unknown flat")
        assert registrar.all() == {}
        await registrar.settle()
    async with box_of(load_config(tmp_path / "menshen.toml")) as box:
        assert len(box.book("dropped")) == 0


LIST = "房屋,姓名,电话\n3-1-101,王,123\n3-1-102,李,456\n"


def menshen(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(command_line(words), list(words))
    return done.exit_code, done.stdout, done.stderr


def test_the_command_takes_in_and_out_while_the_house_is_closed(tmp_path: Path) -> None:
    config = ["--config", str(config_in(tmp_path))]
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "wrong.csv").write_text("房屋,姓名\n3-1-101,王\n7-7,李\n", "utf-8")
    file, wrong = str(tmp_path / "list.csv"), str(tmp_path / "wrong.csv")
    assert menshen("registry", "import", *config, wrong, "--lang", "en") == (
        1, "", "row 3, Flat: There is no such flat: 7-7\n"
    )  # fmt: skip
    code, said, _ = menshen("registry", "import", *config, wrong, "--json")
    [fault] = json.loads(said)["faults"]
    assert (code, fault["row"], fault["column"], fault["wrong"]) == (1, 3, "flat", "unknown_flat")
    told = "2 rows, 2 flats: 2 new, 0 changed, 0 as before; 2 people come, 0 leave\n"
    assert menshen("registry", "import", *config, file, "--dry-run", "--lang", "en") == (0, told, "")
    assert menshen("registry", "import", *config, file, "--lang", "en") == (0, told, "")
    out = tmp_path / "out.xlsx"
    assert menshen("registry", "export", *config, "--out", str(out))[0] == 0
    assert out.stat().st_mode & 0o777 == 0o600
    code, said, _ = menshen("registry", "import", *config, str(out), "--json")
    assert (code, json.loads(said)["same"], json.loads(said)["changed"]) == (0, 2, 0)
    assert menshen("registry", "template", "--out", str(tmp_path / "empty.csv"), "--lang", "en")[0] == 0
    assert (tmp_path / "empty.csv").read_text("utf-8-sig").startswith("Flat,Use,Pseudonym,Name,Phone,")


@pytest.mark.asyncio
@pytest.mark.parametrize("folder", ["here", "/".join(["a-folder-that-lies-deep"] * 6)])  # an address has 107 bytes
async def test_a_running_house_is_asked_by_its_side_door(tmp_path: Path, folder: str) -> None:
    (home := tmp_path / folder).mkdir(parents=True)
    config, data, seen = config_in(home), home / "data", []
    request = Request(do="import", data=LIST.encode("gb18030"))
    assert await ask(data, request, lambda done, of: None) is None  # nobody is there
    async with opened(config) as (_, registrar), side_door(data, registrar, ROLL_ANSWERS):
        assert (data / "secrets" / "side_door.sock").stat().st_mode & 0o777 == 0o600
        reply = await ask(data, request, lambda done, of: seen.append((done, of)))
        assert reply is not None
        assert (reply.done, reply.told["new"]) == (True, 2)
        assert seen == [(2, 2)]
        assert len(registrar.all()) == 2
        nonsense = await ask(data, Request(do="dance"), lambda done, of: None)
        assert nonsense is not None
        assert not nonsense.done
    assert await ask(data, request, lambda done, of: None) is None


@pytest.mark.asyncio
async def test_a_snapshot_waits_for_the_registry(tmp_path: Path) -> None:
    """Orders before a snapshot are not read again for the state: what they said must be in the book by then."""
    config = config_in(tmp_path)
    async with registry_of(load_config(config)) as registry:
        book = registry.book("households")
        async with open_house(load_config(config)) as house:
            assert house.keeper.snapshots.before is None
        assert book.kept_upto == 0
    async with opened(config) as (house, registrar):
        await registrar.change({FLAT: HOME}, "d1")
        assert house.keeper.snapshots.before is not None
        await house.keeper.snapshots.before()
        assert registrar._book.kept_upto == registrar._book.applied_upto > 0
