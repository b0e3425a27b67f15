"""From a code before a scanner to the relay of a barrier, through the whole house: once, for its time, and never a byte
more; and when the relay is gone, an alert at that lane.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.watch import HouseClock
from gateway.config.plan import load_config
from gateway.findings import Alert, Decision, Verdict
from gateway.house.house import open_house
from gateway.kinds import Kind
from gateway.passes.claims import Claims
from gateway.passes.gate_pass import ALL_GATES
from gateway.passes.gate_pass import Kind as Holder
from gateway.passes.issue import issue
from gateway.passes.keys import kid_of, public_bytes, public_pem
from gateway.passes.trust import IssuingKey, TrustList
from gateway.passes.trust_list import write_trust
from gateway.sd_notify import SystemdNotifier
from tests.devices.relay_board import Board
from tests.devices.serial_ports import far_end
from tests.house_toml import gate, house_toml, lane

PLUGGED_IN = """
[[links]]
name = "relay-in"
driver = "usb_relay"
settings = {{ port = "{relay}", answers = true }}
[[links]]
name = "scanner-in"
driver = "serial_scanner"
lane = "palm/south/in"
settings = {{ port = "{scanner}" }}
[passes]
roots = ["root.pem"]
trust = "trust.cose"
"""
LANE = "palm/south/in"


def passes(folder: Path, count: int) -> list[str]:
    """Genuine passes of residents; what the gate believes of them is written into the folder."""
    root, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    now = HouseClock().now().replace(microsecond=0)
    start, end = now - timedelta(days=1), now + timedelta(days=30)
    signing = IssuingKey(
        public=public_bytes(key),
        kinds=frozenset(Holder),
        compounds={1: "palm"},
        epoch=1,
        not_before=start,
        not_after=end,
    )
    listed = TrustList(version=1, issued_at=start, next_update=end, keys=(signing,))
    (folder / "root.pem").write_bytes(public_pem(public_bytes(root)))
    (folder / "trust.cose").write_bytes(write_trust(listed, root))
    return [
        issue(
            Claims(
                cti=bytes([number]) * 8,
                subject=bytes([0x5A, number]) * 4,
                compound_number=1,
                kind=Holder.RESIDENT,
                gates=ALL_GATES,
                not_before=start,
                not_after=end,
                once=False,
            ),
            key,
            kid_of(public_bytes(key)),
        )
        for number in range(1, count + 1)
    ]


@pytest.mark.asyncio
async def test_an_admission_opens_the_barrier_once_for_its_time_and_a_relay_that_is_gone_is_an_alert(
    tmp_path: Path,
) -> None:
    stop = asyncio.Event()
    with Board() as board, far_end() as scanner:
        first, second = passes(tmp_path, 2)
        board.on = True  # it was left on
        plugged_in = PLUGGED_IN.format(relay=board.port, scanner=scanner.port)
        file = house_toml(tmp_path, plugged_in, gates=[gate(lane("in", output="relay-in", open_seconds=0.5))])
        async with open_house(load_config(file)) as house, asyncio.TaskGroup() as tasks, asyncio.timeout(60):
            tasks.create_task(house.stand(stop, SystemdNotifier(None), None))
            async with house.committed() as entries:
                await asyncio.to_thread(board.wait_for, ["off"])
                scanner.say(first.encode() + b"\r")
                async for committed in entries:
                    if isinstance(committed.body, Decision):
                        break
                assert committed.body.verdict is Verdict.ADMIT
                await asyncio.to_thread(board.wait_for, ["off", "on", "off"])
                await asyncio.to_thread(board.unplug)
                scanner.say(second.encode() + b"\r")
                async for committed in entries:
                    if isinstance(committed.body, Alert):
                        break
                assert (committed.body.kind, committed.body.place) == (Kind.OUTPUT_FAILED, LANE)
            stop.set()
        assert board.switched() == ["off", "on", "off"]
