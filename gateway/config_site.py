"""The sections on places and devices in, the Site they describe out; every name that is used must be there."""

import csv
from pathlib import Path

from pydantic import ValidationError

from gateway.compound import Building, Compound, Device, DeviceKind, Flat, Gate, Lane, Site, Street, Unit
from gateway.config_errors import ConfigError, first_words
from gateway.config_sections import BuildingSection, CompoundSection, Config, DeviceSection, GateSection

LINK_KINDS: dict[str, DeviceKind] = {
    "qr_camera": DeviceKind.CAMERA,
    "serial_scanner": DeviceKind.SCANNER,
    "wristband": DeviceKind.RADIO,
}


def site_of(path: Path, config: Config) -> Site:
    """The places and devices of a configuration. Raises ConfigError."""
    compounds = tuple(_compound(section) for section in config.compounds)
    street = Street(id=config.street.id, name=config.street.name, compounds=compounds)
    lanes = {lane.id for compound in compounds for gate in compound.gates for lane in gate.lanes}
    flats = {flat.id for compound in compounds for building in compound.buildings for flat in building.flats()}
    links = {link.name: link for link in config.links}
    devices: dict[str, Device] = {}
    for index, link in enumerate(config.links):
        where = f"links[{index}]"
        if link.name in devices:
            raise ConfigError(path, f"{where}.name", f"{link.name!r} is there twice")
        if link.lane and link.lane not in lanes:
            raise ConfigError(path, f"{where}.lane", f"no lane {link.lane!r}; {first_words(link.lane, lanes)}")
        kind = LINK_KINDS.get(link.driver, DeviceKind.CABLE)
        devices[link.name] = Device(id=link.name, kind=kind, link=link.name, place=link.lane)
    for where, section in _all_devices(path, config):
        if section.id in devices:
            raise ConfigError(path, f"{where}.id", f"{section.id!r} is there twice")
        if section.link not in links:
            raise ConfigError(path, f"{where}.link", f"no link {section.link!r}; {first_words(section.link, links)}")
        if section.place and section.place not in flats and section.place not in lanes:
            near = first_words(section.place, flats | lanes)
            raise ConfigError(path, f"{where}.place", f"no flat or lane {section.place!r}; {near}")
        devices[section.id] = Device(id=section.id, kind=section.kind, link=section.link, place=section.place)
    for compound in compounds:
        for gate in compound.gates:
            for lane in gate.lanes:
                if lane.output and lane.output not in devices:
                    near = first_words(lane.output, devices)
                    raise ConfigError(path, f"lane {lane.id}.output", f"no device {lane.output!r}; {near}")
    return Site(street=street, devices=tuple(devices.values()))


def _all_devices(path: Path, config: Config) -> list[tuple[str, DeviceSection]]:
    listed = [(f"devices[{index}]", section) for index, section in enumerate(config.devices)]
    if config.devices_file is None:
        return listed
    file = path.parent / config.devices_file
    try:
        with file.open(encoding="utf-8", newline="") as rows:
            for number, row in enumerate(csv.DictReader(rows), start=2):
                listed.append((f"{file.name}:{number}", DeviceSection.model_validate(row)))
    except OSError as exc:
        raise ConfigError(path, "devices_file", f"{file}: {exc.strerror}") from exc
    except ValidationError as exc:
        fault = exc.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise ConfigError(
            path, f"{file.name}:{len(listed) - len(config.devices) + 2}", f"{key}: {fault['msg']}"
        ) from exc
    return listed


def _compound(section: CompoundSection) -> Compound:
    return Compound(
        id=section.id,
        name=section.name,
        timezone=section.timezone,
        gates=tuple(_gate(section.id, gate) for gate in section.gates),
        buildings=tuple(_building(section, building) for building in section.buildings),
    )


def _gate(compound: str, section: GateSection) -> Gate:
    gate_id = f"{compound}/{section.id}"
    return Gate(
        id=gate_id,
        name=section.name,
        compound=compound,
        number=section.number,
        lanes=tuple(
            Lane(
                id=f"{gate_id}/{lane.id}",
                name=lane.name,
                gate=gate_id,
                compound=compound,
                direction=lane.direction,
                output=lane.output,
                open_seconds=lane.open_seconds,
            )
            for lane in section.lanes
        ),
    )


def _building(compound: CompoundSection, section: BuildingSection) -> Building:
    building_id = f"{compound.id}/{section.id}"

    def flat(unit: int, name: str, floor: int) -> Flat:
        return Flat(
            id=f"{building_id}-{unit}-{name}",
            name=name,
            compound=compound.id,
            building=building_id,
            unit=f"{building_id}-{unit}",
            path=f"{compound.name} / {section.name} / {unit}单元 / {name}",
            floor=floor,
        )

    units = []
    for unit in range(1, section.units + 1):
        if section.flats:
            flats = tuple(flat(unit, name, 0) for name in section.flats)
        else:
            flats = tuple(
                flat(unit, f"{floor}{number:02d}", floor)
                for floor in range(1, section.floors + 1)
                for number in range(1, section.flats_per_floor + 1)
            )
        units.append(Unit(id=f"{building_id}-{unit}", name=f"{unit}单元", flats=flats))
    return Building(id=building_id, name=section.name, compound=compound.id, units=tuple(units))
