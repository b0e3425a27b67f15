"""Two gateways of one compound over a real broker: told, cut off from each other, and met again."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config import load_config
from gateway.findings import Decision, Reason, Verdict
from gateway.house import House, open_house
from gateway.kinds import Kind
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.sd_notify import SystemdNotifier
from tests.gateway.test_uplink import KEY, ROOT, trust, until
from tests.mosquitto import Mosquitto, mosquitto


def configured(folder: Path, name: str, broker: Mosquitto) -> Path:
    folder.mkdir()
    (folder / "root.pem").write_bytes(public_pem(public_bytes(ROOT)))
    (folder / "trust.cose").write_bytes(trust(1))
    (folder / "neighbours.key").write_text("0f" * 32)
    (folder / "neighbours.key").chmod(0o600)
    config = folder / "menshen.toml"
    config.write_text(
        f"""
        gateway = {{ id = "{name}", data = "{folder}/data" }}
        street = {{ id = "nanyuan", name = "南苑" }}
        passes = {{ roots = ["{folder}/root.pem"], trust = "{folder}/trust.cose" }}
        limits = {{ repeat_seconds = 0 }}
        [[compounds]]
        id = "palm"
        name = "棕榈苑"
        gates = [{{ id = "{name}", name = "门", number = 1, lanes = [{{ id = "in", name = "进", direction = "in" }}] }}]
        [[links]]
        name = "neighbours"
        driver = "neighbour"
        [links.settings]
        gateway = "{name}"
        compound = "palm"
        again_seconds = 0.2
        key_file = "{folder}/neighbours.key"
        [links.settings.broker]
        port = {broker.port}
        client_id = "{name}-local"
        retry_floor_seconds = 0.05
        retry_ceiling_seconds = 0.2
        """,
        "utf-8",
    )
    return config


@asynccontextmanager
async def standing(config: Path) -> AsyncIterator[House]:
    stop = asyncio.Event()
    async with open_house(load_config(config)) as house, asyncio.TaskGroup() as tasks:
        tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
        try:
            await until(lambda: house.shown.opened_at is not None)
            yield house
        finally:
            stop.set()


def visitor() -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    claims = Claims(
        cti=secrets.token_bytes(8),
        subject=None,
        compound_number=1,
        kind=Holder.VISITOR,
        gates=ALL_GATES,
        not_before=now - timedelta(hours=1),
        not_after=now + timedelta(hours=1),
        once=True,
    )
    return issue(claims, KEY, kid_of(public_bytes(KEY)))


async def show(house: House, text: str) -> Decision:
    (lane,) = house.shown.places.lanes
    found = await house.show_code(lane, text)
    assert found is not None
    return found


def knows(house: House, cti: str) -> bool:
    return cti in house.keeper.gatekeeper.state.spent


def linked(house: House) -> bool:
    return house.watches["neighbours"].open


def used_twice(house: House) -> list[str]:
    return [alert.key for alert in house.shown.alerts.values() if alert.kind is Kind.PASS_USED_TWICE]


@pytest.mark.asyncio
async def test_a_one_time_pass_is_good_once_for_both_gates_and_once_a_gate_while_they_are_cut_off(
    tmp_path: Path,
) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        east_config, west_config = (configured(tmp_path / name, name, broker) for name in ("east", "west"))
        async with standing(east_config) as east, standing(west_config) as west:
            await until(lambda: linked(east) and linked(west))
            together = visitor()
            first = await show(east, together)
            assert first.verdict is Verdict.ADMIT
            await until(lambda: knows(west, first.cti))
            assert (await show(west, together)).reason is Reason.SPENT

            broker.stop()
            await until(lambda: not linked(east) and not linked(west))
            apart, at_east, at_west = visitor(), visitor(), visitor()
            used = await show(east, apart)
            assert used.verdict is Verdict.ADMIT
            assert (await show(east, apart)).reason is Reason.SPENT
            assert (await show(west, apart)).verdict is Verdict.ADMIT
            assert (await show(west, apart)).reason is Reason.SPENT
            only_east, only_west = await show(east, at_east), await show(west, at_west)
            assert used_twice(east) == used_twice(west) == []

            broker.start()
            await until(lambda: used_twice(east) == used_twice(west) == [used.cti])
            await until(lambda: knows(west, only_east.cti) and knows(east, only_west.cti))
            assert (await show(west, at_east)).reason is Reason.SPENT
            assert (await show(east, at_west)).reason is Reason.SPENT


@pytest.mark.asyncio
async def test_a_gateway_that_was_closed_hears_of_it_when_it_opens(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        east_config, west_config = (configured(tmp_path / name, name, broker) for name in ("east", "west"))
        code = visitor()
        async with standing(east_config) as east:
            await until(lambda: linked(east))
            used = await show(east, code)
        async with standing(east_config), standing(west_config) as west:
            await until(lambda: knows(west, used.cti))
            assert (await show(west, code)).reason is Reason.SPENT
