"""kill -9 of the gateway, the broker and the centre while events flow: nothing is lost, nothing is there twice.

The short form runs with `make test`; the full one, 35 kills and a frozen broker, with `make faults`.
"""

from pathlib import Path

import pytest

from tests.faults.schedule import freeze, kills
from tests.works import Account, Works


def shown(works: Works, account: Account) -> None:
    print(
        f"\n{works.movements} door movements, {works.texts_shown} codes; journaled {account.journaled}, "
        f"at the centre {account.at_centre}, lost {account.lost}, doubled {account.doubled}, held {account.held}, "
        f"gateway started {works.gateway.starts} times, centre {works.centre.starts}"
    )


def nothing_lost(works: Works, account: Account) -> None:
    shown(works, account)
    assert account.faults == []
    assert (account.lost, account.doubled, account.held, account.dropped) == (0, 0, 0, 0)
    assert account.at_centre == account.journaled > 0
    assert account.codes > 0


@pytest.mark.asyncio
@pytest.mark.timeout(600)
async def test_a_few_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    nothing_lost(*await kills(tmp_path, gateway=2, broker=1, centre=1, rate=100.0, seed=1))


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_thirty_five_kills_under_three_hundred_events_a_second(tmp_path: Path, seed: int) -> None:
    nothing_lost(*await kills(tmp_path, gateway=20, broker=10, centre=5, rate=300.0, seed=seed))


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.timeout(900)
async def test_a_broker_frozen_for_eight_seconds_and_then_killed_loses_nothing(tmp_path: Path) -> None:
    nothing_lost(*await freeze(tmp_path, seconds=8.0, rate=300.0))
