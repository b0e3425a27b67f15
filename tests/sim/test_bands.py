"""The simulated wristband: reproducible, and never longer than an advert may be."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from sim.bands import BTHOME_UUID, SimulatedBand, bands, fever

LEGACY_ADVERT_BYTES = 31 - 3 - 4  # without the flags, and the length, type and UUID of the service data


def test_the_same_seed_gives_the_same_bands_and_the_same_fever() -> None:
    assert bands(5, seed=3) == bands(5, seed=3)
    assert bands(5, seed=3) != bands(5, seed=4)
    first, second = (list(islice(fever(bands(1, 3)[0], 9, 5), 30)) for _ in range(2))
    assert first == second


def test_bands_have_addresses_of_their_own() -> None:
    people = bands(300, seed=3)
    assert (people[0].address, people[255].address) == ("C0:DE:00:00:00:00", "C0:DE:00:00:00:FF")
    assert len({band.address for band in people} | {band.key.hex() for band in people}) == 600


@given(
    counter=st.integers(0, 2**32 - 1),
    celsius=st.none() | st.floats(-40, 80),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_everything_at_once_fits_into_one_legacy_advert(
    counter: int, celsius: float | None, flags: tuple[bool, bool, bool]
) -> None:
    band = SimulatedBand("C0:DE:00:00:00:01", bytes(16), counter, celsius, *flags)
    assert len(band.said()[BTHOME_UUID]) <= LEGACY_ADVERT_BYTES


def test_objects_are_written_with_ascending_ids() -> None:
    band = SimulatedBand("C0:DE:00:00:00:01", bytes(16), 5, 38.25, worn=False, sos=True, fallen=True)
    assert band.objects() == bytes.fromhex("0005" + "015a" + "02f10e" + "2601" + "2b01" + "3a04")
