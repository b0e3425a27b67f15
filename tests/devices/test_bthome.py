"""BTHome v2 bytes against what they must mean: our own cases, and the third-party ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import bthome
from devices.adverts import mac_bytes
from devices.band_guard import Forgery, Fresh, Guard
from devices.bthome import BUTTON_EVENTS, KINDS, Value
from sim.bands import BTHOME_UUID, SimulatedBand
from tests.devices.ble_vectors import ble_vectors

KEY = bytes(range(16))
ADDRESS = "C0:DE:00:00:00:01"

# Where our policy is stricter than the parser the cases were taken from, with the reason.
STRICTER = {
    "test_reset_encryption_counter": "a counter that starts again is a replay until the band gets a new key",
}


def named(body: bytes) -> dict[str, object]:
    """Objects by name as the third-party cases write them: of two of a name, `name_1` and `name_2`."""
    found: list[tuple[str, object]] = []
    for number, value in bthome.objects(body):
        found.append((KINDS[number].name, _as_written(number, value)))
    names = [name for name, _ in found]
    places = [names[: at + 1].count(name) for at, name in enumerate(names)]
    return {
        f"{name}_{place}" if names.count(name) > 1 else name: value
        for (name, value), place in zip(found, places, strict=True)
        if value is not None
    }


def _as_written(number: int, value: Value) -> object:
    if number == bthome.BUTTON:
        event = BUTTON_EVENTS.get(int(value))
        return None if event is None else {"event_properties": None, "event_type": event}
    return value.hex() if isinstance(value, bytes) else value


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ("02ca0903bf13", {"temperature": 25.06, "humidity": 50.55}),
        ("450e01", {"temperature": 27.0}),
        ("02d8f4", {"temperature": -28.56}),
        ("015d022a0e26012b003a04", {"battery": 93, "temperature": 36.26, "problem": True, "tamper": False,
                                    "button": {"event_properties": None, "event_type": "long_press"}}),
        ("3a00", {}),  # "no event": this button was not pressed
        ("5303e4bda0", {"text": "你"}),
        ("530187015a", {"battery": 90}),  # no UTF-8: the object is skipped, what follows counts
        ("5403010203", {"raw": "010203"}),
        ("540501", {}),  # cut off
        ("54", {}),
        ("3b0002450e01", {"command": "02", "temperature": 27.0}),  # what stands behind a command is still read
        ("3be201aabb450e01", {"command": "01aabb", "temperature": 27.0}),  # the upper bits of its length are reserved
        ("3b02aa", {}),
        ("3b", {}),
        ("6505026400", {"settings_revision": 5, "temperature": 1.0}),
        ("0109fe0109", {"battery": 9}),  # an unknown id ends parsing
        ("01090c", {"battery": 9}),
        ("01090c0b", {"battery": 9}),
        ("0c780b0109", {"voltage": 2.936, "battery": 9}),  # ids that do not ascend
        ("", {}),
    ],
)  # fmt: skip
def test_objects_mean_what_the_format_says(body: str, meaning: dict[str, object]) -> None:
    assert named(bytes.fromhex(body)) == meaning


def test_the_table_covers_every_number_of_the_format() -> None:
    assert set(KINDS) >= {*range(0x00, 0x30), 0x3A, 0x3B, *range(0x3C, 0x66), 0xF0, 0xF1, 0xF2}


@pytest.mark.parametrize(
    "data", ["", "00", "20", "60", "41", "4100112233445566", "42", "420102030405"], ids=lambda data: data or "nothing"
)
def test_what_is_no_version_2_frame_or_too_short_is_none(data: str) -> None:
    assert bthome.split(bytes.fromhex(data)) is None


def test_a_plain_frame_is_split() -> None:
    assert bthome.split(bytes.fromhex("44015d")) == bthome.Frame(0x44, None, bytes.fromhex("015d"), None)


def test_an_address_inside_the_frame_is_read_back_to_front() -> None:
    frame = bthome.split(bytes.fromhex("42" + "0100000000c0" + "015d"))
    assert frame == bthome.Frame(0x42, bytes.fromhex("c00000000001"), bytes.fromhex("015d"), None)


def test_an_encrypted_frame_opens_with_its_key_and_address_only() -> None:
    band = SimulatedBand(ADDRESS, KEY, counter=0x01020304, celsius=38.25)
    frame = bthome.split(band.said()[BTHOME_UUID])
    assert frame is not None
    assert frame.counter == 0x01020304
    assert bthome.unseal(KEY, mac_bytes(ADDRESS), frame) == band.objects()
    assert bthome.unseal(bytes(16), mac_bytes(ADDRESS), frame) is None
    assert bthome.unseal(KEY, mac_bytes("C0:DE:00:00:00:02"), frame) is None


@given(bit=st.integers(0), counter=st.integers(0, 2**32 - 1))
def test_no_single_flipped_bit_passes_the_tag(bit: int, counter: int) -> None:
    said = bytearray(SimulatedBand(ADDRESS, KEY, counter=counter).said()[BTHOME_UUID])
    place = bit % (len(said) * 8)
    said[place // 8] ^= 1 << place % 8
    frame = bthome.split(bytes(said))
    opened = frame and frame.counter is not None and bthome.unseal(KEY, mac_bytes(ADDRESS), frame)
    assert not opened


@given(data=st.binary(max_size=64))
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(bthome.objects(data), list)
    frame = bthome.split(data)
    if frame is not None and frame.counter is not None:
        assert bthome.unseal(KEY, mac_bytes(ADDRESS), frame) is None


@pytest.mark.external
def test_third_party_cases() -> None:
    cases = ble_vectors("bthome_v2")
    assert len(cases) == 43
    for case in cases:
        data = bytes.fromhex(case["service_data"]["fcd2"])
        frame = bthome.split(data)
        assert frame is not None, case["test"]
        body: bytes | None = frame.body
        if case["key"]:
            body = bthome.unseal(bytes.fromhex(case["key"]), mac_bytes(case["address"]), frame)
        got = named(body) if body is not None else {}
        # of three buttons, the second and third were pressed: their numbers are kept by `named`
        assert got == case["expected"], case["test"]


@pytest.mark.external
def test_third_party_sequences() -> None:
    cases = ble_vectors("bthome_v2_sequence")
    assert len(cases) == 2
    for case in cases:
        guard, key = Guard(mac_bytes(case["address"]), None), bytes.fromhex(case["key"])
        first, second = (guard.judge(key, bytes.fromhex(said["fcd2"])) for said in case["sequence"])
        assert isinstance(first, Fresh)
        assert first.counter == case["expected"]["counter_after_1"]
        if case["test"] in STRICTER:
            assert second is Forgery.REPLAY, STRICTER[case["test"]]
        else:
            assert isinstance(second, Fresh)
            assert second.counter == case["expected"]["counter_after_2"]
