"""The sections on places and devices in, the Site they describe out; every name that is used must be there."""

import csv
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from gateway.compound import (
    Building,
    Compound,
    Device,
    DeviceKind,
    Exit,
    ExitKind,
    Flat,
    Gate,
    Lane,
    Site,
    Street,
    Unit,
)
from gateway.config.errors import ConfigError, faults_of, first_words
from gateway.config.receivers import standings, wrong_expectation
from gateway.config.sections import BuildingSection, CompoundSection, Config, DeviceSection, GateSection
from gateway.models import MODELS

Location = tuple[str | int | Path, ...]  # a key of menshen.toml; or a CSV file, its line and column

LINK_KINDS: dict[str, DeviceKind] = {
    "esphome_proxy": DeviceKind.RADIO,
    "gm65": DeviceKind.SCANNER,
    "lane_thermometer": DeviceKind.THERMOMETER,
    "neighbour": DeviceKind.NEIGHBOUR,
    "osdp": DeviceKind.SCANNER,
    "qr_camera": DeviceKind.CAMERA,
    "serial_scanner": DeviceKind.SCANNER,
    "usb_relay": DeviceKind.OUTPUT,
    "wiegand_serial": DeviceKind.SCANNER,
    "wristband": DeviceKind.RADIO,
}


class _Faults:
    """Says where a fault stands: which file, which line, which key."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def at(self, location: Location, why: str) -> ConfigError:
        match location:
            case (Path() as file, int(line), str(key)):
                return ConfigError(file, f"line {line}: {key}", why)
            case _:
                return ConfigError.at(self._path, self._text, location, why)  # type: ignore[arg-type]  # no Path in it


def site_of(path: Path, text: str, config: Config) -> Site:
    """The places and devices of a configuration. Raises ConfigError."""
    faults = _Faults(path, text)
    _each_place_once(config, faults)
    compounds = tuple(_compound(section) for section in config.compounds)
    street = Street(id=config.street.id, name=config.street.name, compounds=compounds)
    lanes = {lane.id for compound in compounds for gate in compound.gates for lane in gate.lanes}
    flats = {flat.id for compound in compounds for building in compound.buildings for flat in building.flats()}
    exits = {each.id: each for compound in compounds for each in compound.exits}
    links = {link.name: link for link in config.links}
    radio_places = standings(compounds)
    devices: dict[str, Device] = {}
    for index, link in enumerate(config.links):
        if link.name in devices:
            raise faults.at(("links", index, "name"), f"{link.name!r} is there twice")
        if link.lane and link.lane not in lanes:
            raise faults.at(("links", index, "lane"), f"no lane {link.lane!r}; {first_words(link.lane, lanes)}")
        kind = LINK_KINDS.get(link.driver, DeviceKind.CABLE)
        if link.place and (kind is not DeviceKind.RADIO or link.place not in radio_places):
            why = "a radio alone has a place" if kind is not DeviceKind.RADIO else f"no place {link.place!r}"
            near = first_words(link.place, radio_places)
            raise faults.at(("links", index, "place"), f"{why}; {near}")
        devices[link.name] = Device(id=link.name, kind=kind, link=link.name, place=link.place or link.lane)
    models = {name: model.silent_seconds for name, model in MODELS.items()}
    models |= {name: section.silent_seconds for name, section in config.models.items()}
    for where, section in _all_devices(path, config, faults):
        if section.id in devices:
            raise faults.at((*where, "id"), f"{section.id!r} is there twice")
        if section.link not in links:
            raise faults.at((*where, "link"), f"no link {section.link!r}; {first_words(section.link, links)}")
        if section.kind is DeviceKind.FIRE:
            known = {compound.id for compound in compounds}
            if section.place not in known:
                near = first_words(section.place, known)
                raise faults.at((*where, "place"), f"a fire contact stands for a compound; {near}")
        elif section.kind is DeviceKind.RADIO and section.place in radio_places:
            pass
        elif section.kind is DeviceKind.OBSTRUCTION:
            ways_out = {each.id for each in exits.values() if each.kind is ExitKind.FIRE_EXIT}
            if section.place not in ways_out:
                near = first_words(section.place, ways_out)
                raise faults.at((*where, "place"), f"a light barrier stands in a fire exit; {near}")
        elif section.place and section.place not in flats | lanes | exits.keys():
            known_places = radio_places if section.kind is DeviceKind.RADIO else flats | lanes | exits.keys()
            near = first_words(section.place, known_places)
            raise faults.at((*where, "place"), f"no flat, lane or exit {section.place!r}; {near}")
        silent = models.get(section.model) if section.model else None
        if section.model and silent is None:
            near = first_words(section.model, models)
            raise faults.at((*where, "model"), f"no model {section.model!r}; {near}")
        devices[section.id] = Device(
            id=section.id,
            kind=section.kind,
            link=section.link,
            place=section.place,
            model=section.model,
            silent_seconds=silent,
        )
    for c, compound in enumerate(config.compounds):
        for g, gate in enumerate(compound.gates):
            for n, lane in enumerate(gate.lanes):
                if lane.output and lane.output not in devices:
                    where = ("compounds", c, "gates", g, "lanes", n, "output")
                    raise faults.at(where, f"no device {lane.output!r}; {first_words(lane.output, devices)}")
    wrong = wrong_expectation(config.expected_receivers, compounds, devices)
    if wrong is not None:
        raise faults.at(("expected_receivers", wrong[0]), wrong[1])
    return Site(street=street, devices=tuple(devices.values()), expected=dict(config.expected_receivers))


def _each_place_once(config: Config, faults: _Faults) -> None:
    """Two places of one name would be one place; two gates of one number open to each other's passes."""
    _once(((("compounds", c, "id"), each.id) for c, each in enumerate(config.compounds)), faults)
    for c, compound in enumerate(config.compounds):
        gates, buildings = list(enumerate(compound.gates)), list(enumerate(compound.buildings))
        _once(((("compounds", c, "gates", g, "id"), gate.id) for g, gate in gates), faults)
        _once(((("compounds", c, "gates", g, "number"), gate.number) for g, gate in gates), faults)
        for g, gate in gates:
            lanes = enumerate(gate.lanes)
            _once(((("compounds", c, "gates", g, "lanes", n, "id"), lane.id) for n, lane in lanes), faults)
        _once(((("compounds", c, "buildings", b, "id"), building.id) for b, building in buildings), faults)
        gates_and_exits = [(("compounds", c, "exits", e, "id"), each.id) for e, each in enumerate(compound.exits)]
        _once([*((("compounds", c, "gates", g, "id"), gate.id) for g, gate in gates), *gates_and_exits], faults)
        homes: set[str] = set()
        for b, building in buildings:
            for flat in _building(compound, building).flats():
                if flat.id in homes:
                    raise faults.at(("compounds", c, "buildings", b, "flats"), f"{flat.id!r} is there twice")
                homes.add(flat.id)


def _once(named: Iterable[tuple[Location, str | int]], faults: _Faults) -> None:
    seen: set[str | int] = set()
    for location, name in named:
        if name in seen:
            raise faults.at(location, f"{name!r} is there twice")
        seen.add(name)


def _all_devices(path: Path, config: Config, faults: _Faults) -> list[tuple[Location, DeviceSection]]:
    listed: list[tuple[Location, DeviceSection]] = [
        (("devices", index), section) for index, section in enumerate(config.devices)
    ]
    if config.devices_file is None:
        return listed
    file = path.parent / config.devices_file
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            reader = csv.DictReader(rows, restkey="a column too many", restval="")
            for row in reader:
                listed.append(((file, reader.line_num), _device(file, reader.line_num, row)))
    except OSError as exc:
        raise faults.at(("devices_file",), f"{file}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise faults.at(("devices_file",), f"{file}: is not UTF-8 text; save it as CSV UTF-8") from exc
    except csv.Error as exc:
        raise faults.at(("devices_file",), f"{file}: is not CSV: {exc}") from exc
    return listed


def _device(file: Path, line: int, row: dict[str, str]) -> DeviceSection:
    try:
        return DeviceSection.model_validate(row)
    except ValidationError as exc:
        (key, why), *more = faults_of(exc, DeviceSection)
        others = [f"{file}: line {line}: {key}: {why}" for key, why in more]
        raise ConfigError(file, f"line {line}: {key}", why, others) from exc


def _compound(section: CompoundSection) -> Compound:
    return Compound(
        id=section.id,
        name=section.name,
        timezone=section.timezone,
        gates=tuple(_gate(section.id, gate) for gate in section.gates),
        buildings=tuple(_building(section, building) for building in section.buildings),
        exits=tuple(
            Exit(id=f"{section.id}/{each.id}", name=each.name, compound=section.id, kind=each.kind)
            for each in section.exits
        ),
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
