"""The floors of the house: imports go down, or stay on their floor without a cycle; pure rooms never wait."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS: list[list[str]] = [
    ["firmware_bridges"],
    ["devices"],
    [
        "gateway.agreements",
        "gateway.batteries",
        "gateway.bodies",
        "gateway.calling",
        "gateway.case_log",
        "gateway.compound",
        "gateway.couriers",
        "gateway.entries",
        "gateway.events",
        "gateway.findings",
        "gateway.findings_shifts",
        "gateway.households",
        "gateway.kinds",
        "gateway.limits",
        "gateway.looks",
        "gateway.messages",
        "gateway.models",
        "gateway.orders",
        "gateway.passes",
        "gateway.people",
        "gateway.plain_text",
        "gateway.profile",
        "gateway.retention",
        "gateway.rounds",
        "gateway.services",
        "gateway.shifts",
        "gateway.state",
        "gateway.temperatures",
        "gateway.verdicts",
        "gateway.words",
    ],
    [
        "gateway.alerts",
        "gateway.condense",
        "gateway.drills",
        "gateway.enact",
        "gateway.holds",
        "gateway.interpret",
        "gateway.liveness",
        "gateway.noise",
        "gateway.roll",
        "gateway.round_evidence",
        "gateway.rules",
        "gateway.settling",
        "gateway.times_over",
    ],
    [
        "gateway.daily",
        "gateway.forecast",
        "gateway.gatekeeper",
        "gateway.ledger",
        "gateway.muster",
        "gateway.scribe",
        "gateway.shown",
        "gateway.view",
    ],
    ["gateway.config"],
    [
        "gateway.journal",
        "gateway.outage",
        "gateway.outbox",
        "gateway.own_ca",
        "gateway.pages",
        "gateway.papers",
        "gateway.privacy_answers",
        "gateway.reach",
        "gateway.registry",
        "gateway.sd_notify",
        "gateway.side_door",
        "gateway.staff",
        "gateway.trust",
        "gateway.uplink",
        "gateway.window_codes",
    ],
    ["gateway.__main__", "gateway.cli", "gateway.house"],
]
PURE = [
    "firmware_bridges.wire",
    "devices.reading",
    "devices.driver",
    "devices.adverts",
    "devices.adv_structures",
    "devices.at_modem",
    "devices.advert_table",
    "devices.band_book",
    "devices.band_guard",
    "devices.band_values",
    "devices.ble_mqtt",
    "devices.bthome",
    "devices.door_node",
    "devices.gm65",
    "devices.health_thermometer",
    "devices.lane_thermometer",
    "devices.osdp",
    "devices.osdp_wire",
    "devices.plate_post",
    "devices.plate_reader",
    "devices.serial_scanner",
    "devices.sms_pdu",
    "devices.template",
    "devices.usb_relay",
    "devices.wiegand_serial",
    "devices.zigbee2mqtt",
    *FLOORS[2],
    *FLOORS[3],
    *FLOORS[4],
]
WAITING = {
    "asyncio",
    "threading",
    "time",
    "socket",
    "os",
    "serial",
    "cv2",
    "bleak",
    "paho",
    "fastapi",
    "tinydb",
    "apsw",
    "subprocess",
}
BESIDE = ["gateway.centre"]  # the far end of the uplink: floor 2 and devices.mqtt only
CLOCKS = {"devices.watch", "gateway.house.house"}  # the two that read a clock; shells of the command line may, too


def within(module: str, rooms: list[str]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def floor(module: str) -> int | None:
    return next((number for number, rooms in enumerate(FLOORS) if within(module, rooms)), None)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise AssertionError(f"{path}: imports are absolute here")


def house() -> dict[str, set[str]]:
    """Every module of the project and what it imports."""
    found = {}
    for top in ("firmware_bridges", "devices", "gateway", "sim"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = set(imports(path))
    return found


HOUSE = house()


@pytest.mark.parametrize("name", sorted(name for name in HOUSE if name.startswith("gateway.")))
def test_every_room_of_the_gateway_stands_on_a_floor(name: str) -> None:
    beside = within(name, BESIDE)
    assert beside or floor(name) is not None, f"{name} stands on no floor; say which one in tests/test_floors.py"


@pytest.mark.parametrize("name", sorted(HOUSE))
def test_imports_go_down(name: str) -> None:
    here = floor(name)
    for target in HOUSE[name]:
        there = floor(target)
        if here is not None and there is not None:
            assert there <= here, f"{name} (floor {here}) reaches up to {target} (floor {there})"


@pytest.mark.parametrize("name", sorted(name for name in HOUSE if within(name, PURE)))
def test_pure_rooms_do_not_wait(name: str) -> None:
    assert not {target.split(".")[0] for target in HOUSE[name]} & WAITING


def test_every_pure_room_named_here_is_there() -> None:
    assert [room for room in PURE if not any(within(name, [room]) for name in HOUSE)] == []


def test_floor_six_carries_findings_and_makes_none() -> None:
    for name in HOUSE:
        if floor(name) == 6:
            assert not {target for target in HOUSE[name] if within(target, ["gateway.rules", "gateway.gatekeeper"])}, (
                name
            )


def test_the_simulator_cannot_be_told_from_real_hardware() -> None:
    for name, targets in HOUSE.items():
        if within(name, ["sim"]):
            assert not {t for t in targets if within(t, ["gateway", "devices"])}, f"{name} knows the house"
        elif name != "gateway.cli.demo":
            assert not {t for t in targets if within(t, ["sim"])}, f"{name} knows the simulator"


def test_the_centre_is_the_far_end_and_no_part_of_the_house() -> None:
    allowed = [
        "gateway.centre",
        "gateway.sd_notify",
        "gateway.config.errors",
        "devices.beside",
        "devices.mqtt",
        *FLOORS[2],
    ]
    for name, targets in HOUSE.items():
        if within(name, BESIDE):
            ours = {t for t in targets if within(t, ["gateway", "devices"]) and t not in {"gateway", "devices"}}
            strangers = {t for t in ours if not within(t, allowed) and t != "gateway.centre"}
            assert not strangers, f"{name}: {strangers}"


def test_devices_do_not_know_the_gateway() -> None:
    for name, targets in HOUSE.items():
        if within(name, ["devices", "firmware_bridges"]):
            assert not {t for t in targets if within(t, ["gateway", "sim"])}, name


def test_only_two_places_read_the_wall_clock() -> None:
    """`datetime.now` and `time.time` stand in devices/watch.py and gateway/house/house.py, and in commands people
    type."""
    for name in HOUSE:
        if name in CLOCKS or within(name, ["gateway.cli", "gateway.centre", "sim", "firmware_bridges.provision"]):
            continue
        path = ROOT / Path(*name.split("."))
        source = (path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py").read_text()
        assert "datetime.now(" not in source, name
        assert "time.time(" not in source, name


def test_there_are_no_cycles() -> None:
    graph = {name: targets & HOUSE.keys() - {name} for name, targets in HOUSE.items()}
    packages = {name for name in HOUSE if any(other.startswith(f"{name}.") for other in HOUSE)}
    TopologicalSorter({name: targets - packages for name, targets in graph.items()}).prepare()
