"""A visitor's pass for one gate, from `menshen pass issue` to the decision at that gate and at the other one."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.config.plan import load_config
from gateway.findings import Decision, Reason, Verdict
from gateway.house.house import House, open_house
from gateway.sd_notify import SystemdNotifier
from tests import house_toml as written
from tests.gateway.uplink.test_uplink import until

MORE = """
[passes]
roots = ["keys/root.pub.pem"]
trust = "keys/trust.cose"
[limits]
repeat_seconds = 0
"""
RIGHT, WRONG, OUT, WRONG_OUT = "palm/south/in", "palm/north/in", "palm/south/out", "palm/north/out"


def menshen(*words: str) -> str:
    found = CliRunner().invoke(command_line(words), list(words))
    assert found.exit_code == 0, found.output
    return found.output


async def shown(house: House, lane: str, text: str, *, typed: bool = False) -> Decision:
    found = await house.show_code(lane, text, typed=typed)
    assert found is not None
    return found


@pytest.mark.asyncio
async def test_it_is_good_once_at_its_gate_and_never_at_another_and_lets_out_at_both(tmp_path: Path) -> None:
    keys = str(tmp_path / "keys")
    menshen("keys", "init", "--dir", keys, "--compound", "palm")
    issued = json.loads(
        menshen(
            *("pass", "issue", "--keys", keys, "--kind", "visitor", "--compound", "palm"),
            *("--gates", "1", "--once", "--days", "1", "--json"),
        )
    )
    ways = written.lane("in"), written.lane("out")
    gates = [written.gate(*ways), written.gate(*ways, name="north", number=2)]
    written.house_toml(tmp_path, MORE, gates=gates)
    stop = asyncio.Event()
    async with open_house(load_config(tmp_path / "menshen.toml")) as house, asyncio.TaskGroup() as tasks:
        tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
        async with asyncio.timeout(60):
            await until(lambda: house.status().trust_version > 0)
            code, short = issued["text"], issued["short"]
            for lane, reason, verdict in (
                (WRONG, Reason.WRONG_GATE, Verdict.REFUSE),
                (WRONG_OUT, Reason.WRONG_GATE, Verdict.REFER),
                (RIGHT, Reason.ADMITTED, Verdict.ADMIT),
                (RIGHT, Reason.SPENT, Verdict.REFUSE),
                (WRONG, Reason.WRONG_GATE, Verdict.REFUSE),
                (OUT, Reason.ADMITTED, Verdict.ADMIT),
            ):
                found = await shown(house, lane, code)
                assert (found.reason, found.verdict, found.holder) == (reason, verdict, "visitor"), lane
            for lane, reason, verdict in (  # and the same by its short code, which admits nobody by itself
                (WRONG, Reason.WRONG_GATE, Verdict.REFUSE),
                (RIGHT, Reason.SPENT, Verdict.REFUSE),
                (OUT, Reason.TYPED, Verdict.REFER),
            ):
                found = await shown(house, lane, short, typed=True)
                assert (found.reason, found.verdict) == (reason, verdict), lane
        stop.set()
