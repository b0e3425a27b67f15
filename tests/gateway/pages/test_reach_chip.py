"""Whether anybody is told with no page open is said to those on duty, and to machines."""

import pytest
from msgspec.structs import replace

from gateway.pages.access import Role
from gateway.pages.status import status_line
from gateway.view import Status
from gateway.words.language import Lang
from tests.gateway.pages.browsing import log_in, make_pages
from tests.gateway.pages.fake_house import OFFICER, FakeHouse


class Reaching(FakeHouse):
    """With so many channels, some of them failing."""

    def __init__(self, channels: int, *failing: str) -> None:
        super().__init__()
        self.reaching = (channels, failing)

    def status(self) -> Status:
        channels, failing = self.reaching
        return replace(super().status(), reach_channels=channels, reach_failing=failing)


def line(house: FakeHouse, role: Role = Role.DUTY_OFFICER) -> str:
    return status_line(make_pages(house).app.state.desk, role, Lang.ZH, "d1")


def test_no_channel_is_itself_shown() -> None:
    told = line(Reaching(0))
    assert 'class="chip warn" data-testid="status-reach"' in told
    assert "没有设置，无人看屏时没人知道" in told


def test_a_channel_that_fails_is_named() -> None:
    told = line(Reaching(2, "sms"))
    assert 'class="chip warn" data-testid="status-reach" data-failing="1"' in told
    assert "发不出去: sms" in told


def test_channels_that_work_are_green() -> None:
    assert 'class="chip good" data-testid="status-reach" data-failing="0"' in line(Reaching(1))


@pytest.mark.parametrize("role", [Role.GUARD, Role.INSTALLER])
def test_others_are_not_bothered(role: Role) -> None:
    assert "status-reach" not in line(Reaching(0), role)


@pytest.mark.asyncio
async def test_machines_read_it_too() -> None:
    async with make_pages(Reaching(2, "sms")).browser() as browser:
        await log_in(browser, OFFICER)
        answer = (await browser.get("/status.json")).json()
    assert answer["reach_channels"] == 2
    assert answer["reach_failing"] == ["sms"]
