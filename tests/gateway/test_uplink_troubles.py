"""A broker or a centre that does not do its part: alerts still go where they can, nothing is lost, and it is said."""

from pathlib import Path

import pytest

from devices.mqtt import Trouble
from gateway.entries import Stream
from gateway.view import UNCONFIRMED
from tests.devices.mqtt_links import readable
from tests.gateway.uplink.test_uplink import alerts, place, reports, until


@pytest.mark.asyncio
async def test_a_message_larger_than_the_broker_takes_holds_nothing_else_up(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        here.broker.stop()
        here.broker.extra = "max_packet_size 950"
        here.broker.start()
        async with here.far_end() as far, here.house() as house:
            assert house.road is not None
            await alerts(house, 2)
            await reports(house, 3)
            await until(lambda: len(far.on("report")) == 3)
            assert far.on("alert") == []  # each has some 1,100 bytes
            assert house.status().uplink_trouble == Trouble.TOO_LARGE
            await until(lambda: far.on("open")[-1:] and far.on("open")[-1]["more"] == 1)  # what has no room is counted
            assert len(far.on("open")[-1]["alerts"]) == 1
            assert house.road.mqtt.sessions == 1
            await until(lambda: house.outbox.backlog(Stream.ALERT) == 2)
            here.broker.stop()
            here.broker.extra = ""
            here.broker.start()
            await until(lambda: far.numbers("alert")[:2] == [1, 2])


@pytest.mark.asyncio
async def test_as_many_open_alerts_are_told_as_the_broker_takes_in_one_packet(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        here.broker.stop()
        here.broker.extra = "max_packet_size 5000"
        here.broker.start()
        async with here.far_end() as far, here.house() as house:
            await alerts(house, 40)
            await until(lambda: far.on("open") and len(far.on("open")[-1]["alerts"]) + far.on("open")[-1]["more"] == 40)
            assert 0 < len(far.on("open")[-1]["alerts"]) < 40
            assert len(set(far.numbers("alert"))) == 40


@pytest.mark.asyncio
async def test_a_centre_that_confirms_nothing_is_said_until_it_does(tmp_path: Path) -> None:
    async with place(tmp_path) as here, here.far_end() as far, here.house() as house:
        assert house.road is not None
        house.road.uplink.first_resend_seconds = 0.05
        await alerts(house, 1)
        await until(lambda: len(far.on("alert")) == 1)
        await far.ack(house, "alert", 1)
        await until(lambda: house.outbox.backlog(Stream.ALERT) == 0)
        assert house.status().uplink_trouble == ""
        await alerts(house, 1, first=1)
        await until(lambda: house.status().uplink_trouble == UNCONFIRMED)
        await far.ack(house, "alert", 2)
        await until(lambda: house.status().uplink_trouble == "")


@pytest.mark.asyncio
async def test_a_broker_that_takes_no_alerts_of_ours_is_said_and_all_is_kept(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        here.broker.stop()
        rules = readable(tmp_path / "acl", "topic readwrite menshen/v1/palm-1/ack\n")
        here.broker.extra = f"acl_file {rules}"
        here.broker.start()
        async with here.house() as house:
            await alerts(house, 2)
            await until(lambda: house.status().uplink_trouble == Trouble.WRITE)
            assert house.status().uplink_connected
            await until(lambda: house.outbox.backlog(Stream.ALERT) == 2)
