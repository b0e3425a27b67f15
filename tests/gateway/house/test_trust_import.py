"""`menshen trust import`: a list on a stick, into a gateway that has no network, never had one, runs, or is closed."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from gateway.cli.commands import command_line
from gateway.findings import Decision, Reason, Verdict
from gateway.house.house import House
from gateway.house.trust_intake import drop
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes
from tests.gateway.uplink.test_uplink import KEY, Place, place, trust, until

LANE = "palm/south/in"


def bring(here: Place, blob: bytes, exit_code: int = 0) -> str:
    """On a stick, as an installer would."""
    stick = here.config.parent / "stick.cose"
    stick.write_bytes(blob)
    words = ["trust", "import", "--config", str(here.config), str(stick)]
    found = CliRunner().invoke(command_line(words), words)
    assert found.exit_code == exit_code, found.output
    return found.output


def resident() -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    claims = Claims(
        cti=bytes(range(8)),
        subject=bytes(range(8, 16)),
        compound_number=1,
        kind=Holder.RESIDENT,
        gates=ALL_GATES,
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=1),
        once=False,
    )
    return issue(claims, KEY, kid_of(public_bytes(KEY)))


async def shown(house: House, text: str) -> Decision:
    found = await house.show_code(LANE, text)
    assert found is not None
    return found


@pytest.mark.asyncio
async def test_a_first_start_with_no_network_works(tmp_path: Path) -> None:
    """The centre's broker is not there and never was; the list came on a stick before the house was ever opened."""
    async with place(tmp_path, started=False) as here:
        assert "version 5" in bring(here, trust(5))
        async with here.house() as house:
            await until(lambda: house.status().trust_version == 5)
            assert not house.status().uplink_connected
            found = await shown(house, resident())
            assert (found.verdict, found.reason, found.trust_version) == (Verdict.ADMIT, Reason.ADMITTED, 5)
        async with here.house() as house:
            assert house.status().trust_version == 5
            assert (await shown(house, resident())).verdict is Verdict.ADMIT
        assert list((tmp_path / "data" / "trust" / "incoming").iterdir()) == []


@pytest.mark.asyncio
async def test_without_any_list_everybody_is_referred_until_one_is_brought_to_the_running_house(tmp_path: Path) -> None:
    async with place(tmp_path, started=False) as here, here.house() as house:
        before = await shown(house, resident())
        assert (before.verdict, before.reason) == (Verdict.REFER, Reason.CANNOT_CHECK)
        await asyncio.to_thread(bring, here, trust(5))
        await until(lambda: house.keeper.gatekeeper.state.trust_version == 5)
        assert (await shown(house, resident())).verdict is Verdict.ADMIT
        await asyncio.to_thread(bring, here, trust(6))
        await until(lambda: house.status().trust_version == 6)
        assert "in use already" in await asyncio.to_thread(bring, here, trust(6))


@pytest.mark.asyncio
async def test_what_is_older_forged_or_no_list_is_refused_at_once(tmp_path: Path) -> None:
    async with place(tmp_path, started=False) as here:
        bring(here, trust(5))
        async with here.house() as house:
            await until(lambda: house.status().trust_version == 5)
        assert "older than the one in use" in bring(here, trust(4), 3)
        assert "not signed by a root key" in bring(here, trust(9, Ed25519PrivateKey.generate()), 3)
        assert "is no trust list" in bring(here, b"\x00" * 40, 3)
        assert list((tmp_path / "data" / "trust" / "incoming").iterdir()) == []


@pytest.mark.asyncio
async def test_no_way_leads_back_behind_what_the_journal_remembers(tmp_path: Path) -> None:
    """Somebody takes the list in use away and drops an older one, past the command."""
    incoming = tmp_path / "data" / "trust" / "incoming"
    async with place(tmp_path, started=False) as here:
        bring(here, trust(7))
        async with here.house() as house:
            await until(lambda: house.keeper.gatekeeper.state.trust_version == 7)
        (tmp_path / "data" / "trust" / "trust.cose").unlink()
        drop(incoming, trust(6))
        async with here.house() as house:
            await until(lambda: not list(incoming.iterdir()))
            assert house.status().trust_version == 0
            assert (await shown(house, resident())).reason is Reason.CANNOT_CHECK
            drop(incoming, trust(7))
            await until(lambda: house.status().trust_version == 7)
            assert (await shown(house, resident())).verdict is Verdict.ADMIT
