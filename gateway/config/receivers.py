"""The places of radios and the receivers that flats expect, in; checked, out as the Site has them.

Floor 5. A radio may stand anywhere: in a flat, a stairwell, a building, at a gate or lane, or just in the compound.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from gateway.compound import Compound, Device, DeviceKind
from gateway.config.errors import first_words


def standings(compounds: Iterable[Compound]) -> frozenset[str]:
    """Every place a radio may stand at."""
    return frozenset(place for compound in compounds for place in _of(compound))


def homes(compounds: Iterable[Compound]) -> frozenset[str]:
    """Every place whose bands may expect receivers of their own."""
    return frozenset(place for compound in compounds for place in _lived_in(compound))


def wrong_expectation(
    expected: Mapping[str, tuple[str, ...]], compounds: Collection[Compound], devices: Mapping[str, Device]
) -> tuple[str, str] | None:
    """The first place whose expectation cannot be met, and why."""
    known = homes(compounds)
    radios = [device.id for device in devices.values() if device.kind is DeviceKind.RADIO]
    for place, receivers in expected.items():
        if place not in known:
            return place, f"no flat, unit, building or compound {place!r}; {first_words(place, known)}"
        for receiver in receivers:
            if receiver not in radios:
                return place, f"no radio {receiver!r}; {first_words(receiver, radios)}"
    return None


def _of(compound: Compound) -> Iterator[str]:
    yield from _lived_in(compound)
    for gate in compound.gates:
        yield gate.id
        yield from (lane.id for lane in gate.lanes)


def _lived_in(compound: Compound) -> Iterator[str]:
    yield compound.id
    for building in compound.buildings:
        yield building.id
        for unit in building.units:
            yield unit.id
            yield from (flat.id for flat in unit.flats)
