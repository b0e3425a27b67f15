"""`menshen privacy looks` tells who looked at what, from a journal that is open or closed."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.privacy import app
from gateway.events.every import TemperatureTaken
from gateway.gatekeeper import Gatekeeper
from gateway.house.items import Made
from gateway.journal.journal import open_journal
from gateway.orders.every import FlatLookedUp
from gateway.orders.staff import DataLookedAt, VolunteerAdmitted
from gateway.state.state import State
from tests.gateway.house.test_erasure import ANNA, HOMES
from tests.gateway.registry.registering import config_in, opened
from tests.small_site import HOME, small_site

AT = datetime(2026, 3, 12, 6, 30, tzinfo=UTC)


@pytest.mark.asyncio
async def test_looks_are_listed_newest_first_and_picked_by_whom_and_what(tmp_path: Path) -> None:
    config = tmp_path / "menshen.toml"
    config.write_text(
        f"""
        gateway = {{ id = "g", data = "{tmp_path}" }}
        street = {{ id = "s", name = "s" }}
        [[compounds]]
        id = "c"
        name = "c"
        gates = [{{ id = "g", name = "g", number = 1, lanes = [{{ id = "l", name = "l", direction = "in" }}] }}]
        """,
        "utf-8",
    )
    orders = (
        DataLookedAt(id="1", at=AT, by="d1", what="/flat", about="f1"),
        VolunteerAdmitted(id="2", at=AT, by="d1", member="v1", starts=AT, ends=AT),
        FlatLookedUp(id="3", at=AT + timedelta(minutes=1), by="g1", flat=HOME),
        DataLookedAt(id="4", at=AT + timedelta(minutes=2), by="c1", what="/board"),
    )
    async with open_journal(tmp_path / "journal.db") as journal:
        keeper = Gatekeeper(State(site=small_site()))
        for order in orders:
            batch, result = keeper.order(order)
            assert result.done, result.why
            journal.submit(batch, lambda done: None)

    def looks(*arguments: str) -> list[tuple[str, str, str]]:
        done = CliRunner().invoke(app, ["looks", "--config", str(config), "--json", *arguments])
        assert done.exit_code == 0, done.output
        found = [json.loads(line) for line in done.output.splitlines()]
        return [(each["by"], each["what"], each["about"]) for each in found]

    every = [("c1", "/board", ""), ("g1", "/guard/flat", HOME), ("d1", "/flat", "f1")]
    assert looks() == every
    assert looks("--most", "1") == every[:1]
    assert looks("--by", "d1") == every[2:]
    assert looks("--about", HOME) == every[1:2]


def test_what_is_kept_is_reported_what_is_due_goes_and_its_receipt_can_be_shown(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    lived = datetime.now(UTC) - timedelta(days=40)

    async def live() -> None:
        async with opened(config) as (house, registrar):
            assert (await registrar.change(HOMES, "d1")).done
            taken = TemperatureTaken(at=lived, heard=house.clock.now(), device="band-1", celsius=36.4)
            house.keeper.make(Made(taken))

    asyncio.run(live())

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [arguments[0], "--config", str(config), *arguments[1:]])
        assert done.exit_code == code, done.output
        return done.output

    told = json.loads(run("report", "--json"))
    assert told["registry"]["households"] == 1
    assert told["registry"]["people"] == 2
    (measured,) = [each for each in told["journal"] if each["keeping"] == "measured"]
    assert (measured["count"], measured["days"]) == (1, 14)
    assert "14 days after the release" in run("report")
    assert json.loads(run("purge", "--dry-run", "--json"))["due"] == {"TemperatureTaken": 1}
    assert json.loads(run("purge", "--dry-run", "--json"))["due"] == {"TemperatureTaken": 1}  # it was only said
    (receipt,) = json.loads(run("purge", "--json"))["receipts"]
    assert receipt["kinds"] == {"TemperatureTaken": 1}
    assert receipt["id"] in run("receipt")
    page = tmp_path / "receipt.pdf"
    shown = run("receipt", receipt["id"], "--pdf", str(page), "--lang", "en")
    assert "TemperatureTaken 1" in shown
    assert "the journal's leaves fit it" in shown
    assert page.read_bytes().startswith(b"%PDF")
    assert json.loads(run("receipt", receipt["id"], "--json"))["fits"] is True
    run("receipt", "nothing", code=2)
    refused = run("erase", "no-pseudonym", "--reason", "asked", "--yes", code=3)
    assert "16 hex digits" in refused
    erased = json.loads(run("erase", ANNA, "--reason", "asked", "--yes", "--json"))
    assert erased["receipts"][0]["reason"] == "erased"
    assert json.loads(run("report", "--json"))["registry"]["people"] == 1
