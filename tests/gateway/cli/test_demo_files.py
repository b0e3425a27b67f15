"""What the demonstration installs is what a house reads: its menshen.toml loads, with every place and device in it."""

import socket
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devices.mqtt import Broker
from gateway.centre.app import read_config
from gateway.cli.demo import site_of
from gateway.cli.demo_files import new_staff, toml_lines, write_band_keys
from gateway.cli.demo_install import configure, free_port
from gateway.cli.demo_rounds import Rounds
from gateway.compound import DeviceKind
from gateway.config.plan import load_config
from sim.hardware import Hardware
from sim.scenario import scenario

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
VALUES = st.one_of(st.text(max_size=8), st.integers(-9, 9), st.booleans(), st.lists(st.integers(0, 9), max_size=3))
KEYS = st.text("abc_", min_size=1, max_size=4)
TABLES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=3),
    lambda inner: st.dictionaries(KEYS, st.one_of(VALUES, inner, st.lists(inner, min_size=1, max_size=2)), max_size=3),
    max_leaves=8,
)


@given(TABLES)
def test_what_is_written_as_toml_is_read_as_it_was(table: dict[str, Any]) -> None:
    assert tomllib.loads("\n".join(toml_lines(table))) == table


def test_the_simulated_compound_is_one_the_house_can_look_after(tmp_path: Path) -> None:
    keys = [sys.executable, "-m", "gateway", "keys", "init", "--dir", str(tmp_path / "keys"), "--compound", "palm"]
    subprocess.run(keys, check=True, capture_output=True)
    palm = scenario()
    rounds = Rounds(palm.compound.id, palm.compound.timezone, NOON)
    with Hardware(palm, seed=1) as hardware:
        hardware.receiver(palm.gate_with_receiver, 6053)
        site = site_of(palm, hardware, rounds)
        plan = load_config(configure(tmp_path, "demo-1", Broker(client_id="x"), 8443, site))
        nodes = {node.name for node in hardware.nodes}
    kinds = [device.kind for device in plan.site.devices]
    assert kinds.count(DeviceKind.DOOR) == 22
    assert (kinds.count(DeviceKind.CAMERA), kinds.count(DeviceKind.SCANNER), kinds.count(DeviceKind.RADIO)) == (2, 2, 2)
    lanes = [lane for gate in plan.site.street.compounds[0].gates for lane in gate.lanes]
    assert [lane.id for lane in lanes] == [lane.id for lane in palm.lanes()]
    assert {lane.output for lane in lanes} < nodes
    flats = {flat.id for building in plan.site.street.compounds[0].buildings for flat in building.flats()}
    assert flats == set(palm.flats())
    assert plan.reports == ("decisions", "stays", "services", "rounds")
    assert [f"{hour:%H:%M:%S}" for hour in plan.config.rounds.hours[:2]] == ["20:00:15", "20:00:30"]
    assert [device.place for device in plan.site.devices if device.id == "radio-north"] == ["palm/north"]
    assert read_config(tmp_path / "centre.toml").book.parent == tmp_path / "centre"


def test_a_round_counts_that_began_with_people_at_home_and_ended_before_the_demonstration() -> None:
    rounds = Rounds("palm", "Asia/Shanghai", NOON)
    assert rounds.expected() == set()
    rounds.people_are_home(NOON + timedelta(seconds=16))
    rounds.people_are_home(NOON + timedelta(seconds=40))
    rounds.over(NOON + timedelta(seconds=68))
    assert rounds.expected() == {"palm/2026-04-01T200030", "palm/2026-04-01T200045", "palm/2026-04-01T2001"}


def test_keys_of_bands_are_for_nobody_else(tmp_path: Path) -> None:
    path = write_band_keys(tmp_path, {"band-1": bytes(16)})
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text() == f"device,key_hex\nband-1,{'00' * 16}\n"


def test_there_is_somebody_of_each_role_with_a_pin_of_their_own() -> None:
    staff = new_staff()
    assert [member.role for member in staff] == ["guard", "installer", "duty_officer"]
    assert all(len(member.pin) == 6 and member.pin.isdigit() for member in staff)
    assert len({member.pin for member in [*staff, *new_staff()]}) > 1


def test_a_port_that_is_taken_is_not_insisted_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert free_port(taken) != taken
    assert free_port(taken) == taken
