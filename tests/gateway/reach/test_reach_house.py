"""A real house, a door that opens, and robots that are told until somebody has taken it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.config.errors import ConfigError
from gateway.config.plan import load_config
from gateway.house.house import House, open_house
from gateway.orders.alerts import AlertAssigned
from gateway.orders.every import AlertAcknowledged, QuarantineBegun
from gateway.orders.remind import AlertReminded
from gateway.sd_notify import SystemdNotifier
from sim.door_line import DoorLine
from sim.door_node import DoorNode
from tests.gateway.reach.robot import Robot, standing

FIRST, SECOND = "palm/3-1-101", "palm/3-1-102"
HOUSE = """
gateway = {{ id = "palm-1", data = "{data}" }}
street = {{ id = "nanyuan", name = "南苑" }}
[[compounds]]
id = "palm"
name = "棕榈苑"
gates = [{{ id = "south", name = "南门", number = 1, lanes = [{{ id = "in", name = "进", direction = "in" }}] }}]
buildings = [{{ id = "3", name = "3号楼", floors = 1, flats_per_floor = 2 }}]
"""
DOOR = """
[[links]]
name = "cable-{number}"
driver = "door_node"
settings = {{ port = "{port}" }}
[[devices]]
id = "node-{number:08x}"
kind = "door"
link = "cable-{number}"
place = "{place}"
"""
WEBHOOK = """
[[reach]]
name = "{name}"
kind = "webhook"
url = "{url}"
wait_seconds = {wait}
"""


def written(folder: Path, lines: list[DoorLine], robots: list[tuple[str, str, float]]) -> Path:
    doors = (
        DOOR.format(number=number, port=line.port, place=place)
        for number, (line, place) in enumerate(zip(lines, (FIRST, SECOND), strict=False), start=0x101)
    )
    hooks = (WEBHOOK.format(name=name, url=url, wait=wait) for name, url, wait in robots)
    file = folder / "menshen.toml"
    file.write_text(HOUSE.format(data=folder / "house") + "".join((*doors, *hooks)), "utf-8")
    return file


@asynccontextmanager
async def standing_house(config: Path) -> AsyncIterator[House]:
    stop = asyncio.Event()
    async with open_house(load_config(config)) as house, asyncio.timeout(120), asyncio.TaskGroup() as tasks:
        tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
        yield house
        stop.set()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - looked at from outside, nothing rings when it changes
        await asyncio.sleep(0.02)


def places(robot: Robot) -> list[str]:
    return [alert["place"] for body in robot.bodies for alert in body["alerts"]]


async def quarantine(house: House, flat: str) -> None:
    now = house.clock.now()
    begun = QuarantineBegun(
        id=f"stay-{flat}",
        at=now,
        by="d1",
        flat=flat,
        subject=f"5afe0000000000{flat[-2:]}",
        ground="order 7",
        first_day=now.date() - timedelta(days=1),
        last_day=now.date() + timedelta(days=7),
    )
    assert (await house.order(begun)).done


@pytest.mark.asyncio
async def test_a_door_opens_and_one_after_the_other_is_told_until_somebody_takes_it(tmp_path: Path) -> None:
    group, officer, late = Robot(), Robot(), Robot()
    lines = [DoorLine(f"d{device}", [DoorNode(device=device)]) for device in (0x101, 0x102)]
    try:
        for line in lines:
            line.start()
        async with standing(group), standing(officer), standing(late):
            robots = [("group", group.url(), 1.0), ("officer", officer.url(), 6.0), ("late", late.url(), 60.0)]
            config = written(tmp_path, lines, robots)
            async with standing_house(config) as house:
                for flat in (FIRST, SECOND):
                    await quarantine(house, flat)
                await until(lambda: all(line.nodes[0].happened and not line.nodes[0].held for line in lines))
                lines[0].move(lines[0].nodes[0], True)
                await until(lambda: places(officer) == [FIRST])
                assert places(group) == [FIRST]
                assert house.status().reach_channels == 3
                (alert,) = house.shown.open_alerts()
                taken = AlertAcknowledged(id="a1", at=house.clock.now(), by="d1", alert=alert.id)
                assert (await house.order(taken)).done

                lines[1].move(lines[1].nodes[0], True)
                await until(lambda: bool(places(late)))
                assert places(late) == [SECOND]  # the first was taken before its turn came
                assert places(officer) == [FIRST, SECOND]

            async with standing_house(config):  # started again: what is still open is told again, what was taken is not
                await until(lambda: len(places(group)) > 2)
            assert places(group) == [FIRST, SECOND, SECOND]
    finally:
        for line in lines:
            line.close()


@pytest.mark.asyncio
async def test_what_was_taken_reaches_a_phone_again_when_it_is_given_away_or_reminded_of(tmp_path: Path) -> None:
    group, bo = Robot(), Robot()
    line = DoorLine("d", [DoorNode(device=0x101)])
    try:
        line.start()
        async with standing(group), standing(bo):
            config = written(tmp_path, [line], [("group", group.url(), 0.2 * 3600), ("bo", bo.url(), 0.2 * 3600)])
            text = config.read_text("utf-8") + 'responders = ["bo"]\n'
            config.write_text(text + '[[responders]]\nid = "bo"\nrole = "police"\n', "utf-8")
            async with standing_house(config) as house:
                await quarantine(house, FIRST)
                await until(lambda: line.nodes[0].happened and not line.nodes[0].held)
                line.move(line.nodes[0], True)
                await until(lambda: places(group) == [FIRST])
                (alert,) = house.shown.open_alerts()

                def about(name: str, by: str = "d1") -> dict[str, Any]:
                    return {"id": name, "at": house.clock.now(), "by": by, "alert": alert.id}

                assert (await house.order(AlertAcknowledged(**about("a1")))).done
                assert (await house.order(AlertAssigned(**about("g1"), to="bo"))).done
                await until(lambda: places(bo) == [FIRST])
                assert places(group) == [FIRST], "it is Bo's, and the group has heard of it"
                assert "已指派" in bo.bodies[-1]["text"]
                assert (await house.order(AlertAcknowledged(**about("a2", "bo")))).done
                assert (await house.order(AlertReminded(**about("r1", "centre:desk")))).done
                await until(lambda: len(places(group)) == 2)  # the first channel again
                assert "第 1 次提醒" in group.bodies[-1]["text"]
    finally:
        line.close()


@pytest.mark.asyncio
async def test_a_channel_that_fails_is_shown_logged_and_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken, group = Robot(status="503 Busy"), Robot()
    line = DoorLine("d", [DoorNode(device=0x101)])
    try:
        line.start()
        async with standing(broken), standing(group):
            robots = [("broken", broken.url("/?key=k1"), 60.0), ("group", group.url(), 60.0)]
            async with standing_house(written(tmp_path, [line], robots)) as house:
                await quarantine(house, FIRST)
                await until(lambda: line.nodes[0].happened and not line.nodes[0].held)
                line.move(line.nodes[0], True)
                await until(lambda: places(group) == [FIRST])
                assert house.status().reach_failing == ("broken",)
    finally:
        line.close()
    assert "reach broken: 1 alerts not told: answered 503" in caplog.text
    assert "k1" not in caplog.text


@pytest.mark.asyncio
async def test_a_robot_that_never_answers_keeps_no_house_from_closing(tmp_path: Path) -> None:
    silent = Robot(silent=True)
    line = DoorLine("d", [DoorNode(device=0x101)])
    try:
        line.start()
        async with standing(silent):
            config = written(tmp_path, [line], [("silent", silent.url(), 60.0)])
            config.write_text(config.read_text("utf-8") + "timeout_seconds = 60\n", "utf-8")
            async with standing_house(config) as house:
                await quarantine(house, FIRST)
                await until(lambda: line.nodes[0].happened and not line.nodes[0].held)
                line.move(line.nodes[0], True)
                await until(lambda: places(silent) == [FIRST])
                closing = asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - closing < 30.0
    finally:
        line.close()


def test_each_channel_has_a_name_of_its_own_and_files_that_are_there(tmp_path: Path) -> None:
    file = written(tmp_path, [], [("group", "https://robot.example/", 60.0)] * 2)
    with pytest.raises(ConfigError, match=r"reach\[1\].name: 'group' is there twice"):
        load_config(file)
    absent = WEBHOOK.format(name="group", url="https://robot.example/", wait=60.0) + 'ca_file = "/nowhere/ca.crt"\n'
    file.write_text(HOUSE.format(data=tmp_path) + absent, "utf-8")
    with pytest.raises(ConfigError, match=r"reach\[0\].ca_file: no file"):
        load_config(file)


@pytest.mark.asyncio
async def test_no_channel_is_said_in_the_log_and_the_status(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with standing_house(written(tmp_path, [], [])) as house:
        await until(lambda: "no channel is configured" in caplog.text)
        assert house.status().reach_channels == 0
