"""How many flats, in; a street's places and devices out: a cable and a radio for each building, a door sensor for each
flat, a band for each person, a water meter for each who agreed to it. Pure."""

from gateway.compound import Building, Compound, Device, DeviceKind, Direction, Flat, Gate, Lane, Site, Street, Unit
from tests.street.people import Household

IN_A_UNIT, UNITS, BUILDINGS = 24, 4, 11  # of a compound: some thousand flats
ZONE = "Asia/Shanghai"


def make_places(flats: int) -> Street:
    compounds: list[Compound] = []
    left = flats
    while left > 0:
        name = f"c{len(compounds)}"
        buildings: list[Building] = []
        while left > 0 and len(buildings) < BUILDINGS:
            here = f"{name}/b{len(buildings)}"
            units: list[Unit] = []
            while left > 0 and len(units) < UNITS:
                unit, number = f"{here}-{len(units)}", min(left, IN_A_UNIT)
                homes = tuple(
                    Flat(f"{unit}-{n:02d}", f"{n:02d}", name, here, unit, f"{unit}-{n:02d}", n // 2)
                    for n in range(number)
                )
                units.append(Unit(unit, unit, homes))
                left -= number
            buildings.append(Building(here, here, name, tuple(units)))
        ways = (Direction.IN, Direction.OUT)
        lanes = tuple(Lane(f"{name}/g/{way}", way, f"{name}/g", name, way) for way in ways)
        gate = Gate(f"{name}/g", "g", name, 1, lanes)
        compounds.append(Compound(name, name, ZONE, (gate,), tuple(buildings)))
    return Street("street", "Street", tuple(compounds))


def make_site(street: Street, households: list[Household]) -> Site:
    devices: list[Device] = []
    home_of: dict[str, Flat] = {}
    for compound in street.compounds:
        devices.append(Device(f"radio {compound.id}/g", DeviceKind.RADIO, f"radio {compound.id}/g", f"{compound.id}/g"))
        devices.append(Device(fire_contact(compound.id), DeviceKind.FIRE, f"bus {compound.id}/b0", compound.id))
        for building in compound.buildings:
            devices.append(Device(bus(building.id), DeviceKind.CABLE, bus(building.id), building.id))
            devices.append(Device(radio(building.id), DeviceKind.RADIO, radio(building.id), building.id))
            for flat in building.flats():
                home_of[flat.id] = flat
                devices.append(Device(sensor(flat.id), DeviceKind.DOOR, bus(building.id), flat.id))
    for household in households:
        building_id = home_of[household.flat].building
        devices += [Device(person.band, DeviceKind.BAND, radio(building_id)) for person in household.people]
        if household.meter:
            devices.append(Device(household.meter, DeviceKind.METER, bus(building_id), household.flat))
    return Site(street, tuple(devices))


def sensor(flat: str) -> str:
    return f"door {flat}"


def bus(building: str) -> str:
    return f"bus {building}"


def radio(building: str) -> str:
    return f"radio {building}"


def fire_contact(compound: str) -> str:
    return f"fire {compound}"
