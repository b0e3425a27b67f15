"""`menshen privacy looks` tells who looked at what, from a journal that is open or closed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.privacy import app
from gateway.gatekeeper import Gatekeeper
from gateway.journal import open_journal
from gateway.orders import FlatLookedUp
from gateway.orders_staff import DataLookedAt, VolunteerAdmitted
from gateway.state import State
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
