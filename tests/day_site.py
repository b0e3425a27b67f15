"""The compound of the day at the gate: two gates, four lanes, twenty flats; for each lane a scanner and a relay."""

from gateway.compound import Building, Compound, Device, DeviceKind, Direction, Flat, Gate, Lane, Site, Street, Unit

SOUTH, NORTH = "palm/south", "palm/north"  # gates 1 and 2
WAYS = {f"{SOUTH}/in": "in", f"{SOUTH}/out": "out", f"{NORTH}/in": "in", f"{NORTH}/both": "both"}
NOT_OUT = [lane for lane, way in WAYS.items() if way != "out"]
NOT_IN = [lane for lane, way in WAYS.items() if way != "in"]
ONLY_IN = [lane for lane, way in WAYS.items() if way == "in"]
FLATS = [f"palm/3-1-{floor}{n:02d}" for floor in range(1, 6) for n in range(1, 5)]


def scanner(lane: str) -> str:
    return f"scanner {lane}"


def reader(lane: str) -> str:
    """Of cards; and the camera that reads plates."""
    return f"reader {lane}"


def relay(lane: str) -> str:
    return f"relay {lane}"


def day_site() -> Site:
    flats = tuple(Flat(flat, flat[-3:], "palm", "palm/3", "palm/3-1", flat) for flat in FLATS)
    building = Building("palm/3", "3", "palm", (Unit("palm/3-1", "1", flats),))
    gates = (_gate(SOUTH, 1), _gate(NORTH, 2))
    palm = Compound("palm", "Palm", "Asia/Shanghai", gates, (building,))
    scanners = tuple(Device(scanner(lane), DeviceKind.SCANNER, scanner(lane), lane) for lane in WAYS)
    readers = tuple(Device(reader(lane), DeviceKind.SCANNER, reader(lane), lane) for lane in WAYS)
    relays = tuple(Device(relay(lane), DeviceKind.OUTPUT, "relays") for lane in WAYS)
    return Site(Street("street", "Street", (palm,)), (*scanners, *readers, *relays))


def _gate(gate: str, number: int) -> Gate:
    lanes = tuple(
        Lane(lane, lane, gate, "palm", Direction(way), output=relay(lane))
        for lane, way in WAYS.items()
        if lane.startswith(gate)
    )
    return Gate(gate, gate, "palm", number, lanes)
